import { addDays } from '#libs/law/local-date';
import type { Service } from '#libs/local-stack/ports';
import { Random } from '#demo/cities/random';
import type { Town } from './city.js';
import { today } from './city.js';
import type { Answer, Client } from './client.js';

/** Refusals that pass by themselves: the service has not read yet what another one has told. */
const NOT_YET = ['staff.not-found', 'staff.not-in-service', 'directory.behind', 'childcare.not-in-service'];

/** One story of the load in one city: its commands have keys of their own that follow from round and name. */
export class Walk {
  readonly random: Random;
  private steps = 0;

  constructor(
    readonly client: Client,
    readonly town: Town,
    readonly round: number,
    private readonly name: string,
    seed: number,
  ) {
    this.random = new Random(mixed(`${seed}/${round}/${town.code}/${name}`));
  }

  /** The answer when it was done; undefined when it was refused, or never answered. */
  async post(role: string, service: Service, path: string, body: object | Buffer = {}): Promise<Answer | undefined> {
    const { code } = this.town;
    const key = `r${this.round}-${code}-${this.name}-${++this.steps}`;
    const outcome = await this.client.send({
      account: `${code}-${role}`,
      municipality: code,
      service,
      path,
      body,
      key,
      notYet: NOT_YET,
    });
    return outcome.outcome === 'acknowledged' ? outcome.answer : undefined;
  }

  seen<T>(role: string, service: Service, path: string, look: (body: never) => T | undefined): Promise<T | undefined> {
    return this.client.seen(`${this.town.code}-${role}`, service, path, look);
  }

  /** An account of the story for a member of staff; it is another person's in the next round. */
  account(name: string, roles: readonly string[], staffId: string): string {
    const role = `${this.name}-${name}`;
    this.client.register(`${this.town.code}-${role}`, this.town.code, roles, staffId);
    return role;
  }

  day(from: number): string {
    return addDays(today(), from);
  }

  /** The n-th day from tomorrow on that is no Saturday or Sunday. */
  weekday(n: number): string {
    let day = this.day(1);
    for (let left = n; ; day = addDays(day, 1)) {
      const weekend = [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
      if (!weekend && left-- === 0) return day;
    }
  }
}

/** A number from a text (FNV-1a), to begin a chain of chances with. */
export const mixed = (text: string): number => {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return hash >>> 0;
};
