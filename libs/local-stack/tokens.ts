/** Secret of every client the provider of the tests knows. */
export const TEST_SECRET = 'test';

/** Fetches access tokens by the client-credentials flow and keeps each until shortly before it ends. */
export class Tokens {
  private readonly kept = new Map<string, { token: string; until: number }>();

  constructor(private readonly issuer: string) {}

  async of(clientId: string, secret: string, scope?: string): Promise<string> {
    const key = `${clientId} ${scope ?? ''}`;
    const kept = this.kept.get(key);
    if (kept && kept.until > Date.now()) return kept.token;
    const answer = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: secret,
        ...(scope && { scope }),
      }),
    });
    if (!answer.ok) throw new Error(`no token for ${clientId}: ${answer.status} ${await answer.text()}`);
    const { access_token: token, expires_in: seconds } = (await answer.json()) as {
      access_token: string;
      expires_in: number;
    };
    this.kept.set(key, { token, until: Date.now() + (seconds - 60) * 1000 });
    return token;
  }

  /** After the account's claims changed. */
  forget(clientId: string): void {
    for (const key of this.kept.keys()) if (key.startsWith(`${clientId} `)) this.kept.delete(key);
  }
}
