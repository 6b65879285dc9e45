import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Pool } from 'pg';
import { Database } from '#libs/event-store/database';
import { Config } from '#libs/platform/config';
import { Log } from '#libs/platform/logger';
import { Policies } from '#libs/policy/pack';
import { analystPassword, analystRole } from '#libs/projections/analyst-password';
import { closedDatabase, LEFT_OPEN } from '#libs/projections/closed-database';
import { Definitions, DEFINITIONS } from './definitions.js';
import { grantAnalytics, grantFacts } from './schema/views.js';
import { filledVersions } from './versions.js';

/** One read-only database role per municipality. What a role can still do is in docs/adr/0013. */
@Injectable()
export class AnalystRoles implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly policies: Policies,
    private readonly config: Config,
    private readonly definitions: Definitions,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { pool } = this.database;
    const secret = this.config.env.ANALYST_PASSWORD;
    if (!(await closeTo(pool)))
      this.log.warn({}, 'analysts may make large objects and read statistics: a superuser has to close the database');
    for (const { code } of this.policies.municipalities()) {
      await ensureAnalyst(pool, code, secret && analystPassword(secret, code), this.definitions);
    }
  }
}

/** Takes from PUBLIC what the service's role can take; false when something stays, as only a superuser can. */
export const closeTo = async (pool: Pool): Promise<boolean> => {
  const { rows } = await pool.query<{ role: string; open: number }>(
    `SELECT current_user AS role, o.* FROM (${LEFT_OPEN}) o`,
  );
  if (rows[0].open === 0) return true;
  await again(() => pool.query(closedDatabase(rows[0].role)));
  return (await pool.query<{ open: number }>(LEFT_OPEN)).rows[0].open === 0;
};

const CONNECTIONS = 10;
/** A session may change all but the last: they keep mistakes small, not malice. */
const SETTINGS = {
  default_transaction_read_only: 'on',
  statement_timeout: '60s',
  idle_in_transaction_session_timeout: '60s',
  work_mem: '16MB',
  jit: 'off',
  search_path: 'analytics',
};
/** For all a session sorts and hashes on disk; only a superuser may change it, or whom one lets. */
const TEMP_FILES = '1GB';

/**
 * Creates the role, or brings an existing one into this shape: whatever it changed of itself (password, settings) is
 * undone. The service's own role needs CREATEROLE for that.
 * @param password no password leaves the one the role has; a new role without one cannot log in
 */
export const ensureAnalyst = async (
  pool: Pool,
  municipality: string,
  password?: string,
  definitions = DEFINITIONS,
): Promise<void> => {
  const role = analystRole(municipality);
  const filled = await filledVersions(pool);
  const versions = filled.filter(({ definition }) => definitions.knows(definition));
  const statement = `
    DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role}; END IF;
    END $$;
    ALTER ROLE ${role} LOGIN CONNECTION LIMIT ${CONNECTIONS} ${password ? `PASSWORD ${literal(password)}` : ''};
    ALTER ROLE ${role} RESET ALL;
    ${Object.entries(SETTINGS)
      .map(([name, value]) => `ALTER ROLE ${role} SET ${name} = '${value}';`)
      .join('\n')}
    DO $$ BEGIN
      IF has_parameter_privilege('temp_file_limit', 'SET') THEN ALTER ROLE ${role} SET temp_file_limit = '${TEMP_FILES}'; END IF;
    END $$;
    ${grantAnalytics(role)}
    ${versions.map(({ name, definition }) => grantFacts(role, name, definitions.of(definition))).join('\n')}`;
  await again(() => pool.query(statement));
};

const ATTEMPTS = 5;

/**
 * Roles belong to the whole server: services of several databases, or two instances, may do this at the same moment, and
 * the one that loses tries again.
 */
const again = async (work: () => Promise<unknown>): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      if (!lostRace(error) || attempt === ATTEMPTS) throw error;
    }
  }
};

/** Unique violation, duplicate role, or "tuple concurrently updated" (an internal error by its code). */
const lostRace = (error: unknown): boolean =>
  error instanceof Error && ['23505', '42710', 'XX000', '40P01'].includes(String((error as { code?: unknown }).code));

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
