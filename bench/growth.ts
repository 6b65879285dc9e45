import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalPostgres } from '#libs/local-stack/postgres';
import { costing } from './cpu.js';
import { figureOf, interleaved, tableOf, type Sample } from './measure.js';
import { CITY, METADATA, STREAM_LENGTH } from './samples.js';
import { checkpoint, newDatabase, query, withPostgres, type Bench, type Benchmark, type Outcome } from './stand.js';
import { withHelpers } from './tasks.js';

const CONCURRENCY = 64;
const SMALL = 100_000;
const BIG = 10_000_000;
const STREAMS_A_STATEMENT = 25_000;

/**
 * Whole streams of 20 events, as the store would have written them: ids and request ids of version 7, positions that
 * interleave the streams as the years would.
 */
const grow = async (url: string, events: number, log: (line: string) => void): Promise<void> => {
  const streams = events / STREAM_LENGTH;
  for (let from = 0; from < streams; from += STREAMS_A_STATEMENT) {
    const until = Math.min(streams, from + STREAMS_A_STATEMENT) - 1;
    await query(
      url,
      `INSERT INTO events (municipality, stream, version, id, type, schema_version, data, metadata, request_id,
                           fingerprint, ordinal, slice)
       SELECT '${CITY}', 'entries-${CITY}/' || s, v, uuidv7(), 'Entered', 1,
              json_build_object('personId', s::text, 'name', 'Isehara Hanako', 'remark', repeat('x', 280)),
              '${JSON.stringify(METADATA)}', uuidv7()::text, 'f', 0, s % 1024
         FROM generate_series(1, ${STREAM_LENGTH}) v, generate_series(${from}, ${until}) s`,
    );
    if (from % 100_000 === 0) log(`${(from * STREAM_LENGTH).toLocaleString('en-US')} events are there`);
  }
  await query(url, 'VACUUM ANALYZE events');
};

/**
 * Reads a database's files, so that the kernel's cache has them as it has after weeks of work: some kernels give back
 * within minutes what nobody reads, and 20 events of a random stream then lie on 20 pages of a disk.
 */
const warm = async (postgres: LocalPostgres, database: string): Promise<void> => {
  const [{ folder }] = await query<{ folder: string }>(
    postgres.url(database), // only the superuser may know
    `SELECT current_setting('data_directory') || '/base/' || oid AS folder FROM pg_database WHERE datname = current_database()`,
  );
  for (const file of await readdir(folder)) {
    const bytes = createReadStream(join(folder, file), { highWaterMark: 1 << 20 });
    for await (const _ of bytes);
  }
};

const run = ({ rounds, quick, log }: Bench): Promise<Outcome> =>
  withPostgres((postgres) =>
    withHelpers(async (start) => {
      const seconds = quick ? 3 : 10;
      const sizes = { small: SMALL, big: quick ? BIG / 10 : BIG };
      const helpers = { small: start('dist/bench/append-helper.js'), big: start('dist/bench/append-helper.js') };
      const urls = { small: await newDatabase(postgres, 'small'), big: await newDatabase(postgres, 'big') };
      const of = {} as { size: string };
      for (const size of ['small', 'big'] as const) {
        await helpers[size].ask('migrate', { url: urls[size] });
        await grow(urls[size], sizes[size], log);
        of.size = (
          await query<{ size: string }>(
            urls[size],
            'SELECT pg_size_pretty(pg_database_size(current_database())) AS size',
          )
        )[0].size;
      }
      const costed = (size: keyof typeof sizes, ask: () => Promise<Sample>) =>
        costing({ Node: helpers[size].pid, Postgres: postgres.pid }, ask);
      const append = async (size: keyof typeof sizes, time = seconds): Promise<Sample> => {
        await checkpoint(postgres);
        const asked = { url: urls[size], concurrency: CONCURRENCY, seconds: time, sealed: false };
        return costed(size, () => helpers[size].ask<Sample>('append', asked));
      };
      const readWarm = async (size: keyof typeof sizes): Promise<Sample> => {
        await warm(postgres, size);
        return read(size);
      };
      const read = (size: keyof typeof sizes, time = seconds) =>
        costed(size, () =>
          helpers[size].ask<Sample>('read', {
            url: urls[size],
            concurrency: CONCURRENCY,
            seconds: time,
            streams: sizes[size] / STREAM_LENGTH,
          }),
        );
      for (const size of ['small', 'big'] as const) {
        await append(size, 4);
        await read(size, 4);
      }
      const samples = await interleaved(
        rounds,
        {
          'append, few': () => append('small'),
          'append, many': () => append('big'),
          'read, few': () => readWarm('small'),
          'read, many': () => readWarm('big'),
        },
        log,
      );
      const name = `the same with ${SMALL.toLocaleString('en-US')} events`;
      return {
        figures: [
          figureOf('growth.append', 'appends/s', samples['append, many'], { name, samples: samples['append, few'] }),
          figureOf('growth.read', 'streams/s', samples['read, many'], { name, samples: samples['read, few'] }),
        ],
        notes: [
          `${sizes.big.toLocaleString('en-US')} events in ${(sizes.big / STREAM_LENGTH).toLocaleString('en-US')} streams, ${of.size}; ${CONCURRENCY} at once; random streams are read, with the files in the kernel’s cache.`,
          '',
          ...tableOf(samples, 'a second'),
        ],
      };
    }),
  );

export const growth: Benchmark = { name: 'Growth', ids: ['growth.append', 'growth.read'], run };
