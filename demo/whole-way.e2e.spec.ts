import { jest } from '@jest/globals';
import type { Service } from '#libs/local-stack/ports';
import { Refused } from './api.js';
import { visibleToOthers } from './check-other-city.js';
import { becomes, CITY, type Figure, NEWCOMER, OTHER, type Subject, TinyCity } from './whole-way.fixture.js';

jest.setTimeout(180_000);

/** A Monday, on which the story begins. */
const JOINS_ON = '2031-12-01';
/** Working minutes: a day, its morning (8:30–12:00) and its afternoon (13:00–17:15). */
const [DAY, MORNING, AFTERNOON] = [465, 210, 255];

type Stage = Readonly<{ stage: string; outcome?: string; items: readonly { item: string; max: number }[] }>;
type Application = Readonly<{ status: string; stages: readonly Stage[] }>;
type Items<Row> = Readonly<{ total: number; items: readonly Row[] }>;

describe('the whole way of one person, from the application to the resignation', () => {
  let city: TinyCity;
  let staffId: string;
  let applicationId: string;
  let sessionId: string;
  let sheetId: string;
  let periodId: string;
  /** Ids of requests for leave. */
  const leave: Record<string, string> = {};
  /** What was seen before the resignation. */
  let before: { knownAt: string; figures: Figure[] };

  beforeAll(async () => {
    city = await TinyCity.start(JOINS_ON);
  });

  afterAll(() => city?.stop());

  /** What happens to somebody rests on what happened before: after a fault the rest of the way is not tried. */
  let broken: string | undefined;
  const station = (name: string, happens: () => Promise<void>) =>
    it(name, async () => {
      if (broken) throw new Error(`not reached: ${broken}`);
      broken = name;
      await happens();
      broken = undefined;
    });

  station('the city plans a hire, opens a posting, and somebody applies', async () => {
    const line = { jobCategory: 'general', route: 'experienced' };
    await city.post('recruiter', 'recruitment', '/plans/2031', { lines: [{ ...line, planned: 1 }] });
    await city.post('hr', 'recruitment', '/plans/2031/approval');
    const days = { opensOn: '2031-11-01', closesOn: '2031-12-31' };
    const posting = { fiscalYear: 2031, ...line, title: '一般事務（経験者）', ...days };
    const { id: postingId } = await city.post('recruiter', 'recruitment', '/postings', posting);
    const application = { postingId, applicant: NEWCOMER };
    applicationId = (await city.post('recruiter', 'recruitment', '/applications', application)).id;
    expect(await applied()).toMatchObject({ status: 'in-selection', stage: 'aptitude', receivedOn: JOINS_ON });
  });

  station('three assessors score every stage, without seeing each other', async () => {
    const assessors = ['bucho', 'kacho', 'shusa'] as const;
    for (const { stage, items } of (await applied()).stages) {
      const path = `/applications/${applicationId}/stages/${stage}`;
      const staffIds = assessors.map((name) => city.staff[name]);
      await city.post('recruiter', 'recruitment', `${path}/assessors`, { assessors: staffIds });
      const scores = items.map(({ item, max }) => ({ item, points: max - 1 }));
      for (const assessor of assessors) {
        const seen = await city.get<Application>(assessor, 'recruitment', `/applications/${applicationId}`);
        expect(seen.stages.find((one) => one.stage === stage)).toMatchObject({ sheets: [] });
        await city.post(assessor, 'recruitment', `${path}/sheets`, { scores });
      }
      await city.post('recruiter', 'recruitment', `${path}/decision`, { outcome: 'passed' });
    }
    expect((await applied()).stages.map(({ outcome }) => outcome)).toEqual(['passed', 'passed', 'passed']);
  });

  station('the offer is accepted, and HR hires', async () => {
    const path = `/applications/${applicationId}`;
    await city.post('recruiter', 'recruitment', `${path}/offer`);
    expect(await applied()).toMatchObject({ status: 'offered', offerDeadline: '2031-12-15' });
    await city.post('recruiter', 'recruitment', `${path}/answer`, { answer: 'accepted' });
    const post = { unitId: '1110', position: 'shunin' };
    await city.post('hr', 'recruitment', `${path}/hire`, { joinsOn: JOINS_ON, grade: '3', post, weeklyMinutes: 2325 });
    await becomes(applied, { status: 'joined', joinsOn: JOINS_ON });
  });

  station('placement has appointed on probation for half a year', async () => {
    const newcomers = `/staff?asOf=${JOINS_ON}&status=probation`;
    const list = () => city.get<Items<{ staffId: string }>>('hr', 'placement', newcomers);
    [{ staffId }] = (await becomes(list, { total: 1 })).items;
    city.register('person', staffId);
    expect(await career()).toMatchObject({
      spells: [{ kind: 'appoint', from: JOINS_ON, to: null, route: 'experienced', probationUntil: '2032-05-31' }],
      actions: [{ kind: 'appoint-on-probation', effectiveOn: JOINS_ON, grade: '3' }],
    });
  });

  station(
    'the appointment has asked for courses, opened a sheet and granted the days of a mid-year start',
    async () => {
      const asked = { because: 'appointed', assignedOn: JOINS_ON, state: 'on-track' };
      await becomes(record, {
        assignments: [
          { ...asked, course: 'new-hire-mid-year', dueOn: '2032-01-31' },
          { ...asked, course: 'harassment', dueOn: '2032-05-31' },
          { ...asked, course: 'digital-general', dueOn: '2032-11-30' },
        ],
        completions: [],
      });
      const sheets = await becomes(() => ownSheets('probation'), {
        items: [{ kind: 'probation', phase: 'goals', dueOn: '2032-05-17' }],
      });
      sheetId = sheets.items[0].sheetId;
      await becomes(() => book(JOINS_ON), {
        available: 2 * DAY,
        lots: [{ origin: 'grant', grantedOn: JOINS_ON, minutes: 2 * DAY }],
      });
    },
  );

  station(
    'on the first day the sheet opens for goals, which the head agrees to, and both confirm the first interview',
    async () => {
      expect(await posting()).toMatchObject({ status: 'probation', post: { position: 'shunin' } });
      const opened = { phase: 'goals', steps: [{ step: 'goals', evaluator: city.staff.kacho, openedOn: JOINS_ON }] };
      await becomes(() => sheetAs('person'), opened);
      await city.post('person', 'evaluation', `/sheets/${sheetId}/goals`, { goals: ['窓口の待ち時間を短くする'] });
      await city.post('kacho', 'evaluation', `/sheets/${sheetId}/goals/agreement`);
      await city.post('person', 'evaluation', `/sheets/${sheetId}/interviews/start`, { heldOn: JOINS_ON });
      expect(await sheetAs('person')).toMatchObject({ phase: 'start-interview' });
      await city.post('kacho', 'evaluation', `/sheets/${sheetId}/interviews/start/confirmation`);
      expect(await sheetAs('kacho')).toMatchObject({
        phase: 'first',
        interviews: [
          { interview: 'start', held: true },
          { interview: 'end', held: false },
        ],
      });
    },
  );

  station('a session of the new-hire course has one seat, a waiting list, and then two', async () => {
    const session = { course: 'new-hire-mid-year', heldOn: '2031-12-08', capacity: 1 };
    sessionId = (await city.post('training-officer', 'training', '/sessions', session)).id;
    await city.post('person', 'training', `/sessions/${sessionId}/enrolments`);
    await city.post('training-officer', 'training', `/sessions/${sessionId}/enrolments`, { staffId: city.staff.shuji });
    const places = async () => (await sessionView()).participants.map(({ place }) => place);
    expect(await places()).toEqual(['seat', 'waiting']);
    await city.post('training-officer', 'training', `/sessions/${sessionId}/capacity`, { capacity: 2 });
    expect(await places()).toEqual(['seat', 'seat']);
  });

  station('leave is requested and approved by the head of the day; one request is taken back', async () => {
    leave.day = await request({ kind: 'annual', from: '2031-12-10', unit: 'day' });
    leave.morning = await request({ kind: 'annual', from: '2031-12-11', unit: 'half-day', half: 'morning' });
    const hours = { kind: 'annual', from: '2031-12-12', unit: 'hour', start: '13:00', end: '15:00' };
    leave.hours = await request(hours);
    expect(await book('2031-12-12')).toMatchObject({ available: 2 * DAY - DAY - MORNING - 120 });
    const waiting = () => city.get<Items<unknown>>('kacho', 'wellbeing', '/leave-requests?toDecide=true');
    await becomes(waiting, { total: 3 });
    for (const name of ['day', 'morning']) await decide(name);
    await city.post('person', 'wellbeing', `/leave/${staffId}/requests/${leave.hours}/withdrawal`);
    expect(await statuses('day', 'morning', 'hours')).toEqual(['approved', 'approved', 'withdrawn']);
    expect(await book('2031-12-12')).toMatchObject({ available: AFTERNOON });
  });

  station('two weeks later the leave has been taken, by timer, and HR cancels half a day of it', async () => {
    await city.moveClock('2031-12-15');
    await becomes(async () => ({ are: await statuses('day', 'morning') }), { are: ['taken', 'taken'] });
    const because = { because: '庁舎の防災訓練に出勤したため' };
    await city.post('hr', 'wellbeing', `/leave/${staffId}/requests/${leave.morning}/cancellation`, because);
    expect(await statuses('day', 'morning')).toEqual(['taken', 'cancelled']);
    expect(await book('2031-12-15')).toMatchObject({ available: DAY });
  });

  station('who attended the course has completed it; who had a seat and did not come was absent', async () => {
    const entries = [{ staffId, attended: true }];
    await city.post('training-officer', 'training', `/sessions/${sessionId}/attendance`, { entries });
    await city.post('training-officer', 'training', `/sessions/${sessionId}/holding`);
    expect(await sessionView()).toMatchObject({
      status: 'held',
      participants: [
        { staffId, attended: true, minutes: 2 * DAY },
        { attended: false, minutes: 0 },
      ],
    });
    expect(await record()).toMatchObject({
      assignments: [{ course: 'new-hire-mid-year', state: 'done' }, {}, {}],
      completions: [{ course: 'new-hire-mid-year', completedOn: '2031-12-08', minutes: 2 * DAY }],
    });
    const unasked = { course: 'digital-general', completedOn: '2031-12-12' };
    await city.post('training-officer', 'training', `/staff/${city.staff.shuji}/completions`, unasked);
  });

  station('analysts see a hire, a day of leave, and a course completed beside one nobody had asked for', async () => {
    await city.knownThrough();
    const asked = (subject: Subject, metric: string, year = 2031) => total(subject, metric, year, '2031-12-15');
    expect(await asked('retention', 'headcount')).toEqual('5');
    expect(await asked('retention', 'sep.opening')).toEqual('0/5 = 0');
    // The person came within the leave year: the five others took nothing.
    expect(await asked('leave-uptake', 'al.avg_days')).toEqual('0/5 = 0');
    expect(await asked('training-coverage', 'train.rate')).toEqual('1/1 = 100');
    expect(await asked('training-coverage', 'train.on_track')).toEqual('2/2 = 100');
    expect(await asked('training-coverage', 'train.person_compliance')).toEqual('0/1 = 0');
    expect(await asked('training-coverage', 'train.attendance')).toEqual('1/2 = 50');
    expect(await asked('training-coverage', 'train.unassigned')).toEqual('1/2 = 50');
    // (930 + 180 minutes) of six people.
    expect(await asked('training-coverage', 'train.hours')).toEqual('1110/6 = 3.08');
  });

  station(
    'before the probation ends both evaluators judge, HR confirms that it was passed, and discloses',
    async () => {
      await city.moveClock('2032-05-10');
      const scores = (await sheetAs('kacho')).form.map(({ code, max }) => ({ item: code, points: max - 1 }));
      const path = `/sheets/${sheetId}`;
      expect(await city.refused('bucho', 'evaluation', `${path}/evaluations/second`, { scores })).toBe(
        '404 sheet.not-found',
      );
      await city.post('kacho', 'evaluation', `${path}/evaluations/first`, { scores });
      await city.post('kacho', 'evaluation', `${path}/interviews/end`, { heldOn: '2032-05-10' });
      await city.post('person', 'evaluation', `${path}/interviews/end/confirmation`);
      await city.post('bucho', 'evaluation', `${path}/evaluations/second`, { scores });
      expect(await sheetAs('hr')).toMatchObject({ phase: 'confirmation', second: { evaluator: city.staff.bucho } });
      await city.post('hr', 'evaluation', `${path}/confirmation`, { outcome: 'passed' });
      expect(await sheetAs('person')).not.toHaveProperty('result');
      await city.post('hr', 'evaluation', `${path}/disclosure`);
      expect(await sheetAs('person')).toMatchObject({ phase: 'disclosed', result: { outcome: 'passed' } });
      const formal = { kind: 'appoint-formally', effectiveOn: '2032-06-01' };
      await becomes(career, { actions: [{ kind: 'appoint-on-probation' }, formal] });
    },
  );

  station(
    'the new leave year has begun with what was left; leave of former days is taken when it is approved',
    async () => {
      const lots = [
        { origin: 'grant', minutes: 20 * DAY },
        { origin: 'carry-over', minutes: DAY },
      ];
      await becomes(() => book('2032-05-10'), { available: 21 * DAY, lots });
      leave.april = await request({ kind: 'annual', from: '2032-04-26', unit: 'day' });
      const birth = { kind: 'spouse-childbirth', from: '2032-05-07', unit: 'day', occasionOn: '2032-05-07' };
      leave.birth = await request(birth);
      for (const name of ['april', 'birth']) await decide(name);
      expect(await statuses('april', 'birth')).toEqual(['taken', 'taken']);
      expect(await book('2032-05-10')).toMatchObject({ available: 20 * DAY, lots: [{ left: 20 * DAY }, { left: 0 }] });
    },
  );

  station('a course is completed for a year, and the year of evaluation begins', async () => {
    const completion = { course: 'harassment', completedOn: '2032-05-10' };
    await city.post('training-officer', 'training', `/staff/${staffId}/completions`, completion);
    expect((await record()).completions).toMatchObject([{}, { course: 'harassment', validThrough: '2033-05-09' }]);
    await city.post('hr', 'evaluation', '/cycles/2032', { on: '2032-04-01', dueOn: '2033-03-31' });
    await becomes(() => ownSheets('yearly'), { total: 1, items: [{ phase: 'goals', openedOn: '2032-05-10' }] });
  });

  station(
    'a child is born: notice, interview, childcare leave requested and approved, a substitute asked for and found',
    async () => {
      const path = `/childcare/${staffId}`;
      const notice = { parenthood: 'partner-gave-birth', bornOn: '2032-05-07' };
      const { id: caseId } = await city.post('person', 'wellbeing', `${path}/births`, notice);
      const interview = { heldOn: '2032-05-10', wish: '7月から3か月ほど休みたい' };
      await city.post('kacho', 'wellbeing', `${path}/births/${caseId}/interview`, interview);
      const period = { from: '2032-07-01', through: '2032-09-30' };
      periodId = (await city.post('person', 'wellbeing', `${path}/births/${caseId}/leaves`, period)).id;
      await city.post('hr', 'wellbeing', `${path}/leaves/${periodId}/approval`);
      expect(await childcare()).toMatchObject({
        eligibleFiscalYear: 2032,
        interview,
        leaves: [{ status: 'approved', ...period }],
      });
      await becomes(substitutes, {
        total: 1,
        items: [{ requestId: periodId, unitId: '1110', status: 'open', ...period }],
      });
      const filling = { staffId: city.staff.shunin, ...period };
      await city.post('hr', 'recruitment', `/substitute-requests/${periodId}/filling`, filling);
      await becomes(substitutes, { items: [{ status: 'filled', staffId: city.staff.shunin }] });
    },
  );

  station(
    'on its first day the leave is a leave of absence, courses are excused, and no other leave can be had',
    async () => {
      await city.moveClock('2032-07-01');
      await becomes(posting, { status: 'leave', leaveKind: 'childcare', from: '2032-07-01' });
      await becomes(record, {
        assignments: [{}, {}, { course: 'digital-general', state: 'excused', excused: 'on-leave' }],
      });
      await becomes(childcare, { leaves: [{ status: 'running' }] });
      const annual = { kind: 'annual', from: '2032-07-20', unit: 'day' };
      const requests = `/leave/${staffId}/requests`;
      expect(await city.refused('person', 'wellbeing', requests, annual)).toBe('409 leave.on-leave-of-absence');
    },
  );

  station('extended by a month, it needs a substitute again', async () => {
    const through = '2032-10-31';
    await city.post('hr', 'wellbeing', `/childcare/${staffId}/leaves/${periodId}/extension`, { through });
    await becomes(substitutes, { items: [{ status: 'open', through }] });
    const started = { kind: 'start-leave-of-absence', effectiveOn: '2032-07-01', until: through };
    await becomes(career, { actions: [{}, {}, started] });
  });

  station(
    'the day after its last one is the return: courses are open again, and the substitute is not sought any more',
    async () => {
      await city.moveClock('2032-11-01');
      await becomes(posting, { status: 'regular', from: '2032-11-01' });
      await becomes(childcare, { leaves: [{ status: 'ended', through: '2032-10-31', extensions: 1 }] });
      await becomes(substitutes, { items: [{ status: 'closed' }] });
      const reopened = { course: 'digital-general', state: 'on-track', dueOn: '2033-01-31' };
      await becomes(record, { assignments: [{}, {}, reopened] });
    },
  );

  station('a promotion asks for the course of the new grade', async () => {
    const promotion = {
      kind: 'promote',
      effectiveOn: '2032-11-02',
      grade: '4',
      post: { unitId: '1110', position: 'shusa' },
    };
    await city.post('hr', 'placement', `/staff/${staffId}/personnel-actions`, promotion);
    const senior = { course: 'senior', because: 'promoted', assignedOn: '2032-11-02', dueOn: '2033-05-01' };
    await becomes(record, { assignments: [{}, {}, {}, senior] });
  });

  station('analysts see all of it in the three read models', async () => {
    const knownAt = await city.knownThrough();
    const asked = (subject: Subject, metric: string, year = 2032) => total(subject, metric, year, '2032-11-02');
    expect(await asked('retention', 'headcount')).toEqual('6');
    expect(await asked('retention', 'sep.opening')).toEqual('0/6 = 0');
    expect(await asked('retention', 'retention.1y', 2031)).toEqual('1/1 = 100');
    // One day of six people; of the 20 days of the year, and of these with the one carried over.
    expect(await asked('leave-uptake', 'al.avg_days')).toEqual('1/6 = 0.2');
    expect(await asked('leave-uptake', 'al.rate_granted')).toEqual('1/20 = 5');
    expect(await asked('leave-uptake', 'al.rate_total')).toEqual('1/21 = 4.8');
    expect(await asked('leave-uptake', 'al.under5_share')).toEqual('6/6 = 100');
    for (const metric of ['cc.rate.mic_v1', 'cc.rate.mic_v2', 'cc.rate.wao', 'pat.birth_rate', 'pat.either'])
      expect([metric, await asked('leave-uptake', metric)]).toEqual([metric, '1/1 = 100']);
    for (const metric of ['pat.care_rate', 'pat.5days_rate'])
      expect([metric, await asked('leave-uptake', metric)]).toEqual([metric, '0/1 = 0']);
    const lengths = await city.figures('leave-uptake', 'cc.duration_dist', 2032, '2032-11-02');
    expect(lengths).toContainEqual(expect.objectContaining({ dimensions: { sex: '1', duration: '3m-6m' }, value: 1 }));
    expect(await asked('leave-uptake', 'sick.long')).toEqual('0/6 = 0');
    // Harassment was completed; the digital course, due in January, and that of the new grade, due in May, are open.
    expect(await asked('training-coverage', 'train.rate')).toEqual('1/2 = 50');
    expect(await asked('training-coverage', 'train.on_track')).toEqual('2/2 = 100');
    expect(await asked('training-coverage', 'train.overdue')).toEqual('0/2 = 0');
    before = { knownAt, figures: await city.figures('leave-uptake', 'al.avg_days', 2032, '2032-11-02', knownAt) };
  });

  station('the resignation cuts the leave behind it and ends what was asked for', async () => {
    leave.stays = await request({ kind: 'annual', from: '2032-12-16', through: '2032-12-17', unit: 'day' });
    leave.cut = await request({ kind: 'annual', from: '2032-12-27', through: '2032-12-28', unit: 'day' });
    for (const name of ['stays', 'cut']) await decide(name);
    const resignation = { kind: 'separate', effectiveOn: '2032-12-24', reason: 'resignation' };
    await city.post('hr', 'placement', `/staff/${staffId}/personnel-actions`, resignation);
    await becomes(async () => ({ are: await statuses('stays', 'cut') }), { are: ['approved', 'cut'] });
    await becomes(() => ownSheets('yearly'), { items: [{ phase: 'closed' }] });
    const requests = `/leave/${staffId}/requests`;
    const later = { kind: 'annual', from: '2032-12-27', unit: 'day' };
    expect(await city.refused('person', 'wellbeing', requests, later)).toBe('409 leave.after-separation');
  });

  station(
    'after the last day the person is no longer in service, and nothing is asked of anybody who left',
    async () => {
      await city.moveClock('2033-01-04');
      expect(await city.get('hr', 'placement', `/staff/${staffId}`)).toMatchObject({ posting: null });
      expect((await career()).actions.map(({ kind }) => kind)).toEqual(WAY);
      await becomes(record, {
        assignments: [
          { course: 'new-hire-mid-year', state: 'done' },
          { course: 'harassment', state: 'done' },
          { course: 'digital-general', state: 'excused', excused: 'separated' },
          { course: 'senior', state: 'excused', excused: 'separated' },
        ],
      });
      await becomes(async () => ({ are: await statuses('stays', 'cut') }), { are: ['taken', 'cut'] });
      await becomes(() => book('2032-12-31'), { status: 'closed' });
      expect(await sheetAs('hr')).toMatchObject({ phase: 'disclosed' });
    },
  );

  station('analysts see the resignation, and what they saw before as it was known before', async () => {
    await city.knownThrough();
    const asked = (subject: Subject, metric: string, year = 2032) => total(subject, metric, year, '2033-01-04');
    expect(await asked('retention', 'sep.rate')).toEqual('1/6 = 16.7');
    expect(await asked('retention', 'sep.opening')).toEqual('1/6 = 16.7');
    expect(await asked('retention', 'sep.average')).toEqual('1/5.5 = 18.2');
    expect(await asked('retention', 'tenure.leavers')).toEqual('12/1 = 1');
    expect(await asked('retention', 'retention.1y', 2031)).toEqual('1/1 = 100');
    const bySex = await city.figures('retention', 'sep.wao', 2032, '2033-01-04');
    expect(
      bySex.map(({ dimensions, numerator, denominator, value }) => [dimensions.sex, numerator, denominator, value]),
    ).toEqual([
      [null, 1, 6, 16.7],
      ['1', 1, 3, 33.3],
      ['2', 0, 3, 0],
    ]);
    // Who left is not counted for the whole leave year; childcare leave stays what it was.
    expect(await asked('leave-uptake', 'al.avg_days')).toEqual('0/5 = 0');
    expect(await asked('leave-uptake', 'cc.rate.mic_v1')).toEqual('1/1 = 100');
    // Nothing is required of anybody any more but what was due while in service, and that was completed.
    expect(await asked('training-coverage', 'train.rate')).toEqual('1/1 = 100');
    expect(await asked('training-coverage', 'train.on_track')).toEqual('0/0 = null');
    const { knownAt, figures } = before;
    expect(await city.figures('leave-uptake', 'al.avg_days', 2032, '2032-11-02', knownAt)).toEqual(figures);
  });

  station('analysts read the same facts in SQL', async () => {
    const actions = await city.sql(
      `SELECT kind, effective_on::text FROM analytics.personnel_action
        WHERE staff_id = $1 AND recorded_to IS NULL ORDER BY effective_on`,
      [staffId],
    );
    const days = [JOINS_ON, '2032-06-01', '2032-07-01', '2032-11-01', '2032-11-02', '2032-12-24'];
    expect(actions).toEqual(WAY.map((kind, index) => ({ kind, effective_on: days[index] })));
    const balances = await city.sql(
      `SELECT leave_year::text, opening::int, granted::int, expired::int, taken::int, closing::int
         FROM analytics.leave_balance WHERE staff_id = $1 ORDER BY leave_year`,
      [staffId],
    );
    // Of 2031 a day of two was taken and the other passed on; of 2032 three of 21, and the rest ended with the service.
    expect(balances).toEqual([
      { leave_year: '2031-01-01', opening: 0, granted: 2 * DAY, expired: 0, taken: DAY, closing: DAY },
      { leave_year: '2032-01-01', opening: DAY, granted: 20 * DAY, expired: 18 * DAY, taken: 3 * DAY, closing: 0 },
    ]);
    const courses = await city.sql(
      `SELECT course, completed_on::text, excused FROM analytics.training_assignment
        WHERE staff_id = $1 AND recorded_to IS NULL AND valid_to IS NULL ORDER BY assigned_on, due_on`,
      [staffId],
    );
    expect(courses).toEqual([
      { course: 'new-hire-mid-year', completed_on: '2031-12-08', excused: null },
      { course: 'harassment', completed_on: '2032-05-10', excused: null },
      { course: 'digital-general', completed_on: null, excused: 'separated' },
      { course: 'senior', completed_on: null, excused: 'separated' },
    ]);
    const childcareLeave = await city.sql(
      `SELECT status, valid_from::text, valid_to::text, duration FROM analytics.childcare_leave
        WHERE staff_id = $1 AND recorded_to IS NULL`,
      [staffId],
    );
    const ended = { status: 'ended', valid_from: '2032-07-01', valid_to: '2032-11-01', duration: '3m-6m' };
    expect(childcareLeave).toEqual([ended]);
  });

  station('the other city has seen nothing of it', async () => {
    expect(await visibleToOthers(city.stack, city.api, CITY, OTHER)).toEqual([]);
    const asOther = <T>(service: Service, path: string) => city.api.get<T>(`${OTHER}-hr`, service, path);
    for (const [service, path] of LISTS)
      expect([path, await asOther<Items<unknown>>(service, path)]).toMatchObject([path, { total: 0 }]);
    const ours = [
      ['recruitment', `/applications/${applicationId}`],
      ['placement', `/staff/${staffId}/history`],
      ['evaluation', `/sheets/${sheetId}`],
      ['training', `/sessions/${sessionId}`],
      ['wellbeing', `/leave/${staffId}`],
      ['wellbeing', `/leave/${staffId}/requests/${leave.day}`],
      ['wellbeing', `/childcare/${staffId}`],
    ] as const;
    for (const [service, path] of ours) {
      const outcome = await asOther(service, path).catch((error: unknown) => error);
      expect([path, outcome instanceof Refused && outcome.status]).toEqual([path, 404]);
    }
    const path = '/analytics/leave-uptake?metric=cc.rate.mic_v1&fiscalYear=2032&asOf=2033-01-04';
    const { rows } = await city.api.get<{ rows: Figure[] }>(`${OTHER}-analyst`, 'projection', path);
    expect(rows).toMatchObject([{ numerator: 0, denominator: 0, value: null }]);
  });

  /** The person's actions, in their order. */
  const WAY = [
    ...['appoint-on-probation', 'appoint-formally', 'start-leave-of-absence'],
    ...['return-from-leave', 'promote', 'separate'],
  ];

  const LISTS = [
    ...(['/applications', '/postings', '/substitute-requests'] as const).map((path) => ['recruitment', path] as const),
    ...(['/sessions', '/assignments'] as const).map((path) => ['training', path] as const),
    ...(['/leave-requests', '/childcare-leaves', '/childcare-births'] as const).map(
      (path) => ['wellbeing', path] as const,
    ),
    ['placement', '/staff'] as const,
    ['evaluation', '/sheets'] as const,
  ];
  const applied = () => city.get<Application>('recruiter', 'recruitment', `/applications/${applicationId}`);

  type Career = Readonly<{ actions: readonly { kind: string; effectiveOn: string }[] }>;
  const career = () => city.get<Career>('hr', 'placement', `/staff/${staffId}/history`);
  const posting = async () => (await city.get<{ posting: object }>('person', 'placement', `/staff/${staffId}`)).posting;

  type TrainingRecord = Readonly<{ assignments: readonly object[]; completions: readonly object[] }>;
  const record = () => city.get<TrainingRecord>('person', 'training', `/staff/${staffId}/record`);

  type Session = Readonly<{ participants: readonly { place: string }[] }>;
  const sessionView = () => city.get<Session>('training-officer', 'training', `/sessions/${sessionId}`);

  const ownSheets = (kind: string) =>
    city.get<Items<{ sheetId: string }>>('person', 'evaluation', `/own-sheets?kind=${kind}`);
  type Sheet = Readonly<{ form: readonly { code: string; max: number }[] }>;
  const sheetAs = (account: string) => city.get<Sheet>(account, 'evaluation', `/sheets/${sheetId}`);

  const request = async (ask: object) => (await city.post('person', 'wellbeing', `/leave/${staffId}/requests`, ask)).id;
  const decide = (name: string) =>
    city.post('kacho', 'wellbeing', `/leave/${staffId}/requests/${leave[name]}/approval`);
  const statuses = (...names: readonly string[]) =>
    Promise.all(
      names.map(async (name) => {
        const path = `/leave/${staffId}/requests/${leave[name]}`;
        return (await city.get<{ status: string }>('hr', 'wellbeing', path)).status;
      }),
    );
  const book = (on: string) => city.get('hr', 'wellbeing', `/leave/${staffId}?on=${on}`);

  const childcare = async () => {
    const { cases } = await city.get<{ cases: object[] }>('person', 'wellbeing', `/childcare/${staffId}`);
    return cases[0];
  };
  const substitutes = () => city.get('recruiter', 'recruitment', '/substitute-requests');

  /** The total of a metric: `numerator/denominator = value`, or how many. */
  const total = async (subject: Subject, metric: string, year: number, asOf: string) => {
    const [{ numerator, denominator, value }] = await city.figures(subject, metric, year, asOf);
    return denominator === null ? String(value) : `${numerator}/${denominator} = ${value}`;
  };
});
