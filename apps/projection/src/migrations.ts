import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Migration } from '#libs/event-store/database';
import { DEFINITIONS } from './definitions.js';
import { createView } from './schema/tables.js';
import { createKeysOf, createVersion } from './schema/version.js';
import { viewsOf } from './schema/views.js';

/** The version a new database begins with, of the newest definition; later ones come by a rebuild (docs/adr/0018). */
const FIRST = 'facts_v1';

class Facts1700000015000 implements MigrationInterface {
  name = 'Facts1700000015000';

  async up(runner: QueryRunner): Promise<void> {
    const { newest } = DEFINITIONS;
    await runner.query(createVersion(FIRST, newest));
    await runner.query(createKeysOf(FIRST, newest));
    await runner.query(
      `CREATE SCHEMA analytics; COMMENT ON SCHEMA analytics IS '分析者向けのビュー / views for analysts'`,
    );
    for (const view of viewsOf(newest)) await runner.query(createView(FIRST, view));
    // Analysts log in to this database: neither the service's own tables nor temporary ones are for them, and nobody
    // else logs in.
    await runner.query(`
      REVOKE ALL ON SCHEMA public FROM PUBLIC;
      DO $$ BEGIN EXECUTE format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP SCHEMA analytics CASCADE; DROP SCHEMA ${FIRST} CASCADE; GRANT USAGE ON SCHEMA public TO PUBLIC`,
    );
  }
}

class FactsVersions1700000015004 implements MigrationInterface {
  name = 'FactsVersions1700000015004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE facts_version (
        name text PRIMARY KEY,
        definition integer NOT NULL,
        state text NOT NULL CHECK (state IN ('filling', 'following', 'live', 'cancelled')),
        start jsonb,
        compared jsonb,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        filled_at timestamptz,
        live_at timestamptz
      );
      COMMENT ON TABLE facts_version IS 'Versions of the facts, each a schema: the live one, and at most one beside it';
      COMMENT ON COLUMN facts_version.start IS 'What the consumer had taken in, kept back and given up when the filling began';
      COMMENT ON COLUMN facts_version.compared IS 'Outcome of the last comparison with the live version';
      COMMENT ON COLUMN facts_version.live_at IS 'When it last became the live one';
      CREATE UNIQUE INDEX ON facts_version (state) WHERE state = 'live';
      CREATE TABLE facts_fault (version text PRIMARY KEY, reason text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
      COMMENT ON TABLE facts_fault IS 'Versions beside the live one that could not take an event in, and are not filled any more';
      CREATE TABLE facts_part (version text, topic text, partition integer, PRIMARY KEY (version, topic, partition));
      COMMENT ON TABLE facts_part IS 'Partitions that a filling has taken in up to where it began';
      CREATE TABLE facts_backlog (
        version text, number bigint GENERATED ALWAYS AS IDENTITY, known boolean NOT NULL, events json NOT NULL,
        PRIMARY KEY (version, number)
      );
      COMMENT ON TABLE facts_backlog IS 'What the consumer took in while a version was being filled, batch by batch';
      CREATE TABLE facts_progress (
        version text PRIMARY KEY, phase text NOT NULL, events bigint NOT NULL, total bigint NOT NULL,
        per_second double precision, at timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      COMMENT ON TABLE facts_progress IS 'How far a filling has come';
      CREATE TABLE facts_turn ();
      COMMENT ON TABLE facts_turn IS 'Whoever holds its lock fills';
      INSERT INTO facts_version (name, definition, state, filled_at, live_at)
        VALUES ('${FIRST}', ${DEFINITIONS.newest.number}, 'live', clock_timestamp(), clock_timestamp())`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE facts_version, facts_fault, facts_part, facts_backlog, facts_progress, facts_turn');
  }
}

export const projectionMigrations: Migration[] = [Facts1700000015000, FactsVersions1700000015004];
