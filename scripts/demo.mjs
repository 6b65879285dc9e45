/**
 * `npm run demo`: answers `--help` and a mistyped flag at once, from the text the demo itself goes by; else sets up what is
 * missing and runs the demo in this process. Uses no package, for there may be none yet.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);

const usage = readFileSync(join('demo', 'usage.txt'), 'utf8');
const flags = [...usage.matchAll(/^ {2}(--[a-z]+) /gm)].map(([, flag]) => flag);
const args = process.argv.slice(2);
const unknown = args.find((arg) => !flags.includes(arg));

if (unknown !== undefined) {
  console.error(`demo: no such flag: ${unknown}\n\n${usage.trimEnd()}`);
  process.exit(2);
}
if (args.includes('--help')) {
  process.stdout.write(usage);
  process.exit(0);
}
const { status } = spawnSync(process.execPath, [join('scripts', 'setup.mjs'), 'demo'], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
await import('../dist/demo/main.js');
