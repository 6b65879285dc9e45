import type { Complaint } from './complaint.js';

export type Poll = Readonly<{ service: string; asked: number; answered: number; ready: boolean }>;
export type Window = Readonly<{ services: readonly string[]; from: number; to: number; why: string }>;

/** Nobody said "ready" to a question that was asked and answered while it cannot have been. */
export const healthHolds = (lines: readonly (Poll | Window)[]): Complaint[] => {
  const windows = lines.filter((line): line is Window => 'why' in line);
  const polls = lines.filter((line): line is Poll => 'asked' in line && line.ready);
  return polls.flatMap(({ service, asked, answered }) => {
    const found = windows.find(({ services, from, to }) => services.includes(service) && from < asked && answered < to);
    return found
      ? [{ rule: 'health', harm: 'wrong', where: service, what: `said that it was ready while ${found.why}` } as const]
      : [];
  });
};
