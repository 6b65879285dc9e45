import { createHmac, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EventStore, execute, type Metadata } from '#libs/event-store/event-store';
import { numberSecret, staffNumber } from './domain/staff-number.js';

const METADATA: Metadata = { actor: 'process:staff-numbers', correlationId: 'number-secret' };

/** Turns staff numbers into the keys of their reservations. */
@Injectable()
export class StaffNumbers {
  private readonly secrets = new Map<string, string>();

  constructor(private readonly store: EventStore) {}

  /** Ids of the reservation streams of these numbers, in their order. */
  async keys(municipality: string, numbers: readonly string[]): Promise<string[]> {
    const secret = await this.secret(municipality);
    return numbers.map((number) => createHmac('sha256', secret).update(number.normalize('NFKC').trim()).digest('hex'));
  }

  async key(municipality: string, number: string): Promise<string> {
    const [key] = await this.keys(municipality, [number]);
    return key;
  }

  /** Whom the number behind each key belongs to, in their order. */
  async holders(municipality: string, keys: readonly string[]): Promise<(string | undefined)[]> {
    const streams = await Promise.all(keys.map((id) => this.store.read(staffNumber, { municipality, id })));
    return streams.map(({ events }) => events[0]?.data.staffId);
  }

  private async secret(municipality: string): Promise<string> {
    const known =
      this.secrets.get(municipality) ?? (await this.stored(municipality)) ?? (await this.drawn(municipality));
    this.secrets.set(municipality, known);
    return known;
  }

  private async stored(municipality: string): Promise<string | undefined> {
    const { events } = await this.store.read(numberSecret, { municipality, id: 'main' });
    return events[0]?.data.secret;
  }

  /** Two processes may draw at once: the one whose append came first counts, so it is read back. */
  private async drawn(municipality: string): Promise<string> {
    const command = { type: 'DrawNumberSecret', secret: randomBytes(32).toString('base64') } as const;
    await execute(this.store, numberSecret, { municipality, id: 'main' }, command, { metadata: METADATA });
    const secret = await this.stored(municipality);
    if (!secret) throw new Error('the secret of the staff numbers cannot be read back');
    return secret;
  }
}
