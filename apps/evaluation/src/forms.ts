import { Injectable } from '@nestjs/common';
import type { LocalDate } from '#libs/law/local-date';
import { Policies } from '#libs/policy/pack';
import { formFor, type Form } from './domain/form.js';

/** Forms of sheets, from the pack in force on a day. */
@Injectable()
export class Forms {
  constructor(private readonly policies: Policies) {}

  /** @throws Rejected `sheet.no-form` */
  of(municipality: string, on: LocalDate, grade: string, position: string): Form {
    const packs = {
      evaluation: this.policies.inForce(municipality, 'evaluation', on),
      grades: this.policies.inForce(municipality, 'grades', on),
      positions: this.policies.inForce(municipality, 'positions', on),
    };
    return formFor(packs, grade, position);
  }
}
