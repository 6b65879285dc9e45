import { setTimeout as pause } from 'node:timers/promises';
import { addDays, type LocalDate } from '#libs/law/local-date';
import type { Service } from '#libs/local-stack/ports';
import { SystemClock } from '#libs/processes/clock';
import { Refused, type Account, type Api } from './api.js';
import type { Joiner } from './check-service.js';
import type { City, Plan } from './cities/city.js';
import { WorkingDays } from './cities/working-days.js';
import { applicantsOf, type CohortPlace } from './live-cohort.js';
import type { ProgressBars } from './progress.js';

const PATIENCE_MS = 120_000;

/** Days from the first day in service. */
const RESIGNS_AFTER = 120;
const CHILDCARE_AFTER = { from: 30, through: 50 } as const;

/** Who of those hired does what: all come to their training but the last, who resigns. */
export const joinersOf = (plan: Plan, joinsOn: LocalDate): Joiner[] => {
  const hired = applicantsOf(plan).filter(({ ending }) => ending === 'hired');
  const resigns = { completed: false, left: addDays(joinsOn, RESIGNS_AFTER) };
  return hired.map(({ sex }, index) => ({ sex, ...(index === hired.length - 1 ? resigns : { completed: true }) }));
};

export type Accounts = Readonly<Record<string, Account>>;

type Answer = Readonly<{ id: string }>;
type Items<T> = Readonly<{ items: readonly T[] }>;
type Listed = Readonly<{ staffId: string; familyName: string; givenName: string; from: LocalDate }>;
type Assignment = Readonly<{ course: string; state: string }>;
type Sheet = Readonly<{
  phase: string;
  form: readonly Readonly<{ code: string; max: number }>[];
  steps: readonly Readonly<{ step: string; evaluator?: string }>[];
}>;

/**
 * What becomes of the live cohort once it is appointed: training, the evaluation of probation up to the formal appointment,
 * leave, a child and a resignation; each step over HTTP by whom it belongs to. Keys of the requests are fixed and what is
 * done already is not done again, so that what was interrupted goes on where it stopped.
 */
export class FirstMonths {
  private readonly code: string;
  private readonly joinsOn: LocalDate;
  private readonly accounts: Record<string, Account> = {};

  constructor(
    private readonly api: Api,
    private readonly city: City,
    private readonly place: CohortPlace,
  ) {
    this.code = city.plan.code;
    this.joinsOn = place.joinsOn;
  }

  /** @returns the accounts it gave to staff, for a later run of the demo that keeps the data */
  async run(bars: ProgressBars): Promise<Accounts> {
    const people = await this.people();
    const [first, second] = people;
    this.register('training-officer', ['training-officer']);
    people.forEach((staffId, index) => this.register(`live-${index}`, ['staff'], staffId));
    const steps = [
      () => this.train(people),
      () => this.confirm(first),
      () => this.takeLeave(first),
      () => this.haveChild(second),
      () => this.resign(people[people.length - 1]),
    ];
    const progress = bars.start(`${this.city.plan.name} first months`, steps.length);
    for (const step of steps) {
      await step();
      progress.advance(1);
    }
    progress.done();
    return this.accounts;
  }

  /** Those hired, in the order of the script, as placement knows them. */
  private async people(): Promise<string[]> {
    const path = `/staff?unitId=${this.place.unitId}&limit=100`;
    const { items } = await this.get<Items<Listed>>('hr', 'placement', path);
    return applicantsOf(this.city.plan)
      .filter(({ ending }) => ending === 'hired')
      .map(({ familyName, givenName }) => {
        const found = items.find(
          (one) => one.from === this.joinsOn && one.familyName === familyName && one.givenName === givenName,
        );
        if (!found) throw new Error(`${this.code}: not everybody who was hired is in ${this.place.unitId}`);
        return found.staffId;
      });
  }

  /** All but the last come to a session of the course they were assigned. */
  private async train(people: readonly string[]): Promise<void> {
    const assigned = await Promise.all(people.map((staffId) => this.assignment(staffId)));
    const coming = people.slice(0, -1);
    if (coming.every((_, index) => assigned[index].state === 'done')) return;
    // Another session where the demo was interrupted over midnight: attendance is recorded on the day.
    const heldOn = new SystemClock().today();
    const session = { course: assigned[0].course, heldOn, capacity: 20 };
    const act = (account: string, path: string, body: object) =>
      this.post(account, 'training', `/sessions${path}`, body, `${heldOn}${path}-by-${account}`);
    const { id } = await act('training-officer', '', session);
    for (const index of people.keys()) await act(`live-${index}`, `/${id}/enrolments`, {});
    const entries = people.map((staffId) => ({ staffId, attended: coming.includes(staffId) }));
    await act('training-officer', `/${id}/attendance`, { entries });
    await act('training-officer', `/${id}/holding`, {});
  }

  /** The new-hire course the city's rules have assigned. */
  private assignment(staffId: string): Promise<Assignment> {
    return this.seen('training assigned', async () => {
      const path = `/staff/${staffId}/record`;
      const { assignments } = await this.get<{ assignments: Assignment[] }>('training-officer', 'training', path);
      return assignments.find(({ course }) => course.startsWith('new-hire'));
    });
  }

  /** Goals, interviews and two evaluations by the heads above, up to the formal appointment in placement. */
  private async confirm(person: string): Promise<void> {
    const sheetId = await this.seen('sheet opened', async () => {
      const { items } = await this.get<Items<{ sheetId: string }>>(
        'live-0',
        'evaluation',
        '/own-sheets?kind=probation',
      );
      return items[0]?.sheetId;
    });
    const act = (account: string, path: string, body: object = {}) =>
      this.post(account, 'evaluation', `/sheets/${sheetId}/${path}`, body, `${path}-by-${account}`);
    await this.evaluator(sheetId, 'goals', 'head');
    await act('live-0', 'goals', { goals: ['担当業務の手順を覚え、窓口を一人で担当する'] });
    await act('head', 'goals/agreement');
    const heldOn = this.joinsOn;
    const { form } = await this.sheet(sheetId);
    const scores = form.map(({ code, max }) => ({ item: code, points: max - 1 }));
    await act('head', 'interviews/start', { heldOn });
    await act('live-0', 'interviews/start/confirmation');
    await this.evaluator(sheetId, 'first', 'first-evaluator');
    await act('first-evaluator', 'evaluations/first', { scores });
    await act('first-evaluator', 'interviews/end', { heldOn });
    await act('live-0', 'interviews/end/confirmation');
    await this.evaluator(sheetId, 'second', 'second-evaluator');
    await act('second-evaluator', 'evaluations/second', { scores });
    await act('hr', 'confirmation', { outcome: 'passed' });
    await act('hr', 'disclosure');
    await this.seen('formal appointment', async () => {
      const path = `/staff/${person}/history`;
      const { actions } = await this.get<{ actions: readonly { kind: string }[] }>('hr', 'placement', path);
      return actions.find(({ kind }) => kind === 'appoint-formally');
    });
  }

  /** Gives the member of staff whose step it is an account of that name. */
  private async evaluator(sheetId: string, step: string, account: string): Promise<void> {
    const staffId = await this.seen(`evaluator of ${step}`, async () => {
      const { steps } = await this.sheet(sheetId);
      return steps.find((one) => one.step === step)?.evaluator;
    });
    this.register(account, ['manager', 'evaluator'], staffId);
  }

  private sheet(sheetId: string): Promise<Sheet> {
    return this.get<Sheet>('hr', 'evaluation', `/sheets/${sheetId}`);
  }

  /** A day of annual leave, approved by the head; none when the year has no working day left. */
  private async takeLeave(person: string): Promise<void> {
    const account = await this.seen('leave account', () =>
      this.get<{ through: LocalDate }>('live-0', 'wellbeing', `/leave/${person}?on=${this.joinsOn}`).catch(notYet),
    );
    const [from] = new WorkingDays(this.city, addDays(this.joinsOn, 1), account.through).days;
    if (from === undefined) return;
    const path = `/leave/${person}/requests`;
    const body = { kind: 'annual', from, unit: 'day', reason: '私用のため' };
    const { id } = await this.post('live-0', 'wellbeing', path, body, 'leave-request');
    await this.post('head', 'wellbeing', `${path}/${id}/approval`, {}, 'leave-approval');
  }

  /** A child is born; a childcare leave of three weeks is approved, and recruitment looks for a substitute. */
  private async haveChild(person: string): Promise<void> {
    const births = `/childcare/${person}/births`;
    const notice = { parenthood: 'partner-gave-birth', bornOn: this.joinsOn };
    const { id: caseId } = await this.post('live-1', 'wellbeing', births, notice, 'birth');
    const talk = { heldOn: this.joinsOn, wish: '産後の時期に三週間取得したい' };
    await this.post('head', 'wellbeing', `${births}/${caseId}/interview`, talk, 'intent-interview');
    const period = {
      from: addDays(this.joinsOn, CHILDCARE_AFTER.from),
      through: addDays(this.joinsOn, CHILDCARE_AFTER.through),
    };
    const { id } = await this.post('live-1', 'wellbeing', `${births}/${caseId}/leaves`, period, 'childcare-leave');
    await this.post('hr', 'wellbeing', `/childcare/${person}/leaves/${id}/approval`, {}, 'childcare-approval');
    await this.seen('substitute request', async () => {
      const path = '/substitute-requests?limit=100';
      const { items } = await this.get<Items<{ absentStaffId: string }>>('hr', 'recruitment', path);
      return items.find(({ absentStaffId }) => absentStaffId === person);
    });
  }

  private async resign(person: string): Promise<void> {
    const action = { kind: 'separate', effectiveOn: addDays(this.joinsOn, RESIGNS_AFTER), reason: 'resignation' };
    await this.post('hr', 'placement', `/staff/${person}/personnel-actions`, action, 'resignation');
  }

  /** Waits for what another service does in answer. */
  private async seen<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    for (const deadline = performance.now() + PATIENCE_MS; ; await pause(100)) {
      const found = await look();
      if (found !== undefined) return found;
      if (performance.now() > deadline) throw new Error(`${this.code}: waited in vain for: ${what}`);
    }
  }

  private register(account: string, roles: readonly string[], staffId?: string): void {
    const claims = { municipality: this.code, roles, ...(staffId && { staffId }) };
    this.accounts[`${this.code}-${account}`] = claims;
    this.api.register(`${this.code}-${account}`, claims);
  }

  private get<T>(account: string, service: Service, path: string): Promise<T> {
    return this.api.get<T>(`${this.code}-${account}`, service, path);
  }

  private post(account: string, service: Service, path: string, body: object, key: string): Promise<Answer> {
    return this.api.post<Answer>(`${this.code}-${account}`, service, path, body, `demo-cohort-${key}`);
  }
}

const notYet = (error: unknown): undefined => {
  if (!(error instanceof Refused) || error.status !== 404) throw error;
};
