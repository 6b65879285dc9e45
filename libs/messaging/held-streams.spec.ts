import type { Pool } from 'pg';
import { eventually } from '#libs/testing/eventually';
import { HeldStreams } from './held-streams.js';
import type { ParkedStreams, RetryResult } from './parked-streams.js';

describe('what needs no operator', () => {
  /** Kinds that were looked for, one after the other; the only stream there is gives these answers. */
  const looks = async (...answers: readonly RetryResult[]): Promise<string[]> => {
    const kinds: string[] = [];
    let tried = 0;
    const query = async (_sql: string, [, asked]: readonly [string, readonly string[]]) => {
      kinds.push(asked.join());
      return { rows: [{ number: 1 }] };
    };
    const retry = async () => answers[tried++] ?? { applied: 1, left: 0 };
    const held = new HeldStreams({
      ...{ pool: { query } as unknown as Pool, group: 'g', retryMs: 1 },
      parked: { retry } as unknown as ParkedStreams,
    });
    held.start();
    await eventually(() => tried > answers.length);
    await held.stop();
    return kinds.slice(0, answers.length + 1);
  };

  it('takes up once what the former release did not know', async () =>
    expect(await looks({ applied: 0, left: 1, reason: 'still unknown' })).toEqual([
      'gap,away,unknown-type',
      'gap,away',
    ]));

  it('tries it again while something it needs is away, as all services may have started together', async () =>
    expect(await looks({ applied: 0, left: 1, reason: 'away', away: true })).toEqual([
      'gap,away,unknown-type',
      'gap,away,unknown-type',
    ]));
});
