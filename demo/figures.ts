import { fiscalYearOf } from '#libs/law/fiscal-year';
import type { LocalDate } from '#libs/law/local-date';
import type { Api } from './api.js';

/** One printed figure, as the API answers it. */
export type Row = Readonly<{
  fiscalYear: number;
  dimensions: Readonly<Record<string, string | null>>;
  numerator: number | null;
  denominator: number | null;
  value: number | null;
  suppressed: boolean;
  asOf: LocalDate;
}>;

type Question = Readonly<{ title: string; metric: keyof typeof METRICS; query: string }>;

export type Figure = Question & Readonly<{ rows: readonly Row[] }>;

type Metric = Readonly<{
  subject: 'retention' | 'leave-uptake' | 'training-coverage';
  unit: 'persons' | 'percent' | 'days' | 'hours';
  /** Annual leave is counted by the calendar year. */
  year?: '年';
}>;

const METRICS = {
  headcount: { subject: 'retention', unit: 'persons' },
  'sep.rate': { subject: 'retention', unit: 'percent' },
  'retention.1y': { subject: 'retention', unit: 'percent' },
  'retention.3y': { subject: 'retention', unit: 'percent' },
  'al.avg_days': { subject: 'leave-uptake', unit: 'days', year: '年' },
  'al.under5_share': { subject: 'leave-uptake', unit: 'percent', year: '年' },
  'cc.rate.mic_v1': { subject: 'leave-uptake', unit: 'percent' },
  'cc.rate.mic_v2': { subject: 'leave-uptake', unit: 'percent' },
  'pat.either': { subject: 'leave-uptake', unit: 'percent' },
  'train.rate': { subject: 'training-coverage', unit: 'percent' },
  'train.unassigned': { subject: 'training-coverage', unit: 'percent' },
  'train.hours': { subject: 'training-coverage', unit: 'hours' },
} as const satisfies Readonly<Record<string, Metric>>;

/** The years the files tell in full. */
const TOLD = 'fiscalYear=2023-2025&asOf=2026-03-31';

/** What the demo asks; `joinsOn` is the day on which the live cohort joined. */
const questionsOf = (joinsOn: LocalDate): readonly Question[] => {
  const year = fiscalYearOf(joinsOn);
  const running = `fiscalYear=${year}&asOf=${year + 1}-03-31`;
  const course = joinsOn.endsWith('-04-01') ? 'new-hire' : 'new-hire-mid-year';
  return [
    { title: '職員数（各年度の4月1日）', metric: 'headcount', query: `fiscalYear=2023-${year}` },
    { title: '普通退職率', metric: 'sep.rate', query: TOLD },
    { title: '2023年度採用者の3年度末の定着率', metric: 'retention.3y', query: 'fiscalYear=2023&asOf=2026-03-31' },
    { title: '職員数（男女別）', metric: 'headcount', query: `fiscalYear=${year}&groupBy=sex` },
    { title: '今年度の採用者と、年度末までの定着（今採用した人を含む）', metric: 'retention.1y', query: running },
    { title: '年次有給休暇の平均取得日数', metric: 'al.avg_days', query: TOLD },
    { title: '年次有給休暇の取得が5日未満の職員', metric: 'al.under5_share', query: TOLD },
    { title: '育児休業取得率（総務省の現定義、男女別）', metric: 'cc.rate.mic_v2', query: TOLD },
    { title: '育児休業取得率（総務省の旧定義、男性）', metric: 'cc.rate.mic_v1', query: `${TOLD}&sex=1` },
    { title: '配偶者出産休暇または育児参加のための休暇の取得率', metric: 'pat.either', query: TOLD },
    { title: '研修修了率', metric: 'train.rate', query: TOLD },
    { title: 'ハラスメント防止研修の修了率', metric: 'train.rate', query: `${TOLD}&course=harassment` },
    {
      title: '今年度の採用時研修の修了率（今採用した人を含む）',
      metric: 'train.rate',
      query: `${running}&course=${course}`,
    },
    { title: '割当のない修了の割合', metric: 'train.unassigned', query: TOLD },
    { title: '職員一人当たりの研修時間', metric: 'train.hours', query: TOLD },
  ];
};

export const pathOf = ({ metric, query }: Question): string =>
  `/analytics/${METRICS[metric].subject}?metric=${metric}&${query}`;

/** Asks all questions of one city, as everything is known at one instant: they can be asked again and answer the same. */
export const askFigures = (api: Api, city: string, joinsOn: LocalDate, knownAt: string): Promise<Figure[]> =>
  Promise.all(
    questionsOf(joinsOn).map(async (question) => {
      const path = `${pathOf(question)}&knownAt=${encodeURIComponent(knownAt)}`;
      const { rows } = await api.get<{ rows: Row[] }>(`${city}-analyst`, 'projection', path);
      return { ...question, rows };
    }),
  );

/** ISO 5218, as the API has it. */
const SEXES: Readonly<Record<string, string>> = { '1': '男', '2': '女', '0': '不明', '9': '適用不能' };

const classOf = (name: string, key: string | null): string => {
  const sex = name === 'sex' && key !== null ? SEXES[key] : undefined;
  return `${name}=${key ?? '計'}${sex ? `（${sex}）` : ''}`;
};

/** Those who took leave for the first time are not those who had a child in the year. */
const ABOVE_ALL = '（分子と分母は別の職員の集まりのため100 %を超えうる。）';

/** How a row reads: `2025年度 12/650 = 1.8 %`. */
export const lineOf = (
  metric: Question['metric'],
  { fiscalYear, dimensions, numerator, denominator, value, suppressed }: Row,
): string => {
  const { unit, year }: Metric = METRICS[metric];
  const classes = Object.entries(dimensions).map(([name, key]) => classOf(name, key));
  const what = [`${fiscalYear}${year ?? '年度'}`, ...classes].join(' ');
  if (suppressed) return `${what} （秘匿）`;
  const figures = {
    persons: `${value} 人`,
    percent: `${numerator}/${denominator} = ${value?.toFixed(1)} %${(value ?? 0) > 100 ? ABOVE_ALL : ''}`,
    days: `${value?.toFixed(1)} 日（${denominator} 人）`,
    hours: `${value?.toFixed(2)} 時間（${denominator} 人）`,
  };
  return `${what} ${figures[unit]}`;
};
