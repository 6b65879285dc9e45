import { createHash } from 'node:crypto';
import type { Complaint } from './complaint.js';
import type { Store } from './store.js';

type Row = { municipality: string; position: number; columns: (string | null)[]; hash: Buffer | null };

/** As auditors are told: sha256 of the hash before and of the JSON array of the columns as text, in this order. */
const ROWS = `
  SELECT e.municipality, e.position, c.hash,
         ARRAY[e.position::text, e.municipality, e.stream, e.version::text, e.id::text, e.type, e.schema_version::text,
           e.data::text, e.personal::text, e.person_id, e.metadata::text, e.request_id, e.fingerprint, e.ordinal::text,
           to_char(e.effective_on, 'YYYY-MM-DD'), to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
           e.slice::text] AS columns
    FROM events e LEFT JOIN event_chain c ON c.municipality = e.municipality AND c.position = e.position
   WHERE e.position > $1 ORDER BY e.position LIMIT 5000`;

/** The chain of each municipality, recomputed; goes on where it stopped unless it is to begin anew. */
export class Chain {
  private heads = new Map<string, Buffer>();
  private through = 0;

  constructor(private readonly store: Store) {}

  async holds(anew: boolean): Promise<Complaint[]> {
    if (anew) {
      this.heads = new Map();
      this.through = 0;
    }
    const { service } = this.store;
    for (;;) {
      const rows = await this.store.rows<Row>(ROWS, [this.through]);
      for (const { municipality, position, columns, hash } of rows) {
        const where = `chain of ${service}, ${municipality}`;
        const before = this.heads.get(municipality) ?? Buffer.alloc(32);
        const own = createHash('sha256').update(before).update(JSON.stringify(columns)).digest();
        if (!hash) return [{ rule: 'chain', harm: 'lost', where, what: `position ${position} is not in it` }];
        if (!own.equals(hash)) return [{ rule: 'chain', harm: 'wrong', where, what: `breaks at position ${position}` }];
        this.heads.set(municipality, own);
        this.through = position;
      }
      if (rows.length < 5_000) break;
    }
    const sql = `SELECT count(*) AS extra FROM event_chain c WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.position = c.position)`;
    const [{ extra }] = anew ? await this.store.rows<{ extra: number }>(sql) : [{ extra: 0 }];
    if (extra === 0) return [];
    return [{ rule: 'chain', harm: 'wrong', where: `chain of ${service}`, what: `${extra} links are of no event` }];
  }
}
