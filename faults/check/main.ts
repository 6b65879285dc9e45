/**
 * The checker as a process of its own: the configuration is its argument, each line on its input (`full` or `fresh`) one
 * look, each line on its output the verdict.
 */
import { createInterface } from 'node:readline';
import { Checker } from './checker.js';
import type { CheckConfig } from './complaint.js';

const checker = new Checker(JSON.parse(process.argv[2]) as CheckConfig);

for await (const line of createInterface(process.stdin)) {
  const verdict = await checker
    .check(line === 'full')
    .catch((error: unknown) => ({ broken: error instanceof Error ? (error.stack ?? error.message) : String(error) }));
  process.stdout.write(`${JSON.stringify(verdict)}\n`);
}
// Kafka may be gone: nothing is left to be finished with it.
process.exit(0);
