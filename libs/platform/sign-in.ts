import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { away, Problem } from './problem.js';
import { TokenCache, type Identity } from './token-cache.js';

const TOLERANCE_SECONDS = 5;
const ALGORITHMS = ['ES256', 'RS256'];

/** OIDC bearer tokens of one issuer, verified with its published keys. */
export class SignIn {
  private readonly cache = new TokenCache();
  private keys?: Promise<JWTVerifyGetKey>;

  constructor(
    private readonly issuer: string,
    private readonly audience: string,
  ) {}

  /**
   * @param authorization the header as it came
   * @throws Problem 401 with `WWW-Authenticate`, or 503 when the provider's keys cannot be had
   */
  async identify(authorization: string | undefined): Promise<Identity> {
    const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(authorization ?? '')?.[1];
    if (!token) throw unauthorized(authorization ? 'token.invalid' : 'token.missing');
    const now = Date.now();
    const known = this.cache.get(token, now);
    if (known) return known;
    const claims = await this.verify(token);
    const identity = identityOf(claims);
    if (!identity || claims.exp === undefined) throw unauthorized('token.invalid');
    this.cache.put(token, identity, claims.exp, now);
    return identity;
  }

  private async verify(token: string): Promise<JWTPayload> {
    const keys = await this.publishedKeys();
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer: this.issuer,
        audience: this.audience,
        algorithms: ALGORITHMS,
        clockTolerance: TOLERANCE_SECONDS,
        requiredClaims: ['sub', 'exp', 'municipality', 'roles'],
      });
      return payload;
    } catch (error) {
      throw aboutTheToken(error) ? unauthorized('token.invalid') : away('identity.away');
    }
  }

  private publishedKeys(): Promise<JWTVerifyGetKey> {
    this.keys ??= discover(this.issuer).catch(() => {
      this.keys = undefined;
      throw away('identity.away');
    });
    return this.keys;
  }
}

/** As against keys that could not be fetched, which says nothing about the token. */
const aboutTheToken = (error: unknown): boolean =>
  error instanceof errors.JOSEError &&
  !['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC'].includes(error.code);

/** The provider's metadata (OpenID Connect Discovery). */
const metadataOf = async (issuer: string): Promise<Readonly<Record<string, unknown>>> => {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`discovery answered ${response.status}`);
  return (await response.json()) as Readonly<Record<string, unknown>>;
};

const discover = async (issuer: string): Promise<JWTVerifyGetKey> =>
  createRemoteJWKSet(new URL(String((await metadataOf(issuer)).jwks_uri)), { cooldownDuration: 5_000 });

/** Where tokens of the issuer are fetched. */
export const tokenEndpointOf = async (issuer: string): Promise<string> =>
  String((await metadataOf(issuer)).token_endpoint);

const identityOf = ({ sub, municipality, roles, staff_id }: JWTPayload): Identity | undefined => {
  const wellFormed =
    typeof sub === 'string' &&
    typeof municipality === 'string' &&
    /^\d{6}$/.test(municipality) &&
    Array.isArray(roles) &&
    roles.every((role): role is string => typeof role === 'string');
  if (!wellFormed) return undefined;
  return { municipality, subject: sub, roles, ...(typeof staff_id === 'string' && { staffId: staff_id }) };
};

const unauthorized = (code: 'token.missing' | 'token.invalid'): Problem =>
  new Problem(401, code, {
    headers: {
      'www-authenticate':
        code === 'token.missing' ? 'Bearer realm="jinzai"' : 'Bearer realm="jinzai", error="invalid_token"',
    },
  });
