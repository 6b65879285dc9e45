import { OwnError } from '#libs/event-store/own-error';
import { Unavailable } from '#libs/messaging/unavailable';
import type { Config } from './config.js';
import { tokenEndpointOf } from './sign-in.js';

const TIMEOUT_MS = 5_000;
/** A token is fetched anew this long before it ends. */
const MARGIN_MS = 30_000;

type Token = Readonly<{ value: string; until: number }>;

/** Another service understood the request and said no: waiting does not help. */
export class ServiceRefused extends OwnError {
  constructor(
    readonly service: string,
    readonly status: number,
  ) {
    super(`${service} answered ${status}`);
  }
}

/** Asks other services with this service's own token, for one municipality at a time. */
export class ServiceClient {
  private readonly tokens = new Map<string, Promise<Token>>();

  constructor(private readonly config: Config) {}

  /**
   * @param path whole path with its service, e.g. `/recruitment/applications/1/hire-details`
   * @throws Unavailable when the service or the identity provider is away
   * @throws ServiceRefused on any other answer than success
   */
  get<T>(service: string, path: string, municipality: string): Promise<T> {
    return this.ask<T>(service, path, municipality);
  }

  /** A question too long for a path; like `get` it changes nothing there, and may be asked again. */
  post<T>(service: string, path: string, municipality: string, body: object): Promise<T> {
    return this.ask<T>(service, path, municipality, body);
  }

  private async ask<T>(service: string, path: string, municipality: string, body?: object): Promise<T> {
    const url = `${this.config.urlOf(service)}${path}`;
    const first = await request(url, await this.tokenFor(municipality), body);
    const response = first.status === 401 ? await request(url, await this.tokenFor(municipality, true), body) : first;
    if (response.status >= 500 || response.status === 429)
      throw new Unavailable(`${service} answered ${response.status}`);
    if (!response.ok) throw new ServiceRefused(service, response.status);
    return read<T>(response, service);
  }

  private async tokenFor(municipality: string, anew = false): Promise<string> {
    const known = await this.tokens.get(municipality);
    if (known && !anew && Date.now() < known.until) return known.value;
    const fetched = this.fetchToken(municipality);
    this.tokens.set(municipality, fetched);
    fetched.catch(() => this.tokens.delete(municipality));
    return (await fetched).value;
  }

  private async fetchToken(municipality: string): Promise<Token> {
    const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET } = this.config.env;
    const endpoint = await tokenEndpointOf(OIDC_ISSUER).catch(identityAway);
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: OIDC_CLIENT_ID,
      client_secret: OIDC_CLIENT_SECRET,
      scope: `municipality:${municipality}`,
    });
    const response = await fetch(endpoint, { method: 'POST', body, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
      identityAway,
    );
    if (!response.ok) throw new Unavailable(`identity provider answered ${response.status}`);
    const answer = await read<{ access_token: string; expires_in: number }>(response, 'identity provider');
    const { access_token, expires_in } = answer;
    return { value: access_token, until: Date.now() + expires_in * 1000 - MARGIN_MS };
  }
}

const request = (url: string, token: string, body?: object): Promise<Response> =>
  fetch(url, {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new Unavailable(`no answer from ${new URL(url).origin}`, { cause });
  });

/** An answer that breaks off is no answer; what could be read of it is nobody's business. */
const read = async <T>(response: Response, from: string): Promise<T> => {
  try {
    return (await response.json()) as T;
  } catch {
    throw new Unavailable(`the answer of ${from} broke off`);
  }
};

const identityAway = (cause: unknown): never => {
  throw new Unavailable('identity provider is away', { cause });
};
