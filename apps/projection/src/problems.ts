import type { ProblemTexts } from '#libs/platform/problem';

export const projectionProblems: ProblemTexts = {
  'analytics.behind': {
    ja: '指定された時刻までの記録の取り込みが終わっていません。少し待ってからもう一度お試しください。',
    en: 'Not everything recorded up to that time is included yet; try again shortly.',
  },
};
