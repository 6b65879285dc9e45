import { deciderSpec } from '#libs/testing/decider-spec';
import { sheet, type SheetCommand } from './sheet.js';
import {
  agreed,
  atEnd,
  atFirst,
  atGoals,
  atSecond,
  atStart,
  confirmed,
  first,
  folded,
  goalsSet,
  held,
  ids,
  judged,
  opened,
  openedWith,
  recorded,
  scores,
  second,
  step,
  today,
} from './sheet.fixture.js';
import { phaseOf, type SheetEvent } from './sheet-state.js';

const { given } = deciderSpec(sheet);
const facts = { inPost: ['m-1', 'm-2', 'd-1'], route: { first: 'm-1', second: 'd-1' }, today };

const setGoals = (by = 's-1'): SheetCommand => ({ type: 'SetGoals', goals: ['窓口の手続を一人で案内する'], by });
const agree = (by = 'm-1', over: object = {}): SheetCommand => ({ type: 'AgreeGoals', by, ...facts, ...over });
const record = (interview: 'start' | 'middle' | 'end', by = 's-1', over: object = {}): SheetCommand => ({
  type: 'RecordInterview',
  interview,
  heldOn: today,
  by,
  ...facts,
  ...over,
});
const confirm = (interview: 'start' | 'middle' | 'end', by = 'm-1', over: object = {}): SheetCommand => ({
  type: 'ConfirmInterview',
  interview,
  by,
  ...facts,
  ...over,
});
const judge = (name: 'first' | 'second', by: string, over: object = {}): SheetCommand => ({
  type: 'Evaluate',
  step: name,
  scores: scores(4, 3),
  by,
  ...facts,
  ...over,
});
const replace = (evaluator?: string, over: object = {}): SheetCommand => ({
  type: 'ReplaceEvaluator',
  evaluator,
  reason: '評価者の退職',
  by: 'hr-1',
  ...facts,
  ...over,
});
const replaced = (name: 'goals' | 'first' | 'second', evaluator: string, replaces?: string): SheetEvent => ({
  type: 'EvaluatorReplaced',
  data: {
    ...ids,
    step: name,
    evaluator,
    ...(replaces && { replaces }),
    reason: '評価者の退職',
    replacedBy: 'hr-1',
  },
});

describe('goals', () => {
  it('are written by the person', () =>
    given(...atGoals)
      .when(setGoals())
      .then(goalsSet));
  it('can be written anew until agreed', () =>
    given(...atGoals, goalsSet)
      .when(setGoals())
      .then(goalsSet));
  it('are written by nobody else', () =>
    given(...atGoals)
      .when(setGoals('m-1'))
      .rejects('goals.not-own'));
  it('wait for the period to begin', () => given(opened).when(setGoals()).rejects('sheet.step-not-open'));
  it('stand once agreed', () =>
    given(...atStart)
      .when(setGoals())
      .rejects('sheet.not-the-turn'));
  it('are agreed by the first evaluator', () =>
    given(...atGoals, goalsSet)
      .when(agree())
      .then(agreed));
  it('cannot be agreed before they are written', () =>
    given(...atGoals)
      .when(agree())
      .rejects('goals.missing'));
  it('are agreed once (peers.md 3)', () =>
    given(...atStart)
      .when(agree())
      .rejects('sheet.not-the-turn'));
  it('are agreed by nobody else', () =>
    given(...atGoals, goalsSet)
      .when(agree('m-2'))
      .rejects('sheet.not-evaluator'));
  it('open the first evaluation at once where the city asks for no interview at the start', () =>
    given(openedWith({ interviews: ['end'] }), step('goals', 'm-1'), goalsSet)
      .when(agree())
      .then(agreed, step('first', 'm-1')));
});

describe('nobody evaluates themselves (peers.md 13)', () => {
  const own: SheetEvent[] = [opened, step('goals', 's-1')];
  it.each([
    ['agreeing to goals', [...own, goalsSet], agree('s-1')],
    ['in the first evaluation', [...atStart, held('start'), step('first', 's-1')], judge('first', 's-1')],
    ['in the second', [...atEnd, held('end'), step('second', 's-1')], judge('second', 's-1')],
    ['as the one HR names', atFirst, replace('s-1', { inPost: ['s-1'] })],
    ['by naming the evaluator', atFirst, replace('m-2', { by: 's-1' })],
    ['by confirming', judged(), { type: 'ConfirmSheet', outcome: 'passed', maxMonths: 12, by: 's-1', today } as const],
    ['by disclosing', [...judged(), confirmed], { type: 'DiscloseSheet', by: 's-1', today } as const],
  ])('%s', (_, history, command) =>
    given(...history)
      .when(command)
      .rejects('sheet.own-evaluation'),
  );
});

describe('an interview', () => {
  it('is recorded by one party', () =>
    given(...atStart)
      .when(record('start'))
      .then(recorded('start')));
  it('is confirmed by the other, which opens the first evaluation', () =>
    given(...atStart, recorded('start'))
      .when(confirm('start'))
      .then(held('start'), step('first', 'm-1')));
  it('can be recorded by the evaluator and confirmed by the person', () =>
    given(...atStart, recorded('start', 'm-1'))
      .when(confirm('start', 's-1'))
      .then(held('start'), step('first', 'm-1')));
  it('is not confirmed by whoever recorded it', () =>
    given(...atStart, recorded('start'))
      .when(confirm('start', 's-1'))
      .rejects('interview.own-record'));
  it('is nobody else’s', () =>
    given(...atStart)
      .when(record('start', 'd-1'))
      .rejects('interview.not-a-party'));
  it('has to be recorded first', () =>
    given(...atStart)
      .when(confirm('start'))
      .rejects('interview.not-recorded'));
  it('is held once', () =>
    given(...atFirst)
      .when(record('start'))
      .rejects('interview.already-held'));
  it('does not lie in the future', () =>
    given(...atStart)
      .when(record('start', 's-1', { heldOn: '2026-12-11' }))
      .rejects('interview.in-future'));
  it('does not lie before the period', () =>
    given(...atStart)
      .when(record('start', 's-1', { heldOn: '2026-11-30' }))
      .rejects('interview.before-period'));
  it('has its time on the way', () =>
    given(...atStart)
      .when(record('end'))
      .rejects('sheet.not-the-turn'));
  it('is not recorded where the city asks for none', () =>
    given(...atFirst)
      .when(record('middle'))
      .rejects('interview.not-required'));
  it('in the middle comes before the first evaluation', () => {
    const asked = [
      openedWith({ interviews: ['middle'] }),
      step('goals', 'm-1'),
      goalsSet,
      agreed,
      step('first', 'm-1'),
    ];
    given(...asked)
      .when(judge('first', 'm-1'))
      .rejects('interview.missing');
    given(...asked, recorded('middle'))
      .when(confirm('middle'))
      .then(held('middle'));
    expect(phaseOf(folded(...asked, held('middle')))).toBe('first');
  });
});

describe('the first evaluation', () => {
  it('is given by its evaluator', () =>
    given(...atFirst)
      .when(judge('first', 'm-1', { comment: '着実' }))
      .then(first));
  it('does not go on without the interview', () =>
    given(...atStart)
      .when(judge('first', 'm-1'))
      .rejects('interview.missing'));
  it('comes after the goals', () =>
    given(...atGoals)
      .when(judge('first', 'm-1'))
      .rejects('sheet.not-the-turn'));
  it('is given once (peers.md 3)', () =>
    given(...atEnd)
      .when(judge('first', 'm-1'))
      .rejects('sheet.already-evaluated'));
  it('is given by nobody else (peers.md 21)', () =>
    given(...atFirst)
      .when(judge('first', 'd-1'))
      .rejects('sheet.not-evaluator'));
  it('is not given by an account that is nobody’s', () =>
    given(...atFirst)
      .when(judge('first', 'm-1', { by: undefined }))
      .rejects('sheet.not-evaluator'));
  it.each([
    ['an item left out', scores(4, 3).slice(1)],
    ['an item twice', [...scores(4, 3), { item: 'knowledge', points: 4 }]],
    ['an item of another form', [{ item: 'leadership', points: 3 }, ...scores(4, 3).slice(1)]],
  ])('takes no %s', (_, given_) =>
    given(...atFirst)
      .when(judge('first', 'm-1', { scores: given_ }))
      .rejects('sheet.items-differ'),
  );
  it.each([scores(6, 3), scores(-1, 3), scores(2.5, 3)])('takes points from 0 to the most', (...given_) =>
    given(...atFirst)
      .when(judge('first', 'm-1', { scores: given_ }))
      .rejects('sheet.points-out-of-range'),
  );
  it('opens the second at once where the city asks for no interview at the end', () =>
    given(openedWith({ interviews: [] }), step('goals', 'm-1'), goalsSet, agreed, step('first', 'm-1'))
      .when(judge('first', 'm-1', { comment: '着実' }))
      .then(first, step('second', 'd-1')));
});

describe('the second evaluation', () => {
  it('opens without an evaluator rather than for the first one or the person (peers.md 13)', () => {
    for (const by of ['m-1', 's-1'])
      given(...atEnd, recorded('end'))
        .when(confirm('end', 'm-1', { route: { first: 'm-1', second: by } }))
        .then(held('end'), step('second'));
  });
  it('opens with the interview at the end, by the posts of that day', () =>
    given(...atEnd, recorded('end'))
      .when(confirm('end'))
      .then(held('end'), step('second', 'd-1')));
  it('does not go on without the interview', () =>
    given(...atEnd)
      .when(judge('second', 'd-1'))
      .rejects('interview.missing'));
  it('may agree', () =>
    given(...atSecond)
      .when(judge('second', 'd-1'))
      .then(second()));
  it('may differ with a reason', () =>
    given(...atSecond)
      .when(judge('second', 'd-1', { scores: scores(2, 3), reason: '他課との比較' }))
      .then({
        type: 'SecondEvaluated',
        data: { ...ids, evaluator: 'd-1', scores: scores(2, 3), reason: '他課との比較' },
      }));
  it('does not differ without one', () =>
    given(...atSecond)
      .when(judge('second', 'd-1', { scores: scores(2, 3) }))
      .rejects('sheet.difference-unexplained'));
  it('is not open to the first evaluator', () =>
    given(...atSecond)
      .when(judge('second', 'm-1'))
      .rejects('sheet.not-evaluator'));
});

describe('the evaluator', () => {
  it('stays frozen: whoever is above now does not evaluate a step opened before (peers.md 20)', () =>
    given(...atFirst)
      .when(judge('first', 'm-2', { route: { first: 'm-2' } }))
      .rejects('sheet.not-evaluator'));

  it.each([
    ['agree', [...atGoals, goalsSet], agree('m-1', { inPost: [] })],
    ['hold the interview', atStart, record('start', 's-1', { inPost: [] })],
    ['evaluate', atFirst, judge('first', 'm-1', { inPost: [] })],
    ['evaluate again', atSecond, judge('second', 'd-1', { inPost: ['m-1'] })],
  ])('who left cannot %s', (_, history, command) =>
    given(...history)
      .when(command)
      .rejects('sheet.evaluator-left'),
  );

  it('is missing where nobody is above', () =>
    given(opened, step('goals'), goalsSet).when(agree()).rejects('sheet.no-evaluator'));

  it('is found anew by the posts of the day', () =>
    given(...atFirst)
      .when(replace(undefined, { route: { first: 'm-2' } }))
      .then(replaced('first', 'm-2', 'm-1')));

  it('is found anew while an interview waits, which is then recorded again', () => {
    given(...atStart, recorded('start'))
      .when(replace('m-2'))
      .then(replaced('goals', 'm-2', 'm-1'));
    given(...atStart, recorded('start'), replaced('goals', 'm-2', 'm-1'))
      .when(confirm('start', 'm-2'))
      .rejects('interview.not-recorded');
  });

  it('is named by HR where nobody is above, and then evaluates', () => {
    given(...atEnd, held('end'), step('second'))
      .when(replace('m-2'))
      .then(replaced('second', 'm-2'));
    given(...atEnd, held('end'), step('second'), replaced('second', 'm-2'))
      .when(judge('second', 'm-2'))
      .then({ type: 'SecondEvaluated', data: { ...ids, evaluator: 'm-2', scores: scores(4, 3) } });
  });

  it('cannot be found by post where nobody is above', () =>
    given(...atFirst)
      .when(replace(undefined, { route: {} }))
      .rejects('sheet.no-evaluator'));
  it('must be in post', () =>
    given(...atFirst)
      .when(replace('x-9'))
      .rejects('sheet.evaluator-not-in-post'));
  it('of the second step is another than of the first', () =>
    given(...atSecond)
      .when(replace('m-1'))
      .rejects('sheet.same-evaluator'));
  it('is not needed for what HR does', () =>
    given(...judged())
      .when(replace('m-2'))
      .rejects('sheet.not-the-turn'));
  it('is not found before the period begins', () => given(opened).when(replace('m-2')).rejects('sheet.step-not-open'));
  it('named again changes nothing', () =>
    given(...atFirst)
      .when(replace('m-1'))
      .then());
});

describe('a sheet with a result', () => {
  it.each([setGoals(), agree(), record('end'), judge('second', 'd-1'), replace('m-2')])(
    'is not written to',
    (command) =>
      given(...judged(), confirmed)
        .when(command)
        .rejects('sheet.not-open'),
  );
});
