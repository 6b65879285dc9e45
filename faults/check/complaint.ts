/** What the complaint means for whoever relies on the system. */
export type Harm = 'lost' | 'doubled' | 'order' | 'wrong';

/** Something that does not hold, found from outside. */
export type Complaint = Readonly<{ rule: string; harm: Harm; where: string; what: string }>;

/** What the checker is told: where everything is, and nothing of how it works. */
export type CheckConfig = Readonly<{
  /** Of each service, read as the superuser. */
  databases: Readonly<Record<string, string>>;
  brokers: string;
  /** Topic of each service that publishes. */
  topics: Readonly<Record<string, string>>;
  /** What clients sent and were answered, a line of JSON each. */
  commandsFile: string;
  /** What services said of their health, and when they cannot have been ready. */
  healthFile: string;
  /** Of each municipality the first day (local date) from which appointments have effects in other services. */
  cutovers: Readonly<Record<string, string>>;
}>;

/** Compares what is with what should be, both as sets of lines; what is missing was lost, what is too much is wrong. */
export const compared = (
  rule: string,
  where: string,
  expected: Iterable<string>,
  found: Iterable<string>,
): Complaint[] => {
  const left = new Map<string, number>();
  for (const line of expected) left.set(line, (left.get(line) ?? 0) + 1);
  const complaints: Complaint[] = [];
  for (const line of found) {
    const count = left.get(line) ?? 0;
    if (count > 0) left.set(line, count - 1);
    else
      complaints.push({ rule, harm: left.has(line) ? 'doubled' : 'wrong', where, what: `not from any event: ${line}` });
  }
  for (const [line, count] of left)
    if (count > 0) complaints.push({ rule, harm: 'lost', where, what: `missing: ${line}` });
  return complaints;
};

/** Values as one line, for comparisons. */
export const said = (...values: readonly unknown[]): string => values.map(textOf).join(' | ');

const textOf = (value: unknown): string => {
  if (value === undefined || value === null) return '-';
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | boolean}`;
};
