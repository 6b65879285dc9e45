/** See reaper.ts: `node reaper-main.js <folder> [remove]`. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endStale } from './child.js';

const [, , folder, remove] = process.argv;

for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.stdin.resume();
await new Promise((closed) => process.stdin.once('close', closed));

const pidFiles = readdirSync(folder, { recursive: true })
  .map((name) => join(folder, String(name)))
  .filter((name) => name.endsWith('.log.pid'));
await Promise.all(
  pidFiles.map((file) => endStale(file, 10_000, file.endsWith('postgres.log.pid') ? 'SIGINT' : 'SIGTERM')),
);
if (remove) rmSync(folder, { recursive: true, force: true });
