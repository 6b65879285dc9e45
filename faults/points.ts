/**
 * Loaded into a service by `node --import`, from outside: nothing of it is in the product. It watches the statements the
 * process sends to Postgres and the batches it sends to Kafka, and kills the process at the n-th of an armed kind; and it
 * moves the process's clock. The drill writes an order to a file and says so with SIGUSR2.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import kafkajs, { type Producer } from 'kafkajs';
import pg from 'pg';
import { STATEMENTS, type Order } from './orders.js';

const folder = process.env.FAULTS_FOLDER ?? '.';
const service = (process.env.FAULTS_NAME ?? process.env.OIDC_CLIENT_ID ?? '').replace('service.', '');

let order: Order = {};
let met = 0;

/** The process ends here, without another instruction, when this is the place it was armed for. */
const reached = (point: Order['point']): void => {
  if (order.point !== point || ++met < (order.nth ?? 1)) return;
  writeFileSync(join(folder, `${service}.hit`), JSON.stringify({ point, met }));
  process.kill(process.pid, 'SIGKILL');
};

/** What the open transaction of a connection has done so far. */
type Done = { -readonly [mark in keyof typeof STATEMENTS]?: boolean };
const transactions = new WeakMap<object, Done>();

const MARKS = Object.entries(STATEMENTS) as readonly [keyof Done, RegExp][];

const sending = (client: object, text: string): void => {
  if (text === 'BEGIN') transactions.set(client, {});
  const done = transactions.get(client);
  if (STATEMENTS.appended.test(text)) reached('append.before');
  if (STATEMENTS.fired.test(text)) reached('timer.firing');
  for (const [mark, pattern] of MARKS) if (done && pattern.test(text)) done[mark] = true;
  if (text !== 'COMMIT' || !done) return;
  if (done.consumed) reached('effect.before-commit');
  if (done.followed) reached('follower.before-commit');
  if (done.fired) reached('timer.before-commit');
  if (done.switched) reached('rebuild.before-switch');
};

const answered = (client: object, text: string): void => {
  const done = transactions.get(client);
  if (!done && STATEMENTS.appended.test(text)) reached('append.after');
  if (!done && STATEMENTS.relayed.test(text)) reached('relay.after-checkpoint');
  if (text !== 'COMMIT' && text !== 'ROLLBACK') return;
  transactions.delete(client);
  if (text === 'ROLLBACK' || !done) return;
  if (done.appended) reached('append.after');
  if (done.consumed) reached('effect.after-commit');
  if (done.relayed) reached('relay.after-checkpoint');
  if (done.fired) reached('timer.after-commit');
  if (done.switched) reached('rebuild.after-switch');
};

type Query = (this: object, ...args: unknown[]) => unknown;

const textOf = (asked: unknown): string | undefined => {
  if (typeof asked === 'string') return asked;
  if (typeof asked !== 'object' || asked === null || 'submit' in asked) return undefined;
  return String((asked as { text?: unknown }).text);
};

const watchPostgres = (): void => {
  const prototype = pg.Client.prototype as unknown as { query: Query };
  const query = prototype.query;
  prototype.query = function watched(this: object, ...args: unknown[]): unknown {
    const text =
      order.point === undefined && !transactions.has(this) && args[0] !== 'BEGIN' ? undefined : textOf(args[0]);
    if (text === undefined) return query.apply(this, args);
    sending(this, text);
    const last = args[args.length - 1];
    if (typeof last === 'function') {
      args[args.length - 1] = (error: unknown, ...rest: unknown[]) => {
        if (!error) answered(this, text);
        (last as (...given: unknown[]) => void)(error, ...rest);
      };
      return query.apply(this, args);
    }
    const result = query.apply(this, args);
    if (!(result instanceof Promise)) return result;
    return result.then((value: unknown) => {
      answered(this, text);
      return value;
    });
  };
};

const watchKafka = (): void => {
  const prototype = kafkajs.Kafka.prototype as { producer: (...args: never[]) => Producer };
  const make = prototype.producer;
  prototype.producer = function watched(this: unknown, ...args: never[]): Producer {
    const producer = make.apply(this, args);
    const send: Producer['send'] = async (record) => {
      reached('relay.before-produce');
      const written = await producer.send(record);
      reached('relay.after-produce');
      return written;
    };
    return { ...producer, send };
  };
};

/** From now on this process believes it is so much later; a negative number: earlier. */
let offsetMs = 0;
const watchClock = (): void => {
  const real = Date;
  const realNow = Date.now.bind(Date);
  const moved = () => realNow() + offsetMs;
  real.now = moved;
  globalThis.Date = new Proxy(real, {
    construct: (target, args: [], newTarget: typeof real) =>
      Reflect.construct(
        target,
        args.length === 0 ? [moved()] : args,
        newTarget === globalThis.Date ? target : newTarget,
      ) as Date,
    apply: () => new real(moved()).toString(),
  });
};

const obey = (): void => {
  const file = join(folder, `${service}.json`);
  order = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Order) : {};
  met = 0;
  if (order.clockMs === undefined) return;
  if (globalThis.Date.prototype.constructor === globalThis.Date) watchClock();
  offsetMs = order.clockMs;
};

process.on('SIGUSR2', obey);
// A tool is told before it starts; a service that starts again is to live.
if (process.env.FAULTS_NAME !== undefined) obey();

watchPostgres();
watchKafka();
