import type { ProblemTexts } from '#libs/platform/problem';

/** Text of every code recruitment answers; `{…}` comes from the facts of the refusal. */
export const problems: ProblemTexts = {
  'job-category.unknown': {
    ja: '職種「{jobCategory}」は、この団体の職種の一覧にありません。',
    en: 'The municipality has no job category {jobCategory}.',
  },
  'route.unknown': {
    ja: '採用区分「{route}」は、この団体の採用区分の一覧にありません。',
    en: 'The municipality has no recruitment route {route}.',
  },
  'policy.not-in-force': {
    ja: '{on} の時点で適用される制度の定めがありません。日付を確認してください。',
    en: 'No policy is in force on {on}.',
  },

  'plan.not-found': { ja: 'この年度の採用計画はまだありません。', en: 'There is no plan for this fiscal year yet.' },
  'plan.submitted': {
    ja: '{fiscalYear}年度の採用計画は承認待ちです。変更するには差戻しを受けてください。',
    en: 'The plan of {fiscalYear} awaits approval; have it returned first.',
  },
  'plan.no-draft': { ja: '提出できる採用計画の案がありません。', en: 'There is no draft to submit.' },
  'plan.not-submitted': { ja: '採用計画はまだ提出されていません。', en: 'The plan has not been submitted.' },
  'plan.own-draft': {
    ja: '自分が作成または提出した採用計画を承認することはできません。',
    en: 'Whoever drafted or submitted a plan cannot approve it.',
  },
  'plan.line-twice': {
    ja: '職種「{jobCategory}」・採用区分「{route}」の行が重複しています。',
    en: 'The line {jobCategory} / {route} occurs twice.',
  },
  'plan.below-hired': {
    ja: '職種「{jobCategory}」・採用区分「{route}」は、すでに採用を決めた人数を下回る計画にはできません。',
    en: 'The line {jobCategory} / {route} would fall below the hires already confirmed.',
  },
  'plan.exceeded': {
    ja: '{fiscalYear}年度の採用計画（職種「{jobCategory}」・採用区分「{route}」）の上限 {allowed} 人に達しています。計画を超える採用には、理由を付した例外の記録が必要です。',
    en: 'The plan of {fiscalYear} allows {allowed} hires for {jobCategory} / {route}; more need a recorded exception.',
  },

  'posting.not-found': { ja: '募集が見つかりません。', en: 'There is no such posting.' },
  'posting.already-opened': { ja: 'この募集はすでに登録されています。', en: 'This posting was opened already.' },
  'posting.closed': { ja: 'この募集は締め切られています。', en: 'This posting is closed.' },
  'posting.closes-before-opening': {
    ja: '締切日は受付開始日以後の日付にしてください。',
    en: 'The last day comes before the first.',
  },
  'posting.age-limit-empty': {
    ja: '年齢要件の下限 {min} 歳が上限 {max} 歳を超えています。',
    en: 'No age lies between {min} and {max}.',
  },
  'posting.no-flow': {
    ja: '採用区分「{route}」に使える選考フローがありません。',
    en: 'No selection flow serves the route {route}.',
  },
  'posting.outside-period': {
    ja: '受付期間（{opensOn}～{closesOn}）の外です。',
    en: 'Applications are received from {opensOn} to {closesOn}.',
  },

  'application.not-found': { ja: '応募が見つかりません。', en: 'There is no such application.' },
  'application.already-received': {
    ja: 'この応募はすでに受け付けています。',
    en: 'This application was received already.',
  },
  'application.twice': {
    ja: '同じ方が、この募集にすでに応募しています。',
    en: 'This person has applied to this posting already.',
  },
  'application.birth-date-not-past': {
    ja: '生年月日は過去の日付にしてください。',
    en: 'The birth date must lie in the past.',
  },
  'application.age-outside-limit': {
    ja: '{on} 時点の年齢が、募集の年齢要件を満たしていません。',
    en: 'The legal age on {on} is outside the limit of the posting.',
  },
  'application.closed': {
    ja: 'この応募の手続はすでに終わっています（状態：{status}）。',
    en: 'This application has ended ({status}).',
  },
  'application.erased': {
    ja: '応募者の個人情報は消去済みのため、処理できません。',
    en: 'The personal data of this applicant was erased.',
  },
  'application.not-closed': {
    ja: '手続が終わっていない応募の個人情報は消去できません（状態：{status}）。',
    en: 'This application has not ended ({status}).',
  },
  'application.not-impartial': {
    ja: '応募者本人またはその親族等である職員は、この選考や採用の決定に加わることができません。',
    en: 'Nobody decides about themselves or a relative.',
  },
  'application.not-in-selection': {
    ja: '選考中の応募ではありません（状態：{status}）。',
    en: 'This application is not in selection ({status}).',
  },
  'application.not-hired': {
    ja: '採用が決定した応募ではありません（状態：{status}）。',
    en: 'This applicant was not hired ({status}).',
  },

  'stage.unknown': {
    ja: '選考段階「{stage}」は、この応募の選考フローにありません。',
    en: 'The flow has no stage {stage}.',
  },
  'stage.not-current': {
    ja: '現在の選考段階は「{current}」です。「{stage}」の操作はできません。',
    en: 'The current stage is {current}, not {stage}.',
  },
  'stage.too-few-assessors': {
    ja: '評定者が足りません。この段階には {needed} 人以上が必要です。',
    en: 'This stage needs at least {needed} assessors.',
  },
  'stage.sheets-missing': {
    ja: '評定票があと {missing} 枚そろっていません。',
    en: '{missing} sheets are still missing.',
  },
  'assessor.twice': { ja: '同じ評定者が重複しています。', en: 'An assessor is named twice.' },
  'assessor.not-in-post': {
    ja: '在職していない、または休職・派遣中の職員を評定者にすることはできません。',
    en: 'An assessor must be in service, and neither on leave nor seconded away.',
  },
  'assessor.is-applicant': {
    ja: '応募者本人を評定者にすることはできません。',
    en: 'The applicant cannot be an assessor.',
  },
  'assessor.is-relative': {
    ja: '応募者の親族等と申告された職員は、評定に加わることができません。',
    en: 'A declared relative takes no part in the selection.',
  },
  'assessor.already-sent': {
    ja: 'すでに評定票を提出した評定者を外すことはできません。',
    en: 'An assessor who has sent a sheet cannot be removed.',
  },
  'assessor.not-assigned': {
    ja: 'この応募・段階の評定者に割り当てられていません。',
    en: 'You are not assigned to this stage.',
  },
  'sheet.already-sent': { ja: '評定票はすでに提出済みです。', en: 'Your sheet was sent already.' },
  'sheet.items-differ': {
    ja: '評定票の項目を過不足なく採点してください（{items}）。',
    en: 'Score every item of the sheet once ({items}).',
  },
  'sheet.points-out-of-range': {
    ja: '項目「{item}」は 0～{max} 点で採点してください。',
    en: 'Item {item} takes 0 to {max} points.',
  },

  'offer.not-passed': {
    ja: 'すべての選考段階に合格した応募者にだけ内定を出せます（状態：{status}）。',
    en: 'Only somebody who passed every stage can be made an offer ({status}).',
  },
  'offer.already-made': { ja: '回答待ちの内定があります。', en: 'An offer is open already.' },
  'offer.none-open': { ja: '回答待ちの内定がありません（状態：{status}）。', en: 'No offer is open ({status}).' },
  'offer.past-deadline': {
    ja: '回答期限（{deadline}）を過ぎています。',
    en: 'The offer could be answered until {deadline}.',
  },
  'offer.decline-reason-missing': { ja: '辞退の理由を選んでください。', en: 'Declining needs a reason.' },

  'hire.offer-not-accepted': {
    ja: '内定を承諾した応募者だけ採用を決定できます（状態：{status}）。',
    en: 'Only somebody who accepted an offer can be hired ({status}).',
  },
  'hire.already-confirmed': { ja: '採用はすでに決定しています。', en: 'The hire was confirmed already.' },
  'hire.unit-unknown': {
    ja: '所属「{unitId}」は、採用日の時点で存在しません。',
    en: 'Unit {unitId} does not exist on the first day.',
  },
  'hire.position-unknown': {
    ja: '職位「{position}」は、職位の一覧にありません。',
    en: 'There is no position {position}.',
  },
  'hire.grade-not-of-position': {
    ja: '級「{grade}」は、この職位の級（{grades}）ではありません。',
    en: 'Grade {grade} is not one of the position ({grades}).',
  },
  'hire.former-staff-unknown': {
    ja: '元職員として指定された職員（{formerStaffId}）の在職の記録がありません。',
    en: 'Nobody of the id {formerStaffId} was ever in service.',
  },
  'hire.former-staff-in-service': {
    ja: '元職員として指定された職員（{formerStaffId}）は、採用日の時点で在職しています。',
    en: '{formerStaffId} is in service on the first day.',
  },
  'hire.over-full-time': {
    ja: '週の勤務時間は {fullTime} 分以内にしてください。',
    en: 'Weekly minutes are at most {fullTime}.',
  },

  'substitute-request.not-found': { ja: '育休代替の依頼が見つかりません。', en: 'There is no such request.' },
  'substitute-request.not-open': {
    ja: 'この依頼は、代替の職員が決まっているか、終了しています（状態：{status}）。',
    en: 'The request is not open ({status}).',
  },
  'substitute-request.one-substitute': {
    ja: '採用した応募者か在職する職員の、どちらか一方を指定してください。',
    en: 'Name either an application or a member of staff.',
  },
  'substitute-request.ends-before-it-begins': {
    ja: '代替の末日が初日より前です。',
    en: 'The last day comes before the first.',
  },
  'substitute-request.outside-leave': {
    ja: '代替の期間は、休業の期間（{from}～{through}）の中にしてください。',
    en: 'A substitute stands in within the leave, {from} to {through}.',
  },
  'substitute-request.absent-person': {
    ja: '休業する職員自身を代替とすることはできません。',
    en: 'The person on leave cannot stand in.',
  },
  'substitute-request.not-available': {
    ja: '代替とする人は、代替の初日までに採用される応募者か、その期間に勤務する職員（休職・派遣中を除く）でなければなりません。',
    en: 'The substitute is neither hired by the first day nor at work then.',
  },
};
