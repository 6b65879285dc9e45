import type { Api } from './api.js';

/** One printed figure, as the API answers it. */
export type Row = Readonly<{
  fiscalYear: number;
  dimensions: Readonly<Record<string, string | null>>;
  numerator: number | null;
  denominator: number | null;
  value: number | null;
  suppressed: boolean;
}>;

export type Figure = Readonly<{ title: string; metric: string; query: string; rows: readonly Row[] }>;

type Question = Readonly<{ title: string; metric: string; query: string }>;

/** What the demo asks; `fiscalYear` is the one in which the live cohort joined. */
export const questionsOf = (fiscalYear: number): readonly Question[] => [
  { title: '職員数（各年度の4月1日）', metric: 'headcount', query: `fiscalYear=2023-${fiscalYear}` },
  { title: '普通退職率', metric: 'sep.rate', query: 'fiscalYear=2023-2025&asOf=2026-03-31' },
  { title: '2023年度採用者の3年度末の定着率', metric: 'retention.3y', query: 'fiscalYear=2023&asOf=2026-03-31' },
  { title: '職員数（男女別）', metric: 'headcount', query: `fiscalYear=${fiscalYear}&groupBy=sex` },
  {
    title: '今年度の採用者と、年度末までの定着（今採用した人を含む）',
    metric: 'retention.1y',
    query: `fiscalYear=${fiscalYear}&asOf=${fiscalYear + 1}-03-31`,
  },
];

/** Asks all questions of one city, as everything is known at one instant: they can be asked again and answer the same. */
export const askFigures = async (api: Api, city: string, fiscalYear: number, knownAt: string): Promise<Figure[]> => {
  const figures: Figure[] = [];
  for (const question of questionsOf(fiscalYear)) {
    const path = `/analytics/retention?metric=${question.metric}&${question.query}&knownAt=${encodeURIComponent(knownAt)}`;
    const { rows } = await api.get<{ rows: Row[] }>(`${city}-analyst`, 'projection', path);
    figures.push({ ...question, rows });
  }
  return figures;
};

/** How a row reads: `2025年度 12/650 = 1.8 %`. */
export const lineOf = (
  metric: string,
  { fiscalYear, dimensions, numerator, denominator, value, suppressed }: Row,
): string => {
  const classes = Object.entries(dimensions).map(([name, key]) => `${name}=${key ?? '計'}`);
  const what = [`${fiscalYear}年度`, ...classes].join(' ');
  if (suppressed) return `${what} （秘匿）`;
  return metric === 'headcount' ? `${what} ${value} 人` : `${what} ${numerator}/${denominator} = ${value} %`;
};
