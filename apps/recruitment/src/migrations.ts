import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Migration } from '#libs/event-store/database';

const LISTS = `
  CREATE TABLE postings (
    municipality text    NOT NULL,
    posting_id   text    NOT NULL,
    fiscal_year  integer NOT NULL,
    job_category text    NOT NULL,
    route        text    NOT NULL,
    title        text    NOT NULL,
    opens_on     date    NOT NULL,
    closes_on    date    NOT NULL,
    closed_on    date,
    flow_version text    NOT NULL,
    PRIMARY KEY (municipality, posting_id)
  );

  CREATE TABLE applications (
    municipality   text    NOT NULL,
    application_id text    NOT NULL,
    posting_id     text    NOT NULL,
    fiscal_year    integer NOT NULL,
    job_category   text    NOT NULL,
    route          text    NOT NULL,
    received_on    date    NOT NULL,
    received_event uuid    NOT NULL,
    stages         text[]  NOT NULL,
    stage          text,
    status         text    NOT NULL,
    offered        boolean NOT NULL DEFAULT false,
    offer_deadline date,
    joins_on       date,
    staff_id       text,
    PRIMARY KEY (municipality, application_id)
  );
  CREATE INDEX applications_posting ON applications (municipality, posting_id, status);
  COMMENT ON COLUMN applications.received_event IS 'Event that holds the sealed name; opened when a list is read';
  COMMENT ON COLUMN applications.stage IS 'Stage being worked on; null once the selection is over';

  CREATE TABLE assessments (
    municipality   text    NOT NULL,
    application_id text    NOT NULL,
    stage          text    NOT NULL,
    staff_id       text    NOT NULL,
    sent           boolean NOT NULL DEFAULT false,
    decided        boolean NOT NULL DEFAULT false,
    PRIMARY KEY (municipality, application_id, stage, staff_id)
  );
  CREATE INDEX assessments_staff ON assessments (municipality, staff_id);

  CREATE TABLE plan_lines (
    municipality text    NOT NULL,
    fiscal_year  integer NOT NULL,
    job_category text    NOT NULL,
    route        text    NOT NULL,
    planned      integer NOT NULL DEFAULT 0,
    exceptions   integer NOT NULL DEFAULT 0,
    PRIMARY KEY (municipality, fiscal_year, job_category, route)
  );

  CREATE VIEW plan_progress AS
    SELECT municipality, fiscal_year, job_category, route, sum(planned)::int AS planned,
           sum(exceptions)::int AS exceptions, sum(applied)::int AS applied, sum(offered)::int AS offered,
           sum(hired)::int AS hired
    FROM (
      SELECT municipality, fiscal_year, job_category, route, planned, exceptions, 0 AS applied, 0 AS offered, 0 AS hired
      FROM plan_lines
      UNION ALL
      SELECT municipality, fiscal_year, job_category, route, 0, 0, 1, offered::int, (joins_on IS NOT NULL)::int
      FROM applications) line
    GROUP BY municipality, fiscal_year, job_category, route;`;

class RecruitmentLists1700000011001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LISTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP VIEW plan_progress;
      DROP TABLE postings, applications, assessments, plan_lines;`);
  }
}

class SubstituteRequests1700000011002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE substitute_requests (
        municipality    text NOT NULL,
        request_id      text NOT NULL,
        absent_staff_id text NOT NULL,
        unit_id         text NOT NULL,
        from_day        date NOT NULL,
        through_day     date NOT NULL,
        status          text NOT NULL,
        application_id  text,
        staff_id        text,
        filled_from     date,
        filled_through  date,
        PRIMARY KEY (municipality, request_id)
      );
      COMMENT ON COLUMN substitute_requests.staff_id IS 'Member of staff who stands in; null when somebody was hired';`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE substitute_requests');
  }
}

class JoinedAs1700000011003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE joined_as (
        municipality   text NOT NULL,
        staff_id       text NOT NULL,
        application_id text NOT NULL,
        PRIMARY KEY (municipality, staff_id, application_id)
      );
      COMMENT ON TABLE joined_as IS 'By which applications a member of staff came; written with the event that says so'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE joined_as');
  }
}

export const recruitmentMigrations: Migration[] = [
  RecruitmentLists1700000011001,
  SubstituteRequests1700000011002,
  JoinedAs1700000011003,
];
