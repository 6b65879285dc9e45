import type { StoredEvent } from '#libs/event-store/event-store';
import { agreed, confirmed, first, held, ids, opened, openedData, second } from './domain/sheet.fixture.js';
import { publishes } from './publishes.js';

const published = ({ type, data }: { type: string; data: object }): object =>
  publishes[type].data({ type, data } as StoredEvent);

describe('what evaluation publishes', () => {
  it('names the version of the items, not the form', () => {
    const { sheetId, staffId, kind, employmentId, openedOn, dueOn, items } = openedData;
    expect(published(opened)).toEqual({ sheetId, staffId, kind, employmentId, openedOn, dueOn, items });
  });

  it.each([
    ['goals', agreed],
    ['first', first],
    ['second', second()],
  ])('says that the step %s is done, and nothing of what was written', (step, event) =>
    expect(published(event)).toEqual({ ...ids, step }),
  );

  it('says that an interview was held, not with whom', () =>
    expect(published(held('start'))).toEqual({ ...ids, interview: 'start', heldOn: '2026-12-10' }));

  it('says that a result stands, not which: whoever is entitled reads it by id', () =>
    expect(published(confirmed)).toEqual({
      ...ids,
      kind: 'probation',
      employmentId: 'e-1',
      confirmedOn: '2026-12-10',
    }));

  it('names exactly these types', () =>
    expect(Object.keys(publishes)).toEqual([
      'SheetOpened',
      'GoalsAgreed',
      'InterviewHeld',
      'FirstEvaluated',
      'SecondEvaluated',
      'SheetDueMoved',
      'SheetOverdue',
      'SheetConfirmed',
      'SheetDisclosed',
      'SheetClosed',
      'SheetReopened',
    ]));
});
