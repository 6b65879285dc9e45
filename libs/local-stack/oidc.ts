import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { dirname } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { Provider, type AdapterFactory, type AdapterPayload, type ClientMetadata } from 'oidc-provider';

/** Who may ask for tokens, by client id. An account carries its claims; a service gets those of the scope it asks for. */
export type Client =
  | Readonly<{ kind: 'account'; secret: string; municipality: string; roles: readonly string[]; staffId?: string }>
  | Readonly<{ kind: 'service'; secret: string }>;

export type OidcOptions = Readonly<{
  port: number;
  audience: string;
  /** Municipalities a service may act for, by the scope `municipality:<code>`. */
  municipalities: readonly string[];
  /** Asked at every token request, so that accounts may come and go. */
  client: (id: string) => Client | undefined;
  /** Keeps the signing key between runs; without it every start makes a new one. */
  keyFile?: string;
}>;

export type LocalOidc = Readonly<{ issuer: string; stop(): Promise<void> }>;

const HOUR = 3600;
const SCOPE = 'municipality:';

/**
 * A real OIDC provider for demo and tests. Accounts sign in with the client-credentials flow: no browser is at hand
 * there. Access tokens are ES256 JWTs with the claims services rely on: `municipality`, `roles` and `staff_id`.
 */
export const startOidc = async (options: OidcOptions): Promise<LocalOidc> => {
  const issuer = `http://127.0.0.1:${options.port}`;
  const provider = new Provider(issuer, {
    jwks: { keys: [await signingKey(options.keyFile)] },
    adapter: storage(options.client),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    ttl: { ClientCredentials: 8 * HOUR },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => `urn:${options.audience}`, // must be a URI; the audience need not
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: options.municipalities.map((code) => SCOPE + code).join(' '),
          audience: options.audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 8 * HOUR,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    extraTokenClaims: (_ctx, token) =>
      claims(options.client(String(token.clientId)), 'scope' in token ? token.scope : ''),
  });
  const server = await new Promise<Server>((resolve, reject) => {
    const listening = provider.listen(options.port, '127.0.0.1', () => resolve(listening));
    listening.once('error', reject);
  });
  return {
    issuer,
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped());
        server.closeAllConnections();
      }),
  };
};

const claims = (client: Client | undefined, scope = '') => {
  if (client?.kind === 'account') {
    return {
      municipality: client.municipality,
      roles: client.roles,
      ...(client.staffId && { staff_id: client.staffId }),
    };
  }
  const municipality = scope.split(' ').find((part) => part.startsWith(SCOPE));
  return municipality ? { municipality: municipality.slice(SCOPE.length), roles: ['service'] } : {};
};

const metadata = (id: string, { secret }: Client): ClientMetadata => ({
  client_id: id,
  client_secret: secret,
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  token_endpoint_auth_method: 'client_secret_post',
});

/** Clients come from the directory; JWT tokens are not kept, so what little else the provider stores may be forgotten. */
const storage =
  (directory: OidcOptions['client']): AdapterFactory =>
  (model) => {
    const rows = new Map<string, AdapterPayload>();
    const find = async (id: string) => {
      const client = model === 'Client' ? directory(id) : undefined;
      return client ? metadata(id, client) : rows.get(id);
    };
    return {
      find,
      upsert: async (id, payload) => void rows.set(id, payload),
      destroy: async (id) => void rows.delete(id),
      consume: async () => undefined,
      findByUid: async () => undefined,
      findByUserCode: async () => undefined,
      revokeByGrantId: async () => undefined,
    };
  };

const signingKey = async (file?: string): Promise<JWK> => {
  if (file && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as JWK;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: `local-${Date.now()}` };
  if (file) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(key), { mode: 0o600 });
  }
  return key;
};
