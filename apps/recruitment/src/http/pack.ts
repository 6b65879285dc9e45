import { Injectable } from '@nestjs/common';
import { Rejected } from '#libs/event-store/decider';
import { NotInForce, Policies } from '#libs/policy/pack';
import type { InForce } from '#libs/policy/pack-file';
import type { Kind } from '#libs/policy/kinds';
import { StaffDirectory } from '#libs/staff-directory/directory';
import type { HireTerms } from '../domain/application-state.js';
import type { Codes } from '../domain/codes.js';
import type { AllowedTerms } from '../domain/offer.js';
import { flowFor, type Flow } from '../domain/selection-flow.js';

/** What a command is told of the city's policy pack and organisation on a day. */
@Injectable()
export class Pack {
  constructor(
    private readonly policies: Policies,
    private readonly directory: StaffDirectory,
  ) {}

  codes(municipality: string, on: string): Codes {
    return {
      jobCategories: this.inForce(municipality, 'job-categories', on).categories.map(({ code }) => code),
      routes: this.inForce(municipality, 'recruitment-routes', on).routes.map(({ code }) => code),
    };
  }

  /** @throws Rejected when no flow serves the route, or not the one named */
  flow(municipality: string, on: string, route: string, id?: string): Flow {
    return flowFor(this.inForce(municipality, 'selection-flow', on).flows, route, id);
  }

  /** @throws Rejected `directory.behind` while nothing of the organisation on that day has been read yet */
  async allowedTerms(municipality: string, { joinsOn, post, formerStaffId }: HireTerms): Promise<AllowedTerms> {
    const { positions } = this.inForce(municipality, 'positions', joinsOn);
    const units = await this.directory.units(municipality, joinsOn);
    if (units.length === 0) throw new Rejected('directory.behind');
    return {
      unitExists: units.some(({ unitId }) => unitId === post.unitId),
      grades: positions.find(({ code }) => code === post.position)?.grades,
      fullTimeMinutes: this.inForce(municipality, 'working-time', joinsOn).weeklyMinutes,
      ...(formerStaffId && { former: await this.former(municipality, formerStaffId, joinsOn) }),
    };
  }

  private async former(municipality: string, staffId: string, joinsOn: string): Promise<AllowedTerms['former']> {
    const inService = (await this.directory.positionAt(municipality, staffId, joinsOn)) !== undefined;
    return { inService, known: await this.directory.knows(municipality, staffId) };
  }

  private inForce<K extends Kind>(municipality: string, kind: K, on: string): InForce<K> {
    try {
      return this.policies.inForce(municipality, kind, on);
    } catch (error) {
      if (error instanceof NotInForce) throw new Rejected('policy.not-in-force', { on });
      throw error;
    }
  }
}
