import type { Column, Table } from '../schema/tables.js';

const STAFF: Column = [
  'staff_id',
  'text NOT NULL',
  '職員の仮名ID（職員番号ではない） / pseudonym of the member of staff',
];
const KIND: Column = ['kind', 'text NOT NULL', '休暇の種類。other は市が秘匿する種類を含む / kind of leave'];
const DAY_MINUTES: Column = [
  'day_minutes',
  'integer NOT NULL',
  'その人の1日の勤務時間（分） / working minutes of one full day of the person then',
];
const LOT: Column = ['lot_id', 'text NOT NULL', '付与のID / the grant'];
const CASE: Column = ['case_id', 'text NOT NULL', '子（出生・養子縁組）のID / the child'];

/** Facts on leave; the child's dates are in none of them. */
export const LEAVE_TABLES: readonly Table[] = [
  {
    name: 'leave_entry',
    comment: '取得した休暇、一日一件（時間単位は一回）一行 / leave taken, one row per day and stretch',
    columns: [
      STAFF,
      ['entry_id', 'text NOT NULL', '取得のID / the entry'],
      KIND,
      ['taken_on', 'date NOT NULL', '取得日 / day of the leave'],
      ['minutes', 'integer NOT NULL', '取得した時間（分） / minutes taken'],
      DAY_MINUTES,
    ],
  },
  {
    name: 'leave_lot',
    comment: '付与・繰越、一件一行 / one row per grant or carry-over',
    columns: [
      STAFF,
      LOT,
      KIND,
      ['leave_year', 'date NOT NULL', '休暇年の初日。繰越は繰り越した先の年 / first day of the leave year'],
      ['granted_on', 'date NOT NULL', '付与日 / first day on which it can be used'],
      ['usable_through', 'date NOT NULL', '使用できる最終日（含む） / last day on which it can be used'],
      ['minutes', 'integer NOT NULL', '付与した時間（分） / minutes granted'],
      ['carried_over', 'boolean NOT NULL', '前年からの繰越か / left over from the year before'],
      DAY_MINUTES,
    ],
  },
  {
    name: 'leave_expiry',
    comment: '失効、付与と日ごとに一行 / what was left of a grant when it ended',
    columns: [
      STAFF,
      LOT,
      KIND,
      ['minutes', 'integer NOT NULL', '失効した時間（分） / minutes that ended unused'],
      ['expired_on', 'date NOT NULL', '使用できた最終日 / last day on which they could be used'],
    ],
  },
  {
    name: 'childcare_case',
    comment: '育児休業の対象となる出生等、一件一行 / a child that entitles to childcare leave',
    columns: [
      STAFF,
      CASE,
      ['parenthood', 'text NOT NULL', 'gave-birth 出産、partner-gave-birth 配偶者の出産、adopted 養子縁組等 / how'],
      [
        'eligible_fiscal_year',
        'integer',
        '取得可能となった年度（出生前は空） / fiscal year of becoming eligible; null before birth',
      ],
      ['interviewed_on', 'date', '意向確認の面談日 / day of the interview about the wish for leave'],
    ],
  },
  {
    name: 'childcare_leave',
    comment: '育児休業、期間ごとに一行 / one row per period of childcare leave',
    columns: [
      STAFF,
      CASE,
      ['period_id', 'text NOT NULL', '期間のID / the period'],
      ['status', 'text NOT NULL', 'approved 承認（開始前）、started 取得中、ended 終了 / status'],
      ['newly', 'boolean NOT NULL', 'その子について最初の期間か（新規） / the first leave for the child'],
      [
        'duration',
        'text NOT NULL',
        '期間の区分（予定を含む）: <1w, 1w-<2w, 2w-1m, 1m-3m, 3m-6m, 6m-9m, 9m-12m, 12m-24m, 24m+ / class of its length, as planned',
      ],
      ['valid_from', 'date NOT NULL', '初日（含む） / first day'],
      ['valid_to', 'date NOT NULL', '最終日（予定を含む）の翌日（含まない） / day after the last day, as planned'],
    ],
  },
];

export const LEAVE_FOLDS: readonly Table[] = [
  {
    name: 'leave_ledger',
    comment: 'State of the fold of one person and leave year',
    columns: [
      ['lots', 'jsonb NOT NULL', 'grants not revoked'],
      ['expiries', 'jsonb NOT NULL', 'what ended of them'],
      ['entries', 'jsonb NOT NULL', 'entries not cancelled'],
    ],
  },
  {
    name: 'childcare',
    comment: 'State of the fold of the children of one parent',
    columns: [
      ['cases', 'jsonb NOT NULL', 'children not voided'],
      ['leaves', 'jsonb NOT NULL', 'leaves not cancelled'],
    ],
  },
];
