import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Migration } from '#libs/event-store/database';

/** Units, actions and the postings folded from them: what a service knows of placement. Holds ids and codes only. */
export class StaffDirectory1700000003001 implements MigrationInterface {
  name = 'StaffDirectory1700000003001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE directory_units (
        municipality text NOT NULL,
        unit_id text NOT NULL,
        effective_on date NOT NULL,
        name text NOT NULL,
        level text NOT NULL,
        parent_id text,
        sector text,
        appointing_authority text NOT NULL,
        abolished boolean NOT NULL,
        PRIMARY KEY (municipality, unit_id, effective_on)
      );
      CREATE TABLE directory_actions (
        municipality text NOT NULL,
        staff_id text NOT NULL,
        action_id text NOT NULL,
        action jsonb NOT NULL,
        voided boolean NOT NULL DEFAULT false,
        PRIMARY KEY (municipality, staff_id, action_id)
      );
      CREATE TABLE directory_postings (
        municipality text NOT NULL,
        staff_id text NOT NULL,
        main boolean NOT NULL,
        valid_from date NOT NULL,
        valid_to date,
        unit_id text NOT NULL,
        position text NOT NULL,
        status text NOT NULL,
        grade text NOT NULL,
        job_category text NOT NULL,
        PRIMARY KEY (municipality, staff_id, main, valid_from, unit_id, position)
      );
      CREATE INDEX directory_postings_by_unit ON directory_postings (municipality, unit_id, valid_from);
      COMMENT ON COLUMN directory_postings.valid_to IS 'First day on which it no longer holds; null: open.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE directory_postings, directory_actions, directory_units');
  }
}

export const directoryMigrations: Migration[] = [StaffDirectory1700000003001];
