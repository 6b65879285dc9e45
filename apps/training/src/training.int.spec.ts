import { appointed, done, taken } from './training.fixture.js';
import { codeOf, items, TrainingService } from './training-service.fixture.js';

const training = new TrainingService();

beforeAll(() => training.start('training'));

afterAll(() => training.stop());

describe('what placement tells', () => {
  const newcomer = appointed('n-1', '2027-04-01');

  it('asks a new member of staff for the courses of the rules, before anything is completed', async () => {
    const event = await training.happens(newcomer);
    expect(await training.assignmentsOf('n-1')).toEqual([
      ['new-hire', 'appointed', '2027-06-30', 'on-track'],
      ['harassment', 'appointed', '2027-09-30', 'on-track'],
      ['digital-general', 'appointed', '2028-03-31', 'on-track'],
    ]);
    expect((await training.events('n-1'))[0]).toMatchObject({
      type: 'AssignmentMade',
      data: { rule: { id: 'new-hire', system: 'T3', version: '1970-04-01' }, actionId: 'n-1/appointment' },
      metadata: { actor: 'process:on-personnel-action-taken', causationId: event.id, correlationId: 'c-1' },
    });
  });

  // peers.md, edge case 11: done once, however often it is delivered
  it('is followed once (11)', async () => {
    const event = await training.happens(appointed('n-2', '2027-10-01'));
    await training.again(event);
    expect(await training.events('n-2')).toHaveLength(3);
  });

  it('defines the courses of the pack when they are first used', async () => {
    await training.settled();
    const courses = await items((await training.users.as('staff', 's-1')).get('courses?kind=new-hire'));
    expect(courses.map(({ course }) => course)).toEqual(['new-hire', 'new-hire-mid-year']);
  });

  it('of before the day this system took over asks nothing: it comes in files', async () => {
    await training.happens(appointed('n-3', '2026-11-20'));
    await training.happens(taken('n-3', { actionId: 'n-3/gone', kind: 'separate', effectiveOn: '2026-11-20' }));
    expect(await training.events('n-3')).toEqual([]);
  });

  it('of a promotion asks for the course of the grade', async () => {
    await training.happens(appointed('n-4', '2020-04-01'));
    await training.happens(
      taken('n-4', {
        actionId: 'n-4/promotion',
        kind: 'promote',
        effectiveOn: '2027-04-01',
        grade: '5',
        post: { unitId: 'section', position: 'kakaricho' },
      }),
    );
    expect(await training.assignmentsOf('n-4')).toEqual([['chief', 'promoted', '2027-09-30', 'on-track']]);
  });

  it('of a leave excuses, of the return asks again, and of both voided takes it back', async () => {
    await training.happens(
      taken('n-1', {
        actionId: 'n-1/leave',
        kind: 'start-leave-of-absence',
        effectiveOn: '2027-04-02',
        leaveKind: 'childcare',
      }),
    );
    expect((await training.assignmentsOf('n-1')).map(([, , , state]) => state)).toEqual([
      'excused',
      'excused',
      'excused',
    ]);
    await training.happens(
      taken('n-1', { actionId: 'n-1/return', kind: 'return-from-leave', effectiveOn: '2027-08-01' }),
    );
    expect((await training.assignmentsOf('n-1')).map(([course, , dueOn]) => [course, dueOn])).toEqual([
      ['new-hire', '2027-10-31'],
      ['harassment', '2027-10-31'],
      ['digital-general', '2028-03-31'],
    ]);
    await training.voided('n-1', 'n-1/return');
    await training.voided('n-1', 'n-1/leave');
    expect((await training.assignmentsOf('n-1')).map(([, , , state]) => state)).toEqual([
      'on-track',
      'on-track',
      'on-track',
    ]);
  });

  it('of a leave and its return excuses on the days between, also what is asked later', async () => {
    await training.happens(appointed('n-9', '2020-04-01'));
    const leave = { kind: 'start-leave-of-absence', effectiveOn: '2027-04-02', leaveKind: 'childcare' } as const;
    await training.happens(taken('n-9', { actionId: 'n-9/leave', ...leave }));
    const back = { kind: 'return-from-leave', effectiveOn: '2027-06-01' } as const;
    await training.happens(taken('n-9', { actionId: 'n-9/return', ...back }));
    const officer = await training.users.as('training-officer');
    const { position } = await done(officer.post('staff/n-9/assignments', { course: 'senior', dueOn: '2027-06-30' }));
    const expected = { course: 'senior', dueOn: '2027-08-31', state: 'excused' };
    expect((await training.record('n-9')).assignments).toEqual([
      expect.objectContaining({ ...expected, excused: 'on-leave' }),
    ]);
    const listed = () => items(officer.get(`assignments?staffId=n-9&after=${position}`));
    expect(await listed()).toEqual([expect.objectContaining(expected)]);
    const again = officer.post('staff/n-9/assignments', { course: 'senior', dueOn: '2027-12-31' });
    expect(await codeOf(again)).toBe('assignment.already-open');
    await training.voided('n-9', 'n-9/leave');
    await training.voided('n-9', 'n-9/return');
    expect(await training.assignmentsOf('n-9')).toEqual([['senior', 'ordered', '2027-06-30', 'on-track']]);
    await training.settled();
    expect(await listed()).toEqual([expect.objectContaining({ dueOn: '2027-06-30', state: 'on-track' })]);
  });

  it('of a separation excuses everything from the day after the last', async () => {
    await training.happens(taken('n-2', { actionId: 'n-2/gone', kind: 'separate', effectiveOn: '2027-12-31' }));
    expect((await training.events('n-2')).at(-1)).toMatchObject({
      type: 'AssignmentExcused',
      data: { because: 'separated', from: '2028-01-01' },
    });
    // Until then it is asked for: the last day lies ahead.
    expect((await training.assignmentsOf('n-2')).map(([, , , state]) => state)).not.toContain('excused');
  });

  it('of one of two promotions that ask the same is asked by the other when the first is voided', async () => {
    await training.happens(appointed('n-8', '2020-04-01'));
    const promoted = (actionId: string, effectiveOn: string) =>
      taken('n-8', {
        actionId: `n-8/${actionId}`,
        kind: 'promote',
        effectiveOn,
        grade: '5',
        post: { unitId: 'section', position: 'kakaricho' },
      });
    await training.happens(promoted('first', '2027-04-01'));
    await training.happens(promoted('second', '2027-07-01'));
    expect(await training.assignmentsOf('n-8')).toEqual([['chief', 'promoted', '2027-09-30', 'on-track']]);
    await training.voided('n-8', 'n-8/first');
    expect((await training.assignmentsOf('n-8')).at(-1)).toEqual(['chief', 'promoted', '2027-12-31', 'on-track']);
    await training.voided('n-8', 'n-8/second');
    expect((await training.assignmentsOf('n-8')).map(([, , , state]) => state)).toEqual(['excused', 'excused']);
  });

  it('of an appointment that was never true takes its courses back', async () => {
    await training.happens(appointed('n-6', '2027-04-01'));
    await training.voided('n-6', 'n-6/appointment');
    expect((await training.record('n-6')).assignments.map(({ excused }) => excused)).toEqual(
      Array.from({ length: 3 }, () => 'action-voided'),
    );
  });
});

describe('a session', () => {
  let sessionId: string;

  it('is planned, fills, and moves who waits up', async () => {
    const officer = await training.users.as('training-officer');
    const body = { course: 'harassment', heldOn: '2027-04-20', capacity: 2 };
    ({ id: sessionId } = await done(officer.post('sessions', body, 'session-1')));
    expect((await officer.post('sessions', body, 'session-1')).body).toMatchObject({ id: sessionId, repeated: true });
    expect(await codeOf(officer.post('sessions', { ...body, course: 'sailing' }))).toBe('course.unknown');
    expect(await codeOf(officer.post('sessions', { ...body, heldOn: '2027-04-04' }))).toBe('session.in-past');
    await done((await training.users.as('staff', 's-1')).post(`sessions/${sessionId}/enrolments`));
    await done((await training.users.as('staff', 's-2')).post(`sessions/${sessionId}/enrolments`));
    await done(officer.post(`sessions/${sessionId}/enrolments`, { staffId: 'n-1' }));
    expect(await codeOf((await training.users.as('staff', 's-1')).post(`sessions/${sessionId}/enrolments`))).toBe(
      'session.already-enrolled',
    );
    const { position } = await done(
      (await training.users.as('staff', 's-2')).post(`sessions/${sessionId}/withdrawals`),
    );
    expect((await officer.get(`sessions/${sessionId}`)).body.participants).toEqual([
      { staffId: 's-1', place: 'seat' },
      { staffId: 'n-1', place: 'seat' },
    ]);
    expect(await items(officer.get(`sessions?course=harassment&after=${position}`))).toEqual([
      expect.objectContaining({ sessionId, seats: 2, waiting: 0, present: 0, status: 'planned' }),
    ]);
  });

  // peers.md, edge case 17: no route lets anybody act for or look at somebody else
  it('is entered for oneself only (17)', async () => {
    const staff = await training.users.as('staff', 's-3');
    expect((await staff.post(`sessions/${sessionId}/enrolments`, { staffId: 's-4' })).status).toBe(403);
    expect((await staff.post(`sessions/${sessionId}/withdrawals`, { staffId: 's-1' })).status).toBe(403);
    expect((await staff.post(`sessions/${sessionId}/holding`)).status).toBe(403);
    expect((await staff.get(`sessions/${sessionId}`)).status).toBe(403);
    const elsewhere = await training.users.as('training-officer', undefined, '142034');
    expect((await elsewhere.get(`sessions/${sessionId}`)).status).toBe(404);
  });

  it('is entered by people in service', async () =>
    expect(
      await codeOf((await training.users.as('hr')).post(`sessions/${sessionId}/enrolments`, { staffId: 'nobody' })),
    ).toBe('staff.not-in-service'));

  it('is held: who came has completed the course, asked or not', async () => {
    const officer = await training.users.as('training-officer');
    const attendance = (...entries: object[]) => officer.post(`sessions/${sessionId}/attendance`, { entries });
    expect(await codeOf(attendance({ staffId: 'n-1', attended: true }))).toBe('session.not-yet');
    training.clock.at = '2027-04-20T06:00:00Z';
    const present = ['n-1', 's-1', 's-4'].map((staffId) => ({ staffId, attended: true }));
    expect(await codeOf(attendance(...present))).toBe('session.above-capacity');
    expect((await officer.get(`sessions/${sessionId}`)).body.participants).toHaveLength(2);
    await done(attendance({ staffId: 'n-1', attended: true, minutes: 100 }, { staffId: 's-4', attended: true }));
    await done(officer.post(`sessions/${sessionId}/holding`, {}, 'holding-1'));
    expect((await officer.post(`sessions/${sessionId}/holding`, {}, 'holding-1')).body.repeated).toBe(true);
    expect(await codeOf(officer.post(`sessions/${sessionId}/holding`))).toBe('session.already-held');
    expect((await officer.get(`sessions/${sessionId}`)).body.participants).toEqual([
      { staffId: 's-1', place: 'seat', attended: false, minutes: 0 },
      { staffId: 'n-1', place: 'seat', attended: true, minutes: 100 },
      { staffId: 's-4', place: 'walk-in', attended: true, minutes: 120 },
    ]);
    expect(await training.assignmentsOf('n-1')).toContainEqual(['harassment', 'appointed', '2027-09-30', 'done']);
    expect((await training.record('s-4')).completions).toEqual([
      {
        completionId: expect.any(String),
        course: 'harassment',
        completedOn: '2027-04-20',
        minutes: 120,
        validThrough: '2028-04-19',
        sessionId,
        voided: false,
      },
    ]);
  });
});

describe('a session and those who leave or were recorded wrongly', () => {
  // peers.md, edge case 23: departure
  it('gives the seat of who leaves before it to who waits (23)', async () => {
    const officer = await training.users.as('training-officer');
    const session = { course: 'digital-general', heldOn: '2027-06-10', capacity: 1 };
    const { id } = await done(officer.post('sessions', session));
    await training.happens(appointed('n-7', '2027-04-01'));
    await done(officer.post(`sessions/${id}/enrolments`, { staffId: 'n-7' }));
    await done(officer.post(`sessions/${id}/enrolments`, { staffId: 's-2' }));
    await training.settled();
    await training.happens(taken('n-7', { actionId: 'n-7/gone', kind: 'separate', effectiveOn: '2027-05-31' }));
    expect((await officer.get(`sessions/${id}`)).body.participants).toEqual([{ staffId: 's-2', place: 'seat' }]);
  });

  it('is corrected after it was held, and with it the completions', async () => {
    const officer = await training.users.as('training-officer');
    await training.settled();
    const [{ sessionId }] = await items(officer.get('sessions?course=harassment&status=held'));
    const correct = (attended: boolean) =>
      done(officer.post(`sessions/${String(sessionId)}/attendance`, { entries: [{ staffId: 's-4', attended }] }));
    const voided = async () => (await training.record('s-4')).completions.map((one) => one.voided);
    await correct(false);
    expect(await voided()).toEqual([true]);
    await correct(true);
    expect(await voided()).toEqual([true, false]);
    await correct(true);
    expect(await voided()).toEqual([true, false]);
  });
});

describe('by hand', () => {
  it('is ordered, completed, voided and excused', async () => {
    const officer = await training.users.as('training-officer');
    const order = { course: 'digital-general', dueOn: '2027-05-31' };
    const { id } = await done(officer.post('staff/s-1/assignments', order));
    expect(await codeOf(officer.post('staff/s-1/assignments', order))).toBe('assignment.already-open');
    const completion = { course: 'digital-general', completedOn: '2027-04-20' };
    const completed = await done(officer.post('staff/s-1/completions', completion));
    expect(await codeOf(officer.post('staff/s-1/completions', completion))).toBe('completion.already-recorded');
    expect(await training.assignmentsOf('s-1')).toEqual([['digital-general', 'ordered', '2027-05-31', 'done']]);
    await done(officer.post(`staff/s-1/completions/${completed.id}/voiding`));
    expect(await training.assignmentsOf('s-1')).toEqual([['digital-general', 'ordered', '2027-05-31', 'on-track']]);
    await done(officer.post(`staff/s-1/assignments/${id}/excuse`, { reason: 'equivalent' }));
    expect(await codeOf(officer.post(`staff/s-1/assignments/${id}/excuse`, { reason: 'other' }))).toBe(
      'assignment.already-excused',
    );
    expect((await officer.post(`staff/s-1/assignments/${id}/excuse`, { reason: '病気' })).status).toBe(400);
    await done(officer.post(`staff/s-1/assignments/${id}/reopening`, { dueOn: '2027-05-10' }));
    expect(await training.assignmentsOf('s-1')).toEqual([
      ['digital-general', 'ordered', '2027-05-10', 'due-within-30'],
    ]);
    expect((await officer.post(`staff/s-1/completions/c-9/voiding`)).status).toBe(404);
  });

  // peers.md, edge case 13: self-approval
  it('is not excused or completed by the person (13)', async () => {
    const officer = await training.users.as('training-officer', 's-1');
    const { id } = await done(officer.post('staff/s-1/assignments', { course: 'senior', dueOn: '2027-12-31' }));
    const excuse = officer.post(`staff/s-1/assignments/${id}/excuse`, { reason: 'other' });
    expect(await codeOf(excuse)).toBe('record.own');
    const completion = officer.post('staff/s-1/completions', { course: 'senior', completedOn: '2027-04-20' });
    expect(await codeOf(completion)).toBe('record.own');
  });

  // docs/adr/0012: an id of nobody and one of another city's are the same
  it('is for people of the city', async () => {
    const order = { course: 'digital-general', dueOn: '2027-05-31' };
    const completion = { course: 'digital-general', completedOn: '2027-04-20' };
    const answers = async (municipality: string | undefined, staffId: string) => {
      const officer = await training.users.as('training-officer', undefined, municipality);
      const given = await Promise.all([
        officer.get(`staff/${staffId}/record`),
        officer.post(`staff/${staffId}/assignments`, order),
        officer.post(`staff/${staffId}/completions`, completion),
      ]);
      return given.map(({ status, body: { code } }) => [status, code]);
    };
    const nobody = Array.from({ length: 3 }, () => [404, 'staff.not-found']);
    expect(await answers(undefined, 'nobody')).toEqual(nobody);
    expect(await answers('142034', 's-1')).toEqual(nobody);
    const gone = [409, 'staff.not-in-service'];
    await training.known(appointed('n-10', '2027-10-01'));
    expect(await answers(undefined, 'n-10')).toEqual([[200, undefined], gone, gone]);
  });

  it('needs somebody who runs training', async () => {
    const staff = await training.users.as('staff', 's-1');
    for (const path of ['assignments', 'completions', 'assignments/a-1/excuse', 'completions/c-1/voiding']) {
      expect((await staff.post(`staff/s-1/${path}`)).status).toBe(403);
    }
  });
});

describe('who sees what', () => {
  beforeAll(async () => {
    await done(
      (await training.users.as('hr')).post('staff/s-5/assignments', { course: 'senior', dueOn: '2027-05-31' }),
    );
    await training.settled();
  });
  const staffIds = async (role: 'staff' | 'manager' | 'hr', staffId: string | undefined, query = '') => {
    const found = await items((await training.users.as(role, staffId)).get(`assignments?limit=100&${query}`));
    return [...new Set(found.map((row) => String(row.staffId)))].toSorted((a, b) => a.localeCompare(b));
  };

  it('is everybody to those who run training, the units below to a manager, oneself to staff', async () => {
    expect(await staffIds('hr', undefined)).toEqual(expect.arrayContaining(['n-1', 's-1', 's-5']));
    expect(await staffIds('manager', 'head')).toEqual(expect.arrayContaining(['n-1', 's-1']));
    expect(await staffIds('manager', 'head')).not.toContain('s-5');
    expect(await staffIds('manager', 's-5')).toEqual(['s-5']);
    expect(await staffIds('staff', 's-1')).toEqual(['s-1']);
    expect(await staffIds('staff', 's-1', 'staffId=s-5')).toEqual([]);
  });

  // peers.md, edge case 17: one route checks whose record it is, its siblings do too
  it('holds for a single record as well (17)', async () => {
    const statusOf = async (role: 'staff' | 'manager', as: string, of: string) =>
      (await (await training.users.as(role, as)).get(`staff/${of}/record`)).status;
    expect(await statusOf('staff', 's-1', 's-1')).toBe(200);
    expect(await statusOf('staff', 's-1', 's-5')).toBe(404);
    expect(await statusOf('manager', 'head', 's-1')).toBe(200);
    expect(await statusOf('manager', 'head', 's-5')).toBe(404);
  });

  it('is found by state, course and unit', async () => {
    const open = await items((await training.users.as('hr')).get('assignments?state=open&unitId=other'));
    expect(open.map(({ staffId, course, state }) => [staffId, course, state])).toEqual([['s-5', 'senior', 'on-track']]);
    const soon = await items((await training.users.as('hr')).get('assignments?state=due-within-30'));
    expect(soon.map(({ staffId }) => staffId)).toEqual(['s-1']);
    training.clock.at = '2027-05-11T00:00:00Z';
    const late = await items((await training.users.as('manager', 'head')).get('assignments?state=overdue'));
    expect(late.map(({ staffId, course }) => [staffId, course])).toEqual([['s-1', 'digital-general']]);
    const finished = await items((await training.users.as('hr')).get('assignments?state=done&course=harassment'));
    expect(finished.map(({ staffId, completedOn }) => [staffId, completedOn])).toEqual([['n-1', '2027-04-20']]);
  });
});

describe('the plan of a year', () => {
  it('is drafted, approved by somebody else, and compared with what was done', async () => {
    const officer = await training.users.as('training-officer');
    const hr = await training.users.as('hr');
    const lines = [{ course: 'harassment', sessions: 2, minutes: 240 }];
    expect(await codeOf(officer.post('plans/2027', { lines: [{ ...lines[0], course: 'sailing' }] }))).toBe(
      'course.unknown',
    );
    expect((await officer.get('plans/2027')).status).toBe(404);
    await done(officer.post('plans/2027', { lines }));
    expect((await officer.post('plans/2027/approval')).status).toBe(403);
    await done(hr.post('plans/2027/approval'));
    expect((await officer.get('plans/2027')).body).toMatchObject({ approved: lines, submitted: false });
    await training.settled();
    const coverage = await items(officer.get('plans/2027/coverage'));
    expect(coverage.find(({ course }) => course === 'harassment')).toEqual({
      course: 'harassment',
      plannedSessions: 2,
      plannedMinutes: 240,
      sessions: 1,
      heldSessions: 1,
      required: 1, // n-1; n-2's is due the year after, n-6's was never true
      completed: 1,
      overdue: 0,
      unassigned: 1,
    });
  });
});

describe('a completion that ends', () => {
  const harassment = async (staffId: string) =>
    (await training.record(staffId)).assignments.filter(({ course }) => course === 'harassment');
  // peers.md, edge case 11: a day that was missed is made up for, once
  it('is asked for again exactly once, over restarts and missed days (11)', async () => {
    await training.settled();
    await training.known(
      taken('s-4', {
        actionId: 's-4/leave',
        kind: 'start-leave-of-absence',
        effectiveOn: '2028-01-01',
        leaveKind: 'other',
      }),
    );
    await training.restartAt('2028-03-19T14:59:00Z'); // one minute before the renewal is due, in Japan
    expect(await harassment('n-1')).toHaveLength(1);
    await training.restartAt('2028-03-25T00:00:00Z'); // the day itself was missed
    const [, renewed] = await harassment('n-1');
    expect(renewed).toMatchObject({ because: 'renewed', assignedOn: '2028-03-20', dueOn: '2028-04-19' });
    // Asked or not the first time, and away now: it waits for the return.
    expect(await harassment('s-4')).toEqual([
      expect.objectContaining({ because: 'renewed', state: 'excused', excused: 'on-leave' }),
    ]);
    await training.restartAt(training.clock.at);
    expect(await harassment('n-1')).toHaveLength(2);
    expect(await harassment('s-4')).toHaveLength(1);
  });
});
