import { CITY, KNOWN, SAME, STAFF, VALID, type View } from '../schema/tables.js';

const KIND = SAME('kind', '休暇の種類。other は市が秘匿する種類を含む / kind of leave');
const DAY_MINUTES = SAME(
  'day_minutes',
  'その人の1日の勤務時間（分） / working minutes of one full day of the person then',
);
const LOT = SAME('lot_id', '付与のID / the grant');
const CASE = SAME('case_id', '子（出生・養子縁組）のID / the child');
const MINUTES = SAME('minutes', '時間（分） / minutes');

/** Views on the facts on leave. */
export const LEAVE_VIEWS: readonly View[] = [
  {
    name: 'leave_entry',
    comment: '取得した休暇 / leave taken, one row per day and stretch',
    columns: [
      CITY,
      STAFF,
      SAME('entry_id', '取得のID / the entry'),
      KIND,
      SAME('taken_on', '取得日 / day of the leave'),
      MINUTES,
      DAY_MINUTES,
      ...KNOWN,
    ],
    from: (schema) => `${schema}.leave_entry f`,
  },
  {
    name: 'leave_lot',
    comment: '付与・繰越 / grants and carry-overs',
    columns: [
      CITY,
      STAFF,
      LOT,
      KIND,
      SAME('leave_year', '休暇年の初日。繰越は繰り越した先の年 / first day of the leave year'),
      SAME('granted_on', '付与日 / first day on which it can be used'),
      SAME('usable_through', '使用できる最終日（含む） / last day on which it can be used'),
      MINUTES,
      SAME('carried_over', '前年からの繰越か / left over from the year before'),
      DAY_MINUTES,
      ...KNOWN,
    ],
    from: (schema) => `${schema}.leave_lot f`,
  },
  {
    name: 'leave_expiry',
    comment: '失効 / what was left of a grant when it ended',
    columns: [
      CITY,
      STAFF,
      LOT,
      KIND,
      MINUTES,
      SAME('expired_on', '使用できた最終日 / last day on which they could be used'),
      ...KNOWN,
    ],
    from: (schema) => `${schema}.leave_expiry f`,
  },
  {
    name: 'leave_balance',
    comment:
      '年次有給休暇の残高、職員と休暇年ごとに一行。最新の記録による。期末 = 期首（繰越）＋付与−失効−取得 / annual leave by person and leave year, as known now: closing = opening + granted − expired − taken',
    columns: [
      CITY,
      STAFF,
      SAME('leave_year', '休暇年の初日 / first day of the leave year'),
      SAME('opening', '期首（繰越）の時間（分） / minutes carried over into the year'),
      SAME('granted', '当年の付与（分） / minutes granted in the year'),
      ['expired', 'x.minutes', '失効（分） / minutes that ended unused in the year'],
      ['taken', 't.minutes', '取得（分） / minutes taken in the year'],
      [
        'closing',
        'f.opening + f.granted - x.minutes - t.minutes',
        '期末の残（分）。年の途中では現在の残 / minutes left at the end; in a running year those left now',
      ],
    ],
    from: (schema) => `(
      SELECT municipality, staff_id, leave_year, coalesce(sum(minutes) FILTER (WHERE carried_over), 0) AS opening,
             coalesce(sum(minutes) FILTER (WHERE NOT carried_over), 0) AS granted
        FROM ${schema}.leave_lot WHERE kind = 'annual' AND recorded_to = 'infinity' GROUP BY municipality, staff_id, leave_year) f
      CROSS JOIN LATERAL (
        SELECT coalesce(sum(e.minutes), 0) AS minutes FROM ${schema}.leave_entry e
         WHERE e.municipality = f.municipality AND e.staff_id = f.staff_id AND e.kind = 'annual' AND e.recorded_to = 'infinity'
           AND e.taken_on >= f.leave_year AND e.taken_on < f.leave_year + interval '1 year') t
      CROSS JOIN LATERAL (
        SELECT coalesce(sum(e.minutes), 0) AS minutes FROM ${schema}.leave_expiry e
         WHERE e.municipality = f.municipality AND e.staff_id = f.staff_id AND e.kind = 'annual' AND e.recorded_to = 'infinity'
           AND e.expired_on >= f.leave_year AND e.expired_on < f.leave_year + interval '1 year') x`,
  },
  {
    name: 'childcare_case',
    comment: '育児休業の対象となる出生等 / children that entitle to childcare leave',
    columns: [
      CITY,
      STAFF,
      CASE,
      SAME('parenthood', 'gave-birth 出産、partner-gave-birth 配偶者の出産、adopted 養子縁組等 / how'),
      SAME(
        'eligible_fiscal_year',
        '取得可能となった年度（出生前は空） / fiscal year of becoming eligible; null before birth',
      ),
      SAME('interviewed_on', '意向確認の面談日 / day of the interview about the wish for leave'),
      ...KNOWN,
    ],
    from: (schema) => `${schema}.childcare_case f`,
  },
  {
    name: 'childcare_leave',
    comment: '育児休業、期間ごとに一行 / one row per period of childcare leave',
    columns: [
      CITY,
      STAFF,
      CASE,
      SAME('period_id', '期間のID / the period'),
      SAME('status', 'approved 承認（開始前）、started 取得中、ended 終了 / status'),
      SAME('newly', 'その子について最初の期間か（新規） / the first leave for the child'),
      SAME('duration', '期間の区分（予定を含む） / class of its length, as planned'),
      ...VALID,
      ...KNOWN,
    ],
    from: (schema) => `${schema}.childcare_leave f`,
  },
];
