import type { MetricDefinition } from '../subject.js';

const LEAVE_YEAR = '休暇年（団体が定める暦年または年度。asOf が途中ならその日まで）';
const FISCAL_YEAR = '年度（4月1日〜3月31日。asOf が年度の途中ならその日まで）';
const COUNTED = '休暇年の全期間在職した職員（全期間を休職・休業または派遣で過ごした者を除く）';
const DAYS = '日数は、取得した分をその人のその日の勤務時間（分）で除したもの';
const USED = `分母の職員が休暇年に取得した年次有給休暇の日数。${DAYS}`;
const NO_APPOINTEES = '会計年度任用職員を除く';
const ELIGIBLE = '年度中に新たに育児休業を取得可能となった職員（出産・配偶者の出産・養子縁組等。同年度の二件も一人）';
const ELIGIBLE_MEN = `年度中に新たに育児休業を取得可能となった男性職員（同年度の二件も一人）。${NO_APPOINTEES}`;
const NO_LENGTH = ['duration'];

const annual = (
  id: string,
  unit: 'days' | 'percent',
  parts: Pick<MetricDefinition, 'title' | 'numerator' | 'denominator' | 'source'>,
) => ({ id, version: 1, unit, ...parts, period: LEAVE_YEAR, yearKind: 'leave', without: NO_LENGTH }) as const;

const paternal = (id: string, title: MetricDefinition['title'], numerator: string): MetricDefinition => ({
  id,
  version: 1,
  unit: 'percent',
  title,
  numerator: `${numerator}。前年度以前の出生によるものも数えるため100%を超えることがある`,
  denominator: ELIGIBLE_MEN,
  period: FISCAL_YEAR,
  source: '総務省 勤務条件等に関する調査（男性職員の育児参加。law.md 7）',
  without: NO_LENGTH,
});

/** All metrics of leave. Several definitions of one idea stand side by side; none of them is "the" rate. */
export const LEAVE_METRICS: readonly MetricDefinition[] = [
  annual('al.avg_days', 'days', {
    title: { ja: '年次有給休暇の平均取得日数', en: 'Mean days of annual leave taken' },
    numerator: USED,
    denominator: COUNTED,
    source: '総務省 勤務条件等に関する調査',
  }),
  annual('al.rate_granted', 'percent', {
    title: { ja: '年次有給休暇の取得率（当年付与比）', en: "Annual leave taken by the year's grant" },
    numerator: USED,
    denominator: '同じ職員に休暇年に付与された日数（繰越を除く）',
    source: '厚生労働省 就労条件総合調査の取得率の考え方',
  }),
  annual('al.rate_total', 'percent', {
    title: { ja: '年次有給休暇の消化率（繰越を含む付与比）', en: 'Annual leave taken by grant and carry-over' },
    numerator: USED,
    denominator: '同じ職員に休暇年に付与された日数と前年から繰り越された日数の合計',
    source: '人事行政の運営等の状況の公表（総使用日数÷総付与日数）',
  }),
  annual('al.under5_share', 'percent', {
    title: { ja: '年次有給休暇の取得が5日未満の職員の割合', en: 'Share of staff with fewer than five days' },
    numerator: `分母のうち取得が5日に満たない者。${DAYS}`,
    denominator: COUNTED,
    source: '総務省 勤務条件等に関する調査',
  }),
  {
    id: 'cc.rate.mic_v1',
    version: 1,
    unit: 'percent',
    title: { ja: '育児休業取得率（総務省 旧定義・対象者追跡）', en: 'Childcare leave, of those newly eligible' },
    numerator: '分母のうち、その子について asOf までに育児休業を始めた者（100%を超えない）',
    denominator: `${ELIGIBLE}。${NO_APPOINTEES}`,
    period: FISCAL_YEAR,
    source: '総務省 勤務条件等に関する調査（平成15・26年度の算出）',
    always: ['sex'],
    without: NO_LENGTH,
  },
  {
    id: 'cc.rate.mic_v2',
    version: 1,
    unit: 'percent',
    title: { ja: '育児休業取得率（総務省 現定義）', en: 'Childcare leave newly taken, by newly eligible' },
    numerator: `年度中に新規に（その子について初めて）育児休業を始めた職員。前年度以前の出生によるものも数えるため100%を超えることがある。${NO_APPOINTEES}`,
    denominator: `${ELIGIBLE}。${NO_APPOINTEES}`,
    period: FISCAL_YEAR,
    source: '総務省 勤務条件等に関する調査（現行）',
    always: ['sex'],
    without: NO_LENGTH,
  },
  {
    id: 'cc.rate.wao',
    version: 1,
    unit: 'percent',
    title: {
      ja: '育児休業取得率（女性活躍推進法）',
      en: 'Childcare leave, of those who gave birth or whose partner did',
    },
    numerator: '分母のうち、その子について asOf までに育児休業を始めた者',
    denominator: '年度中に出産した女性職員と、年度中に配偶者が出産した男性職員（会計年度任用職員を含む）',
    period: FISCAL_YEAR,
    source: '女性活躍推進法に基づく特定事業主の公表に係る内閣府令2条1項2号ロ',
    always: ['sex'],
    without: NO_LENGTH,
  },
  {
    id: 'cc.duration_dist',
    version: 1,
    unit: 'persons',
    title: { ja: '育児休業の期間の分布', en: 'Childcare leave newly taken, by length' },
    numerator: `年度中に新規に育児休業を始めた職員（年度に二人の子についてなら後のもの）。期間は最初の期間の初日から最終日まで、取得中なら knownAt の時点の予定による。${NO_APPOINTEES}`,
    denominator: null,
    period: FISCAL_YEAR,
    source: '総務省 勤務条件等に関する調査',
    always: ['sex', 'duration'],
  },
  paternal(
    'pat.birth_rate',
    { ja: '配偶者出産休暇の取得率', en: 'Men who took spouse-childbirth leave' },
    `年度中に配偶者出産休暇を取得した男性職員。${NO_APPOINTEES}`,
  ),
  paternal(
    'pat.care_rate',
    { ja: '育児参加のための休暇の取得率', en: 'Men who took childcare-participation leave' },
    `年度中に育児参加のための休暇を取得した男性職員。${NO_APPOINTEES}`,
  ),
  paternal(
    'pat.either',
    { ja: '配偶者出産休暇または育児参加のための休暇の取得率', en: 'Men who took either of the two leaves' },
    `年度中に配偶者出産休暇または育児参加のための休暇を取得した男性職員。${NO_APPOINTEES}`,
  ),
  paternal(
    'pat.5days_rate',
    { ja: '男性の育児に伴う休暇を合わせて5日以上取得した割合', en: 'Men with five days or more of the two leaves' },
    `年度中に配偶者出産休暇と育児参加のための休暇を合わせて5日以上取得した男性職員。${DAYS}。${NO_APPOINTEES}`,
  ),
  {
    id: 'care.takers',
    version: 1,
    unit: 'persons',
    title: { ja: '介護のための休暇の取得者数', en: 'Staff who took care leave' },
    numerator: '年度中に短期介護休暇または介護休暇を取得した職員',
    denominator: null,
    period: FISCAL_YEAR,
    source: '人事行政の運営等の状況の公表（休暇の取得状況）',
    without: NO_LENGTH,
  },
  {
    id: 'care.days',
    version: 1,
    unit: 'days',
    title: { ja: '介護のための休暇の平均取得日数', en: 'Mean days of care leave of those who took it' },
    numerator: `短期介護休暇と介護休暇の日数。${DAYS}`,
    denominator: '年度中に短期介護休暇または介護休暇を取得した職員',
    period: FISCAL_YEAR,
    source: '人事行政の運営等の状況の公表（休暇の取得状況）',
    without: NO_LENGTH,
  },
  {
    id: 'sick.long',
    version: 1,
    unit: 'per-100000',
    title: { ja: '長期病休者率（10万人当たり）', en: 'Staff away sick for 30 days or more, per 100,000' },
    numerator:
      '分母のうち、年度中に病気休暇（全日）と病気休職が続けて30日以上の者。暦日で数え、間の週休日・休日も続きとする。年度の境を越える分は年度内の日だけ数える',
    denominator: '年度中に一日でも在職した職員',
    period: FISCAL_YEAR,
    source: '地方公務員安全衛生推進協会 地方公務員健康状況等の現況（30日以上の休業）',
    without: NO_LENGTH,
  },
];
