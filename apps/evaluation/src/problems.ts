import type { ProblemTexts } from '#libs/platform/problem';
import type { Interview } from './domain/form.js';
import type { Phase, Sheet, StepName } from './domain/sheet-state.js';

/** What the codes of phases, steps, interviews and statuses are called. */
const words: Readonly<Record<Phase | StepName | Interview | Sheet['status'], string>> = {
  goals: '目標の設定',
  'start-interview': '期首面談',
  'middle-interview': '中間面談',
  first: '一次評価',
  'end-interview': '期末面談',
  second: '二次評価',
  confirmation: '結果の確定',
  confirmed: '確定済み',
  disclosed: '開示済み',
  closed: '終了',
  start: '期首面談',
  middle: '中間面談',
  end: '期末面談',
  open: '評価中',
};

/** Text of every code evaluation answers; `{…}` comes from the facts of the refusal. */
export const problems: ProblemTexts = {
  'sheet.not-found': { ja: '評価シートが見つかりません。', en: 'There is no such sheet.' },
  'sheet.already-opened': { ja: 'この評価シートはすでに作成されています。', en: 'This sheet was opened already.' },
  'sheet.no-form': {
    ja: '級「{grade}」に使う評価項目が、この団体の設定にありません。',
    en: 'The pack has no evaluation items for grade {grade}.',
  },
  'sheet.not-open': {
    ja: 'この評価シートはすでに確定または終了しています（状態：{status}）。',
    en: 'This sheet is no longer open ({status}).',
    words,
  },
  'sheet.not-the-turn': {
    ja: 'この評価シートは別の段階にあるため、この操作はできません（現在：{phase}）。',
    en: 'It is not the turn of this: the sheet is at {phase}.',
    words,
  },
  'sheet.step-not-open': {
    ja: 'この段階（{step}）はまだ始まっていません。評価期間は {from} からです。',
    en: 'Step {step} is not open yet; the period begins on {from}.',
    words,
  },
  'sheet.own-evaluation': {
    ja: '自分自身の評価に評価者または人事担当として関わることはできません。',
    en: 'Nobody evaluates themselves.',
  },
  'sheet.not-evaluator': {
    ja: 'この段階（{step}）の評価者ではありません。',
    en: 'You are not the evaluator of step {step}.',
    words,
  },
  'sheet.no-evaluator': {
    ja: 'この段階（{step}）の評価者となる上位の職の者がいません。人事担当が評価者を指定してください。',
    en: 'Nobody is above for step {step}; HR names the evaluator.',
    words,
  },
  'sheet.evaluator-left': {
    ja: 'この段階（{step}）の評価者は、退職・休職・派遣などで職にありません。人事担当が評価者を改めて決めてください。',
    en: 'The evaluator of step {step} is no longer in post; HR has to find another.',
    words,
  },
  'sheet.evaluator-not-in-post': {
    ja: '在職していない、または休職・派遣中の職員を評価者にすることはできません。',
    en: 'An evaluator must be in service, and neither on leave nor seconded away.',
  },
  'sheet.same-evaluator': {
    ja: '一次評価を行った職員を二次評価者にすることはできません。',
    en: 'Whoever gave the first evaluation cannot give the second.',
  },
  'sheet.already-evaluated': {
    ja: 'この段階（{step}）の評価はすでに提出されています。',
    en: 'Step {step} has been evaluated already.',
    words,
  },
  'sheet.items-differ': {
    ja: '評価項目を過不足なく採点してください（{titles}）。',
    en: 'Score every item once ({items}).',
  },
  'sheet.points-out-of-range': {
    ja: '項目「{title}」は 0～{max} 点の整数で採点してください。',
    en: 'Item {item} takes 0 to {max} whole points.',
  },
  'sheet.difference-unexplained': {
    ja: '一次評価と異なる点数をつけるときは、理由を記入してください。',
    en: 'Points that differ from the first evaluation need a reason.',
  },
  'sheet.not-confirmed': {
    ja: '確定した評価シートだけを開示できます（状態：{status}）。',
    en: 'Only a confirmed sheet can be disclosed ({status}).',
    words,
  },
  'goals.not-own': { ja: '目標は本人だけが記入できます。', en: 'Goals are written by the person alone.' },
  'goals.missing': { ja: '本人がまだ目標を記入していません。', en: 'The person has not written any goals yet.' },
  'interview.not-a-party': {
    ja: '面談の記録と確認は、本人と評価者だけが行えます。',
    en: 'Only the person and the evaluator record an interview.',
  },
  'interview.not-required': {
    ja: 'この評価シートに、面談「{interview}」はありません。',
    en: 'This sheet asks for no {interview} interview.',
    words,
  },
  'interview.already-held': {
    ja: '{interview}は双方が確認済みです。',
    en: 'Both parties have confirmed the {interview} interview.',
    words,
  },
  'interview.not-recorded': {
    ja: '{interview}はまだ記録されていません。',
    en: 'The {interview} interview has not been recorded yet.',
    words,
  },
  'interview.own-record': {
    ja: '面談の確認は、記録した本人ではなく相手方が行います。',
    en: 'The other party confirms what one has recorded.',
  },
  'interview.in-future': { ja: '面談日を将来の日付にすることはできません。', en: 'The interview lies in the future.' },
  'interview.before-period': {
    ja: '面談日は評価期間の初日（{from}）以後にしてください。',
    en: 'The interview lies before the period, which begins on {from}.',
  },
  'interview.missing': {
    ja: '必要な{interview}の実施が双方で確認されていないため、評価に進めません。',
    en: 'The {interview} interview has not been held; the evaluation cannot go on.',
    words,
  },
  'result.outcome-missing': {
    ja: '条件付採用期間の評価では、結果（合格・延長・不合格）を指定してください。',
    en: 'A probation needs an outcome.',
  },
  'result.not-for-kind': {
    ja: '定期評価に、条件付採用の結果を付けることはできません。',
    en: 'A yearly sheet has no outcome of a probation.',
  },
  'result.unexplained': {
    ja: '合格の基準と異なる結果にするときは、理由を記入してください。',
    en: 'An outcome that departs from the points needs a reason.',
  },
  'result.months-without-extension': {
    ja: '延長の月数は、結果が延長のときだけ指定できます。',
    en: 'Months go with an extension only.',
  },
  'result.extension-beyond-limit': {
    ja: '条件付採用期間は、延長を含めて {latest} までです。',
    en: 'A probation with its extensions ends on {latest} at the latest.',
  },
  'result.probation-over': {
    ja: '条件付採用期間は {until} に終わっているため、延長できません。',
    en: 'The probation ended on {until} and cannot be extended any more.',
  },
  'cycle.already-opened': {
    ja: '{fiscalYear}年度の定期評価はすでに開始しています。',
    en: 'The yearly evaluation of {fiscalYear} was opened already.',
  },
  'cycle.day-outside-year': {
    ja: '基準日は{fiscalYear}年度内の日付にしてください。',
    en: 'The day of opening is not in fiscal year {fiscalYear}.',
  },
  'cycle.due-before-opening': {
    ja: '期限は評価の基準日以後の日付にしてください。',
    en: 'The due date comes before the day of opening.',
  },
  'cycle.nobody': { ja: '{on} に在職する職員がいません。', en: 'Nobody is in post on {on}.' },
};
