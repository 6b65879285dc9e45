import type { Role } from '#libs/platform/caller';

/** Gives a token for an account of this kind. */
export type TokenFor = (account: {
  municipality: string;
  roles: readonly string[];
  staffId?: string;
}) => Promise<string>;

export type Answer = Readonly<{ status: number; body: Readonly<Record<string, unknown>> }>;

export const CITY = '142140';
export const UNIT = '1010';

/** Terms of a hire that the pack of the city and its one unit allow. */
export const terms = {
  joinsOn: '2027-04-01',
  grade: '1',
  post: { unitId: UNIT, position: 'shuji' },
  weeklyMinutes: 2325,
};

const action = (staffId: string, data: object) => ({
  municipality: CITY,
  type: 'PersonnelActionTaken',
  data: { staffId, action: { employmentId: `${staffId}/employment`, ...data } },
});

const appointed = (staffId: string) =>
  action(staffId, {
    actionId: `${staffId}/appointment`,
    kind: 'appoint-on-probation',
    effectiveOn: '2020-04-01',
    post: terms.post,
    grade: '1',
    jobCategory: 'general',
    weeklyMinutes: 2325,
  });

const onLeave = (staffId: string) =>
  action(staffId, {
    actionId: `${staffId}/leave`,
    kind: 'start-leave-of-absence',
    effectiveOn: '2026-01-01',
    leaveKind: 'other',
  });

const left = (staffId: string) =>
  action(staffId, { actionId: `${staffId}/left`, kind: 'separate', effectiveOn: '2025-03-31', reason: 'resignation' });

/** Staff who are at work, `s-6`, who is on leave, and `s-7`, who has left, as placement tells of them. */
export const staffEvents = [
  ...['s-1', 's-2', 's-3', 's-5', 's-6', 's-7'].map((staffId) => appointed(staffId)),
  onLeave('s-6'),
  left('s-7'),
];

/** Stages of the pack's flow for the route `other`, with the items of their sheets. */
const ITEMS: Readonly<Record<string, readonly string[]>> = {
  document: ['experience', 'motivation'],
  interview: ['communication', 'initiative', 'cooperation', 'motivation', 'ethics'],
};

export const sheet = (stage: string, points = 10) => ({ scores: ITEMS[stage].map((item) => ({ item, points })) });

/** Recruitment as seen by the people who work with it over HTTP. */
export class RecruitmentUsers {
  private persons = 0;

  constructor(
    private readonly base: string,
    private readonly tokenFor: TokenFor,
  ) {}

  async as(role: Role, staffId?: string, municipality = CITY) {
    const token = await this.tokenFor({ municipality, roles: [role], staffId });
    return {
      post: (path: string, body?: object, key?: string) => this.send(token, 'POST', path, body, key),
      get: (path: string) => this.send(token, 'GET', path),
    };
  }

  async send(token: string, method: string, path: string, body?: object, key?: string): Promise<Answer> {
    const response = await fetch(`${this.base}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(key && { 'idempotency-key': key }),
      },
      body: body && JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }

  /** Somebody nobody has seen before. */
  somebody(over: object = {}) {
    return {
      familyName: '架空',
      givenName: `花${++this.persons}`,
      familyNameKana: 'カクウ',
      givenNameKana: 'ハナ',
      birthDate: '2001-04-02',
      sex: '2',
      address: '架空市1-1',
      ...over,
    };
  }

  async plan(fiscalYear: number, planned: number): Promise<void> {
    const lines = [{ jobCategory: 'general', route: 'other', planned }];
    await done((await this.as('recruiter')).post(`plans/${fiscalYear}`, { lines }));
    await done((await this.as('hr')).post(`plans/${fiscalYear}/approval`));
  }

  async openPosting(fiscalYear: number, over: object = {}): Promise<string> {
    const period = { opensOn: '2026-05-01', closesOn: '2026-06-30' };
    const body = { fiscalYear, jobCategory: 'general', route: 'other', title: '一般事務', ...period, ...over };
    return (await done((await this.as('recruiter')).post('postings', body))).id;
  }

  async apply(postingId: string, applicant: object = this.somebody()): Promise<string> {
    return (await done((await this.as('recruiter')).post('applications', { postingId, applicant }))).id;
  }

  async passStage(id: string, stage: string, assessors: readonly string[]): Promise<void> {
    const recruiter = await this.as('recruiter');
    await done(recruiter.post(`applications/${id}/stages/${stage}/assessors`, { assessors }));
    for (const staffId of assessors) {
      const assessor = await this.as('assessor', staffId);
      await done(assessor.post(`applications/${id}/stages/${stage}/sheets`, sheet(stage)));
    }
    await done(recruiter.post(`applications/${id}/stages/${stage}/decision`, { outcome: 'passed' }));
  }

  async offered(postingId: string, applicant?: object): Promise<string> {
    const id = await this.apply(postingId, applicant);
    await this.passStage(id, 'document', ['s-1']);
    await this.passStage(id, 'interview', ['s-1', 's-2']);
    await done((await this.as('recruiter')).post(`applications/${id}/offer`));
    return id;
  }

  async accepted(postingId: string): Promise<string> {
    const id = await this.offered(postingId);
    await done((await this.as('recruiter')).post(`applications/${id}/answer`, { answer: 'accepted' }));
    return id;
  }

  async statusOf(id: string): Promise<unknown> {
    return (await (await this.as('recruiter')).get(`applications/${id}`)).body.status;
  }
}

/** A command that must succeed. */
export const done = async (answer: Promise<Answer>): Promise<{ id: string; position: number }> => {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body as { id: string; position: number };
};
