import { importProblems } from '#libs/imports/problem-texts';
import type { ProblemTexts } from '#libs/platform/problem';

/** Japanese and English of every code training answers; `{name}` is filled from the facts of the refusal. */
export const problems: ProblemTexts = {
  ...importProblems,
  'course.unknown': {
    ja: '研修「{course}」は定められていません。研修コードを確認してください。',
    en: 'There is no course {course}.',
  },

  'course.valid-too-long': {
    ja: '有効月数は{most}か月以下で指定してください。失効しない研修では空にします。',
    en: 'A completion holds for {most} months at most, or for ever.',
  },
  'policy.not-in-force': {
    ja: '{on} の時点で適用される研修の規程がありません。日付を確認してください。',
    en: 'No rules of training were in force on {on}.',
  },

  // the plan of a year
  'plan.not-found': {
    ja: 'この年度の職員研修計画はまだありません。',
    en: 'There is no plan for this fiscal year yet.',
  },
  'plan.submitted': {
    ja: '{fiscalYear}年度の職員研修計画は承認待ちです。変更するには差戻しを受けてください。',
    en: 'The plan of {fiscalYear} awaits approval; have it returned first.',
  },
  'plan.no-draft': { ja: '提出できる職員研修計画の案がありません。', en: 'There is no draft to submit.' },
  'plan.not-submitted': { ja: '職員研修計画はまだ提出されていません。', en: 'The plan has not been submitted.' },
  'plan.own-draft': {
    ja: '自分が作成または提出した職員研修計画を承認することはできません。',
    en: 'Whoever drafted or submitted a plan cannot approve it.',
  },
  'plan.line-twice': { ja: '研修「{course}」の行が重複しています。', en: 'The course {course} occurs twice.' },

  // sessions
  'session.not-found': { ja: 'この実施回は見つかりません。', en: 'There is no such session.' },
  'session.already-planned': {
    ja: 'この回コードの実施回は既に登録されています。',
    en: 'There is a session of this code already.',
  },
  'session.in-past': { ja: '過去の日付の実施回は予定できません。', en: 'A session cannot be planned for a past day.' },
  'session.already-held': { ja: 'この実施回は既に終了しています。', en: 'The session has been held already.' },
  'session.cancelled': { ja: 'この実施回は中止されています。', en: 'The session was cancelled.' },
  'session.not-yet': {
    ja: '実施日（{heldOn}）より前に、出欠の記録や終了はできません。',
    en: 'The session is on {heldOn}; not before that.',
  },
  'session.over': {
    ja: '実施日（{heldOn}）を過ぎたため、申込みや取下げはできません。',
    en: 'The session was on {heldOn}; enrolment is over.',
  },
  'session.capacity-below-seats': {
    ja: '既に{seats}人に席があるため、それより少ない定員にはできません。',
    en: '{seats} people have a seat already.',
  },
  'session.already-enrolled': { ja: '既に申し込んでいます。', en: 'Enrolled already.' },
  'session.not-enrolled': { ja: 'この実施回には申し込んでいません。', en: 'Not enrolled in this session.' },
  'session.attendance-recorded': {
    ja: '出欠を記録した後は、取下げや中止はできません。',
    en: 'The attendance is recorded already.',
  },
  'session.above-capacity': {
    ja: '出席者（{present}人）が定員（{capacity}人）を超えています。出欠か定員を確認してください。',
    en: '{present} people present are more than the capacity of {capacity}.',
  },
  'session.other-course': {
    ja: 'この実施回は別の研修（{course}）のものです。',
    en: 'The session is of another course, {course}.',
  },
  'attendance.twice': { ja: '同じ職員の出欠が2つあります。', en: 'The attendance of one person is there twice.' },
  'attendance.minutes-disagree': {
    ja: '出席には1分以上の受講時間が必要です。欠席の受講時間は0分です。',
    en: 'Who came has minutes, who did not has none.',
  },

  // assignments and completions
  'staff.not-found': { ja: 'この職員は見つかりません。', en: 'There is no such member of staff.' },
  'staff.not-in-service': { ja: '{on} の時点で在職していません。', en: 'Not in service on {on}.' },
  'staff-number.unknown': { ja: 'この職員番号の職員は登録されていません。', en: 'Nobody has this staff number.' },
  'assignment.not-found': { ja: 'この割当は見つかりません。', en: 'There is no such assignment.' },
  'assignment.already-open': {
    ja: 'この研修は既に割り当てられ、まだ修了していません。',
    en: 'The course is assigned and not completed yet.',
  },
  'assignment.already-done': { ja: 'この割当は既に修了しています。', en: 'The assignment is completed already.' },
  'assignment.withdrawn': {
    ja: 'この割当は、もとになった発令が取り消されたため、なくなっています。割当のない修了として記録してください。',
    en: 'The personnel action that asked for it was voided; record the completion without the assignment.',
  },
  'assignment.already-excused': { ja: 'この割当は既に免除されています。', en: 'The assignment is excused already.' },
  'assignment.not-excused-by-hand': {
    ja: '手作業で免除した割当ではありません。休業による免除は復職の発令で戻ります。',
    en: 'The assignment was not excused by hand.',
  },
  'assignment.due-before-assigned': {
    ja: '期限（{dueOn}）が割当日（{assignedOn}）より前です。',
    en: 'The due day {dueOn} is before the assignment on {assignedOn}.',
  },
  'assignment.in-future': { ja: '割当日が未来の日付です。', en: 'The day of the assignment is in the future.' },
  'assignment.other-course': {
    ja: 'この割当は別の研修（{course}）のものです。',
    en: 'The assignment is of another course, {course}.',
  },
  'assignment.other-due': {
    ja: '同じ割当が別の期限（{dueOn}）で既にあります。',
    en: 'The same assignment is there with another due day, {dueOn}.',
  },
  'completion.not-found': { ja: 'この修了は見つかりません。', en: 'There is no such completion.' },
  'completion.in-future': { ja: '修了日が未来の日付です。', en: 'The day of the completion is in the future.' },
  'completion.before-assignment': {
    ja: '修了日が割当日（{assignedOn}）より前です。割り当てる前の修了は、割当のない修了として記録してください。',
    en: 'The completion lies before the assignment on {assignedOn}.',
  },
  'completion.already-recorded': { ja: 'この修了は既に記録されています。', en: 'The completion is recorded already.' },
  'completion.already-voided': { ja: 'この修了は既に取り消されています。', en: 'The completion was voided already.' },

  'record.own': {
    ja: '自分の割当の免除や修了の記録は、ほかの担当者が行います。',
    en: 'Somebody else excuses you, or records your completion.',
  },

  // rows of files
  'code.malformed': {
    ja: 'コードは40字以内の英数字とハイフンで指定してください。',
    en: 'A code is up to 40 letters, digits and hyphens.',
  },
  'code.twice': { ja: '同じコードがファイル内に2回あります。', en: 'The code is in the file twice.' },
  'record.nothing': {
    ja: '割当・修了・出欠のいずれもない行です。',
    en: 'The row has no assignment, completion or attendance.',
  },
  'record.absent-completed': {
    ja: '欠席した回で修了とすることはできません。',
    en: 'Who was absent did not complete the course there.',
  },
};
