import { deciderSpec } from '#libs/testing/decider-spec';
import { sheet, type SheetCommand } from './sheet.js';
import { atSecond, confirmed, form, ids, judged, openedData, today } from './sheet.fixture.js';
import type { Outcome, SheetEvent } from './sheet-state.js';

const { given } = deciderSpec(sheet);

const confirm = (outcome?: Outcome, over: object = {}): SheetCommand => ({
  type: 'ConfirmSheet',
  outcome,
  maxMonths: 12,
  by: 'hr-1',
  today,
  ...over,
});
const result = (over: object): SheetEvent => ({
  type: 'SheetConfirmed',
  data: { ...ids, kind: 'probation', employmentId: 'e-1', confirmedOn: today, confirmedBy: 'hr-1', ...over },
});

describe('the result of a probation', () => {
  it('is passed with enough points', () =>
    given(...judged(3, 3))
      .when(confirm('passed'))
      .then(result({ outcome: 'passed' })));
  it('is not passed with fewer, unless HR says why', () => {
    given(...judged(3, 2))
      .when(confirm('passed'))
      .rejects('result.unexplained');
    given(...judged(3, 2))
      .when(confirm('passed', { reason: '病気からの復帰直後' }))
      .then(result({ outcome: 'passed', reason: '病気からの復帰直後' }));
  });
  it.each(['extended', 'failed'] as const)('is not %s with enough points, unless HR says why', (outcome) =>
    given(...judged(3, 3))
      .when(confirm(outcome))
      .rejects('result.unexplained'),
  );
  it('is failed with too few points', () =>
    given(...judged(1, 1))
      .when(confirm('failed'))
      .then(result({ outcome: 'failed' })));
  it('must be stated', () =>
    given(...judged())
      .when(confirm())
      .rejects('result.outcome-missing'));
  it('comes after both evaluations', () =>
    given(...atSecond)
      .when(confirm('passed'))
      .rejects('sheet.not-the-turn'));
  it('comes once (peers.md 3)', () =>
    given(...judged(), confirmed)
      .when(confirm('passed'))
      .rejects('sheet.not-the-turn'));
});

describe('an extension', () => {
  it('goes on from the last day by the months of the city', () =>
    given(...judged(1, 1))
      .when(confirm('extended'))
      .then(result({ outcome: 'extended', extendedThrough: '2027-08-31' })));
  it('may be of other months', () =>
    given(...judged(1, 1))
      .when(confirm('extended', { months: 6 }))
      .then(result({ outcome: 'extended', extendedThrough: '2027-11-30' })));
  it('ends a year after the appointment at the latest (law.md appt.probation.std)', () =>
    given(...judged(1, 1))
      .when(confirm('extended', { months: 7 }))
      .rejects('result.extension-beyond-limit'));
  it('is not given to an employment that may not be extended so far', () =>
    given(...judged(1, 1))
      .when(confirm('extended', { maxMonths: 8 }))
      .rejects('result.extension-beyond-limit'));
  it('counts its limit from the appointment also when it is itself extended', () => {
    const extended = { ...openedData, from: '2027-06-01', until: '2027-08-31' };
    given({ type: 'SheetOpened', data: extended }, ...judged(1, 1).slice(1))
      .when(confirm('extended', { months: 4 }))
      .rejects('result.extension-beyond-limit');
  });
  it('is too late once the probation is over', () =>
    given(...judged(1, 1))
      .when(confirm('extended', { today: '2027-06-01' }))
      .rejects('result.probation-over'));
  it('is the only outcome with months', () =>
    given(...judged())
      .when(confirm('passed', { months: 3 }))
      .rejects('result.months-without-extension'));
});

describe('the result of a year', () => {
  const { employmentId: _, ...data } = openedData;
  const year: SheetEvent[] = [
    { type: 'SheetOpened', data: { ...data, kind: 'yearly', form: { ...form, passPoints: 6 } } },
    ...judged(1, 1).slice(1),
  ];
  it('has no outcome', () => {
    given(...year)
      .when(confirm())
      .then({
        type: 'SheetConfirmed',
        data: { ...ids, kind: 'yearly', confirmedOn: today, confirmedBy: 'hr-1' },
      });
    given(...year)
      .when(confirm('passed'))
      .rejects('result.not-for-kind');
  });
});

describe('disclosure', () => {
  const disclose: SheetCommand = { type: 'DiscloseSheet', by: 'hr-1', today };
  const disclosed: SheetEvent = { type: 'SheetDisclosed', data: { ...ids, disclosedOn: today } };
  it('follows the confirmation', () =>
    given(...judged(), confirmed)
      .when(disclose)
      .then(disclosed));
  it('does not come before it', () =>
    given(...judged())
      .when(disclose)
      .rejects('sheet.not-confirmed'));
  it('comes once', () =>
    given(...judged(), confirmed, disclosed)
      .when(disclose)
      .rejects('sheet.not-confirmed'));
});
