import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { addDays, type LocalDate } from '#libs/law/local-date';
import { StaffDirectory } from '#libs/staff-directory/directory';
import {
  effectDay,
  isConflict,
  timeline,
  type Segment,
  type Spell,
  type TimelineAction,
} from '#libs/staff-directory/timeline';
import { serviceOn, type Service } from './domain/leave-days.js';

const WORKING_DAYS_A_WEEK = 5;

/** What leave has to know of somebody's employment. */
export class ServiceRecord {
  readonly service: readonly Service[];
  private readonly spells: readonly Spell[];

  constructor(private readonly actions: readonly TimelineAction[]) {
    const history = timeline(actions);
    this.service = isConflict(history) ? [] : history.segments.map(asService);
    this.spells = isConflict(history) ? [] : history.spells;
  }

  on(day: LocalDate): Service | undefined {
    return serviceOn(this.service, day);
  }

  /** Last day of a term that ends by itself, of the employment that holds on the day. */
  termEnds(day: LocalDate): LocalDate | undefined {
    const spell = this.spellOn(day);
    return spell?.to && spell.reason === 'term-expired' ? addDays(spell.to, -1) : undefined;
  }

  /** The first day in service from `from` through `through`. */
  firstDay(from: LocalDate, through: LocalDate): LocalDate | undefined {
    if (this.on(from)) return from;
    return this.spells.map((spell) => spell.from).find((day) => from < day && day <= through);
  }

  /** The separation that ends the employment that holds on the day. */
  separation(day: LocalDate): TimelineAction | undefined {
    const spell = this.spellOn(day);
    return this.actions.find(({ kind, employmentId }) => kind === 'separate' && employmentId === spell?.employmentId);
  }

  /** The separation by the end of a year after which nobody was rehired within it. */
  lastSeparation(from: LocalDate, through: LocalDate): TimelineAction | undefined {
    const last = this.spells.findLast((spell) => spell.from <= through && (spell.to === null || spell.to > from));
    const separation = last && this.separation(last.from);
    return separation && effectDay(separation) <= through ? separation : undefined;
  }

  private spellOn(day: LocalDate): Spell | undefined {
    return this.spells.find(({ from, to }) => from <= day && (to === null || day < to));
  }
}

/** Part-timers work as long on each of five days (斉一型). */
const asService = ({ from, to, status, weeklyMinutes }: Segment): Service => ({
  from,
  through: to === null ? null : addDays(to, -1),
  status,
  dayMinutes: Math.round(weeklyMinutes / WORKING_DAYS_A_WEEK),
});

/** The employments of staff, as this service has read them from placement. */
@Injectable()
export class ServiceRecords {
  constructor(private readonly directory: StaffDirectory) {}

  async of(municipality: string, staffId: string, tx?: PoolClient): Promise<ServiceRecord> {
    return (await this.ofAll(municipality, [staffId], tx)).get(staffId) ?? new ServiceRecord([]);
  }

  /** As read until now, without waiting for placement's topic: for a transaction its reader may have to wait for. */
  async soFar(municipality: string, staffId: string, tx: PoolClient): Promise<ServiceRecord> {
    const actions = await this.directory.actionsOf(municipality, staffId, tx);
    return new ServiceRecord(actions.flatMap(({ action, voided }) => (voided ? [] : [action])));
  }

  async ofAll(
    municipality: string,
    staffIds: readonly string[],
    tx?: PoolClient,
  ): Promise<ReadonlyMap<string, ServiceRecord>> {
    const histories = await this.directory.historiesOf(municipality, staffIds, tx);
    return new Map([...histories].map(([staffId, actions]) => [staffId, new ServiceRecord(actions)]));
  }
}
