import type { MetricDefinition } from '../subject.js';

const YEAR = '年度（4月1日〜3月31日）の末日、または asOf のどちらか早い日まで';
const AS_OF = '年度の末日、または asOf のどちらか早い日の状態';
const PEERS = '研修管理システムで一般的な指標（peers.md）';
/** One side counts people without any course. */
const OF_COURSES = ['course', 'course_kind', 'digital_class'];

const BEFORE = '修了より後に割り当てたものを除く';
const REQUIRED = `その日の在職者に割り当てられ、その日に免除されていないもの（${BEFORE}）`;
const OPEN = `${REQUIRED}のうち、修了していないもの（件）`;
const LIMITED = 'その日の在職者が修了した研修のうち、有効期間のあるもの（人×研修。無期限の修了がある研修を除く）';

/** All training metrics; the three states of what is not completed yet add up to 100 %. */
export const TRAINING_METRICS: readonly MetricDefinition[] = [
  {
    id: 'train.rate',
    version: 1,
    unit: 'percent',
    title: { ja: '研修修了率', en: 'Completed persons by target persons' },
    numerator: '分母のうち、年度内に期限のある割当をすべて修了した者（人×研修）',
    denominator: `年度内に期限のある割当の対象者（人×研修）。期限の日に免除されている者、在職していない者と、${BEFORE}。期限が後の日なら、その日の状態による`,
    period: YEAR,
    source: '研修修了者÷対象者（law.md 7）。割当が修了に先立つことは SAP の必修の定義',
  },
  {
    id: 'train.person_compliance',
    version: 1,
    unit: 'percent',
    title: { ja: '必修研修をすべて修了した職員の割合', en: 'People with everything required completed' },
    numerator: '分母のうち、必修をすべて修了している者（期限がまだのものも修了を要する）',
    denominator: `必修のある者。必修とは、${REQUIRED}`,
    period: AS_OF,
    source: PEERS,
    without: OF_COURSES,
  },
  {
    id: 'train.overdue',
    version: 1,
    unit: 'percent',
    title: { ja: '未修了のうち期限を過ぎた割合', en: 'Overdue by what is open' },
    numerator: '分母のうち、期限を過ぎたもの',
    denominator: OPEN,
    period: AS_OF,
    source: PEERS,
  },
  {
    id: 'train.due_soon',
    version: 1,
    unit: 'percent',
    title: { ja: '未修了のうち1か月以内に期限が来る割合', en: 'Due within a month by what is open' },
    numerator: '分母のうち、期限がその日から1か月以内（応当日を含む）のもの',
    denominator: OPEN,
    period: AS_OF,
    source: PEERS,
  },
  {
    id: 'train.on_track',
    version: 1,
    unit: 'percent',
    title: { ja: '未修了のうち期限まで1か月を超える割合', en: 'Due later than in a month by what is open' },
    numerator: '分母のうち、期限が1か月より先のもの',
    denominator: OPEN,
    period: AS_OF,
    source: PEERS,
  },
  {
    id: 'train.unassigned',
    version: 1,
    unit: 'percent',
    title: { ja: '割当のない修了の割合', en: 'Completions nobody had asked for' },
    numerator: '分母のうち、先立つ割当のないもの',
    denominator: '年度中の修了（件。取り消されたものを除く）',
    period: YEAR,
    source: '割当に先立つ修了は train.rate に数えない（metrics.md）',
  },
  {
    id: 'train.expired',
    version: 1,
    unit: 'percent',
    title: { ja: '有効期間の切れた修了の割合', en: 'Completions that have expired' },
    numerator: '分母のうち、最も長い有効期間がその日より前に切れたもの',
    denominator: LIMITED,
    period: AS_OF,
    source: PEERS,
  },
  {
    id: 'train.expiring',
    version: 1,
    unit: 'percent',
    title: { ja: '90日以内に有効期間の切れる修了の割合', en: 'Completions that expire within 90 days' },
    numerator: '分母のうち、最も長い有効期間の末日がその日から90日後までにあるもの',
    denominator: LIMITED,
    period: AS_OF,
    source: PEERS,
  },
  {
    id: 'train.attendance',
    version: 1,
    unit: 'percent',
    title: { ja: '研修の出席率', en: 'Present by invited' },
    numerator: '分母のうち出席した者',
    denominator: '年度中の実施回で出欠を記録された者（人×回。中止された回を除く）',
    period: YEAR,
    source: PEERS,
  },
  {
    id: 'train.hours',
    version: 1,
    unit: 'hours',
    title: { ja: '職員一人当たりの研修時間', en: 'Training hours per head' },
    numerator: '年度中に修了した研修の受講分の合計（割当のない修了を含み、取り消されたものを除く）',
    denominator: '3月31日（asOf が先ならその日）の在職者数。値は 分子÷60÷分母 時間、小数第2位まで',
    period: YEAR,
    source: '研修時間の合計÷職員数（law.md 7）',
    without: OF_COURSES,
  },
  {
    id: 'train.minutes',
    version: 1,
    unit: 'minutes',
    title: { ja: '修了一件当たりの研修時間', en: 'Mean minutes of a completion' },
    numerator: '年度中に修了した研修の受講分の合計（train.hours の分子と同じ）',
    denominator: '年度中の修了（件。取り消されたものを除く）',
    period: YEAR,
    source: 'train.hours の分子を研修ごとに見るもの',
  },
];
