import { Injectable } from '@nestjs/common';
import { ServiceClient } from '#libs/platform/service-client';

/** Numbers placement is asked for at once. */
const AT_ONCE = 1000;

/** Whom the staff numbers of a file belong to, as placement knows it: files name staff by number, facts by id. */
@Injectable()
export class StaffNumbers {
  constructor(private readonly services: ServiceClient) {}

  /** Staff ids in the order of the numbers; null for a number nobody has. */
  async holders(municipality: string, numbers: readonly string[]): Promise<(string | null)[]> {
    const found: (string | null)[] = [];
    for (let from = 0; from < numbers.length; from += AT_ONCE) {
      const body = { numbers: numbers.slice(from, from + AT_ONCE) };
      const path = '/placement/staff-numbers/lookup';
      const { staffIds } = await this.services.post<{ staffIds: (string | null)[] }>(
        'placement',
        path,
        municipality,
        body,
      );
      found.push(...staffIds);
    }
    return found;
  }
}
