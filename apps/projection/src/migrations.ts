import type { MigrationInterface, QueryRunner } from 'typeorm';
import type { Migration } from '#libs/event-store/database';
import { leaveUptake } from './leave-uptake/leave-uptake.js';
import { retention } from './retention/retention.js';
import { createBase, createFacts } from './schema/base.js';
import { createDepartments } from './schema/dimensions.js';
import { createMetrics } from './schema/metrics.js';
import { createFiguresView, createSharedViews, createViews } from './schema/views.js';
import { staffFacts } from './staff/staff-facts.js';
import type { Subject } from './subject.js';
import { trainingCoverage } from './training-coverage/training-coverage.js';

/** Version of the base schema that is filled and read. */
export const FACTS = 'facts_v1';

class Facts1700000015000 implements MigrationInterface {
  name = 'Facts1700000015000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(createBase(FACTS));
    await runner.query(createFacts(FACTS, staffFacts));
    await runner.query(createDepartments(FACTS));
    await runner.query(createSharedViews(FACTS));
    await runner.query(createViews(FACTS, staffFacts));
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

/** Brings a subject: its facts, its metrics and its views. */
const migrationOf = (name: string, subject: Subject): Migration =>
  class implements MigrationInterface {
    name = name;

    async up(runner: QueryRunner): Promise<void> {
      await runner.query(createFacts(FACTS, subject));
      await runner.query(createMetrics(FACTS, subject));
      await runner.query(createViews(FACTS, subject));
      await runner.query(createFiguresView(FACTS, subject));
    }

    async down(runner: QueryRunner): Promise<void> {
      const views = [subject.name, ...subject.views.map((view) => view.name)].map((view) => `analytics.${view}`);
      const functions = ['figures', 'cells', 'people', 'contributions'].map((of) => `${FACTS}.${subject.name}_${of}`);
      const tables = [...subject.tables, ...subject.folds].map((table) => `${FACTS}.${table.name}`);
      await runner.query(`DROP VIEW ${views.join(', ')}; DROP FUNCTION ${functions.join(', ')}`);
      if (tables.length > 0) await runner.query(`DROP TABLE ${tables.join(', ')}`);
    }
  };

export const projectionMigrations: Migration[] = [
  Facts1700000015000,
  migrationOf('Retention1700000015001', retention),
  migrationOf('LeaveUptake1700000015002', leaveUptake),
  migrationOf('TrainingCoverage1700000015003', trainingCoverage),
];
