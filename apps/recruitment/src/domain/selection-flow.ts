import { Rejected } from '#libs/event-store/decider';

/** One question of a scoring sheet; points are whole numbers from 0 to `max`. */
export type SheetItem = Readonly<{ item: string; title: string; max: number }>;

/** One stage of a selection (書類, 適性検査, 面接 …): how many assessors score on which sheet. */
export type Stage = Readonly<{
  id: string;
  title: string;
  kind: string;
  assessors: number;
  sheet: readonly SheetItem[];
}>;

/** A version of the selection flow as the policy pack states it; an application keeps the one it started with. */
export type Flow = Readonly<{ id: string; version: number; stages: readonly Stage[]; offerDeadlineDays: number }>;

/** The flow for a route, or the one named `id` when the route has several. */
export const flowFor = (flows: readonly (Flow & { routes: readonly string[] })[], route: string, id?: string): Flow => {
  const found = flows.find((flow) => flow.routes.includes(route) && (id === undefined || flow.id === id));
  if (!found) throw new Rejected('posting.no-flow', { route });
  const { routes: _, ...flow } = found;
  return flow;
};

/** @throws Rejected unless every item of the sheet, and nothing else, is scored within its range */
export const checkScores = (sheet: readonly SheetItem[], scores: readonly { item: string; points: number }[]): void => {
  const complete =
    scores.length === sheet.length && sheet.every(({ item }) => scores.some((score) => score.item === item));
  if (!complete) throw new Rejected('sheet.items-differ', { items: sheet.map(({ item }) => item) });
  for (const { item, points } of scores) {
    const max = sheet.find((one) => one.item === item)?.max ?? 0;
    if (points < 0 || points > max) throw new Rejected('sheet.points-out-of-range', { item, max });
  }
};
