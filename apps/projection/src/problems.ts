import type { ProblemTexts } from '#libs/platform/problem';

export const projectionProblems: ProblemTexts = {
  'analytics.known-at-in-future': {
    ja: 'knownAt に未来の時刻は指定できません。',
    en: 'knownAt lies in the future.',
  },
  'analytics.behind': {
    ja: '指定された時刻までの記録の取り込みが終わっていません。少し待ってからもう一度お試しください。',
    en: 'Not everything recorded up to that time is included yet; try again shortly.',
  },
  'analytics.period-not-begun': {
    ja: '{fiscalYear}年度は {asOf} の時点でまだ始まっていません。',
    en: 'Fiscal year {fiscalYear} has not begun on {asOf}.',
  },
  'analytics.too-many-dimensions': {
    ja: '内訳と絞り込みは合わせて{most}種類までです。',
    en: 'At most {most} breakdowns and filters together.',
  },
};
