import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from '#libs/local-stack/ports';
import type { LocalStack } from '#libs/local-stack/stack';
import { Tokens } from '#libs/local-stack/tokens';

export type Account = Readonly<{ municipality: string; roles: readonly string[]; staffId?: string }>;

export type Call = Readonly<{
  method?: 'GET' | 'POST';
  /** Sent as JSON, or as it is when it is a file's bytes. */
  body?: object | Buffer;
  /** Idempotency-Key; a call that changes something is repeated only with one. */
  key?: string;
  headers?: Readonly<Record<string, string>>;
}>;

/** An answer other than success, with the code of its problem. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly problem: Readonly<Record<string, unknown>>,
    readonly headers: Headers,
    call: string,
  ) {
    super(`${call}: ${status} ${code} ${JSON.stringify(problem)}`);
  }
}

/** Calls the services as the accounts of the demo, with real tokens, and waits out what is away for a while. */
export class Api {
  private readonly tokens: Tokens;
  private readonly secrets = new Map<string, string>();

  constructor(
    private readonly stack: LocalStack,
    /** How long a service may be away before a call gives up; 0 for tests that want to see the refusal. */
    private readonly patienceMs = 180_000,
  ) {
    this.tokens = new Tokens(stack.issuer);
  }

  /** Makes the account known, or gives it other claims. */
  register(id: string, account: Account): void {
    this.secrets.set(id, this.stack.account(id, account));
    this.tokens.forget(id);
  }

  token(account: string): Promise<string> {
    return this.tokens.of(account, this.secretOf(account));
  }

  /** A shell command that prints a token of the account. */
  signIn(account: string): string {
    const form = `grant_type=client_credentials&client_id=${account}&client_secret=${this.secretOf(account)}`;
    return `curl -s ${this.stack.issuer}/token -d "${form}" | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/'`;
  }

  private secretOf(account: string): string {
    const secret = this.secrets.get(account);
    if (secret === undefined) throw new Error(`no account ${account}`);
    return secret;
  }

  get<T>(account: string, service: Service, path: string): Promise<T> {
    return this.call<T>(account, service, path);
  }

  post<T>(account: string, service: Service, path: string, body: object | Buffer, key: string): Promise<T> {
    return this.call<T>(account, service, path, { method: 'POST', body, key });
  }

  /** Waits as long as the answer says `Retry-After`. @throws Refused when waiting does not help, or patience has run out */
  async call<T>(account: string, service: Service, path: string, call: Call = {}): Promise<T> {
    this.secretOf(account);
    const deadline = performance.now() + this.patienceMs;
    const repeatable = call.method !== 'POST' || call.key !== undefined;
    for (let wait = 100; ; wait = Math.min(wait * 2, 2_000)) {
      const outcome = await this.once<T>(account, service, path, call).catch((error: unknown) => error as Error);
      if (!(outcome instanceof Error)) return outcome;
      const away = !(outcome instanceof Refused) || outcome.headers.has('retry-after');
      if (!away || !repeatable || performance.now() > deadline) throw outcome;
      await pause(wait);
    }
  }

  private async once<T>(account: string, service: Service, path: string, call: Call): Promise<T> {
    const { method = 'GET', body, key, headers } = call;
    const file = Buffer.isBuffer(body);
    const answer = await fetch(this.stack.url(service) + path, {
      method,
      headers: {
        authorization: `Bearer ${await this.token(account)}`,
        ...(body && { 'content-type': file ? 'text/csv' : 'application/json' }),
        ...(key && { 'idempotency-key': key }),
        ...headers,
      },
      body: file ? new Uint8Array(body) : body && JSON.stringify(body),
      signal: AbortSignal.timeout(300_000),
    });
    const text = await answer.text();
    if (answer.ok) return (isJson(answer) ? JSON.parse(text) : text) as T;
    const problem = isJson(answer) ? (JSON.parse(text) as { code?: string }) : { body: text.slice(0, 200) };
    throw new Refused(
      answer.status,
      String((problem as { code?: string }).code),
      problem,
      answer.headers,
      `${method} ${service}${path}`,
    );
  }
}

const isJson = (answer: Response): boolean => /json/.test(answer.headers.get('content-type') ?? '');
