import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lists of births and childcare leave without any date of a child. */
export class ChildcareLists1700000015002 implements MigrationInterface {
  name = 'ChildcareLists1700000015002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE childcare_births (
        municipality text NOT NULL,
        case_id text NOT NULL,
        staff_id text NOT NULL,
        parenthood text NOT NULL,
        eligible_fiscal_year integer,
        interviewed_on date,
        PRIMARY KEY (municipality, case_id)
      );
      CREATE TABLE childcare_leaves (
        municipality text NOT NULL,
        period_id text NOT NULL,
        case_id text NOT NULL,
        staff_id text NOT NULL,
        from_day date NOT NULL,
        through_day date NOT NULL,
        status text NOT NULL,
        PRIMARY KEY (municipality, period_id)
      );
      CREATE INDEX childcare_leaves_by_staff ON childcare_leaves (municipality, staff_id);
      COMMENT ON COLUMN childcare_births.eligible_fiscal_year IS 'Null while the child is only expected.';
      COMMENT ON COLUMN childcare_leaves.through_day IS 'Last day of leave, inclusive.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE childcare_births, childcare_leaves');
  }
}
