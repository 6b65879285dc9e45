import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Migration } from '#libs/event-store/database';

const LISTS = `
  CREATE TABLE sheets (
    municipality text   NOT NULL,
    sheet_id     text   NOT NULL,
    staff_id     text   NOT NULL,
    kind         text   NOT NULL,
    opened_on    date   NOT NULL,
    due_on       date   NOT NULL,
    phase        text   NOT NULL,
    evaluator    text,
    missing      text[] NOT NULL,
    PRIMARY KEY (municipality, sheet_id)
  );
  CREATE INDEX sheets_staff ON sheets (municipality, staff_id);
  CREATE INDEX sheets_due ON sheets (municipality, due_on);
  COMMENT ON COLUMN sheets.phase IS 'What the sheet waits for';
  COMMENT ON COLUMN sheets.evaluator IS 'Staff id of the evaluator needed now; null when HR is, or when nobody has been found';
  COMMENT ON COLUMN sheets.missing IS 'Interviews still to be held, while the sheet is open';

  CREATE TABLE evaluator_steps (
    municipality text    NOT NULL,
    sheet_id     text    NOT NULL,
    step         text    NOT NULL,
    evaluator    text    NOT NULL,
    done         boolean NOT NULL,
    PRIMARY KEY (municipality, sheet_id, step)
  );
  CREATE INDEX evaluator_steps_evaluator ON evaluator_steps (municipality, evaluator);`;

class EvaluationLists1700000012001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LISTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE sheets, evaluator_steps');
  }
}

export const evaluationMigrations: Migration[] = [EvaluationLists1700000012001];
