import { deciderSpec } from '#libs/testing/decider-spec';
import { cycle } from './cycle.js';

const { given } = deciderSpec(cycle);
const open = { fiscalYear: 2026, on: '2026-04-01', dueOn: '2027-02-28', sheets: 3 };
const opened = { type: 'CycleOpened', data: open } as const;

describe('the cycle of a year', () => {
  it('opens with its sheets', () => given().when(open).then(opened));
  it('opens once', () => given(opened).when(open).rejects('cycle.already-opened'));
  it.each(['2026-03-31', '2027-04-01'])('judges those in post on a day of the year, not on %s', (on) =>
    given()
      .when({ ...open, on, dueOn: '2027-04-30' })
      .rejects('cycle.day-outside-year'),
  );
  it('is not due before it opens', () =>
    given()
      .when({ ...open, on: '2026-04-02', dueOn: '2026-04-01' })
      .rejects('cycle.due-before-opening'));
});
