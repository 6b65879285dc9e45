/** What is asked of each figure: its ratio to the reference, at least or at most. */
export type Goal = Readonly<{ what: string; atLeast?: number; atMost?: number }>;

export const GOALS: Readonly<Record<string, Goal>> = {
  'append.c1': { what: 'appends, one at a time', atLeast: 2.3 },
  'append.c8': { what: 'appends, 8 at once', atLeast: 4 },
  'append.c64': { what: 'appends, 64 at once', atLeast: 8 },
  'append.c256': { what: 'appends, 256 at once', atLeast: 12 },
  'append.c64.insert': { what: 'appends, 64 at once', atLeast: 1.2 },
  'command.c64': { what: 'a whole HTTP command, 64 connections', atLeast: 5 },
  'command.c64.append': { what: 'a whole HTTP command, 64 connections', atLeast: 1.8 },
  'bulk.load': { what: 'rows of the staff and leave imports through HTTP', atLeast: 0.4 },
  rebuild: { what: 'events of a subject rebuilt from offset 0', atLeast: 0.35 },
  'rebuild.emmett': { what: 'events of a subject rebuilt from offset 0', atLeast: 20 },
  'visible.20.p99': { what: 'from the append to the row in analytics, 20 a second', atMost: 3 },
  'visible.500.p99': { what: 'from the append to the row in analytics, 500 a second', atMost: 3 },
  'growth.append': { what: 'appends, 64 at once, with 10 million events', atLeast: 0.85 },
  'growth.read': { what: 'reading a stream of 20, with 10 million events', atLeast: 0.95 },
  'national.query': { what: 'p95 of twelve analytics queries of one city, the country loaded', atMost: 1.5 },
  'memory.service': { what: 'resident memory after 100,000 commands', atMost: 1.1 },
};

/** `met`, or by how much of the goal it is missed. */
export const verdict = ({ atLeast, atMost }: Goal, ratio: number): string => {
  if (atLeast !== undefined) return ratio >= atLeast ? 'met' : `missed by ${percent(1 - ratio / atLeast)}`;
  return atMost === undefined || ratio <= atMost ? 'met' : `missed by ${percent(ratio / atMost - 1)}`;
};

export const spokenGoal = ({ atLeast, atMost }: Goal): string =>
  atLeast === undefined ? `≤ ${atMost}×` : `≥ ${atLeast}×`;

const percent = (share: number): string => `${Math.max(1, Math.round(share * 100))} %`;
