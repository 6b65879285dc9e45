import type { Pool, PoolClient } from 'pg';
import type { Definition } from '../definitions.js';
import { createView } from '../schema/tables.js';
import { grantFacts, grantViews, viewsOf } from '../schema/views.js';
import { holdConsumer, liveFacts } from '../versions.js';
import { insistently, LOCK_WAIT_MS } from './insistently.js';

/**
 * Makes a version that follows the live one. Views, rights, what the service reads and how far the facts are complete
 * change in one transaction; whoever reads has the old version or the new one. The other goes on being filled.
 * @throws Unavailable when readers hold on to the views
 */
export const switchTo = (pool: Pool, version: string, definition: Definition): Promise<void> =>
  insistently(pool, async (tx) => {
    await tx.query('SET LOCAL lock_timeout = 0');
    await holdConsumer(tx);
    await tx.query(`SET LOCAL lock_timeout = ${LOCK_WAIT_MS}`);
    const live = await liveFacts(tx);
    // Both hold the same events: what is complete in one is complete in the other.
    await tx.query(
      `INSERT INTO ${version}.frontier AS f SELECT * FROM ${live}.frontier
       ON CONFLICT (service) DO UPDATE SET known_through = greatest(f.known_through, excluded.known_through)`,
    );
    await replaceViews(tx, version, definition);
    for (const role of await analystsOf(tx, live)) {
      await tx.query(grantFacts(role, version, definition));
      await tx.query(grantViews(role));
    }
    await tx.query(`UPDATE facts_version SET state = 'following' WHERE name = $1`, [live]);
    const { rowCount } = await tx.query(
      `UPDATE facts_version v SET state = 'live', live_at = clock_timestamp() WHERE name = $1 AND state = 'following'
          AND NOT EXISTS (SELECT FROM facts_fault f WHERE f.version = v.name)`,
      [version],
    );
    if (rowCount !== 1) throw new Error(`${version} is not filled together with ${live} any more`);
  });

const replaceViews = async (tx: PoolClient, version: string, definition: Definition): Promise<void> => {
  const views = viewsOf(definition);
  const { rows } = await tx.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'analytics'::regnamespace AND relkind = 'v'
        AND relname <> ALL ($1) ORDER BY 1`,
    [views.map(({ name }) => name)],
  );
  for (const { name } of rows) await tx.query(`DROP VIEW analytics.${name}`);
  for (const view of views) {
    await tx.query('SAVEPOINT replace_view');
    try {
      await tx.query(createView(version, view));
    } catch (error) {
      if (!isReshaped(error)) throw error;
      await tx.query('ROLLBACK TO SAVEPOINT replace_view');
      await tx.query(`DROP VIEW analytics.${view.name}`);
      await tx.query(createView(version, view));
    }
  }
};

const analystsOf = async (tx: PoolClient, live: string): Promise<string[]> => {
  const { rows } = await tx.query<{ role: string }>(
    `SELECT rolname AS role FROM pg_roles WHERE rolname ~ '^analyst_[0-9]{6}$' AND has_schema_privilege(rolname, $1, 'USAGE')
      ORDER BY 1`,
    [live],
  );
  return rows.map(({ role }) => role);
};

/** A view whose columns are others than before cannot be replaced. */
const isReshaped = (error: unknown): boolean => (error as { code?: unknown } | undefined)?.code === '42P16';
