import { Rejected } from '#libs/event-store/decider';
import {
  expiresAfter,
  grantMinutes,
  leaveYearOf,
  openYear,
  type AnnualLeaveParams,
  type LeaveYear,
} from '#libs/law/annual-leave';
import { addDays, maxDate, minDate, type LocalDate } from '#libs/law/local-date';
import { balances, isShort, spent, sumOf, type Balance, type Unspent } from './leave-balance.js';
import type { LeaveEvent, OfKind, Origin } from './leave-events.js';
import { evolveLeave, type LeaveAccount, type LeaveState } from './leave-state.js';

/** Rules of annual leave in force on the first day of the year, with their version. */
export type AnnualRules = AnnualLeaveParams & Readonly<{ version: string }>;

/** A lot as a ledger of former years has it. */
export type RecordedLot = Readonly<{
  lotId: string;
  grantedOn: LocalDate;
  usableThrough: LocalDate;
  minutes: number;
  origin: Origin;
}>;

export type OpenLeaveYear = {
  type: 'OpenLeaveYear';
  staffId: string;
  year: LeaveYear;
  /** First day in service within the year. */
  servedFrom: LocalDate;
  /** Last day of a term that is known to end within the year. */
  termEnds?: LocalDate;
  dayMinutes: number;
  kind: OfKind;
  rules: AnnualRules;
  /** Minutes left over from the year before. */
  carriedOver: number;
  /** The appointment it comes from, when it is not the turn of the year. */
  actionId?: string;
};

export type LeaveYearCommand =
  | OpenLeaveYear
  | { type: 'RevokeOpening'; actionId: string }
  | {
      type: 'GrantLeave';
      lotId: string;
      minutes: number;
      usableThrough?: LocalDate;
      reason: string;
      kind: OfKind;
      today: LocalDate;
    }
  /** Minutes of the closed year before that came free when a request was refused or withdrawn after its close. */
  | { type: 'ReturnToYear'; lotId: string; minutes: number; kind: OfKind; rules: AnnualRules }
  /** `stays`: in service on the first day of the next year. */
  | { type: 'CloseLeaveYear'; stays: boolean; rules: AnnualRules; today: LocalDate }
  | {
      type: 'RecordLeaveYear';
      staffId: string;
      year: LeaveYear;
      servedFrom: LocalDate;
      dayMinutes: number;
      /** Kind of the lots; entries of other kinds take nothing from them. */
      kind: OfKind;
      lots: readonly RecordedLot[];
      /** In the order of their days. */
      entries: readonly (Unspent & OfKind)[];
      rules: AnnualRules;
      /** The end of the employment within the year: first day out. */
      separation?: Readonly<{ actionId: string; from: LocalDate }>;
      /** What the record ends with, when the year is over. */
      closes?: Readonly<{ stays: boolean }>;
    };

export const decideYear = (command: LeaveYearCommand, state: LeaveState): readonly LeaveEvent[] => {
  switch (command.type) {
    case 'OpenLeaveYear':
      return open(command, state);
    case 'RevokeOpening':
      return state.status === 'open' ? revokeOpening(command.actionId, state) : [];
    case 'GrantLeave':
      return grant(command, openAccount(state));
    case 'ReturnToYear':
      return state.status === 'open' ? returned(command, state) : [];
    case 'CloseLeaveYear':
      return state.status === 'open' && state.year.through < command.today ? closed(state, command) : [];
    case 'RecordLeaveYear':
      return recorded(command, state);
  }
};

const openAccount = (state: LeaveState): LeaveAccount => {
  if (state.status === 'none') throw new Rejected('leave-account.not-found');
  if (state.status === 'closed') throw new Rejected('leave.period-closed');
  return state;
};

/** Opened twice it stays as it is; a second employment within the year continues it, or begins anew after a gap. */
const open = (command: OpenLeaveYear, state: LeaveState): LeaveEvent[] => {
  const { actionId, servedFrom } = command;
  if (state.status === 'none') return [openedBy(command), grantOf(command), ...carryOf(command)];
  if (state.status === 'closed') return [];
  if (actionId === undefined) return state.lots.some(({ origin }) => origin === 'carry-over') ? [] : carryOf(command);
  if (state.served.some(({ opened }) => opened === actionId)) return [];
  const last = state.served.at(-1)?.through;
  if (last === null) return [];
  if (last === undefined) return [openedBy(command), grantOf(command)];
  if (last === addDays(servedFrom, -1)) return [openedBy(command)];
  return [...expiries(state.staffId, balances(state), last), openedBy(command), grantOf(command)];
};

const openedBy = ({ staffId, year, servedFrom, dayMinutes, actionId, rules }: OpenLeaveYear): LeaveEvent => ({
  type: 'LeaveYearOpened',
  data: {
    staffId,
    ...year,
    servedFrom,
    dayMinutes,
    ...(actionId && { actionId }),
    policy: { annualLeave: rules.version },
  },
});

/** By the months in post within the year; part-timers in days of their own hours (斉一型). Source: law.md 5, al.midyear. */
const grantOf = (command: OpenLeaveYear): LeaveEvent => {
  const { year, servedFrom, termEnds = year.through, dayMinutes, rules } = command;
  const until = maxDate(servedFrom, minDate(termEnds, year.through));
  return lotGranted(command, {
    lotId: `${command.staffId}:${year.from}:${command.actionId ?? 'grant'}`,
    grantedOn: servedFrom,
    usableThrough: expiresAfter({ grantedIn: year }),
    minutes: grantMinutes(servedFrom, until, { ...rules, dayMinutes }),
    origin: 'grant',
  });
};

const carryOf = (command: OpenLeaveYear): LeaveEvent[] => {
  const { staffId, year, servedFrom, carriedOver: minutes } = command;
  const lotId = `${staffId}:${year.from}:carry-over`;
  if (minutes <= 0) return [];
  return [
    lotGranted(command, { lotId, grantedOn: servedFrom, usableThrough: year.through, minutes, origin: 'carry-over' }),
  ];
};

const lotGranted = (
  { staffId, year, kind, dayMinutes, actionId, rules }: Omit<OpenLeaveYear, 'type' | 'servedFrom' | 'carriedOver'>,
  lot: RecordedLot,
): LeaveEvent => ({
  type: 'LeaveGranted',
  data: {
    staffId,
    ...lot,
    ...kind,
    leaveYear: year.from,
    dayMinutes,
    ...(actionId && { actionId }),
    policy: { annualLeave: rules.version },
  },
});

/** The appointment was voided: what it granted was never there. What was used of it stays used. */
const revokeOpening = (actionId: string, { staffId, lots, served }: LeaveAccount): LeaveEvent[] => {
  const own = lots.filter((lot) => lot.actionId === actionId);
  if (own.length === 0 && !served.some(({ opened }) => opened === actionId)) return [];
  return own.map(({ lotId }) => ({ type: 'LeaveGrantRevoked', data: { staffId, lotId, actionId } }));
};

const grant = (command: Extract<LeaveYearCommand, { type: 'GrantLeave' }>, account: LeaveAccount): LeaveEvent[] => {
  const { staffId, year, dayMinutes } = account;
  const { lotId, minutes, reason, kind, today, usableThrough = year.through } = command;
  const grantedOn = maxDate(year.from, minDate(today, year.through));
  if (usableThrough < grantedOn || usableThrough > year.through)
    throw new Rejected('grant.outside-year', { from: grantedOn, through: year.through });
  const lot = { lotId, grantedOn, usableThrough, minutes, origin: 'hand' } as const;
  return [{ type: 'LeaveGranted', data: { staffId, ...lot, ...kind, leaveYear: year.from, dayMinutes, reason } }];
};

/** No more passes into a year than could have when it was opened. */
const returned = (
  { lotId, minutes, kind, rules }: Extract<LeaveYearCommand, { type: 'ReturnToYear' }>,
  account: LeaveAccount,
): LeaveEvent[] => {
  const { staffId, year, dayMinutes, lots } = account;
  const carried = sumOf(lots.flatMap((lot) => (lot.origin === 'carry-over' ? [lot.minutes] : [])));
  const most = Math.min(minutes, rules.carryOverMaxDays * dayMinutes - carried);
  if (most <= 0) return [];
  const lot = {
    lotId,
    grantedOn: year.from,
    usableThrough: year.through,
    minutes: most,
    origin: 'carry-over',
  } as const;
  return [lotGranted({ staffId, year, kind, dayMinutes, rules }, lot)];
};

/**
 * What is left of the year's own grants passes on up to the limit while the person stays; everything else ends. What is
 * asked for and not decided yet keeps its minutes.
 */
const closed = (
  account: LeaveAccount,
  { stays, rules }: Readonly<{ stays: boolean; rules: AnnualRules }>,
): LeaveEvent[] => {
  const { staffId, year, dayMinutes, served } = account;
  const lots = balances(account);
  const left = sumOf(lots.map((lot) => (passesOn(lot, year) ? Math.max(lot.left, 0) : 0)));
  const next = leaveYearOf(addDays(year.through, 1), rules);
  const [first] = openYear(next, 0, [{ grantedIn: year, minutes: left }], { ...rules, dayMinutes });
  const carriedOver = stays && first.grantedIn.from === year.from ? first.minutes : 0;
  let open = carriedOver;
  const ending = lots.map((lot) => {
    const part = passesOn(lot, year) ? Math.min(open, Math.max(lot.left, 0)) : 0;
    open -= part;
    return { ...lot, left: lot.left - part };
  });
  const lastDay = served.at(-1)?.through ?? year.through;
  const policy = { annualLeave: rules.version };
  return [
    ...expiries(staffId, ending, stays ? year.through : minDate(lastDay, year.through)),
    { type: 'LeaveYearClosed', data: { staffId, through: year.through, carriedOver, policy } },
  ];
};

const passesOn = ({ origin, usableThrough }: Balance, { through }: LeaveYear): boolean =>
  origin === 'grant' && usableThrough > through;

const expiries = (staffId: string, lots: readonly Balance[], on: LocalDate): LeaveEvent[] =>
  lots.flatMap(({ lotId, publicKind, left, usableThrough }): LeaveEvent[] =>
    left > 0
      ? [
          {
            type: 'LeaveExpired',
            data: { staffId, lotId, kind: publicKind, minutes: left, expiredOn: minDate(usableThrough, on) },
          },
        ]
      : [],
  );

const recorded = (command: Extract<LeaveYearCommand, { type: 'RecordLeaveYear' }>, state: LeaveState): LeaveEvent[] => {
  if (state.status !== 'none') throw new Rejected('leave.year-recorded');
  const { staffId, year, servedFrom, dayMinutes, kind, entries, rules, separation, closes } = command;
  const policy = { annualLeave: rules.version };
  const events: LeaveEvent[] = [
    { type: 'LeaveYearOpened', data: { staffId, ...year, servedFrom, dayMinutes, policy } },
    ...command.lots.map((lot) => lotGranted({ staffId, year, kind, dayMinutes, rules }, lot)),
  ];
  requireDistinct(entries);
  const opened = events.reduce(evolveLeave, state) as LeaveAccount;
  const fromLots = spent(
    entries.filter((entry) => entry.kind === kind.kind),
    balances(opened),
    rules,
  );
  if (isShort(fromLots)) throw new Rejected('leave.beyond-balance', { on: fromLots.short, left: fromLots.left });
  const uses = new Map(fromLots.map((entry) => [entry.entryId, entry.uses]));
  const taken = entries.map((entry) => ({ ...entry, uses: uses.get(entry.entryId) ?? [] }));
  if (taken.length > 0) events.push({ type: 'LeaveTaken', data: { staffId, entries: taken } });
  if (separation)
    events.push({ type: 'LeaveCut', data: { staffId, ...separation, because: 'separation', entryIds: [] } });
  if (!closes) return events;
  return [...events, ...closed(events.reduce(evolveLeave, state) as LeaveAccount, { ...closes, rules })];
};

const requireDistinct = (entries: readonly Unspent[]): void => {
  const byDay = new Map<LocalDate, Unspent[]>();
  for (const entry of entries) {
    const others = byDay.get(entry.on);
    if (others?.some(({ from, to }) => entry.from < to && from < entry.to))
      throw new Rejected('leave.overlaps', { on: entry.on });
    if (others) others.push(entry);
    else byDay.set(entry.on, [entry]);
  }
};
