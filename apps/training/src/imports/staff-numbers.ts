import { Injectable } from '@nestjs/common';
import { ServiceClient } from '#libs/platform/service-client';

/** Numbers of one question to placement. */
const AT_ONCE = 1000;

/** Whom the staff numbers of a file belong to, as placement says; the numbers themselves are not kept. */
@Injectable()
export class StaffNumbers {
  constructor(private readonly placement: ServiceClient) {}

  async staffIds(municipality: string, numbers: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const distinct = [...new Set(numbers)];
    const known = new Map<string, string>();
    for (let start = 0; start < distinct.length; start += AT_ONCE) {
      const asked = distinct.slice(start, start + AT_ONCE);
      const path = '/placement/staff-numbers/lookup';
      const body = { numbers: asked };
      const answer = await this.placement.post<{ staffIds: (string | null)[] }>('placement', path, municipality, body);
      answer.staffIds.forEach((staffId, index) => {
        if (staffId !== null) known.set(asked[index], staffId);
      });
    }
    return known;
  }
}
