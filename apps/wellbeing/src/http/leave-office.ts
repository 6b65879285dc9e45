import { Injectable } from '@nestjs/common';
import { Rejected } from '#libs/event-store/decider';
import { EventStore, execute, type AppendResult } from '#libs/event-store/event-store';
import type { PoolClient } from 'pg';
import { absentIsNotFound, NotFound } from '#libs/event-store/not-found';
import { addDays, isLocalDate, type LocalDate } from '#libs/law/local-date';
import type { Caller } from '#libs/platform/caller';
import { ManagedStaff } from '#libs/platform/managed-staff';
import { Clock } from '#libs/processes/clock';
import { StaffDirectory } from '#libs/staff-directory/directory';
import { childcare } from '../domain/childcare.js';
import { countingEntries, sumOf } from '../domain/leave-balance.js';
import type { Ask, ChildcareDays, LeaveKind } from '../domain/leave-days.js';
import type { OtherYears } from '../domain/leave-limits.js';
import type { LeaveAccount, LeaveState } from '../domain/leave-state.js';
import { leave, leaveStream, type LeaveCommand, type RequestLeave } from '../domain/leave.js';
import { LeaveRules } from '../leave-rules.js';
import { turnOf } from '../leave-turn.js';
import { ServiceRecords } from '../service-records.js';
import { Turns } from '../turns.js';

export type LeaveBook = Readonly<{ state: LeaveAccount; version: number }>;

/** Ids of requests begin with the first day of their leave year: with the staff id they name their stream. */
export const requestIdOf = (year: LocalDate, id: string): string => `${year}.${id}`;

/** @throws NotFound for an id that names no year */
export const yearOfRequest = (requestId: string): LocalDate => {
  const year = requestId.slice(0, 10);
  if (!isLocalDate(year) || requestId[10] !== '.') throw new NotFound('leave-request');
  return year;
};

/** What the routes of leave have in common: running a command, and who may look at whom. */
@Injectable()
export class LeaveOffice {
  private readonly turns = new Turns();

  constructor(
    private readonly store: EventStore,
    private readonly directory: StaffDirectory,
    private readonly managed: ManagedStaff,
    private readonly rules: LeaveRules,
    private readonly records: ServiceRecords,
    private readonly clock: Clock,
  ) {}

  /**
   * One command on one leave year. Those of this process on one person's leave wait for each other; one that still loses
   * every race against another process is asked to come again, unless it named the version it had seen.
   */
  async run(by: Caller, staffId: string, year: LocalDate, command: LeaveCommand): Promise<AppendResult> {
    const stream = { municipality: by.municipality, id: leaveStream(staffId, year) };
    return this.inTurn(by, staffId, () => execute(this.store, leave, stream, command, by));
  }

  /** A new request: all that it is decided by is read in the transaction that appends it, while nobody else decides. */
  async request(by: Caller, staffId: string, ask: Ask, id: string): Promise<AppendResult & { requestId: string }> {
    const { municipality, metadata, request, expected } = by;
    await this.requireKnown(municipality, staffId);
    const work = async (tx: PoolClient) => {
      await turnOf(municipality, staffId, tx);
      const { year, command } = await this.requestOf(by, staffId, ask, id, tx);
      const stream = { municipality, id: leaveStream(staffId, year) };
      const done = await execute(this.store, leave, stream, command, { metadata, request, expected, tx });
      return { ...done, requestId: command.requestId };
    };
    return this.inTurn(by, staffId, () => this.store.together(work, expected));
  }

  /** What the request would become; nothing is written. */
  async preview(by: Caller, staffId: string, ask: Ask): Promise<{ before: LeaveAccount; after: LeaveAccount }> {
    await this.requireKnown(by.municipality, staffId);
    return this.store.together(async (tx) => {
      const { year, command } = await this.requestOf(by, staffId, ask, 'preview', tx);
      const { state: before } = await this.read(by.municipality, staffId, year, tx);
      const after = leave.decide(command, before).reduce(leave.evolve, before);
      if (before.status === 'none' || after.status === 'none') throw new NotFound('leave-account');
      return { before, after };
    });
  }

  /**
   * Nobody, or somebody of another city, has no account that could be without a grant (docs/adr/0012).
   * @throws Rejected while the directory is behind
   */
  async requireKnown(municipality: string, staffId: string): Promise<void> {
    await this.records.of(municipality, staffId);
    if (!(await this.directory.knows(municipality, staffId))) throw new NotFound('leave-account');
  }

  /** Refusal or withdrawal: of a year closed meanwhile the minutes go on into the year that followed, as unused ones did. */
  async giveBack(by: Caller, staffId: string, requestId: string, command: LeaveCommand): Promise<AppendResult> {
    const { municipality, metadata, expected, request } = by;
    const stream = { municipality, id: leaveStream(staffId, yearOfRequest(requestId)) };
    return this.inTurn(by, staffId, () =>
      this.store.together(async (tx) => {
        const { events, version } = await this.store.read(leave, stream, tx);
        const before = events.reduce(leave.evolve, leave.initial);
        // Closed in between it is begun anew: whether it was decides where the minutes go.
        const options = { metadata, expected: expected ?? version, request, tx };
        const given = await execute(this.store, leave, stream, command, options);
        if (before.status !== 'closed' || given.repeated) return given;
        const minutes = ownMinutesOf(before, requestId);
        const next = addDays(before.year.through, 1);
        const into = { municipality, id: leaveStream(staffId, next) };
        const lotId = `${requestId}/returned`;
        const [kind, rules] = [this.rules.fromLots(municipality, next), this.rules.annual(municipality, next)];
        await execute(this.store, leave, into, { type: 'ReturnToYear', lotId, minutes, kind, rules }, { metadata, tx });
        return given;
      }, expected),
    );
  }

  private async inTurn<T>(by: Caller, staffId: string, work: () => Promise<T>): Promise<T> {
    return this.turns.run(`${by.municipality}/${staffId}`, work).catch(absentIsNotFound);
  }

  /** The request with all that decides on it besides the stream. */
  private async requestOf(
    by: Caller,
    staffId: string,
    ask: Ask,
    id: string,
    tx: PoolClient,
  ): Promise<{ year: LocalDate; command: RequestLeave }> {
    const { municipality } = by;
    const today = this.clock.today();
    const byHr = by.roles.includes('hr') && by.staffId !== staffId;
    const rules = this.rules.of(municipality, ask.kind, ask.from, today, byHr);
    const year = this.rules.year(municipality, ask.from).from;
    const { service } = await this.records.soFar(municipality, staffId, tx);
    const sex = rules.kind.sex && (await this.sexOf(municipality, staffId, tx));
    const otherYears = reachesOver(rules.kind) ? await this.otherYears(municipality, staffId, year, ask.kind, tx) : [];
    const childcareDays = await this.childcareDays(municipality, staffId, tx);
    const requestId = requestIdOf(year, id);
    const facts = { service, childcareDays, otherYears, ...(sex && { sex }) };
    return { year, command: { type: 'RequestLeave', requestId, ask, rules, ...facts, today } };
  }

  /** The leave year of a day, when the caller may look at it; otherwise it is as if it were not there. */
  async book(by: Caller, staffId: string, year: LocalDate): Promise<LeaveBook> {
    if (!(await this.mayRead(by, staffId))) throw new NotFound('leave-account');
    const { state, version } = await this.read(by.municipality, staffId, year);
    if (state.status === 'none') throw new NotFound('leave-account');
    return { state, version };
  }

  async read(
    municipality: string,
    staffId: string,
    year: LocalDate,
    tx?: PoolClient,
  ): Promise<{ state: LeaveState; version: number }> {
    const { events, version } = await this.store.read(leave, { municipality, id: leaveStream(staffId, year) }, tx);
    return { state: events.reduce(leave.evolve, leave.initial), version };
  }

  /** A head above the applicant today; HR only where nobody stands above. Never the applicant: that is the domain's word. */
  async mayDecide(by: Caller, staffId: string): Promise<boolean> {
    const { municipality, roles } = by;
    const today = this.clock.today();
    if (by.staffId === staffId) return false;
    if (await this.managed.includes(by, staffId)) return true;
    return roles.includes('hr') && (await this.directory.superiorOf(municipality, staffId, today)) === undefined;
  }

  /** HR and auditors read everybody, managers their units and below, staff themselves. */
  async mayRead(by: Caller, staffId: string): Promise<boolean> {
    return readsAll(by) || by.staffId === staffId || this.managed.includes(by, staffId);
  }

  /** The days of childcare leave that was approved and is not over, whether or not placement has heard of it. */
  async childcareDays(municipality: string, staffId: string, tx?: PoolClient): Promise<ChildcareDays> {
    const { events } = await this.store.read(childcare, { municipality, id: staffId }, tx);
    const { leaves } = events.reduce(childcare.evolve, childcare.initial);
    return leaves.filter(({ status }) => status === 'approved' || status === 'running');
  }

  private async sexOf(municipality: string, staffId: string, tx: PoolClient): Promise<RequestLeave['sex']> {
    const { rows } = await tx.query<{ sex: NonNullable<RequestLeave['sex']> }>(
      'SELECT sex FROM staff_sex WHERE municipality = $1 AND staff_id = $2',
      [municipality, staffId],
    );
    return rows[0]?.sex;
  }

  private async otherYears(
    municipality: string,
    staffId: string,
    year: LocalDate,
    kind: string,
    tx: PoolClient,
  ): Promise<OtherYears> {
    const { from, through } = this.rules.year(municipality, year);
    const years = [addDays(from, -1), addDays(through, 1)].map((day) => this.rules.year(municipality, day).from);
    const found: OtherYears[number][] = [];
    for (const other of years) {
      const { state } = await this.read(municipality, staffId, other, tx);
      if (state.status !== 'none') found.push(...countingEntries(state).filter((entry) => entry.kind === kind));
    }
    return found;
  }
}

/** Whether leave of the kind in one leave year counts against that in the next. */
const reachesOver = ({ limit }: LeaveKind): boolean => limit.per === 'occasion' || limit.per === 'need';

/** Roles that read everybody's leave. */
export const readsAll = ({ roles }: Caller): boolean => roles.some((role) => role === 'hr' || role === 'auditor');

/** @throws Rejected when HR staff would act on their own account: that takes a colleague */
export const requireSomebodyElse = ({ staffId }: Caller, person: string): void => {
  if (staffId === person) throw new Rejected('leave.own-account');
};

/** Minutes a request holds of the year's own grants, which would have passed into the next year. */
const ownMinutesOf = (account: LeaveAccount, requestId: string): number => {
  const own = new Set(account.lots.filter(({ origin }) => origin === 'grant').map(({ lotId }) => lotId));
  const entries = account.requests.find((one) => one.requestId === requestId)?.entries ?? [];
  return sumOf(
    entries.flatMap(({ status, uses }) =>
      status === 'pending' || status === 'approved'
        ? uses.filter(({ lotId }) => own.has(lotId)).map(({ minutes }) => minutes)
        : [],
    ),
  );
};
