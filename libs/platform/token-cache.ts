/** Who a verified token speaks for. */
export type Identity = Readonly<{
  municipality: string;
  subject: string;
  staffId?: string;
  roles: readonly string[];
}>;

type Entry = Readonly<{ identity: Identity; until: number }>;

/**
 * Tokens verified before, so that a signature is checked once and not on every request. Bounded; the oldest goes first.
 * An entry never outlives its token, and is checked again after `freshMs`, so that a withdrawn signing key takes effect.
 */
export class TokenCache {
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly limit = 10_000,
    private readonly freshMs = 60_000,
  ) {}

  /** `now` in milliseconds since the epoch, by the machine's clock: expiry is no matter of a drill's clock. */
  get(token: string, now: number): Identity | undefined {
    const entry = this.entries.get(token);
    if (!entry) return undefined;
    if (now < entry.until) return entry.identity;
    this.entries.delete(token);
    return undefined;
  }

  /** `expiresAt` in seconds since the epoch, as in the claim `exp`. */
  put(token: string, identity: Identity, expiresAt: number, now: number): void {
    if (this.entries.size >= this.limit) {
      const [oldest] = this.entries.keys();
      this.entries.delete(oldest);
    }
    this.entries.set(token, { identity, until: Math.min(expiresAt * 1000, now + this.freshMs) });
  }

  get size(): number {
    return this.entries.size;
  }
}
