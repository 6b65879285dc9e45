import type { Dimension } from './schema/retention.js';

export type Unit = 'percent' | 'years' | 'persons';

/** What a metric counts, in words; its SQL is in `schema/retention.ts`. A changed definition gets a higher version. */
export type MetricDefinition = Readonly<{
  id: string;
  version: number;
  unit: Unit;
  title: Readonly<{ ja: string; en: string }>;
  numerator: string;
  /** Null for counts of people. */
  denominator: string | null;
  period: string;
  source: string;
  /** Breakdowns that are always made. */
  always?: readonly Dimension[];
  /** Takes the years since hiring, n. */
  perYears?: boolean;
}>;

const FISCAL_YEAR = '年度（4月1日〜3月31日。asOf が年度の途中ならその日まで）';
const LEAVERS = '年度中の離職者（派遣元への帰任を除き、退職の翌日に再採用された者を除く）';
const OPENING = '4月1日の在職者数（休職・育休・派遣中を含む）';
const HIRED = '年度中に採用された者（採用の日から切れ目のない在職を1件と数え、途中で派遣元へ帰任した者を除く）';

/** All retention metrics. Several definitions of one idea stand side by side; none of them is "the" rate. */
export const METRICS: readonly MetricDefinition[] = [
  {
    id: 'headcount',
    version: 1,
    unit: 'persons',
    title: { ja: '職員数（4月1日）', en: 'Headcount on 1 April' },
    numerator: OPENING,
    denominator: null,
    period: '年度の4月1日',
    source: '地方公務員法58条の2（職員数）',
  },
  {
    id: 'sep.rate',
    version: 1,
    unit: 'percent',
    title: { ja: '普通退職率', en: 'Ordinary resignations by headcount on 1 April' },
    numerator: '年度中の普通退職者（離職事由 resignation）',
    denominator: OPENING,
    period: FISCAL_YEAR,
    source: '総務省 退職状況等調査に基づく算出例（law.md 7）',
  },
  {
    id: 'sep.opening',
    version: 1,
    unit: 'percent',
    title: { ja: '離職率（期首在籍者比）', en: 'Leavers by headcount at the start' },
    numerator: LEAVERS,
    denominator: OPENING,
    period: FISCAL_YEAR,
    source: '国内の一般的な離職率（期首在籍者を分母とする）',
  },
  {
    id: 'sep.average',
    version: 1,
    unit: 'percent',
    title: { ja: '離職率（期首・期末平均比）', en: 'Leavers by mean headcount' },
    numerator: LEAVERS,
    denominator: '期首（4月1日）と期末（最終日の退職者が去った後）の在職者数の平均',
    period: FISCAL_YEAR,
    source: '人事システムで一般的な turnover の定義',
  },
  {
    id: 'sep.wao',
    version: 1,
    unit: 'percent',
    title: { ja: '自己都合離職率（女性活躍推進法）', en: 'Own-reason resignations by staff in post, by sex' },
    numerator: '分母のうち年度中に自己都合退職した者（離職事由 resignation）',
    denominator: '年度中に一日でも在職した職員（二度在職しても一人）',
    period: FISCAL_YEAR,
    source: '女性活躍推進法に基づく特定事業主の公表に係る内閣府令2条1項2号イ',
    always: ['sex'],
  },
  {
    id: 'sep.futsu',
    version: 1,
    unit: 'percent',
    title: { ja: '普通退職率（消去法）', en: 'Resignations by elimination, by headcount on 1 April' },
    numerator: '年度中の離職者から定年・勧奨早期・分限免職・懲戒免職・死亡・任期満了・帰任を除いた者（失職は含む）',
    denominator: OPENING,
    period: FISCAL_YEAR,
    source: '総務省 退職状況等調査の区分',
  },
  {
    id: 'tenure.leavers',
    version: 1,
    unit: 'years',
    title: { ja: '離職者の平均在職年数', en: 'Mean tenure of leavers' },
    numerator: '離職者の在職月数（満）の合計',
    denominator: `${LEAVERS}。値は 分子÷(12×分母) 年`,
    period: FISCAL_YEAR,
    source: '人事分析の一般的な指標',
  },
  {
    id: 'retention.1y',
    version: 1,
    unit: 'percent',
    title: { ja: '採用年度末の定着率', en: 'Hires still in service after the fiscal year of hiring' },
    numerator: '分母のうち採用年度の3月31日までに離職していない者（同日の退職者は離職）',
    denominator: `${HIRED}。年度末が asOf より後なら数えない`,
    period: '採用年度',
    source: 'retention.3y と同じ考え方',
  },
  {
    id: 'retention.3y',
    version: 1,
    unit: 'percent',
    title: { ja: '採用後3年度末の定着率', en: 'Hires still in service after the third fiscal year' },
    numerator: '分母のうち採用年度の翌々年度の3月31日までに離職していない者（同日の退職者は離職）',
    denominator: `${HIRED}。翌々年度末が asOf より後なら数えない`,
    period: '採用年度',
    source: '厚生労働省 新規学卒就職者の3年以内離職率の考え方',
  },
  {
    id: 'retention.cohort',
    version: 1,
    unit: 'percent',
    title: { ja: '採用後n年の定着率', en: 'Hires still in service after n years' },
    numerator: '分母のうち採用からn年の間に離職していない者',
    denominator: `${HIRED}のうち、asOf までに採用からn年を経た者`,
    period: '採用年度',
    source: '女性活躍推進法の継続任用割合（約10年度前の採用者）ほか',
    perYears: true,
  },
  {
    id: 'retention.survival',
    version: 1,
    unit: 'percent',
    title: { ja: '採用年度別の残存曲線', en: 'Survival curve of a hiring cohort' },
    numerator: '分母のうち採用からn年の間に離職していない者（n = 1, 2, …）',
    denominator: `${HIRED}のうち、asOf までに採用からn年を経た者`,
    period: '採用年度',
    source: 'retention.cohort を n = 1 から並べたもの',
    perYears: true,
  },
  {
    id: 'retirement.due',
    version: 1,
    unit: 'persons',
    title: { ja: '定年退職予定者数', en: 'Staff who reach retirement' },
    numerator:
      'asOf の在職者のうち、その年度末に定年退職となる生まれ年度の者（任期付職員と、定年年度を過ぎた者を除く）',
    denominator: null,
    period: '定年退職の年度',
    source: '地方公務員法28条の6、附則21項と各団体の条例（方針パックの retirement）',
  },
];

export const metricOf = (id: string): MetricDefinition | undefined => METRICS.find((metric) => metric.id === id);
