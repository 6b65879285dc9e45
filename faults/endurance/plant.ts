/** Preloaded into every service by `--plant`: what the drill has to see. */
import diagnostics from 'node:diagnostics_channel';
import { openSync } from 'node:fs';

const kept: unknown[] = [];

const HANDLE_EVERY_MS = 2_000;
const KEPT_BYTES = 8_000;

diagnostics.subscribe('http.server.request.start', () =>
  kept.push(Array.from({ length: KEPT_BYTES / 8 }, (_, index) => index + 0.5)),
);

setInterval(() => kept.push(openSync('/dev/null', 'r')), HANDLE_EVERY_MS).unref();
setTimeout(() => process.stdout.write(`${JSON.stringify({ level: 50, msg: 'planted' })}\n`), 60_000).unref();
