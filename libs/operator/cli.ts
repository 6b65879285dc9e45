import { run } from './commands.js';

/** Commands of an application, which alone knows what its tables are made of: the rest of the line is for its own CLI. */
const APPLICATIONS: Readonly<Record<string, string>> = { rebuild: '../../apps/projection/src/rebuild/cli.js' };

const write = (stream: NodeJS.WriteStream) => (text: string) => void stream.write(`${text}\n`);

const application = APPLICATIONS[process.argv[2] ?? ''];
if (application) {
  process.argv.splice(2, 1);
  await import(new URL(application, import.meta.url).href);
} else {
  process.exitCode = await run(process.argv.slice(2), {
    env: process.env,
    out: write(process.stdout),
    err: write(process.stderr),
  });
}
