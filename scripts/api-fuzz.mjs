/**
 * `npm run test:api [-- --examples N] [-- --seed S] [-- service …]`: Schemathesis makes requests from the OpenAPI
 * document of every service, right and wrong ones, against the whole stack with a small city in it. No answer may be a
 * 5xx, have a status, a content type or a shape that the document does not say. Needs Python 3.10 with venv.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateCity } from '../dist/demo/cities/generate.js';
import { PLANS } from '../dist/demo/cities/city.js';
import { Api } from '../dist/demo/api.js';
import { cityFiles, loadCity } from '../dist/demo/load-city.js';
import { ProgressBars } from '../dist/demo/progress.js';
import { freeStackPorts, SERVICES } from '../dist/libs/local-stack/ports.js';
import { LocalStack } from '../dist/libs/local-stack/stack.js';
import { ROLES } from '../dist/libs/platform/caller.js';

const VERSION = '4.32.5';
const HEADCOUNT = 40;
const CHECKS = 'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance';

const USAGE = `npm run test:api -- [--examples N] [--seed S] [service …]   (30, 20261121, all of ${SERVICES.join(', ')})`;

const asked = () => {
  try {
    const number = (text) => (/^\d{1,9}$/.test(text) ? text : refuse(`no number: ${text}`));
    const options = {
      examples: { type: 'string', default: '30' },
      seed: { type: 'string', default: '20261121' },
      help: { type: 'boolean' },
    };
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    return { ...values, examples: number(values.examples), seed: number(values.seed), positionals };
  } catch (error) {
    return refuse(error.message);
  }
};
const refuse = (why) => {
  console.error(`test:api: ${why}\n${USAGE}`);
  process.exit(2);
};

const { positionals, ...values } = asked();
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const services = positionals.length > 0 ? positionals : SERVICES;
const unknown = services.find((service) => !SERVICES.includes(service));
if (unknown !== undefined) refuse(`no such service: ${unknown}`);

const venv = join('.cache', `schemathesis-${VERSION}`);
const program = join(venv, 'bin', 'schemathesis');

const run = (command, args) => {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error) console.error(`${command}: ${error.message}`);
  return status ?? 1;
};

if (!existsSync(program)) {
  const made =
    run('python3', ['-m', 'venv', venv]) ||
    run(join(venv, 'bin', 'pip'), ['install', '-q', `schemathesis==${VERSION}`]);
  if (made !== 0) {
    console.error(
      'npm run test:api needs Python 3.10 or newer with venv and pip: install it, e.g. "apt-get install python3-venv"',
    );
    process.exit(1);
  }
}

const [plan] = PLANS.map((one) => ({ ...one, headcount: HEADCOUNT }));
const home = join('var', 'api-fuzz');
rmSync(home, { recursive: true, force: true });
const documentOf = (service) => join(home, `${service}.json`);
const ports = await freeStackPorts();
const stack = await LocalStack.start({ folder: home, ports, durable: false, municipalities: [plan.code] });
let failed = 0;
try {
  const folder = join(home, 'city');
  generateCity(plan, 'policies', folder);
  const api = new Api(stack);
  for (const role of ['hr', 'recruiter'])
    api.register(`${plan.code}-${role}`, { municipality: plan.code, roles: [role] });
  await loadCity(api, plan, cityFiles(folder), new ProgressBars(process.stdout));
  api.register('everybody', { municipality: plan.code, roles: ROLES });
  const token = await api.token('everybody');
  // All first: while Schemathesis runs this process stands still, and its connections end.
  for (const service of services)
    writeFileSync(documentOf(service), await (await fetch(`${stack.url(service)}/openapi.json`)).text());
  for (const service of services) {
    const { origin } = new URL(stack.url(service));
    const status = run(program, [
      ...['run', documentOf(service), '--url', origin, '--checks', CHECKS, '--phases', 'examples,coverage,fuzzing'],
      ...['--max-examples', values.examples, '--seed', values.seed, '--continue-on-failure'],
      ...['--header', `Authorization: Bearer ${token}`, '--suppress-health-check', 'all', '--warnings', 'off'],
    ]);
    if (status !== 0) failed++;
  }
} finally {
  await stack.stop();
}
console.log(
  failed === 0 ? 'api: every answer was one the documents say' : `api: ${failed} services answered otherwise`,
);
process.exit(failed === 0 ? 0 : 1);
