import type { Pool, PoolClient } from 'pg';
import { topicOf } from '#libs/contracts/public-event';
import { inTransaction } from '#libs/event-store/database';
import { OwnError } from '#libs/event-store/own-error';
import type { KafkaPort } from '#libs/messaging/kafka-port';
import type { Policies } from '#libs/policy/pack';
import type { Definition, Definitions } from '../definitions.js';
import { bringReferenceData } from '../reference-data.js';
import { createVersion } from '../schema/version.js';
import { allVersions, holdConsumer, type Version } from '../versions.js';
import type { FetchMissing, Start } from './bulk-intake.js';
import { compareTables, type TableComparison } from './compare.js';
import { fill, tablesOf } from './fill.js';
import { Meter, progressOf, type Progress } from './progress.js';
import { insistently } from './insistently.js';
import { switchTo } from './switch.js';

/** What was asked for cannot be done as things stand. */
export class NotNow extends OwnError {}

export type Comparison = Readonly<{ live: string; beside: string; equal: boolean; tables: readonly TableComparison[] }>;

export type RebuildParts = Readonly<{
  pool: Pool;
  definitions: Definitions;
  /** Consumer group of the projection, under which its offsets are kept. */
  group: string;
}>;

export type FillParts = Readonly<{
  kafka: KafkaPort;
  policies: Policies;
  fetchMissing: FetchMissing;
  onProgress?: (progress: Progress) => void;
}>;

/** A filling looks so often whether it is still wanted. */
const WATCH_MS = 1_000;

/** A version of the facts beside the live one: filled, compared, read in its place, and dropped (docs/adr/0018). */
export class Rebuild {
  constructor(private readonly parts: RebuildParts) {}

  /** Begins a version and fills it, or goes on with one that was begun; the name of the version. */
  async start({ kafka, policies, fetchMissing, onProgress }: FillParts): Promise<string> {
    const { pool, group, definitions } = this.parts;
    return this.inTurn(async () => {
      // A version that is begun makes the consumer keep what it takes in: not before the brokers answer.
      for (const topic of topicsOf(definitions.newest)) await kafka.endOffsets(topic);
      const { version, definition, start } = await this.begun(policies);
      const stop = new AbortController();
      const watching = setInterval(() => void this.endWhenCancelled(version, stop), WATCH_MS);
      const meter = new Meter(pool, version, async () => {
        stop.signal.throwIfAborted();
        const progress = await progressOf(pool);
        if (progress) onProgress?.(progress);
      });
      const parts = { pool, kafka, group, version, start, fetchMissing, meter, signal: stop.signal };
      try {
        await fill({ ...parts, definition: definitions.of(definition) });
        return version;
      } catch (error) {
        // Its tables may be gone already.
        await this.endWhenCancelled(version, stop);
        throw stop.signal.aborted ? stop.signal.reason : error;
      } finally {
        clearInterval(watching);
      }
    });
  }

  progress(): Promise<Progress | undefined> {
    return progressOf(this.parts.pool);
  }

  versions(): Promise<Version[]> {
    return allVersions(this.parts.pool);
  }

  /**
   * @param subject limits the comparison to its tables and those of the staff facts, on which every subject stands
   */
  async compare(subject?: string): Promise<Comparison> {
    const { pool, definitions } = this.parts;
    const { live, beside } = await this.pair();
    const all = [definitions.of(live.definition), definitions.of(beside.definition)];
    const tables = [...new Set([...all.flatMap((one) => tablesOf(limited(one, subject))), 'passed_over'])];
    const compared = await compareTables(pool, live.name, beside.name, tables);
    const comparison = {
      ...{ live: live.name, beside: beside.name },
      equal: compared.every(({ equal }) => equal),
      tables: compared,
    };
    if (subject === undefined) {
      await pool.query(`UPDATE facts_version SET compared = $2 WHERE name = $1`, [
        beside.name,
        JSON.stringify({ with: live.name, equal: comparison.equal }),
      ]);
    }
    return comparison;
  }

  /**
   * Reads the version beside the live one in its place.
   * @param different although the comparison has found differences, as it must after a change of a fold
   */
  async switch(different = false): Promise<string> {
    const { pool, definitions } = this.parts;
    const { live, beside } = await this.pair();
    const { rows } = await pool.query<{ with: string | null; equal: boolean | null }>(
      `SELECT compared ->> 'with' AS with, (compared ->> 'equal')::boolean AS equal FROM facts_version WHERE name = $1`,
      [beside.name],
    );
    if (rows[0]?.with !== live.name) throw new NotNow(`${beside.name} was not compared with ${live.name} yet: compare`);
    if (!rows[0].equal && !different)
      throw new NotNow(`${beside.name} differs from ${live.name}: compare, then switch --different if it has to`);
    await switchTo(pool, beside.name, definitions.of(beside.definition));
    return beside.name;
  }

  /** Reads again what was read before the last switch. */
  async back(): Promise<string> {
    const { pool, definitions } = this.parts;
    const { beside } = await this.pair();
    const { rows } = await pool.query<{ was: boolean }>(
      'SELECT live_at IS NOT NULL AS was FROM facts_version WHERE name = $1',
      [beside.name],
    );
    if (!rows[0]?.was) throw new NotNow(`${beside.name} was never live: there is nothing to go back to`);
    await switchTo(pool, beside.name, definitions.of(beside.definition));
    return beside.name;
  }

  /** Drops the version beside the live one, half filled, unwanted, or left after a switch. Who fills it stops. */
  async cancel(): Promise<string> {
    const { pool } = this.parts;
    const { rows } = await pool.query<{ name: string }>(
      `UPDATE facts_version SET state = 'cancelled' WHERE state <> 'live' RETURNING name`,
    );
    if (!rows[0]) throw new NotNow('there is no version beside the live one');
    const [{ name }] = rows;
    await insistently(pool, async (tx) => {
      await tx.query(`DROP SCHEMA IF EXISTS ${name} CASCADE`);
      for (const table of ['facts_fault', 'facts_part', 'facts_backlog', 'facts_progress'])
        await tx.query(`DELETE FROM ${table} WHERE version = $1`, [name]);
      await tx.query('DELETE FROM facts_version WHERE name = $1', [name]);
    });
    return name;
  }

  private async begun(policies: Policies): Promise<{ version: string; definition: number; start: Start }> {
    const { pool, definitions, group } = this.parts;
    const { newest } = definitions;
    const version = await inTransaction(pool, async (tx) => {
      await holdConsumer(tx);
      const versions = await allVersions(tx);
      const beside = versions.find(({ state }) => state !== 'live');
      if (beside?.state === 'filling') return beside.name;
      if (beside) throw new NotNow(`${beside.name} is ${beside.state}: compare and switch, or cancel it first`);
      const name = `facts_v${Math.max(...versions.map((one) => Number(one.name.slice('facts_v'.length)))) + 1}`;
      await tx.query(createVersion(name, newest));
      await bringReferenceData(tx, name, newest, policies);
      await begin(tx, name, newest, group);
      return name;
    });
    const { rows } = await pool.query<{ definition: number; start: Start }>(
      'SELECT definition, start FROM facts_version WHERE name = $1',
      [version],
    );
    return { version, ...rows[0] };
  }

  private async endWhenCancelled(name: string, stop: AbortController): Promise<void> {
    const versions = await this.versions().catch(() => undefined);
    const state = versions?.find((version) => version.name === name)?.state ?? 'cancelled';
    if (versions && state === 'cancelled') stop.abort(new NotNow(`${name} was cancelled`));
  }

  /** The live version and a filled one beside it. */
  private async pair(): Promise<{ live: Version; beside: Version }> {
    const versions = await this.versions();
    const [live] = versions.filter(({ state }) => state === 'live');
    const [beside] = versions.filter(({ state }) => state !== 'live');
    if (!beside) throw new NotNow('there is no version beside the live one: start');
    if (beside.state !== 'following') throw new NotNow(`${beside.name} is not filled yet (${beside.state})`);
    const { rows } = await this.parts.pool.query<{ reason: string }>(
      'SELECT reason FROM facts_fault WHERE version = $1',
      [beside.name],
    );
    if (rows[0]) throw new NotNow(`${beside.name} could not take an event in (${rows[0].reason}): cancel it`);
    return { live, beside };
  }

  /** One process fills at a time; the lock ends with the process, however that ends. */
  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    return inTransaction(this.parts.pool, async (turn) => {
      await turn.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      await turn.query('LOCK TABLE facts_turn IN EXCLUSIVE MODE NOWAIT').catch((error: { code?: string }) => {
        if (error.code === '55P03') throw new NotNow('a rebuild is running already: see progress');
        throw error.code === '42P01' ? new NotNow("this is not projection's database, or it was never started") : error;
      });
      return work();
    });
  }
}

const limited = ({ sources, subjects }: Definition, subject?: string): Pick<Definition, 'sources'> => {
  if (subject === undefined) return { sources };
  const own = subjects.find(({ name }) => name === subject);
  return { sources: sources.filter((source) => source === own || !subjects.some((one) => one === source)) };
};

const topicsOf = ({ sources }: Definition): string[] =>
  [...new Set(sources.flatMap(({ contracts }) => contracts))].map(({ service }) => topicOf(service));

/** What the consumer has taken in until now is read from the topics; what it takes in from now on it keeps for the version. */
const begin = async (tx: PoolClient, name: string, definition: Definition, group: string): Promise<void> => {
  await tx.query(
    `INSERT INTO facts_version (name, definition, state, start)
     SELECT $1, $2, 'filling', json_build_object(
       'offsets', (SELECT coalesce(json_agg(json_build_object('topic', topic, 'partition', partition, 'offset', next_offset)
                                            ORDER BY topic, partition), '[]')
                     FROM consumer_offsets WHERE consumer = $3 AND next_offset > 0 AND topic = ANY ($4)),
       'parked', (SELECT coalesce(json_agg(json_build_object('topic', topic, 'stream', stream, 'applied', applied_version)), '[]')
                    FROM parked_streams WHERE consumer = $3),
       'dropped', (SELECT coalesce(json_agg(DISTINCT id), '[]') FROM parked_audit, jsonb_array_elements_text(events) AS id
                    WHERE consumer = $3 AND action = 'dropped'))`,
    [name, definition.number, group, topicsOf(definition)],
  );
};
