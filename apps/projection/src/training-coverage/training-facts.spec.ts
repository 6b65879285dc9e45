import { fold, type Folded } from '#libs/projections/fold';
import type { Fact, FactProjection } from '#libs/projections/projection';
import { TrainingStory } from './training-story.fixture.js';
import { assignmentFacts, completionFacts, courseFacts, sessionFacts } from './training-facts.js';

const begin = () => new TrainingStory('142140');

/** Facts known at the end, and those known once. */
const known = <Row extends object>(projection: FactProjection<Row>, { events }: TrainingStory) => {
  const own = events.filter((event) => projection.key(event) !== undefined);
  const { row, opened } = fold(projection, { row: undefined } as Folded<Row>, own);
  return { facts: row ? projection.facts(row) : [], closed: opened.filter(({ recordedTo }) => recordedTo) };
};
const of = <Row extends object>(projection: FactProjection<Row, never>, story: TrainingStory) =>
  known(projection as unknown as FactProjection<Row>, story);
const states = ({ facts }: { facts: readonly Fact[] }) =>
  facts.map(({ values }) => [
    values.valid_from,
    values.valid_to,
    values.due_on,
    values.excused,
    values.excused_when_due,
    values.completed_on,
  ]);

describe('facts on assignments', () => {
  it('hold from the day of assignment, with the completion that meets them', () => {
    const story = begin();
    const asked = story.assigned('s1', 'dx', '2024-04-01', '2024-09-30');
    expect(states(of(assignmentFacts, story))).toEqual([['2024-04-01', 'infinity', '2024-09-30', null, false, null]]);
    asked.completed('2024-06-01');
    expect(states(of(assignmentFacts, story))).toEqual([
      ['2024-04-01', 'infinity', '2024-09-30', null, false, '2024-06-01'],
    ]);
  });

  it('are cut where a leave excuses and the return opens again with a new due date', () => {
    const story = begin();
    story
      .assigned('s1', 'dx', '2024-04-01', '2024-09-30')
      .excused('on-leave', '2024-06-01')
      .reopened('2025-06-01', '2025-08-31');
    expect(states(of(assignmentFacts, story))).toEqual([
      ['2024-04-01', '2024-06-01', '2024-09-30', null, false, null],
      ['2024-06-01', '2025-06-01', '2024-09-30', 'on-leave', true, null],
      ['2025-06-01', 'infinity', '2025-08-31', null, false, null],
    ]);
  });

  it('are not excused on a due date that had passed before', () => {
    const story = begin();
    story.assigned('s1', 'dx', '2024-04-01', '2024-09-30').excused('separated', '2025-04-01');
    expect(states(of(assignmentFacts, story))).toEqual([
      ['2024-04-01', '2025-04-01', '2024-09-30', null, false, null],
      ['2025-04-01', 'infinity', '2024-09-30', 'separated', false, null],
    ]);
  });

  it('end an excuse foreseen for later when that is undone, and what was made by a voided action altogether', () => {
    const story = begin();
    const asked = story.assigned('s1', 'dx', '2024-04-01', '2024-09-30').excused('separated', '2024-08-01');
    asked.reopened('2024-08-01', '2024-09-30');
    expect(states(of(assignmentFacts, story))).toEqual([
      ['2024-04-01', '2024-08-01', '2024-09-30', null, false, null],
      ['2024-08-01', 'infinity', '2024-09-30', null, false, null],
    ]);
    asked.excused('action-voided', '2024-03-01');
    expect(states(of(assignmentFacts, story))).toEqual([
      ['2024-04-01', 'infinity', '2024-09-30', 'action-voided', true, null],
    ]);
  });

  it('forget a voided completion, but not that it was known', () => {
    const story = begin();
    const asked = story.assigned('s1', 'dx', '2024-04-01', '2024-09-30');
    asked.voided(asked.completed('2024-06-01'));
    const { facts, closed } = of(assignmentFacts, story);
    expect(states({ facts })).toEqual([['2024-04-01', 'infinity', '2024-09-30', null, false, null]]);
    expect(closed.map(({ values, recordedFrom }) => [values.completed_on, recordedFrom])).toEqual([
      [null, '2026-04-01T00:00:01.000000Z'],
      ['2024-06-01', '2026-04-01T00:00:02.000000Z'],
    ]);
    expect(of(completionFacts, story)).toMatchObject({ facts: [], closed: [{ table: 'training_completion' }] });
  });
});

describe('facts on courses, completions and sessions', () => {
  it('take the newest definition of a course from its record on', () => {
    const story = begin();
    story.course('dx', { kind: 'digital', digitalClass: 'leader', validMonths: 12 });
    story.course('dx', { kind: 'other', minutes: 60 });
    const { facts, closed } = of(courseFacts, story);
    expect(facts.map(({ values }) => values)).toEqual([
      { course: 'dx', title: 'dx', course_kind: 'other', minutes: 60, valid_months: null, digital_class: null },
    ]);
    expect(closed).toHaveLength(1);
  });

  it('keep a completion nobody had asked for', () => {
    const story = begin();
    const completionId = story.completed('s1', 'dx', '2024-06-01', { validThrough: '2025-05-31' });
    expect(of(completionFacts, story).facts.map(({ values }) => values)).toEqual([
      {
        ...{ staff_id: 's1', completion_id: completionId, assignment_id: null, course: 'dx', minutes: 120 },
        ...{ completed_on: '2024-06-01', valid_through: '2025-05-31' },
      },
    ]);
    expect(of(assignmentFacts, story).facts).toEqual([]);
  });

  it('take the last record of each person, and nothing of a cancelled session', () => {
    const story = begin();
    const session = story.session('dx', '2024-06-01');
    story.attended(session, 's1', false);
    story.attended(session, 's2', false);
    story.attended(session, 's1', true);
    const attendances = () => of(sessionFacts, story).facts.filter(({ table }) => table === 'training_attendance');
    expect(attendances().map(({ values }) => [values.staff_id, values.attended, values.minutes])).toEqual([
      ['s2', false, 0],
      ['s1', true, 90],
    ]);
    story.add(`session/${session}`, { type: 'SessionCancelled', data: { sessionId: session } });
    expect(of(sessionFacts, story).facts).toEqual([]);
  });
});
