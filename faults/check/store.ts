import { Pool, types } from 'pg';

// A date is a day, not an instant of some time zone.
types.setTypeParser(types.builtins.DATE, (text) => text);
types.setTypeParser(types.builtins.INT8, Number);

export type Data = Readonly<Record<string, unknown>>;

/** A row of `events`, as it lies there. */
export type Event = Readonly<{
  position: number;
  municipality: string;
  stream: string;
  version: number;
  id: string;
  type: string;
  data: Data;
  metadata: Readonly<{ actor?: string; causationId?: string }>;
  request_id: string | null;
  ordinal: number;
}>;

const COLUMNS = `position, municipality, stream, version, id, type, data, metadata, request_id, ordinal`;
const PAGE = 20_000;

/** The events of one service, read anew only where there are new ones; a row that came late is seen by the count. */
export class Store {
  readonly pool: Pool;
  /** In the order of positions. */
  events: Event[] = [];
  readonly streams = new Map<string, Event[]>();
  readonly requests = new Map<string, Event[]>();
  /** Read since the last look. */
  fresh: readonly Event[] = [];

  constructor(
    readonly service: string,
    url: string,
  ) {
    this.pool = new Pool({ connectionString: url, max: 4 });
    this.pool.on('error', () => undefined);
  }

  async load(): Promise<void> {
    const added = await this.after(this.events.at(-1)?.position ?? 0);
    this.add(added);
    const { rows } = await this.pool.query<{ count: number }>('SELECT count(*) AS count FROM events');
    if (rows[0].count !== this.events.length) {
      this.events = [];
      this.streams.clear();
      this.requests.clear();
      this.add(await this.after(0));
      this.fresh = this.events;
      return;
    }
    this.fresh = added;
  }

  async rows<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.pool.query<Row>(sql, [...values])).rows;
  }

  ofType(...wanted: readonly string[]): Event[] {
    return this.events.filter(({ type }) => wanted.includes(type));
  }

  private async after(position: number): Promise<Event[]> {
    const read: Event[] = [];
    for (let last = position; ;) {
      const sql = `SELECT ${COLUMNS} FROM events e WHERE e.position > $1 ORDER BY e.position LIMIT ${PAGE}`;
      const { rows } = await this.pool.query<Event>(sql, [last]);
      for (const row of rows) read.push(row);
      if (rows.length < PAGE) return read;
      last = rows[rows.length - 1].position;
    }
  }

  private add(events: readonly Event[]): void {
    for (const event of events) {
      this.events.push(event);
      push(this.streams, event.stream, event);
      if (event.request_id !== null) push(this.requests, `${event.municipality} ${event.request_id}`, event);
    }
  }
}

const push = <T>(map: Map<string, T[]>, key: string, value: T): void => {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
};
