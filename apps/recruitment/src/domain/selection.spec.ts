import { deciderSpec } from '#libs/testing/decider-spec';
import { application } from './application.js';
import type { Application, ApplicationEvent } from './application-state.js';
import { visibleSheets } from './selection.js';

const { given } = deciderSpec(application);
const nothing: ApplicationEvent[] = [];
const ids = { applicationId: 'a-1', postingId: 'p-1' };
const sheet = [
  { item: 'attitude', title: '姿勢', max: 5 },
  { item: 'expression', title: '表現', max: 3 },
];
const flow = {
  id: 'standard',
  version: 1,
  stages: [
    { id: 'aptitude', title: '適性検査', kind: 'test', assessors: 0, sheet: [] },
    { id: 'interview', title: '面接', kind: 'interview', assessors: 2, sheet },
  ],
  offerDeadlineDays: 14,
};
const received = {
  type: 'ApplicationReceived',
  data: {
    ...ids,
    jobCategory: 'general',
    route: 'new-graduate',
    fiscalYear: 2027,
    flow,
    receivedOn: '2026-05-31',
    sex: '1',
    staffId: 's-9',
    familyName: '架空',
    givenName: '太郎',
    familyNameKana: 'カクウ',
    givenNameKana: 'タロウ',
    birthDate: '2001-01-01',
    address: '',
  },
} as const;
const decided = (stage: string, outcome: 'passed' | 'failed' | 'absent' = 'passed'): ApplicationEvent => ({
  type: 'StageDecided',
  data: { ...ids, stage, outcome },
});
const assigned = (...assessors: string[]): ApplicationEvent => ({
  type: 'AssessorsAssigned',
  data: { ...ids, stage: 'interview', assessors },
});
const scores = [
  { item: 'attitude', points: 5 },
  { item: 'expression', points: 0 },
];
const sent = (assessor: string): ApplicationEvent => ({
  type: 'SheetSent',
  data: { ...ids, stage: 'interview', assessor, scores },
});
const related = (assessor: string): ApplicationEvent => ({ type: 'RelativeDeclared', data: { ...ids, assessor } });
const ready = [received, decided('aptitude'), assigned('s-1', 's-2')];

const inPost = ['s-1', 's-2', 's-3', 's-9'];

describe('assessors', () => {
  const assign = (...assessors: string[]) =>
    ({ type: 'AssignAssessors', stage: 'interview', assessors, inPost }) as const;
  const started = [received, decided('aptitude')];

  it('are assigned to the current stage', () =>
    given(...started)
      .when(assign('s-1', 's-2'))
      .then(assigned('s-1', 's-2')));
  it('are as many as the flow asks', () =>
    given(...started)
      .when(assign('s-1'))
      .rejects('stage.too-few-assessors'));
  it('are different persons', () =>
    given(...started)
      .when(assign('s-1', 's-1'))
      .rejects('assessor.twice'));
  it('are not assigned to a later stage', () =>
    given(received).when(assign('s-1', 's-2')).rejects('stage.not-current'));
  it('are not assigned to a stage that is not in the flow', () =>
    given(...started)
      .when({ type: 'AssignAssessors', stage: 'picnic', assessors: ['s-1'], inPost })
      .rejects('stage.unknown'));
  it('are in post', () =>
    given(...started)
      .when(assign('s-1', 's-7'))
      .rejects('assessor.not-in-post'));
  it('are never the applicant', () =>
    given(...started)
      .when(assign('s-1', 's-9'))
      .rejects('assessor.is-applicant'));
  it('are never a declared relative', () =>
    given(...started, related('s-2'))
      .when(assign('s-1', 's-2'))
      .rejects('assessor.is-relative'));
  it('can be replaced unless they have sent their sheet', () => {
    given(...ready, sent('s-1'))
      .when(assign('s-1', 's-3'))
      .then(assigned('s-1', 's-3'));
    given(...ready, sent('s-1'))
      .when(assign('s-2', 's-3'))
      .rejects('assessor.already-sent');
  });
  it('are not assigned once the selection is over', () =>
    given(...ready, decided('interview', 'absent'))
      .when(assign('s-1', 's-2'))
      .rejects('application.not-in-selection'));
});

describe('who decides', () => {
  const assign = (by: string) =>
    ({ type: 'AssignAssessors', stage: 'interview', assessors: ['s-1', 's-2'], inPost, by }) as const;
  const decide = (by: string) => ({ type: 'DecideStage', stage: 'interview', outcome: 'absent', by }) as const;
  const offer = (by: string) => ({ type: 'MakeOffer', today: '2026-08-01', by }) as const;

  it.each(['s-9', 's-8'])('is neither the applicant nor a relative: %s', (by) => {
    const history = [...ready, related('s-8')];
    for (const command of [assign(by), decide(by), offer(by)])
      given(...history)
        .when(command)
        .rejects('application.not-impartial');
  });
  it('is anybody else', () =>
    given(...ready)
      .when(decide('s-7'))
      .then(decided('interview', 'absent')));
});

describe('relatives', () => {
  it('are declared once', () => {
    given(...ready)
      .when({ type: 'DeclareRelative', assessor: 's-1' })
      .then(related('s-1'));
    given(...ready, related('s-1'))
      .when({ type: 'DeclareRelative', assessor: 's-1' })
      .then(...nothing);
  });
  it('leave their place, and their sheet counts no more', () => {
    given(...ready, sent('s-1'), sent('s-2'), related('s-1'))
      .when({ type: 'DecideStage', stage: 'interview', outcome: 'passed' })
      .rejects('stage.too-few-assessors');
    given(...ready, sent('s-1'), sent('s-2'), related('s-1'), assigned('s-2', 's-3'))
      .when({ type: 'DecideStage', stage: 'interview', outcome: 'passed' })
      .rejects('stage.sheets-missing');
  });
});

describe('sheets', () => {
  const send = (assessor: string, over: object = {}) =>
    ({ type: 'SendSheet', stage: 'interview', assessor, scores, ...over }) as const;

  it('are sent by each assessor', () =>
    given(...ready, sent('s-1'))
      .when(send('s-2'))
      .then(sent('s-2')));
  it('keep a comment', () =>
    given(...ready)
      .when(send('s-1', { comment: '落ち着いている' }))
      .then({ ...sent('s-1'), data: { ...sent('s-1').data, comment: '落ち着いている' } } as ApplicationEvent));
  it('are sent once', () =>
    given(...ready, sent('s-1'))
      .when(send('s-1'))
      .rejects('sheet.already-sent'));
  it('are sent by assigned assessors only', () =>
    given(...ready)
      .when(send('s-3'))
      .rejects('assessor.not-assigned'));
  it('are not sent by a relative', () =>
    given(...ready, related('s-1'))
      .when(send('s-1'))
      .rejects('assessor.is-relative'));
  it('score every item', () =>
    given(...ready)
      .when(send('s-1', { scores: scores.slice(1) }))
      .rejects('sheet.items-differ'));
  it('score no item twice', () =>
    given(...ready)
      .when(send('s-1', { scores: [scores[0], scores[0]] }))
      .rejects('sheet.items-differ'));
  it.each([-1, 6])('refuse %d points of 5', (points) =>
    given(...ready)
      .when(send('s-1', { scores: [{ item: 'attitude', points }, scores[1]] }))
      .rejects('sheet.points-out-of-range'),
  );
  it('come too late once the stage is decided', () =>
    given(...ready, sent('s-1'), sent('s-2'), assigned('s-1', 's-2', 's-3'), decided('interview'))
      .when(send('s-3'))
      .rejects('application.not-in-selection'));
});

describe('stage', () => {
  const decide = (stage: string, outcome: 'passed' | 'failed' | 'absent') =>
    ({ type: 'DecideStage', stage, outcome }) as const;

  it('without assessors is decided at once', () =>
    given(received).when(decide('aptitude', 'passed')).then(decided('aptitude')));
  it('is decided when all assigned sheets are in', () =>
    given(...ready, sent('s-1'), sent('s-2'))
      .when(decide('interview', 'failed'))
      .then(decided('interview', 'failed')));
  it('waits for every assigned sheet', () =>
    given(...ready, sent('s-1'))
      .when(decide('interview', 'passed'))
      .rejects('stage.sheets-missing'));
  it('waits for assessors', () =>
    given(received, decided('aptitude')).when(decide('interview', 'passed')).rejects('stage.too-few-assessors'));
  it('needs no sheet for somebody absent', () =>
    given(...ready)
      .when(decide('interview', 'absent'))
      .then(decided('interview', 'absent')));
  it('is decided in order', () => given(received).when(decide('interview', 'passed')).rejects('stage.not-current'));
  it('is decided once', () =>
    given(...ready)
      .when(decide('aptitude', 'failed'))
      .rejects('stage.not-current'));
});

describe('what is seen of the sheets', () => {
  const state = (...history: ApplicationEvent[]) =>
    history.reduce(application.evolve, application.initial) as Application;
  const seen = (staffId: string | undefined, oversees: boolean, ...history: ApplicationEvent[]) =>
    visibleSheets(state(...ready, ...history), 'interview', { staffId, oversees }).map(({ assessor }) => assessor);

  it('is nothing for an assessor who has not sent', () => expect(seen('s-2', false, sent('s-1'))).toEqual([]));
  it('is all for one who has', () => expect(seen('s-2', false, sent('s-1'), sent('s-2'))).toEqual(['s-1', 's-2']));
  it('is all for the recruiting section', () => expect(seen(undefined, true, sent('s-1'))).toEqual(['s-1']));
  it('is nothing for a recruiter who is assessor and has not sent', () =>
    expect(seen('s-2', true, sent('s-1'))).toEqual([]));
  it('is nothing for others', () => expect(seen('s-3', false, sent('s-1'))).toEqual([]));
  it('is nothing for a relative, nor for the applicant, in whatever role', () => {
    expect(seen('s-2', true, sent('s-1'), related('s-2'))).toEqual([]);
    expect(seen('s-9', true, sent('s-1'))).toEqual([]);
  });
});
