import { Injectable } from '@nestjs/common';
import { Rejected } from '#libs/event-store/decider';
import { leaveYearOf, type LeaveYear } from '#libs/law/annual-leave';
import { addDays, type LocalDate } from '#libs/law/local-date';
import { Policies } from '#libs/policy/pack';
import type { LeaveRules as RulesOfRequest } from './domain/leave-days.js';
import type { OfKind } from './domain/leave-events.js';
import type { AnnualRules } from './domain/leave-year.js';

/** What the city's pack says on leave. */
@Injectable()
export class LeaveRules {
  constructor(private readonly policies: Policies) {}

  annual(municipality: string, on: LocalDate): AnnualRules {
    return this.policies.inForce(municipality, 'annual-leave', on);
  }

  year(municipality: string, on: LocalDate): LeaveYear {
    return leaveYearOf(on, this.annual(municipality, on));
  }

  /** First day from which accounts are opened and cut by personnel actions. */
  cutover(municipality: string, on: LocalDate): LocalDate {
    return this.policies.inForce(municipality, 'cutover', on).leave;
  }

  kinds(municipality: string, on: LocalDate) {
    return this.policies.inForce(municipality, 'leave', on).kinds;
  }

  /** The kind that is taken from the lots of the ledger. */
  fromLots(municipality: string, on: LocalDate): OfKind {
    const found = this.kinds(municipality, on).find(({ limit }) => limit.per === 'lots');
    if (!found) throw new Rejected('leave-kind.unknown');
    return { kind: found.code, publicKind: found.publicKind };
  }

  /** The rules for a request of a kind whose first day is `on`; HR may enter as far back as the books are open. */
  of(municipality: string, code: string, on: LocalDate, today: LocalDate, byHr: boolean): RulesOfRequest {
    const { kinds, hourStep, backdatedDays, version } = this.policies.inForce(municipality, 'leave', on);
    const kind = kinds.find((one) => one.code === code);
    if (!kind) throw new Rejected('leave-kind.unknown', { kind: code });
    const calendar = this.policies.inForce(municipality, 'calendar', on);
    const workingTime = this.policies.inForce(municipality, 'working-time', on);
    const annual = this.annual(municipality, on);
    return {
      kind,
      hourStep,
      earliest: byHr ? this.year(municipality, on).from : addDays(today, -backdatedDays),
      calendar,
      workingTime,
      useOrder: annual.useOrder,
      policy: {
        leave: version,
        calendar: calendar.version,
        workingTime: workingTime.version,
        annualLeave: annual.version,
      },
    };
  }
}
