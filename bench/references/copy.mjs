/** COPY of bare events from Node on one connection, the quickest way into a table with the store's indexes. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from } from 'pg-copy-streams';
import { CITY, entered, METADATA } from '../../dist/bench/samples.js';
import { serveTasks } from '../../dist/bench/tasks.js';

const COLUMNS = 'municipality, stream, version, id, type, schema_version, data, metadata, ordinal, slice';
const LINES_A_CHUNK = 500;

function* lines(count) {
  const metadata = JSON.stringify(METADATA);
  for (let done = 0; done < count; done += LINES_A_CHUNK) {
    let chunk = '';
    for (let line = done; line < Math.min(count, done + LINES_A_CHUNK); line++) {
      const id = randomUUID();
      const { type, data } = entered(id);
      chunk += `${CITY}\tentries-${CITY}/${id}\t1\t${id}\t${type}\t1\t${JSON.stringify(data)}\t${metadata}\t0\t7\n`;
    }
    yield chunk;
  }
}

const copy = async ({ url, count }) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const started = performance.now();
  await pipeline(Readable.from(lines(count)), client.query(from(`COPY events (${COLUMNS}) FROM STDIN`)));
  const value = (count / (performance.now() - started)) * 1000;
  await client.end();
  return { value };
};

serveTasks({ copy });
