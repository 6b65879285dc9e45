import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Migration } from '#libs/event-store/database';

class Timers1700000002000 implements MigrationInterface {
  name = 'Timers1700000002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE timers (
        municipality text NOT NULL,
        kind text NOT NULL,
        key text NOT NULL,
        due_at timestamptz NOT NULL,
        payload jsonb NOT NULL,
        state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'fired', 'cancelled')),
        attempts integer NOT NULL DEFAULT 0,
        last_error text,
        next_try_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (municipality, kind, key)
      );
      CREATE INDEX timers_waiting ON timers (next_try_at) WHERE state = 'waiting'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE timers');
  }
}

export const processesMigrations: Migration[] = [Timers1700000002000];
