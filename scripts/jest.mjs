/**
 * Runs the tests of one level, or of all three in turn: `node scripts/jest.mjs [unit|int|e2e] [jest options]`.
 * A level without a single suite or test fails. The counts are left in var/test-results.json for .ci/run.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** End-to-end suites start whole services: one at a time, or they starve each other on two cores. */
const LEVELS = {
  unit: { is: (file) => file.endsWith('.spec.ts') && !/\.(int|e2e)\.spec\.ts$/.test(file), workers: 2 },
  int: { is: (file) => file.endsWith('.int.spec.ts'), workers: 2 },
  e2e: { is: (file) => file.endsWith('.e2e.spec.ts'), workers: 1 },
};

const specs = ['apps', 'libs', 'demo', 'bench', 'faults'].flatMap((top) =>
  readdirSync(join(root, top), { recursive: true })
    .map((file) => join(root, top, file))
    .filter((file) => file.endsWith('.spec.ts')),
);

const runLevel = (name, options) => {
  const level = LEVELS[name];
  const files = specs.filter(level.is);
  const report = join(root, 'var', `test-${name}.json`);
  rmSync(report, { force: true });
  console.log(`\n── ${name}: ${files.length} suites`);
  const { status } = spawnSync(
    process.execPath,
    [
      '--experimental-vm-modules',
      'node_modules/jest/bin/jest.js',
      ...['-w', String(level.workers), '--workerIdleMemoryLimit=512MB', '--json', `--outputFile=${report}`],
      ...options,
      '--runTestsByPath',
      ...files,
    ],
    // jest prints the JSON on stdout as well; the readable report is on stderr.
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, NODE_NO_WARNINGS: '1', JINZAI_TEST_LEVEL: name },
    },
  );
  return { name, suites: files.length, status, ...read(report) };
};

const read = (report) => {
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    // A suite that cannot even be loaded has no tests of its own but is a failure all the same.
    return { passed: result.numPassedTests, failed: result.numFailedTests + result.numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 1 };
  }
};

const [first, ...rest] = process.argv.slice(2);
const chosen = first !== undefined && first in LEVELS ? [first] : Object.keys(LEVELS);
const options = first === undefined || first in LEVELS ? rest : [first, ...rest];

mkdirSync(join(root, 'var'), { recursive: true });
const started = performance.now();
const results = [];
for (const name of chosen) results.push(runLevel(name, options));
writeFileSync(join(root, 'var', 'test-results.json'), `${JSON.stringify(results, null, 2)}\n`);

console.log(`\n── summary (${((performance.now() - started) / 1000).toFixed(0)} s)`);
for (const { name, suites, passed, failed } of results) {
  const empty = passed + failed === 0 ? '  ← EMPTY' : '';
  console.log(`${name.padEnd(5)} ${String(suites).padStart(4)} suites  ${passed} passed, ${failed} failed${empty}`);
}
const good = results.every(({ status, passed, failed }) => status === 0 && passed > 0 && failed === 0);
console.log(good ? 'all passed' : 'FAILED');
process.exit(good ? 0 : 1);
