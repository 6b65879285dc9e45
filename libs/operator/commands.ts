import { parseArgs } from 'node:util';
import { Pool } from 'pg';
import { verifyChain } from '#libs/event-store/hash-chain';
import { NotFound } from '#libs/event-store/not-found';
import { OwnError } from '#libs/event-store/own-error';
import { parseMasterKeys, PersonKeys } from '#libs/event-store/person-keys';
import { ParkedStreams, type RetryResult } from '#libs/messaging/parked-streams';
import { isUnavailable, reasonOf, Unavailable } from '#libs/messaging/unavailable';
import { Timers } from '#libs/processes/timers';
import { table } from './table.js';

export const HELP = `npm run jinzai -- <command> [options]

  parked list [--municipality <code>]        streams whose events are kept back, and why
  parked show <number>                       the events kept back and what was done so far
  parked retry <number> [--up-to <event>]    tries the events again, in order
  parked drop <number> --reason <text> [--up-to <event>]
                                             gives events up for good; the reason is kept
  timers failing                             timers whose last try failed
  chain verify --municipality <code>         recomputes the hash chain of all events
  keys rewrap                                wraps all personal data keys with the current master key
  keys erase --municipality <code> --person <id> --confirm <id>
                                             destroys a person's key in this service, without a proof event;
                                             for staff use POST /placement/staff/<id>/erasure, which leaves one
  rebuild start|progress|compare|switch|back|cancel|run
                                             fills the facts of the analysts anew beside the live ones: rebuild --help

  --json   prints one JSON value instead of a table
  --help   prints this

Reading, keys and chain go to the database of one service: DATABASE_URL (and MASTER_KEYS for keys).
parked retry and drop go to the running service, since only it can let an event take effect, and since they are audited
with the name in the token: JINZAI_URL (for example http://127.0.0.1:3002/placement) and JINZAI_TOKEN (role it).

Exit status: 0 done, 1 the answer is no (chain broken, events still kept back), 2 wrong usage, 3 something is away,
4 refused or not found.`;

export type Surroundings = Readonly<{
  env: Readonly<Record<string, string | undefined>>;
  out: (text: string) => void;
  err: (text: string) => void;
}>;

/** Said to the operator in one line. */
class Usage extends OwnError {}
class Refused extends OwnError {}

type Answer = Readonly<{ value: unknown; text: string; ok?: boolean }>;

const OPTIONS = {
  municipality: { type: 'string' },
  'up-to': { type: 'string' },
  reason: { type: 'string' },
  person: { type: 'string' },
  confirm: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

type Options = Partial<Record<'municipality' | 'up-to' | 'reason' | 'person' | 'confirm', string>>;
type Call = Readonly<{ args: readonly string[]; options: Options; surroundings: Surroundings }>;

/** Runs one command and answers the exit status. */
export const run = async (argv: readonly string[], surroundings: Surroundings): Promise<number> => {
  const { out, err } = surroundings;
  try {
    const { values, positionals } = parsed(argv);
    if (values.help || positionals.length === 0) {
      out(HELP);
      return values.help ? 0 : 2;
    }
    const command = COMMANDS[positionals.slice(0, 2).join(' ')];
    if (!command) throw new Usage(`no such command: ${positionals.join(' ')}`);
    const { value, text, ok = true } = await command({ args: positionals.slice(2), options: values, surroundings });
    out(values.json ? JSON.stringify(value, null, 2) : text);
    return ok ? 0 : 1;
  } catch (error) {
    err(error instanceof OwnError ? error.message : reasonOf(error));
    return statusOf(error);
  }
};

const statusOf = (error: unknown): number => {
  if (error instanceof Usage) return 2;
  if (isUnavailable(error)) return 3;
  return 4;
};

const parsed = (argv: readonly string[]) => {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new Usage(error instanceof Error ? error.message : String(error));
  }
};

const onDatabase = async (surroundings: Surroundings, work: (pool: Pool) => Promise<Answer>): Promise<Answer> => {
  const pool = new Pool({
    connectionString: required(surroundings.env.DATABASE_URL, 'DATABASE_URL'),
    max: 2,
    connectionTimeoutMillis: 5_000,
  });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
};

const COMMANDS: Readonly<Record<string, (call: Call) => Promise<Answer>>> = {
  'parked list': ({ options, surroundings }) =>
    onDatabase(surroundings, async (pool) => {
      const { municipality } = options;
      const streams = await new ParkedStreams(pool).list(municipality && codeOf(municipality));
      const rows = streams.map(({ number, stream, kind, events, attempts, parkedAt, reason }) => ({
        number,
        stream,
        kind,
        events,
        attempts,
        parkedAt,
        reason,
      }));
      return { value: streams, text: table(rows) };
    }),

  'parked show': ({ args, surroundings }) =>
    onDatabase(surroundings, async (pool) => {
      const { kept, audit, ...parked } = await new ParkedStreams(pool).show({ number: numberOf(args) });
      const events = kept.map(({ parkedAt, record: { headers, value } }) => {
        return { id: headers.ce_id, type: headers.ce_type, version: headers.ce_streamversion, parkedAt, data: value };
      });
      return { value: { ...parked, kept, audit }, text: [table([parked]), table(events), table(audit)].join('\n\n') };
    }),

  'parked retry': async ({ args, options, surroundings }) => {
    const result = (await post(surroundings, `${numberOf(args)}/retry`, { upTo: options['up-to'] })) as RetryResult;
    return { value: result, text: table([result]), ok: result.reason === undefined };
  },

  'parked drop': async ({ args, options, surroundings }) => {
    const reason = required(options.reason, '--reason');
    const result = await post(surroundings, `${numberOf(args)}/drop`, { reason, upTo: options['up-to'] });
    return { value: result, text: table([result]) };
  },

  'timers failing': ({ surroundings }) =>
    onDatabase(surroundings, async (pool) => {
      const timers = await new Timers(pool).failing();
      return { value: timers, text: table(timers) };
    }),

  'chain verify': ({ options, surroundings }) => {
    const municipality = codeOf(required(options.municipality, '--municipality'));
    return onDatabase(surroundings, async (pool) => {
      const result = await verifyChain(pool, municipality);
      if (result.ok && result.events === 0) throw new Refused(`there is no event of ${municipality} in this database`);
      return { value: result, text: table([result]), ok: result.ok };
    });
  },

  'keys rewrap': ({ surroundings }) =>
    onDatabase(surroundings, async (pool) => {
      const rewrapped = await personKeys(pool, surroundings).rewrap();
      return { value: { rewrapped }, text: `${rewrapped} keys are now wrapped with the current master key` };
    }),

  'keys erase': ({ options, surroundings }) => {
    const municipality = codeOf(required(options.municipality, '--municipality'));
    const person = required(options.person, '--person');
    if (options.confirm !== person) throw new Usage('--confirm must repeat the id of --person: this cannot be undone');
    return onDatabase(surroundings, async (pool) => {
      const erased = await personKeys(pool, surroundings).erase(municipality, person);
      if (!erased) throw new NotFound('person-key');
      return { value: { erased }, text: 'the key is destroyed' };
    });
  },
};

const personKeys = (pool: Pool, { env }: Surroundings): PersonKeys => {
  const given = required(env.MASTER_KEYS, 'MASTER_KEYS');
  try {
    return new PersonKeys(pool, parseMasterKeys(given));
  } catch (error) {
    throw new Usage((error as Error).message);
  }
};

const required = (value: string | undefined, name: string): string => {
  if (!value) throw new Usage(`${name} is missing`);
  return value;
};

const codeOf = (municipality: string): string => {
  if (!/^\d{6}$/.test(municipality)) throw new Usage(`${municipality} is no code of a municipality: six digits`);
  return municipality;
};

const numberOf = ([text, ...more]: readonly string[]): number => {
  if (!/^\d+$/.test(text ?? '') || more.length > 0)
    throw new Usage('give the number of one parked stream: see "parked list"');
  return Number(text);
};

const post = async ({ env }: Surroundings, path: string, body: object): Promise<Record<string, unknown>> => {
  const url = `${required(env.JINZAI_URL, 'JINZAI_URL').replace(/\/$/, '')}/parked-streams/${path}`;
  const headers = {
    authorization: `Bearer ${required(env.JINZAI_TOKEN, 'JINZAI_TOKEN')}`,
    'content-type': 'application/json',
  };
  const response = await fetch(url, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(60_000),
  }).catch((cause: unknown) => {
    throw new Unavailable(`no answer from ${url}`, { cause });
  });
  const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  if (response.ok) return answer;
  const problem = [response.status, answer.code, answer.detail].filter(Boolean).join(' ');
  throw response.status >= 500 ? new Unavailable(problem) : new Refused(problem);
};
