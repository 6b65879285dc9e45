import { importProblems } from '#libs/imports/problem-texts';
import type { ProblemTexts } from '#libs/platform/problem';

/** Japanese and English of every code placement answers; `{name}` is filled from the facts of the rejection. */
export const problems: ProblemTexts = {
  ...importProblems,

  // the staff master
  'staff.not-found': { ja: 'この職員は見つかりません。', en: 'There is no such member of staff.' },
  'staff.already-registered': {
    ja: 'この職員は既に登録されています。',
    en: 'This member of staff is registered already.',
  },
  'staff.erased': {
    ja: 'この職員の個人情報は消去済みのため、処理できません。',
    en: 'The personal data of this person was erased.',
  },
  'staff.in-service': {
    ja: '在職中または採用予定の職員の個人情報は消去できません。',
    en: 'The data of somebody in service, or about to be, cannot be erased.',
  },
  'staff.own-record': {
    ja: '自分自身の人事情報や発令を自分で登録・変更することはできません。他の担当者が行ってください。',
    en: 'Nobody acts on their own record; a colleague has to.',
  },
  'staff.not-the-same-person': {
    ja: '元職員として指定された職員と応募者の生年月日が一致しません。',
    en: 'The applicant and the former member of staff named were not born on one day.',
  },
  'staff.still-employed': {
    ja: '元職員として指定された職員は、採用日の時点で在職しています。',
    en: 'The former member of staff named is in service on the first day.',
  },
  'staff.birth-date-in-future': { ja: '生年月日が未来の日付です。', en: 'The birth date is in the future.' },
  'staff-number.taken': {
    ja: 'この職員番号は既に使われています。',
    en: 'This staff number belongs to somebody already.',
  },
  'staff-number.unknown': { ja: 'この職員番号の職員は登録されていません。', en: 'Nobody has this staff number.' },
  'staff-number.malformed': {
    ja: '職員番号は40字以内の英数字とハイフンで指定してください。',
    en: 'A staff number is up to 40 letters, digits and hyphens.',
  },
  'staff-number.twice': { ja: '同じ職員番号がファイル内に2回あります。', en: 'The staff number is in the file twice.' },

  // a personnel action by itself
  'action.incomplete': { ja: 'この発令に必要な項目（{field}）がありません。', en: 'The action lacks {field}.' },
  'action.ends-before-it-begins': { ja: '終了日が発令日より前です。', en: 'The last day is before the first.' },
  'action.already-taken': { ja: 'この発令は既に登録されています。', en: 'This action was taken already.' },
  'action.unknown': { ja: 'この発令は見つかりません。', en: 'There is no such action.' },
  'action.voided': {
    ja: 'この発令は既に訂正または取消しされています。',
    en: 'This action was corrected or revoked already.',
  },
  'action.others-depend': {
    ja: '{effectiveOn}付けの別の発令（{actionId}）が、これを前提としています。先にその発令を訂正または取消しするか、同時に取り消してください。',
    en: 'Action {actionId} ({kind} of {effectiveOn}) would not be allowed any more ({because}); correct or revoke it first, or revoke both together.',
  },
  'position.unknown': {
    ja: 'この職は、発令日時点の職の一覧にありません。',
    en: 'The city has no such position on that day.',
  },
  'grade.unknown': {
    ja: 'この級は、発令日時点の級の一覧にありません。',
    en: 'The city has no such grade on that day.',
  },
  'grade.not-of-position': {
    ja: '級（{grade}）は、この職（{position}）に就ける級ではありません。',
    en: 'Grade {grade} is not one of position {position}.',
  },
  'job-category.unknown': { ja: 'この職種は、職種の一覧にありません。', en: 'The city has no such job category.' },
  'route.unknown': {
    ja: 'この採用区分は、採用区分の一覧にありません。',
    en: 'The city has no such recruitment route.',
  },
  'hours.over-full-time': {
    ja: '週の勤務時間がフルタイムを超えています。',
    en: 'The weekly hours are more than full time.',
  },

  // probation, promotion, transfer
  'probation.outside-limits': {
    ja: '条件付採用期間の末日は{least}から{most}までの間で指定してください。',
    en: 'Probation must end between {least} and {most}.',
  },
  'probation.not-for-employment': {
    ja: 'この採用区分には条件付採用期間がありません。「再採用」として発令してください。',
    en: 'This kind of employment has no probation; rehire instead.',
  },
  'rehire.wants-probation': {
    ja: 'この採用区分には条件付採用期間（{months}月）が必要です。「条件付採用」として発令してください。',
    en: 'This kind of employment begins with {months} months of probation; appoint on probation instead.',
  },
  'rehire.no-former-employment': {
    ja: '再任用できるのは、この市を退職した人だけです。',
    en: 'Only somebody who left the city can be re-employed.',
  },
  'rehire.left-before-age': {
    ja: '再任用できるのは、{age}歳に達した日以後に退職した人だけです。カムバック採用などは「条件付採用」として発令してください。',
    en: 'Only somebody who left at {age} or later can be re-employed; appoint on probation instead.',
  },
  'probation.already-over': { ja: '条件付採用期間は既に終わっています。', en: 'The probation is over already.' },
  'probation.not-extended': {
    ja: '延長後の末日は、今の末日（{until}）より後にしてください。',
    en: 'The new end is not later than {until}.',
  },
  'probation.not-over': {
    ja: '条件付採用期間（{until}まで）が終わる前に正式採用することはできません。',
    en: 'The probation lasts until {until}.',
  },
  'promotion.not-higher': {
    ja: '昇任は、職または級が今より上がる発令に限ります。異動であれば「異動」としてください。',
    en: 'A promotion must raise position or grade, and lower neither.',
  },
  'demotion.not-lower': {
    ja: '降任は、職または級が今より下がる発令に限ります。',
    en: 'A demotion must lower position or grade, and raise neither.',
  },
  'transfer.changes-rank': {
    ja: '職の段階が変わる異動は「昇任」または「降任」として発令してください。',
    en: 'A transfer keeps the rank; promote or demote instead.',
  },
  'concurrent-post.same-as-main': {
    ja: '本務と同じ職を兼務することはできません。',
    en: 'The concurrent post is the main post.',
  },

  // retirement and separation
  'role-retirement.not-from-managing': {
    ja: '役職定年の発令は、管理監督職から管理監督職以外の職への異動に限ります。',
    en: 'Role retirement is from a managing post to one that is not.',
  },
  'role-retirement.outside-window': {
    ja: '発令日が役職定年による異動期間の外にあります。',
    en: 'The day is outside the window of the role-retirement age.',
  },
  'role-retirement.managing-post-barred': {
    ja: '役職定年の異動期間を過ぎた職員を管理監督職に就けることはできません。',
    en: 'Nobody past the role-retirement window may be given a managing post.',
  },
  'separation.before-retirement-age': {
    ja: '定年退職日より前の日付で定年退職とすることはできません。',
    en: 'The day is before retirement by age is due.',
  },
  'separation.beyond-extension': {
    ja: '勤務延長の上限（3年）を超えています。',
    en: 'The day is beyond the longest extension, three years.',
  },
  'separation.not-withdrawable': {
    ja: '撤回できるのは、本人の申出による退職（普通退職・早期退職）だけです。',
    en: 'Only a resignation at own request can be withdrawn.',
  },
  'separation.already-effective': {
    ja: '退職日（{effectiveOn}）を過ぎたため、撤回できません。',
    en: 'The separation took effect on {effectiveOn}.',
  },

  // the history as a whole
  'timeline.not-appointed': {
    ja: 'この日には在職していません（採用の発令がありません）。',
    en: 'Not in service on that day: no appointment.',
  },
  'timeline.incomplete-appointment': {
    ja: '採用の発令に級・職種・週勤務時間のいずれかがありません。',
    en: 'The appointment lacks grade, job category or hours.',
  },
  'timeline.gap': { ja: '本務の所属と職が決まらない期間が生じます。', en: 'There would be time without a main post.' },
  'timeline.overlap': {
    ja: '同じ期間に本務が重なります。同じ日に矛盾する発令がないか確認してください。',
    en: 'Main posts would overlap, or actions of one day disagree.',
  },
  'timeline.after-separation': {
    ja: '退職後の発令はできません。再び任用する場合は「条件付採用」、条件付採用のない再任用は「再採用」としてください。',
    en: 'Only a new appointment or a rehire can follow a separation.',
  },
  'timeline.employment-reused': {
    ja: '再採用には新しい在職期間が必要です。',
    en: 'A rehire needs an employment of its own.',
  },
  'timeline.not-on-probation': { ja: '条件付採用期間中ではありません。', en: 'Not on probation on that day.' },
  'timeline.already-on-leave': { ja: '既に休職・休業中です。', en: 'Already on leave of absence.' },
  'timeline.return-without-leave': {
    ja: '休職・休業中ではないため、復職の発令はできません。',
    en: 'There is no leave to return from.',
  },
  'timeline.already-seconded': { ja: '既に派遣中です。', en: 'Already on secondment.' },
  'timeline.return-without-secondment': {
    ja: '派遣中ではないため、派遣復帰の発令はできません。',
    en: 'There is no secondment to return from.',
  },
  'timeline.concurrent-post-twice': { ja: 'この職は既に兼務しています。', en: 'This concurrent post is held already.' },
  'timeline.concurrent-post-missing': {
    ja: '兼務していない職の兼務解除はできません。',
    en: 'This concurrent post is not held.',
  },

  // the organisation
  'unit.not-in-force': { ja: 'この所属は、発令日時点で存在しません。', en: 'The unit does not exist on that day.' },
  'unit.ends-before-posting': {
    ja: 'この所属（{unitId}）は{endsOn}に廃止されるため、その日以後も配置が続く発令はできません。',
    en: 'Unit {unitId} ends on {endsOn}, and the posting would go on.',
  },
  'unit.twice-a-day': { ja: '同じ所属・同じ適用開始日の行が2つあります。', en: 'The unit changes twice on one day.' },
  'unit.unknown': {
    ja: 'まだ存在しない所属を廃止することはできません。',
    en: 'A unit that never was cannot be abolished.',
  },
  'unit.parent-not-in-force': {
    ja: '上位所属が、その日には存在しません。',
    en: 'The unit above does not exist on that day.',
  },
  'unit.has-children': { ja: '下位の所属が残っているため、廃止できません。', en: 'There are still units below it.' },
  'unit.has-staff': {
    ja: 'その日以後もこの所属に職員が配置されているため、廃止できません。先に異動を発令してください。',
    en: 'Staff are posted there on that day or later; transfer them first.',
  },
  'unit.level-not-below-parent': {
    ja: '階層が上位所属より下になっていません。',
    en: 'The level is not below that of the unit above.',
  },
  'unit.cycle': { ja: '所属の上下関係が循環しています。', en: 'The unit would be above itself.' },

  // files and bulk
  'bulk.has-errors': {
    ja: '一括発令のうち{errors}件に誤りがあるため、何も発令していません。',
    en: '{errors} of the actions are wrong; none was taken.',
  },
  'appointment.under-age': {
    ja: '満15歳に達した年度が終わるまでは任用できません。生年月日か発令日を確認してください。',
    en: 'Nobody is employed until the fiscal year of reaching 15 has ended.',
  },
};
