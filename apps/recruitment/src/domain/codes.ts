import { Rejected } from '#libs/event-store/decider';

/** Codes of the city's policy pack that are in force when a command is decided. */
export type Codes = Readonly<{ jobCategories: readonly string[]; routes: readonly string[] }>;

/** What a plan counts by: job category (職種) × recruitment route (採用区分). */
export type Line = Readonly<{ jobCategory: string; route: string }>;

export const sameLine = (one: Line, other: Line): boolean =>
  one.jobCategory === other.jobCategory && one.route === other.route;

/** @throws Rejected unless the city's pack has both codes */
export const requireKnown = ({ jobCategory, route }: Line, codes: Codes): void => {
  if (!codes.jobCategories.includes(jobCategory)) throw new Rejected('job-category.unknown', { jobCategory });
  if (!codes.routes.includes(route)) throw new Rejected('route.unknown', { route });
};
