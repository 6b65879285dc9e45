import { ERASED, Rejected } from '#libs/event-store/decider';
import { dateOfReaching } from '#libs/law/age';
import { lastPossibleDay, type Child, type ChildcareLeaveParams } from '#libs/law/childcare-leave';
import { endOf, fiscalYearOf } from '#libs/law/fiscal-year';
import { addDays, maxDate, minDate, type LocalDate } from '#libs/law/local-date';
import type {
  ChildCase,
  ChildcareEvent,
  ChildcareLeave,
  ChildcareState,
  ChildDates,
  Parenthood,
} from './childcare-state.js';

export type Notice = Readonly<{
  staffId: string;
  caseId: string;
  parenthood: Parenthood;
  child: ChildDates;
  today: LocalDate;
}>;

/** What is said of a child before there is a leave. */
export type BirthCommand =
  | ({ type: 'NotifyBirth' } & Notice)
  | { type: 'RecordBirth'; caseId: string; bornOn: LocalDate; rules: ChildcareLeaveParams; today: LocalDate }
  | { type: 'VoidBirthNotice'; caseId: string }
  | {
      type: 'HoldIntentInterview';
      caseId: string;
      heldOn: LocalDate;
      /** Staff id of the interviewer, or the account of one who is not staff. */
      heldBy: string;
      wish: string;
      today: LocalDate;
    };

/** An expected day is counted 280 days from the first one of the pregnancy: nobody knows of one further away. */
const PREGNANCY_DAYS = 280;
/** From the 22nd of 40 weeks on it is a birth (出産), 126 days before the day expected; six weeks after that day none is left. */
const BORN_FROM_EXPECTED_DAYS = { earliest: -126, latest: 42 } as const;
/** First day of the law on childcare leave of local government employees (平成3年法律110号附則). */
const LAW_IN_FORCE = '1992-04-01';
const SCHOOL_AGE = 6;

/** The day before school begins, up to which there is leave for the care of a child at all. Source: 地方公務員育児休業法10条・19条. */
const lastDayBeforeSchool = (bornOn: LocalDate): LocalDate => endOf(fiscalYearOf(dateOfReaching(bornOn, SCHOOL_AGE)));

/** A notice is of a child there can be leave for from today on. */
export const notifiedToday = (state: ChildcareState, notice: Notice): ReturnType<typeof notified> => {
  const { child, today } = notice;
  const { bornOn, expectedOn } = child;
  const event = notified(state, notice);
  if (bornOn !== undefined && lastDayBeforeSchool(bornOn) < today) throw new Rejected('childcare.child-too-old');
  if (expectedOn === undefined) return event;
  const latest = addDays(today, PREGNANCY_DAYS);
  const earliest = addDays(today, -BORN_FROM_EXPECTED_DAYS.latest);
  if (expectedOn > latest) throw new Rejected('childcare.expected-too-far', { latest });
  if (expectedOn < earliest) throw new Rejected('childcare.expected-long-past', { earliest });
  return event;
};

/** What holds of a notice whenever it was made: a case of former years is held to no more. */
export const notified = (
  { cases }: ChildcareState,
  { staffId, caseId, parenthood, child, today }: Notice,
): Extract<ChildcareEvent, { type: 'BirthNotified' }> => {
  const { bornOn, expectedOn, adoptedOn } = child;
  if (bornOn === undefined && expectedOn === undefined) throw new Rejected('childcare.no-birth-date');
  if (bornOn !== undefined && expectedOn !== undefined) throw new Rejected('childcare.two-birth-dates');
  if (bornOn !== undefined && bornOn > today) throw new Rejected('childcare.born-in-future');
  if ((parenthood === 'adopted') !== (adoptedOn !== undefined)) throw new Rejected('childcare.adoption-date-mismatch');
  if (adoptedOn !== undefined && bornOn !== undefined && adoptedOn < bornOn)
    throw new Rejected('childcare.adopted-before-birth');
  const last = lastDayBeforeSchool(birthday(child));
  if (last < LAW_IN_FORCE || (adoptedOn !== undefined && last < adoptedOn))
    throw new Rejected('childcare.child-too-old');
  requireNew(cases, child);
  const eligibleFiscalYear = bornOn === undefined ? null : fiscalYearOf(adoptedOn ?? bornOn);
  return { type: 'BirthNotified', data: { staffId, caseId, parenthood, eligibleFiscalYear, ...child } };
};

/** A birth is one case, of twins too: who counts as entitled is the parent. */
const requireNew = (cases: readonly ChildCase[], child: ChildDates): void => {
  const known = cases.some((one) => !one.voided && sameChild(one, child));
  if (known) throw new Rejected('childcare.already-notified');
};

/** Before birth a child is known by the day on which it is expected. */
export const sameChild = (one: ChildDates, other: ChildDates): boolean =>
  one.adoptedOn === other.adoptedOn &&
  (one.bornOn === undefined || other.bornOn === undefined
    ? one.expectedOn !== undefined && one.expectedOn === other.expectedOn
    : one.bornOn === other.bornOn);

/** Of somebody erased the expected day is known no more. */
const isFar = (bornOn: LocalDate, expectedOn: LocalDate): boolean => {
  const { earliest, latest } = BORN_FROM_EXPECTED_DAYS;
  return expectedOn !== ERASED && (bornOn < addDays(expectedOn, earliest) || bornOn > addDays(expectedOn, latest));
};

/** Leave that was approved for the expected day goes by the day of birth from now on. */
export const recordBirth = (
  { cases, leaves }: ChildcareState,
  { caseId, bornOn, rules, today }: Extract<BirthCommand, { type: 'RecordBirth' }>,
): ChildcareEvent[] => {
  const expected = caseOf(cases, caseId);
  if (expected.bornOn !== undefined) throw new Rejected('childcare.birth-already-recorded');
  if (bornOn > today) throw new Rejected('childcare.born-in-future');
  const { staffId, parenthood, adoptedOn } = expected;
  if (isFar(bornOn, birthday(expected))) throw new Rejected('childcare.birth-far-from-expected');
  if (adoptedOn !== undefined && adoptedOn < bornOn) throw new Rejected('childcare.adopted-before-birth');
  requireNew(cases, { bornOn, adoptedOn });
  const eligibleFiscalYear = fiscalYearOf(adoptedOn ?? bornOn);
  const planned = leaves.filter((leave) => leave.caseId === caseId && leave.status === 'approved');
  return [
    { type: 'BirthRecorded', data: { staffId, caseId, parenthood, eligibleFiscalYear, bornOn } },
    ...planned.flatMap((leave) => fitted(leave, { ...expected, bornOn }, rules)),
  ];
};

/** No day before the birth or of maternity leave, none beyond the age; a leave of which nothing is left is cancelled. */
const fitted = (
  { from, through, ...leave }: ChildcareLeave,
  { parenthood, adoptedOn, bornOn }: ChildCase & { bornOn: LocalDate },
  rules: ChildcareLeaveParams,
): ChildcareEvent[] => {
  const first = parenthood === 'gave-birth' ? addDays(bornOn, rules.firstDays) : maxDate(bornOn, adoptedOn ?? bornOn);
  const days = { from: maxDate(from, first), through: minDate(through, lastPossibleDay(bornOn, rules)) };
  if (days.from > days.through) return [{ type: 'ChildcareLeaveCancelled', data: idsOf(leave) }];
  if (days.from === from && days.through === through) return [];
  return [{ type: 'ChildcareLeaveMoved', data: { ...idsOf(leave), ...days } }];
};

export const idsOf = ({ staffId, caseId, periodId }: Pick<ChildcareLeave, 'staffId' | 'caseId' | 'periodId'>) => ({
  staffId,
  caseId,
  periodId,
});

const NOT_TAKEN: readonly ChildcareLeave['status'][] = ['refused', 'withdrawn', 'cancelled'];
export const counts = ({ status }: ChildcareLeave): boolean => !NOT_TAKEN.includes(status);

export const voidNotice = ({ cases, leaves }: ChildcareState, caseId: string): ChildcareEvent[] => {
  const { staffId } = caseOf(cases, caseId);
  if (leaves.some((leave) => leave.caseId === caseId && counts(leave))) throw new Rejected('childcare.leave-exists');
  return [{ type: 'BirthNoticeVoided', data: { staffId, caseId } }];
};

export const interview = (
  { cases }: ChildcareState,
  { caseId, heldOn, heldBy, wish, today }: Extract<BirthCommand, { type: 'HoldIntentInterview' }>,
): ChildcareEvent[] => {
  const { staffId, interview: held } = caseOf(cases, caseId);
  if (heldBy === staffId) throw new Rejected('childcare.own-interview');
  if (held) throw new Rejected('childcare.interview-already-held', { heldOn: held.heldOn });
  if (heldOn > today) throw new Rejected('childcare.interview-in-future');
  return [{ type: 'IntentInterviewHeld', data: { staffId, caseId, heldOn, heldBy, wish } }];
};

export const caseOf = (cases: readonly ChildCase[], caseId: string): ChildCase => {
  const found = cases.find((one) => one.caseId === caseId);
  if (!found) throw new Rejected('childcare-case.not-found');
  if (found.voided) throw new Rejected('childcare.notice-voided');
  return found;
};

/** Before birth the day on which the child is expected stands for it. */
export const birthday = ({ bornOn, expectedOn }: ChildDates): LocalDate => bornOn ?? (expectedOn as LocalDate);

/** The child as the law looks at it. */
export const childOf = (child: ChildCase): Child => ({
  bornOn: birthday(child),
  gaveBirth: child.parenthood === 'gave-birth',
  adoptedOn: child.adoptedOn,
});

/** Whether the birth of the child has been notified. */
export const isBorn = ({ cases }: ChildcareState, { caseId }: Pick<ChildcareLeave, 'caseId'>): boolean =>
  cases.some((child) => child.caseId === caseId && child.bornOn !== undefined);
