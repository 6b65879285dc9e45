import { checkGolden } from '#libs/event-store/golden';
import { cycle, type CycleEvent } from './cycle.js';
import {
  confirmed,
  first,
  goalsSet,
  held,
  ids,
  agreed,
  opened,
  recorded,
  scores,
  step,
  today,
} from './sheet.fixture.js';
import { sheet } from './sheet.js';
import type { SheetEvent } from './sheet-state.js';

const period = { from: '2026-12-01', until: '2027-08-31', appointedOn: '2026-12-01', dueOn: '2027-08-17' };

const sheets: SheetEvent[] = [
  opened,
  step('goals', 'm-1'),
  {
    type: 'EvaluatorReplaced',
    data: { ...ids, step: 'goals', evaluator: 'm-2', replaces: 'm-1', reason: '評価者の退職', replacedBy: 'hr-1' },
  },
  goalsSet,
  agreed,
  recorded('start'),
  held('start'),
  first,
  {
    type: 'SecondEvaluated',
    data: { ...ids, evaluator: 'd-1', scores: scores(2, 3), comment: '課題あり', reason: '他課との比較' },
  },
  {
    ...confirmed,
    data: { ...confirmed.data, outcome: 'extended', extendedThrough: '2027-08-31', reason: '経過観察' },
  } as SheetEvent,
  { type: 'SheetDisclosed', data: { ...ids, disclosedOn: today } },
  { type: 'SheetDueMoved', data: { ...ids, ...period } },
  { type: 'SheetOverdue', data: { ...ids, dueOn: '2027-05-17' } },
  { type: 'SheetClosed', data: { ...ids, because: 'separated' } },
  { type: 'SheetReopened', data: { ...ids, ...period } },
];

const beside = (name: string): URL => new URL(`./${name}.golden/`, import.meta.url);

describe('stored events stay readable', () => {
  it('of sheets', () => expect(checkGolden(sheet, beside('sheet'), sheets)).toEqual([]));
  it('of cycles', () => {
    const opened = {
      type: 'CycleOpened',
      data: { fiscalYear: 2026, on: '2026-04-01', dueOn: '2027-02-28', sheets: 3 },
    };
    expect(checkGolden(cycle, beside('cycle'), [opened as CycleEvent])).toEqual([]);
  });
});
