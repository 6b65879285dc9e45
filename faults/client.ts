import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from '#libs/local-stack/ports';
import type { LocalStack } from '#libs/local-stack/stack';
import { Tokens } from '#libs/local-stack/tokens';
import type { Ledger } from './ledger.js';

export type Answer = Readonly<{ id: string; version: number; position: number; repeated: boolean }>;

export type Outcome =
  | Readonly<{ outcome: 'acknowledged'; answer: Answer }>
  | Readonly<{ outcome: 'refused'; status: number; code: string }>
  | Readonly<{ outcome: 'unknown' }>;

export type Command = Readonly<{
  account: string;
  municipality: string;
  service: Service;
  path: string;
  body?: object | Buffer;
  /** Idempotency-Key. */
  key: string;
  /** Codes of refusals that only mean "not yet": what it rests on is still on its way from another service. */
  notYet?: readonly string[];
}>;

/** How long a command is tried before the client gives it up. */
const PATIENCE_MS = 90_000;
/** How long what another service does first may take. */
const NOT_YET_MS = 30_000;

type Sending = Omit<RequestInit, 'headers'> & Readonly<{ headers?: Readonly<Record<string, string>> }>;

/** A client as it should be: it sends a command again, with the same key, until it has an answer. */
export class Client {
  private readonly tokens: Tokens;
  private readonly secrets = new Map<string, string>();
  /** Where a service is to be found when it is not at home. */
  readonly moved = new Map<Service, string>();

  constructor(
    private readonly stack: LocalStack,
    private readonly ledger: Ledger,
  ) {
    this.tokens = new Tokens(stack.issuer);
  }

  register(account: string, municipality: string, roles: readonly string[], staffId?: string): void {
    this.secrets.set(account, this.stack.account(account, { municipality, roles, ...(staffId && { staffId }) }));
    this.tokens.forget(account);
  }

  async send(command: Command): Promise<Outcome> {
    const { key, municipality, service, path } = command;
    const entry = { key, municipality, service, path };
    const faults: string[] = [];
    const began = performance.now();
    for (let sent = 1, wait = 40; ; sent++, wait = Math.min(wait * 1.6, 600)) {
      const reply = await this.once(command).catch(() => undefined);
      const waited = performance.now() - began;
      if (reply?.ok) {
        const answer = reply.body as Answer;
        const { version, position, repeated } = answer;
        this.ledger.note({
          ...entry,
          outcome: 'acknowledged',
          status: reply.status,
          version,
          position,
          repeated,
          sent,
          faults,
        });
        return { outcome: 'acknowledged', answer };
      }
      const code = reply ? String((reply.body as { code?: string }).code) : undefined;
      if (reply && reply.status >= 500 && reply.status !== 503) faults.push(`${reply.status} ${code}`);
      const away = !reply || reply.status >= 500 || reply.status === 429;
      const early = code !== undefined && command.notYet?.includes(code) === true && waited < NOT_YET_MS;
      if (reply && !away && !early) {
        this.ledger.note({ ...entry, outcome: 'refused', status: reply.status, code, sent, faults });
        return { outcome: 'refused', status: reply.status, code: String(code) };
      }
      if (waited > PATIENCE_MS) {
        this.ledger.note({ ...entry, outcome: 'unknown', status: reply?.status, code, sent, faults });
        return { outcome: 'unknown' };
      }
      await pause(wait);
    }
  }

  /** Reads until there is something to see; undefined when there never is. */
  async seen<T>(
    account: string,
    service: Service,
    path: string,
    look: (body: never) => T | undefined,
  ): Promise<T | undefined> {
    for (const deadline = performance.now() + NOT_YET_MS; performance.now() < deadline; await pause(60)) {
      const reply = await this.fetch(account, service, path, {}).catch(() => undefined);
      const found = reply?.ok ? look(reply.body as never) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private once({ account, service, path, body, key }: Command) {
    const file = Buffer.isBuffer(body);
    return this.fetch(account, service, path, {
      method: 'POST',
      headers: { 'content-type': file ? 'text/csv' : 'application/json', 'idempotency-key': key },
      body: file ? new Uint8Array(body) : JSON.stringify(body ?? {}),
    });
  }

  async token(account: string): Promise<string> {
    return this.tokens.of(account, this.secrets.get(account) ?? '');
  }

  private async fetch(account: string, service: Service, path: string, { headers, ...init }: Sending) {
    const response = await fetch((this.moved.get(service) ?? this.stack.url(service)) + path, {
      ...init,
      headers: { authorization: `Bearer ${await this.token(account)}`, ...headers },
      signal: AbortSignal.timeout(20_000),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '');
    return { ok: response.ok, status: response.status, body: json ? (JSON.parse(text) as object) : {} };
  }
}
