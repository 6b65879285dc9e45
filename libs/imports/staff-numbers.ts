import { Injectable } from '@nestjs/common';
import { ServiceClient } from '#libs/platform/service-client';

/** Numbers placement is asked for at once. */
const AT_ONCE = 1000;

/** Whom the staff numbers of a file belong to, as placement knows it: files name staff by number, facts by id. */
@Injectable()
export class StaffNumbers {
  constructor(private readonly placement: ServiceClient) {}

  /** Staff ids by number; a number that nobody has is not among them. */
  async holders(municipality: string, numbers: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const distinct = [...new Set(numbers)];
    const found = new Map<string, string>();
    for (let from = 0; from < distinct.length; from += AT_ONCE) {
      const asked = distinct.slice(from, from + AT_ONCE);
      const path = '/placement/staff-numbers/lookup';
      const body = { numbers: asked };
      const answer = await this.placement.post<{ staffIds: (string | null)[] }>('placement', path, municipality, body);
      answer.staffIds.forEach((staffId, index) => {
        if (staffId !== null) found.set(asked[index], staffId);
      });
    }
    return found;
  }
}
