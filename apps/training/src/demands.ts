import { Injectable } from '@nestjs/common';
import { v5 as uuidv5 } from 'uuid';
import type { PersonnelAction } from '#libs/contracts/placement';
import type { LocalDate } from '#libs/law/local-date';
import { CityRules } from './city-rules.js';
import type { Asked } from './domain/assignments.js';
import { assignmentsFor } from './domain/rules.js';

const IDS = '5b7c0f0e-2f0d-5a0b-8a51-0f3a4e6d9c27';

/** What personnel actions ask of people by the city's rules. */
@Injectable()
export class Demands {
  constructor(private readonly rules: CityRules) {}

  /** Whether actions of that day have consequences here; those before come in files. */
  counts(municipality: string, { effectiveOn }: PersonnelAction, knownOn: LocalDate): boolean {
    return effectiveOn >= this.rules.cutover(municipality, knownOn);
  }

  /** Ids follow from the action, so that what it asks is the same whenever it is looked at. */
  of(municipality: string, staffId: string, action: PersonnelAction, knownOn: LocalDate): Asked[] {
    const { actionId, effectiveOn } = action;
    const rules = this.rules.training(municipality, effectiveOn);
    const inForce = this.rules.systemsOn(municipality, effectiveOn);
    return assignmentsFor(action, rules, inForce, knownOn).map((demand) => ({
      ...demand,
      actionId,
      assignmentId: uuidv5(`${municipality}/${staffId}/${actionId}/${demand.course.code}`, IDS),
    }));
  }
}
