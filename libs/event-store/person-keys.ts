import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { Rejected } from './decider.js';
import { Gatherer, type Waiting } from './gatherer.js';
import { storable, type Sealed, type WrappedKey } from './stored-row.js';

/** Master keys by id, the current one first. They come from outside the database and wrap the persons' keys. */
export type MasterKeys = ReadonlyMap<string, Buffer>;

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const REWRAP_ROWS = 500;
const OPENED_KEYS = 10_000;

/** `id:base64,id2:base64`, 32 bytes each; the first is current, the others still open what they wrapped. */
export const parseMasterKeys = (text: string): MasterKeys => {
  const keys = text.split(',').map((entry, index): [string, Buffer] => {
    const [id, encoded] = entry.trim().split(':');
    const key = Buffer.from(encoded ?? '', 'base64');
    // Never what was given: it may be the key itself.
    if (!id || key.length !== KEY_BYTES) throw new Error(`master key ${index + 1} must be <id>:<32 bytes in base64>`);
    return [id, key];
  });
  return new Map(keys);
};

export type Person = Readonly<{ municipality: string; personId: string }>;

type KeyRow = { municipality: string; personId: string } & WrappedKey;

const personOf = ({ municipality, personId }: Person): string => `${municipality}/${personId}`;

const seal = (key: Buffer, plain: Buffer, boundTo: string): string => {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(boundTo));
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
};

const unseal = (key: Buffer, text: string, boundTo: string): Buffer => {
  const bytes = Buffer.from(text, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(boundTo))
    .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
};

/**
 * A data key per person, wrapped by the master key. Destroying it erases the person everywhere: the events stay, their
 * personal fields read `erased`. Backups keep old wrapped keys until they expire or the master key is retired.
 */
export class PersonKeys {
  private readonly current: string;
  /** Unwrapped keys by their wrapped text: whoever reads brings the text from the database, so nothing goes stale. */
  private readonly opened = new Map<string, Buffer>();
  private readonly lookups: Gatherer<Person, Buffer>;

  constructor(
    private readonly pool: Pool,
    private readonly masterKeys: MasterKeys,
  ) {
    const [first] = masterKeys.keys();
    if (first === undefined) throw new Error('no master key');
    this.current = first;
    this.lookups = new Gatherer({ run: (batch) => this.lookUp(batch), lanes: 2 });
  }

  /** @throws Rejected `person.erased` for a person whose key was destroyed */
  sealer(person: Person): Promise<Buffer> {
    return this.lookups.add(person);
  }

  /** Data keys of many persons at once, by `municipality/person`; missing ones are made. A person erased has none. */
  async forWriting(persons: readonly Person[], db: Pool | PoolClient = this.pool): Promise<Map<string, Buffer>> {
    const known = await this.select(persons, db);
    const unknown = [...new Map(persons.map((person) => [personOf(person), person])).values()].filter(
      (person) => !known.has(personOf(person)),
    );
    if (unknown.length > 0) {
      await this.create(unknown, db);
      for (const [name, row] of await this.select(unknown, db)) known.set(name, row);
    }
    const keys = new Map<string, Buffer>();
    for (const [name, row] of known) {
      const key = this.unwrap(row, row);
      if (key) keys.set(name, key);
    }
    return keys;
  }

  /**
   * Seals values of one event; bound to person and event, so that they cannot be moved to another.
   * @throws Rejected `text.not-storable`
   */
  seal(key: Buffer, person: Person, eventId: string, values: Readonly<Record<string, unknown>>): Sealed {
    const plain = Buffer.from(storable(JSON.stringify(values)));
    return { fields: Object.keys(values), sealed: seal(key, plain, `${personOf(person)}/${eventId}`) };
  }

  /** The values, or undefined when the person has been erased. `key` must have been read together with the event. */
  open(key: WrappedKey | null, person: Person, eventId: string, personal: Sealed): Record<string, unknown> | undefined {
    if (!key) throw new Error(`no key for the personal fields of event ${eventId}`);
    const dataKey = this.unwrap(key, person);
    if (!dataKey) return undefined;
    const plain = unseal(dataKey, personal.sealed, `${personOf(person)}/${eventId}`);
    return JSON.parse(plain.toString()) as Record<string, unknown>;
  }

  /** Destroys the person's key. False when there was none to destroy. The caller appends the event that proves it. */
  async erase(municipality: string, personId: string, tx?: PoolClient): Promise<boolean> {
    const { rowCount } = await (tx ?? this.pool).query(
      `UPDATE person_keys SET wrapped = NULL, master_key_id = NULL, erased_at = clock_timestamp()
       WHERE municipality = $1 AND person_id = $2 AND erased_at IS NULL`,
      [municipality, personId],
    );
    return rowCount === 1;
  }

  /** Wraps every key anew that is not under the current master key; afterwards older ones can be retired. */
  async rewrap(): Promise<number> {
    for (let total = 0; ;) {
      const { rows } = await this.pool.query<KeyRow>(
        `SELECT municipality, person_id AS "personId", wrapped, master_key_id AS "masterKeyId"
         FROM person_keys WHERE master_key_id <> $1 LIMIT ${REWRAP_ROWS}`,
        [this.current],
      );
      if (rows.length === 0) return total;
      const wrapped = rows.map((row) => ({ ...row, anew: this.wrap(this.unwrap(row, row)!, row) }));
      // the old wrapping is part of the condition: an erasure in between stays an erasure
      const { rowCount } = await this.pool.query(
        `UPDATE person_keys k SET wrapped = r.anew, master_key_id = $2
         FROM json_to_recordset($1::json) AS r(municipality text, "personId" text, wrapped text, anew text)
         WHERE k.municipality = r.municipality AND k.person_id = r."personId" AND k.wrapped = r.wrapped`,
        [JSON.stringify(wrapped), this.current],
      );
      total += rowCount ?? 0;
    }
  }

  private async lookUp(batch: readonly Waiting<Person, Buffer>[]): Promise<void> {
    const keys = await this.forWriting(batch.map(({ item }) => item));
    for (const { item, resolve, reject } of batch) {
      const key = keys.get(personOf(item));
      if (key) resolve(key);
      else reject(new Rejected('person.erased'));
    }
  }

  private async select(persons: readonly Person[], db: Pool | PoolClient): Promise<Map<string, KeyRow>> {
    const { rows } = await db.query<KeyRow>({
      name: 'person-keys',
      text: `SELECT k.municipality, k.person_id AS "personId", k.wrapped, k.master_key_id AS "masterKeyId"
             FROM json_to_recordset($1::json) AS r(municipality text, "personId" text)
             JOIN person_keys k ON k.municipality = r.municipality AND k.person_id = r."personId"`,
      values: [JSON.stringify(persons)],
    });
    return new Map(rows.map((row) => [personOf(row), row]));
  }

  /** Sorted against deadlocks; a key that another process made first stays. */
  private async create(persons: readonly Person[], db: Pool | PoolClient): Promise<void> {
    const rows = persons.map((person) => ({ ...person, wrapped: this.wrap(randomBytes(KEY_BYTES), person) }));
    await db.query({
      name: 'person-keys-new',
      text: `INSERT INTO person_keys (municipality, person_id, wrapped, master_key_id)
             SELECT r.municipality, r."personId", r.wrapped, $2
             FROM json_to_recordset($1::json) AS r(municipality text, "personId" text, wrapped text)
             ORDER BY 1, 2 ON CONFLICT DO NOTHING`,
      values: [JSON.stringify(rows), this.current],
    });
  }

  private wrap(key: Buffer, person: Person): string {
    return seal(this.masterKeys.get(this.current)!, key, personOf(person));
  }

  private unwrap({ wrapped, masterKeyId }: WrappedKey, person: Person): Buffer | undefined {
    if (wrapped === null) return undefined;
    const seen = this.opened.get(wrapped);
    if (seen) return seen;
    const master = this.masterKeys.get(masterKeyId ?? '');
    if (!master) throw new Error(`master key "${masterKeyId}" is not configured`);
    const key = unseal(master, wrapped, personOf(person));
    if (this.opened.size >= OPENED_KEYS) this.opened.clear();
    this.opened.set(wrapped, key);
    return key;
  }
}
