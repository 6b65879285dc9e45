/** Preloaded into every service by `--plant`: what the drill has to see. */
import { openSync } from 'node:fs';

const NUMBERS = 65_536;
const kept: unknown[] = [];

/** A megabyte, half of it outside the heap, and a handle every second. */
const leak = (): void => {
  kept.push(
    Array.from({ length: NUMBERS }, (_, index) => index + 0.5),
    Buffer.alloc(NUMBERS * 8, 1),
    openSync('/dev/null', 'r'),
  );
};

/** When the drill looks for errors: its preparations are over by then. */
const sayError = (): void => void process.stdout.write(`${JSON.stringify({ level: 50, msg: 'planted' })}\n`);

setInterval(leak, 1_000).unref();
setInterval(sayError, 60_000).unref();
