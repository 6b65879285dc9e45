import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Migration } from '#libs/event-store/database';

/** Who is on the staff list, and where the names can be opened; no personal data. */
export class StaffList1700000012001 implements MigrationInterface {
  name = 'StaffList1700000012001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE staff_list (
        municipality text NOT NULL,
        staff_id text NOT NULL,
        number_key text,
        detail_events uuid[] NOT NULL,
        erased boolean NOT NULL DEFAULT false,
        PRIMARY KEY (municipality, staff_id)
      );
      CREATE INDEX staff_list_by_number ON staff_list (municipality, number_key);
      COMMENT ON COLUMN staff_list.number_key IS 'Keyed hash of the staff number: finds a number, does not tell it.';
      COMMENT ON COLUMN staff_list.detail_events IS 'Events that hold the sealed details, the registration first, later corrections after it.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE staff_list');
  }
}

/** Holds no rows: its lock keeps postings and abolitions of units apart. */
export class PostingTurn1700000012003 implements MigrationInterface {
  name = 'PostingTurn1700000012003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE posting_turn ()');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE posting_turn');
  }
}

/** Those whose special evaluation did not let them pass, until HR has decided about them; not why. */
export class ProbationsNotPassed1700000012004 implements MigrationInterface {
  name = 'ProbationsNotPassed1700000012004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE probations_not_passed (
        municipality text NOT NULL,
        sheet_id text NOT NULL,
        staff_id text NOT NULL,
        employment_id text NOT NULL,
        probation_until date NOT NULL,
        confirmed_on date NOT NULL,
        PRIMARY KEY (municipality, sheet_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE probations_not_passed');
  }
}

export const placementMigrations: Migration[] = [
  StaffList1700000012001,
  PostingTurn1700000012003,
  ProbationsNotPassed1700000012004,
];
