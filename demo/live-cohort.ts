import { fiscalYearOf } from '#libs/law/fiscal-year';
import { addDays, type LocalDate } from '#libs/law/local-date';
import type { Api } from './api.js';
import type { Plan } from './cities/city.js';
import { inventPerson, type InventedPerson } from './cities/invented-people.js';
import { Random } from './cities/random.js';
import type { ProgressBars } from './progress.js';

/** How it ends for each applicant of the script; the check counts them. */
export const ENDINGS = ['hired', 'declined', 'hired', 'failed', 'hired', 'absent', 'hired', 'failed'] as const;
type Ending = (typeof ENDINGS)[number];

export const COHORT_JOB = 'general';
export const COHORT_ROUTE = 'experienced';

/** Applications are open longer than the day the cohort begins on: a load can run over midnight, or go on another day. */
const OPEN_DAYS = 30;

export type Applicant = InventedPerson & Readonly<{ ending: Ending }>;

/** The same invented applicants every time. */
export const applicantsOf = (plan: Plan): Applicant[] => {
  const random = new Random(plan.seed + 1);
  return ENDINGS.map((ending, index) => ({
    ...inventPerson(random, plan.name, 1988 + index, index % 2 === 0 ? '1' : '2'),
    ending,
  }));
};

type Answer = Readonly<{ id: string }>;
type Stage = Readonly<{ stage: string; items: readonly { item: string; max: number }[] }>;
type View = Readonly<{ status: string; stage: string | null; stages: readonly Stage[] }>;

export type CohortPlace = Readonly<{ unitId: string; position: string; grade: string; joinsOn: LocalDate }>;

/**
 * A cohort goes the whole way over HTTP, every step by the role it belongs to: plan and approval, posting, applications,
 * three assessors who score without seeing each other, offers and answers, hires. Keys of the requests are fixed, so a
 * cohort that was interrupted goes on where it stopped.
 */
export class LiveCohort {
  private readonly city: string;

  constructor(
    private readonly api: Api,
    private readonly plan: Plan,
    private readonly place: CohortPlace,
  ) {
    this.city = plan.code;
  }

  /**
   * @param beforeHires runs when all answers are in and nobody is hired yet (drills stop a service there)
   * @returns ids of the applications of those who were hired
   */
  async run(bars: ProgressBars, beforeHires?: () => Promise<void>): Promise<string[]> {
    const fiscalYear = fiscalYearOf(this.place.joinsOn);
    const lines = [{ jobCategory: COHORT_JOB, route: COHORT_ROUTE, planned: ENDINGS.length }];
    await this.step('recruiter', `/plans/${fiscalYear}`, { lines }, 'plan');
    await this.step('hr', `/plans/${fiscalYear}/approval`, {}, 'plan-approval');
    const posting = await this.step(
      'recruiter',
      '/postings',
      {
        ...{ fiscalYear, jobCategory: COHORT_JOB, route: COHORT_ROUTE, title: '一般事務（経験者）' },
        ...{ opensOn: this.place.joinsOn, closesOn: addDays(this.place.joinsOn, OPEN_DAYS) },
      },
      'posting',
    );
    const applicants = applicantsOf(this.plan);
    const progress = bars.start(`${this.plan.name} live cohort`, applicants.length);
    const accepted: [id: string, index: number][] = [];
    for (const [index, applicant] of applicants.entries()) {
      const id = await this.apply(posting.id, applicant, index);
      await this.select(id, applicant, index);
      if (await this.offer(id, applicant, index)) accepted.push([id, index]);
      progress.advance(1);
    }
    await beforeHires?.();
    for (const [id, index] of accepted) await this.hire(id, index);
    progress.done();
    return accepted.map(([id]) => id);
  }

  private async apply(postingId: string, person: Applicant, index: number): Promise<string> {
    const { familyName, givenName, familyNameKana, givenNameKana, birthDate, sex, address } = person;
    const applicant = { familyName, givenName, familyNameKana, givenNameKana, birthDate, sex, address };
    return (await this.step('recruiter', '/applications', { postingId, applicant }, `application-${index}`)).id;
  }

  private async select(id: string, { ending }: Applicant, index: number): Promise<void> {
    const assessors = await this.assessors();
    for (;;) {
      const { stage, stages, status } = await this.api.get<View>(
        `${this.city}-recruiter`,
        'recruitment',
        `/applications/${id}`,
      );
      const current = stages.find((one) => one.stage === stage);
      if (!current || status !== 'in-selection') return;
      const path = `/applications/${id}/stages/${current.stage}`;
      const last = stages.at(-1) === current;
      const absent = ending === 'absent' && stages.indexOf(current) === 1;
      await this.step('recruiter', `${path}/assessors`, { assessors }, `assessors-${current.stage}-${index}`);
      if (!absent) await this.score(path, current, index);
      const outcome = absent ? 'absent' : ending === 'failed' && last ? 'failed' : 'passed';
      await this.step('recruiter', `${path}/decision`, { outcome }, `decision-${current.stage}-${index}`);
    }
  }

  private async score(path: string, { stage, items }: Stage, index: number): Promise<void> {
    await Promise.all(
      ASSESSORS.map((account, which) => {
        const scores = items.map(({ item, max }) => ({ item, points: Math.max(0, max - ((index + which) % 5)) }));
        return this.step(account, `${path}/sheets`, { scores }, `sheet-${stage}-${index}-${which}`);
      }),
    );
  }

  /** The offer and its answer: true when it was accepted. */
  private async offer(id: string, { ending }: Applicant, index: number): Promise<boolean> {
    if (ending !== 'hired' && ending !== 'declined') return false;
    await this.step('recruiter', `/applications/${id}/offer`, {}, `offer-${index}`);
    const answer = ending === 'declined' ? { answer: 'declined', reason: 'private-company' } : { answer: 'accepted' };
    await this.step('recruiter', `/applications/${id}/answer`, answer, `answer-${index}`);
    return ending === 'hired';
  }

  private async hire(id: string, index: number): Promise<void> {
    const { unitId, position, grade, joinsOn } = this.place;
    const terms = { joinsOn, grade, post: { unitId, position }, weeklyMinutes: 2325 };
    await this.step('hr', `/applications/${id}/hire`, terms, `hire-${index}`);
  }

  private known?: Promise<string[]>;

  private assessors(): Promise<string[]> {
    return (this.known ??= chooseAssessors(this.api, this.city));
  }

  private step(role: string, path: string, body: object, key: string): Promise<Answer> {
    return this.api.post<Answer>(`${this.city}-${role}`, 'recruitment', path, body, `demo-cohort-${key}`);
  }
}

const ASSESSORS = ['assessor-1', 'assessor-2', 'assessor-3'];

/** Three members of staff get accounts as assessors. */
const chooseAssessors = async (api: Api, city: string): Promise<string[]> => {
  const { items } = await api.get<{ items: readonly { staffId: string }[] }>(
    `${city}-hr`,
    'placement',
    '/staff?status=regular&limit=3',
  );
  ASSESSORS.forEach((account, index) =>
    api.register(`${city}-${account}`, { municipality: city, roles: ['assessor'], staffId: items[index].staffId }),
  );
  return items.map(({ staffId }) => staffId);
};
