import { Rejected, type Aggregate } from '#libs/event-store/decider';
import { fiscalYearOf } from '#libs/law/fiscal-year';
import type { LocalDate } from '#libs/law/local-date';

export type CycleEvent = {
  type: 'CycleOpened';
  /** `on`: whoever was in post on that day is judged. */
  data: { fiscalYear: number; on: LocalDate; dueOn: LocalDate; sheets: number };
};

type OpenCycle = CycleEvent['data'];

/** Yearly evaluation (定期評価) of a city, stream `cycle/<FY>`: opened once, together with its sheets. */
export const cycle: Aggregate<{ opened: boolean }, OpenCycle, CycleEvent> = {
  category: 'cycle',
  initial: { opened: false },
  decide: ({ fiscalYear, on, dueOn, sheets }, { opened }) => {
    if (opened) throw new Rejected('cycle.already-opened', { fiscalYear });
    if (fiscalYearOf(on) !== fiscalYear) throw new Rejected('cycle.day-outside-year', { fiscalYear });
    if (dueOn < on) throw new Rejected('cycle.due-before-opening');
    return [{ type: 'CycleOpened', data: { fiscalYear, on, dueOn, sheets } }];
  },
  evolve: () => ({ opened: true }),
  events: { CycleOpened: { version: 1 } },
};
