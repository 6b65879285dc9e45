/**
 * `node scripts/kill-drill.mjs [part …]`: loads both cities afresh and, while they load, kills one process after the
 * other with SIGKILL, each when the one before is back. Exit status 0 when everything was killed during the load and
 * `--check` holds all the same.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

const ALL = [
  ...['placement', 'recruitment', 'wellbeing', 'training', 'evaluation', 'projection'],
  ...['kafka', 'postgres', 'oidc'],
];
/** Long enough for the load to go on in between. */
const BETWEEN_MS = 4_000;

const parts = process.argv.length > 2 ? process.argv.slice(2) : [...ALL];
const unknown = parts.find((part) => !ALL.includes(part));
if (unknown !== undefined) {
  console.error(`no such part: ${unknown}; there are ${ALL.join(', ')}`);
  process.exit(2);
}

const demo = spawn(process.execPath, ['dist/demo/main.js', '--fresh', '--check'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => demo.kill(signal));

const left = [...parts];
let loading = false;

const killNext = async () => {
  if (left.length === 0) return;
  await pause(BETWEEN_MS);
  if (!loading) return;
  const part = left.shift();
  const { pid } = JSON.parse(readFileSync(join('var', 'demo', 'log', `${part}.log.pid`), 'utf8'));
  console.log(`☠ kill -9 ${part}`);
  process.kill(pid, 'SIGKILL');
};

createInterface(demo.stdout).on('line', (line) => {
  console.log(line);
  if (!loading && line.includes('units.csv')) {
    loading = true;
    void killNext();
  }
  if (line.includes(' is back')) void killNext();
  if (line.startsWith('ready')) loading = false;
});

demo.once('exit', (code) => {
  console.log(left.length === 0 ? 'drill: all were killed' : `drill: the load ended before ${left.join(', ')}`);
  process.exitCode = left.length === 0 ? (code ?? 1) : 1;
});
