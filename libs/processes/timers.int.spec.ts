import type { PoolClient } from 'pg';
import { Clock } from './clock.js';
import { Database, inTransaction } from '#libs/event-store/database';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { processesMigrations } from './migrations.js';
import { TimerHandler, TimerRunner, Timers, type Timer } from './timers.js';

class MovedClock extends Clock {
  constructor(private instant: string) {
    super();
  }

  moveTo(instant: string): void {
    this.instant = instant;
  }

  now(): Date {
    return new Date(this.instant);
  }
}

/** Its effect is a row; `before` may fail. */
class Lapse extends TimerHandler {
  readonly kind = 'lapse';
  before: (timer: Timer) => Promise<void> = async () => undefined;

  async fire(timer: Timer, tx: PoolClient): Promise<void> {
    await tx.query('INSERT INTO lapsed VALUES ($1)', [timer.key]);
    await this.before(timer);
  }
}

const timer = (key: string, dueAt = '2026-04-01T00:00:00.000Z'): Timer => ({
  municipality: '142140',
  kind: 'lapse',
  key,
  dueAt,
  payload: { offer: key },
});

describe('timers', () => {
  let created: TestDatabase;
  let database: Database;
  let timers: Timers;
  let clock: MovedClock;
  let handler: Lapse;

  const runner = () => new TimerRunner({ pool: database.pool, clock, handlers: [handler] });
  const schedule = (...set: Timer[]) =>
    inTransaction(database.pool, async (tx) => {
      for (const one of set) await timers.schedule(tx, one);
    });
  const lapsed = async () =>
    (await database.pool.query<{ key: string }>('SELECT key FROM lapsed ORDER BY key')).rows.map(({ key }) => key);
  const stateOf = async (key: string) => {
    const { rows } = await database.pool.query<{ state: string }>('SELECT state FROM timers WHERE key = $1', [key]);
    return rows[0]?.state;
  };

  beforeAll(async () => {
    created = await createDatabase('timers');
    database = await Database.open(created.url, processesMigrations);
    await database.migrate();
    await database.pool.query('CREATE TABLE lapsed (key text)');
    timers = new Timers(database.pool);
  });
  afterAll(async () => {
    await database.close();
    await created.drop();
  });
  beforeEach(async () => {
    await database.pool.query('TRUNCATE timers, lapsed');
    clock = new MovedClock('2026-03-31T23:59:59.999Z');
    handler = new Lapse();
  });

  it('fire when the clock gets there, once, with what they were given', async () => {
    const fired: Timer[] = [];
    handler.before = async (one) => void fired.push(one);
    await schedule(timer('a'), timer('later', '2026-04-01T00:00:00.001Z'));
    expect(await runner().runDue()).toBe(0);
    clock.moveTo('2026-04-01T00:00:00.000Z');
    expect(await runner().runDue()).toBe(1);
    expect(await runner().runDue()).toBe(0);
    expect(fired).toEqual([timer('a')]);
    expect(await stateOf('a')).toBe('fired');
    expect(await stateOf('later')).toBe('waiting');
  });

  it('set again for the same instant stay fired; for another instant they wait again', async () => {
    clock.moveTo('2026-04-01T00:00:00.000Z');
    await schedule(timer('a'));
    await schedule(timer('a'));
    expect(await runner().runDue()).toBe(1);
    await schedule(timer('a'));
    expect(await runner().runDue()).toBe(0);
    await schedule(timer('a', '2026-04-02T00:00:00.000Z'));
    expect(await stateOf('a')).toBe('waiting');
    expect(await runner().runDue()).toBe(0);
    clock.moveTo('2026-04-02T00:00:00.000Z');
    expect(await runner().runDue()).toBe(1);
    expect(await lapsed()).toEqual(['a', 'a']);
  });

  it('cancelled stay visible and do not fire, unless they are set again', async () => {
    clock.moveTo('2026-05-01T00:00:00.000Z');
    await schedule(timer('a'));
    await inTransaction(database.pool, (tx) => timers.cancel(tx, timer('a')));
    expect(await runner().runDue()).toBe(0);
    expect(await stateOf('a')).toBe('cancelled');
    await schedule(timer('a'));
    expect(await runner().runDue()).toBe(1);
  });

  it('are set only when the transaction that sets them commits', async () => {
    clock.moveTo('2026-05-01T00:00:00.000Z');
    const refused = inTransaction(database.pool, async (tx) => {
      await timers.schedule(tx, timer('a'));
      throw new Error('refused');
    });
    await expect(refused).rejects.toThrow('refused');
    expect(await runner().runDue()).toBe(0);
  });

  it('fire once with two runners at the same time', async () => {
    clock.moveTo('2026-05-01T00:00:00.000Z');
    const keys = Array.from({ length: 40 }, (_, index) => `t-${String(index).padStart(2, '0')}`);
    await schedule(...keys.map((key) => timer(key)));
    const counts = await Promise.all([runner().runDue(), runner().runDue(), runner().runDue()]);
    expect(counts.reduce((sum, count) => sum + count)).toBe(40);
    expect(await lapsed()).toEqual(keys);
  });

  it('that fail take no effect, are visible, and are tried again later with growing pauses, while others go on', async () => {
    clock.moveTo('2026-05-01T00:00:00.000Z');
    await schedule(timer('a'), timer('b'));
    handler.before = async ({ key }) => {
      if (key === 'a') throw new Error('placement is away');
    };
    expect(await runner().runDue()).toBe(1);
    expect(await lapsed()).toEqual(['b']);
    expect(await timers.failing()).toEqual([
      {
        municipality: '142140',
        kind: 'lapse',
        key: 'a',
        dueAt: '2026-04-01T00:00:00.000Z',
        attempts: 1,
        lastError: 'Error: placement is away',
        nextTryAt: '2026-05-01T00:00:01.000Z',
      },
    ]);
    clock.moveTo('2026-05-01T00:00:01.000Z');
    await runner().runDue();
    expect((await timers.failing())[0]).toMatchObject({ attempts: 2, nextTryAt: '2026-05-01T00:00:03.000Z' });
    handler.before = async () => undefined;
    clock.moveTo('2026-05-01T00:00:03.000Z');
    expect(await runner().runDue()).toBe(1);
    expect(await lapsed()).toEqual(['a', 'b']);
    expect(await timers.failing()).toEqual([]);
  });

  it('whose process dies between effect and completion fire again, with one effect', async () => {
    clock.moveTo('2026-05-01T00:00:00.000Z');
    await schedule(timer('a'));
    handler.before = async () => {
      const { rows } = await database.pool.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'`,
      );
      await database.pool.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
    };
    await expect(runner().runDue()).rejects.toThrow(/terminat|ECONNRESET|connection error/i);
    expect(await lapsed()).toEqual([]);
    handler.before = async () => undefined;
    expect(await runner().runDue()).toBe(1);
    expect(await lapsed()).toEqual(['a']);
  });
});
