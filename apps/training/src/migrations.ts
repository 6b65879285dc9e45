import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Migration } from '#libs/event-store/database';

const LISTS = `
  CREATE TABLE courses (
    municipality  text    NOT NULL,
    course        text    NOT NULL,
    title         text    NOT NULL,
    kind          text    NOT NULL,
    minutes       integer NOT NULL,
    valid_months  integer,
    digital_class text,
    PRIMARY KEY (municipality, course)
  );

  CREATE TABLE training_sessions (
    municipality text    NOT NULL,
    session_id   text    NOT NULL,
    course       text    NOT NULL,
    held_on      date    NOT NULL,
    capacity     integer NOT NULL,
    status       text    NOT NULL,
    PRIMARY KEY (municipality, session_id)
  );
  CREATE INDEX training_sessions_day ON training_sessions (municipality, held_on);

  CREATE TABLE participants (
    municipality text    NOT NULL,
    session_id   text    NOT NULL,
    staff_id     text    NOT NULL,
    place        text,
    attended     boolean,
    minutes      integer,
    PRIMARY KEY (municipality, session_id, staff_id)
  );
  COMMENT ON COLUMN participants.place IS 'seat or waiting; null: came without being enrolled, or withdrew';

  CREATE TABLE assignments (
    municipality  text NOT NULL,
    assignment_id text NOT NULL,
    staff_id      text NOT NULL,
    course        text NOT NULL,
    kind          text NOT NULL,
    because       text NOT NULL,
    assigned_on   date NOT NULL,
    due_on        date NOT NULL,
    excused       text,
    excused_from  date,
    excused_to    date,
    completed_on  date,
    PRIMARY KEY (municipality, assignment_id)
  );
  CREATE INDEX assignments_staff ON assignments (municipality, staff_id);
  CREATE INDEX assignments_course ON assignments (municipality, course, due_on);
  COMMENT ON COLUMN assignments.excused_from IS 'First day on which it is not asked for';
  COMMENT ON COLUMN assignments.excused_to IS 'First day on which it is asked for again; null: open';

  CREATE TABLE completions (
    municipality  text    NOT NULL,
    completion_id text    NOT NULL,
    staff_id      text    NOT NULL,
    course        text    NOT NULL,
    assignment_id text,
    completed_on  date    NOT NULL,
    minutes       integer NOT NULL,
    valid_through date,
    voided        boolean NOT NULL,
    PRIMARY KEY (municipality, completion_id)
  );
  CREATE INDEX completions_course ON completions (municipality, course, completed_on);
  COMMENT ON COLUMN completions.assignment_id IS 'null: nobody had asked for it';`;

class TrainingLists1700000013001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LISTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE courses, training_sessions, participants, assignments, completions');
  }
}

export const trainingMigrations: Migration[] = [TrainingLists1700000013001];
