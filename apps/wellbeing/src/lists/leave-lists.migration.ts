import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests for leave as their lists show them, and the sex of staff on which some entitlements rest; no reason, no occasion. */
export class LeaveLists1700000015001 implements MigrationInterface {
  name = 'LeaveLists1700000015001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE leave_requests (
        municipality text NOT NULL,
        staff_id text NOT NULL,
        request_id text NOT NULL,
        kind text NOT NULL,
        requested_on date NOT NULL,
        first_day date NOT NULL,
        last_day date NOT NULL,
        minutes integer NOT NULL,
        status text NOT NULL,
        PRIMARY KEY (municipality, request_id)
      );
      CREATE INDEX leave_requests_by_staff ON leave_requests (municipality, staff_id, first_day);
      CREATE INDEX leave_requests_pending ON leave_requests (municipality, first_day) WHERE status = 'pending';
      COMMENT ON COLUMN leave_requests.minutes IS 'Working minutes of all days asked for, whatever became of them.';

      CREATE TABLE staff_sex (
        municipality text NOT NULL,
        staff_id text NOT NULL,
        sex text NOT NULL,
        PRIMARY KEY (municipality, staff_id)
      );

      CREATE TABLE leave_turns (
        municipality text NOT NULL,
        staff_id text NOT NULL,
        PRIMARY KEY (municipality, staff_id)
      );
      COMMENT ON TABLE leave_turns IS 'Locked by whoever decides on requests of the person.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE leave_requests, staff_sex, leave_turns');
  }
}
