import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Migration } from '#libs/event-store/database';
import { createFacts } from './schema/facts.js';
import { createRetention } from './schema/retention.js';
import { pointViewsAt } from './schema/views.js';

/** Version of the base schema that is filled and read. */
export const FACTS = 'facts_v1';

class Facts1700000015000 implements MigrationInterface {
  name = 'Facts1700000015000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(createFacts(FACTS));
    await runner.query(createRetention(FACTS));
    await runner.query(pointViewsAt(FACTS));
    // Analysts log in to this database: neither the service's own tables nor temporary ones are for them, and nobody
    // else logs in.
    await runner.query(`
      REVOKE ALL ON SCHEMA public FROM PUBLIC;
      DO $$ BEGIN EXECUTE format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP SCHEMA analytics CASCADE; DROP SCHEMA ${FACTS} CASCADE; GRANT USAGE ON SCHEMA public TO PUBLIC`,
    );
  }
}

export const projectionMigrations: Migration[] = [Facts1700000015000];
