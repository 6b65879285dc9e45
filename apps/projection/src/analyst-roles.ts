import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Pool } from 'pg';
import { Config } from '#libs/platform/config';
import { Database } from '#libs/event-store/database';
import { Policies } from '#libs/policy/pack';
import { FACTS } from './migrations.js';
import { grantTo } from './schema/views.js';

/** One read-only database role per municipality, `analyst_<code>`; row-level security reads the code from the name. */
@Injectable()
export class AnalystRoles implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly policies: Policies,
    private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const { code } of this.policies.municipalities()) {
      await ensureAnalyst(this.database.pool, code, this.config.env.ANALYST_PASSWORD);
    }
  }
}

const ATTEMPTS = 5;

/**
 * Creates the role, or brings an existing one into this shape; the service's own role needs CREATEROLE for that. Roles
 * belong to the whole server: services of several databases, or two instances, may do this at the same moment, and the
 * one that loses tries again.
 * @param password no password leaves the one the role has; a new role without one cannot log in
 */
export const ensureAnalyst = async (pool: Pool, municipality: string, password?: string): Promise<void> => {
  const role = `analyst_${municipality}`;
  const statement = `
    DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role}; END IF;
    END $$;
    ALTER ROLE ${role} LOGIN ${password ? `PASSWORD ${literal(password)}` : ''};
    ALTER ROLE ${role} SET default_transaction_read_only = on;
    ALTER ROLE ${role} SET statement_timeout = '60s';
    ALTER ROLE ${role} SET search_path = analytics;
    ${grantTo(role, FACTS)}`;
  for (let attempt = 1; ; attempt++) {
    try {
      await pool.query(statement);
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
