import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Ceiling, DecidedLog, DecidedRows } from './decided-log.js';
import { RowFollower } from './follower.js';
import { instant } from './stored-row.js';

type Link = { municipality: string; position: string; hash: Buffer };
type Hashed = { municipality: string; position: string; columns: string };

export type Verification = Readonly<{
  /** Events that were found to be as they were recorded. */
  events: number;
  ok: boolean;
  /** Lowest position that was changed, removed or put in. */
  brokenAt?: number;
  /** Hash of the last event in hex. Kept outside the database, it proves later that the end was not cut off. */
  head: string;
}>;

const BEFORE_THE_FIRST = Buffer.alloc(32);
const PAGE = 2_000;

/**
 * JSON array of every stored column as text, sealed fields as ciphertext: erasing a person leaves the chain whole. The
 * database writes it as `JSON.stringify` would; here it would first have to be taken apart.
 */
const COLUMNS = `array_to_json(ARRAY[e.position::text, e.municipality, e.stream, e.version::text, e.id::text, e.type,
  e.schema_version::text, e.data::text, e.personal::text, e.person_id, e.metadata::text, e.request_id, e.fingerprint,
  e.ordinal::text, to_char(e.effective_on, 'YYYY-MM-DD'), ${instant('e.recorded_at')}, e.slice::text])::text`;

/** sha256(hash of the municipality's previous event || JSON array of the stored columns). */
const link = (previous: Buffer, { columns }: Hashed): Buffer =>
  createHash('sha256').update(previous).update(columns).digest();

/**
 * Chains the events of each municipality, so that an auditor can prove that none was changed, removed or put in. It
 * follows the decided ceiling and therefore serialises no writer.
 */
export class HashChain extends RowFollower<Hashed> {
  readonly name = 'hash-chain';

  read(log: DecidedLog, ceiling: Ceiling, after: number, limit: number): Promise<DecidedRows<Hashed>> {
    const columns = `e.municipality, e.position, ${COLUMNS} AS columns`;
    return log.rowsUpTo(ceiling, after, limit, { name: 'hash-chain-columns', columns });
  }

  async handle(rows: readonly Hashed[], tx: PoolClient): Promise<void> {
    const heads = await this.heads(rows, tx);
    const links = rows.map((row): Link => {
      const hash = link(heads.get(row.municipality) ?? BEFORE_THE_FIRST, row);
      heads.set(row.municipality, hash);
      return { municipality: row.municipality, position: row.position, hash };
    });
    await tx.query({
      name: 'hash-chain-insert',
      text: `INSERT INTO event_chain (municipality, position, hash)
             SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[])`,
      values: [links.map((l) => l.municipality), links.map((l) => l.position), links.map((l) => l.hash)],
    });
  }

  private async heads(rows: readonly Hashed[], tx: PoolClient): Promise<Map<string, Buffer>> {
    const { rows: heads } = await tx.query<Link>({
      name: 'hash-chain-heads',
      text: `SELECT m AS municipality, c.hash FROM unnest($1::text[]) m CROSS JOIN LATERAL (
               SELECT hash FROM event_chain WHERE municipality = m ORDER BY position DESC LIMIT 1) c`,
      values: [[...new Set(rows.map(({ municipality }) => municipality))]],
    });
    return new Map(heads.map(({ municipality, hash }) => [municipality, hash]));
  }
}

/** Recomputes the chain of a municipality as far as it has been written, page by page. */
export const verifyChain = async (
  pool: Pool,
  municipality: string,
  onProgress?: (events: number) => void,
): Promise<Verification> => {
  const end = await endOfChain(pool, municipality);
  let previous: Buffer = BEFORE_THE_FIRST;
  let events = 0;
  const broken = (position: number): Verification => ({
    events,
    ok: false,
    brokenAt: position,
    head: previous.toString('hex'),
  });
  for (let after = '0'; ;) {
    const [stored, links] = await Promise.all([
      storedAfter(pool, municipality, after, end),
      linksAfter(pool, municipality, after, end),
    ]);
    for (let i = 0; i < Math.max(stored.length, links.length); i++) {
      if (stored[i]?.position !== links[i]?.position) return broken(lowest(stored[i], links[i]));
      const hash = link(previous, stored[i]);
      if (!hash.equals(links[i].hash)) return broken(Number(stored[i].position));
      previous = hash;
      events++;
    }
    onProgress?.(events);
    if (links.length < PAGE) return { events, ok: true, head: previous.toString('hex') };
    after = links[links.length - 1].position;
  }
};

const lowest = (...rows: readonly ({ position: string } | undefined)[]): number =>
  Math.min(...rows.map((row) => Number(row?.position ?? Infinity)));

const endOfChain = async (pool: Pool, municipality: string): Promise<string> => {
  const { rows } = await pool.query<{ end: string }>(
    'SELECT coalesce(max(position), 0) AS end FROM event_chain WHERE municipality = $1',
    [municipality],
  );
  return rows[0].end;
};

const storedAfter = async (pool: Pool, municipality: string, after: string, end: string): Promise<Hashed[]> => {
  const { rows } = await pool.query<Hashed>(
    `SELECT e.municipality, e.position, ${COLUMNS} AS columns FROM events e
     WHERE e.municipality = $1 AND e.position > $2 AND e.position <= $3 ORDER BY e.position LIMIT ${PAGE}`,
    [municipality, after, end],
  );
  return rows;
};

const linksAfter = async (pool: Pool, municipality: string, after: string, end: string): Promise<Link[]> => {
  const { rows } = await pool.query<Link>(
    `SELECT c.municipality, c.position, c.hash FROM event_chain c
     WHERE c.municipality = $1 AND c.position > $2 AND c.position <= $3 ORDER BY c.position LIMIT ${PAGE}`,
    [municipality, after, end],
  );
  return rows;
};
