import { importProblems } from '#libs/imports/problem-texts';
import type { ProblemTexts } from '#libs/platform/problem';

/** Japanese and English of every code wellbeing answers; `{name}` is filled from the facts of the rejection. */
export const problems: ProblemTexts = {
  ...importProblems,
  'staff.not-found': { ja: 'この職員は見つかりません。', en: 'There is no such member of staff.' },

  // leave
  'leave-account.not-found': {
    ja: 'この職員の休暇簿（その休暇年）は見つかりません。',
    en: 'There is no leave account of this person and year.',
  },
  'leave-request.not-found': { ja: 'この休暇申請は見つかりません。', en: 'There is no such request for leave.' },
  'leave-kind.unknown': {
    ja: 'この種類の休暇は、貴団体の設定にありません。',
    en: 'The pack of your municipality has no such kind of leave.',
  },
  'leave.before-grant': {
    ja: '{on} には、まだ休暇が付与されていません。',
    en: 'No leave has been granted yet for {on}.',
  },
  'leave.beyond-balance': {
    ja: '残りの休暇（{left}分）が足りません。',
    en: 'The {left} minutes that are left do not suffice.',
  },
  'leave.no-working-time': {
    ja: '申請の期間に勤務時間がありません（週休日・休日など）。',
    en: 'There is no working time in what was asked for.',
  },
  'leave.overlaps': {
    ja: '{on} には、時間の重なる休暇の申請または取得があります。',
    en: 'It overlaps other leave on {on}.',
  },
  'leave.half-day-off': { ja: '{on} のその半日は、もともと休みです。', en: 'That half of {on} is off anyway.' },
  'leave.after-separation': { ja: '{on} は退職後の日です。', en: '{on} is after the person has left.' },
  'leave.on-leave-of-absence': {
    ja: '{on} は休職・休業中のため、休暇を申請できません。',
    en: 'On {on} the person is on leave of absence.',
  },
  'leave.crosses-year': {
    ja: '休暇年（{through} まで）をまたぐ申請は、年ごとに分けてください。',
    en: 'Ask for each leave year by itself; this one ends on {through}.',
  },
  'leave.ends-before-it-begins': { ja: '終了日が開始日より前です。', en: 'The last day is before the first.' },
  'leave.unit-not-allowed': {
    ja: 'この休暇は、この単位では取得できません。',
    en: 'This kind of leave is not taken in this unit.',
  },
  'leave.not-one-day': {
    ja: '半日・時間単位の休暇は、1日ごとに申請してください。',
    en: 'Half days and hours are asked for day by day.',
  },
  'leave.half-missing': { ja: '半日の休暇は、午前か午後を指定してください。', en: 'Say which half of the day.' },
  'leave.hours-backwards': {
    ja: '終了の時刻は、開始の時刻より後にしてください。',
    en: 'The end must come after the start.',
  },
  'leave.parts-contradict-unit': {
    ja: '単位と合わない項目があります。午前・午後は半日の場合だけ、開始・終了の時刻は時間単位の場合だけ指定してください。',
    en: 'A half goes with half days only, start and end with hours only.',
  },
  'leave.during-childcare-leave': {
    ja: '{on} は、承認された育児休業（{from}～{through}）の期間です。',
    en: '{on} lies within the approved childcare leave from {from} through {through}.',
  },
  'leave.hours-missing': { ja: '時間単位の休暇は、開始と終了の時刻を指定してください。', en: 'Say from when to when.' },
  'leave.not-in-steps': {
    ja: '時間単位の休暇は{step}分ごとに取得できます。',
    en: 'Hours are taken in steps of {step} minutes.',
  },
  'leave.too-late': {
    ja: '{earliest} より前の日の休暇は、もう申請できません。人事担当に相談してください。',
    en: 'Days before {earliest} can no longer be asked for.',
  },
  'leave.not-entitled': {
    ja: 'この休暇の対象者ではありません。',
    en: 'This person is not entitled to this kind of leave.',
  },
  'leave.occasion-missing': {
    ja: 'この休暇は、事由の生じた日（occasionOn）を指定してください。',
    en: 'Name the day of the occasion.',
  },
  'leave.too-long': {
    ja: '続けて取得できる日数（{most}日）を超えています。',
    en: 'It would last {days} days; at most {most} may.',
  },
  'leave.out-of-season': {
    ja: '{on} は、この休暇を取得できる期間（{from}～{through}）ではありません。',
    en: 'This leave is taken from {from} through {through} only.',
  },
  'leave.not-pending': { ja: 'この申請は承認待ちではありません。', en: 'The request is not waiting for a decision.' },
  'leave.own-request': {
    ja: '自分の休暇申請を自分で承認・不承認にすることはできません。',
    en: 'Nobody decides on their own leave.',
  },
  'leave.not-approver': {
    ja: 'この職員の休暇を承認できるのは、その日に上司である職員です。',
    en: 'Only a superior of that day decides on this leave.',
  },
  'leave.own-account': {
    ja: '自分の休暇簿を人事担当として変更することはできません。他の担当者が行ってください。',
    en: 'Nobody changes their own account; a colleague has to.',
  },
  'leave.not-standing': {
    ja: 'この申請は、既に取り下げられたか、認められていません。',
    en: 'Nothing of the request stands any more.',
  },
  'leave.already-begun': {
    ja: '既に始まった休暇は取り下げられません。人事担当に相談してください。',
    en: 'The leave has begun; ask HR.',
  },
  'leave.already-taken': {
    ja: '取得済みの休暇は取り下げられません。人事担当が取り消します。',
    en: 'The leave was taken; HR has to cancel it.',
  },
  'leave.not-taken': { ja: 'この休暇はまだ取得されていません。', en: 'The leave has not been taken.' },
  'leave.period-closed': { ja: 'この休暇年は締め切られているため、変更できません。', en: 'The leave year is closed.' },
  'leave.year-too-early': {
    ja: '開始できる休暇年は、{through} で終わる翌年までです。',
    en: 'The last leave year that can be opened is the coming one, to {through}.',
  },
  'leave.year-recorded': {
    ja: 'この職員のこの休暇年は、既に記録されています。',
    en: 'This leave year of this person is there already.',
  },
  'leave.not-in-service': {
    ja: 'この職員はその日に在職していません。',
    en: 'The person is not in service on that day.',
  },
  'leave.more-than-a-day': { ja: '1日の勤務時間を超えています。', en: 'It is more than the working time of a day.' },
  'grant.outside-year': {
    ja: '使用期限は {from} から {through} までの日にしてください。',
    en: 'The last day must lie between {from} and {through}.',
  },
  'time.malformed': { ja: '時刻は HH:MM で指定してください。', en: 'A time is written HH:MM.' },
  'staff-number.unknown': { ja: 'この職員番号の職員は登録されていません。', en: 'Nobody has this staff number.' },

  // childcare leave
  'childcare-case.not-found': { ja: '出生の届出が見つかりません。', en: 'There is no such birth notice.' },
  'childcare-leave.not-found': { ja: '育児休業が見つかりません。', en: 'There is no such childcare leave.' },
  'childcare.no-birth-date': {
    ja: '子の出生日か出産予定日のどちらかを指定してください。',
    en: 'Either the day of birth or the day on which it is expected is needed.',
  },
  'childcare.born-in-future': {
    ja: '出生日に未来の日付は指定できません。出生前は出産予定日を届け出てください。',
    en: 'The day of birth is in the future; give the day on which it is expected.',
  },
  'childcare.two-birth-dates': {
    ja: '子の出生日と出産予定日は、どちらか一方だけを指定してください。',
    en: 'Give either the day of birth or the day on which it is expected, not both.',
  },
  'childcare.child-too-old': {
    ja: '小学校就学の始期を過ぎた子は、育児休業等の対象になりません。出生日と養子縁組等の日を確認してください。',
    en: 'The child has reached school age, up to which there is leave for its care.',
  },
  'childcare.expected-too-far': {
    ja: '出産予定日は {latest} までの日にしてください。',
    en: 'The day on which it is expected cannot lie after {latest}.',
  },
  'childcare.expected-long-past': {
    ja: '出産予定日が {earliest} より前です。生まれた子は出生日を届け出てください。',
    en: 'It was expected before {earliest}; give the day of birth.',
  },
  'childcare.birth-far-from-expected': {
    ja: '届け出た出産予定日とかけ離れた出生日です。日付を確認してください。',
    en: 'The day of birth is too far from the day on which it was expected.',
  },
  'childcare.adoption-date-mismatch': {
    ja: '養子縁組等の日は、養子縁組等の場合に限り、必ず指定してください。',
    en: 'The day of adoption is needed for an adopted child, and for no other.',
  },
  'childcare.adopted-before-birth': {
    ja: '養子縁組等の日が出生日より前です。',
    en: 'The day of adoption comes before the birth.',
  },
  'childcare.already-notified': {
    ja: 'この子はすでに届け出られています。双子は一つの届出とします。',
    en: 'This birth was notified already; twins are one.',
  },
  'childcare.birth-already-recorded': {
    ja: '出生日はすでに届け出られています。',
    en: 'The birth was recorded already.',
  },
  'childcare.notice-voided': { ja: 'この届出は取り消されています。', en: 'This notice was voided.' },
  'childcare.leave-exists': {
    ja: 'この子の育児休業があるため、届出を取り消せません。',
    en: 'There is leave for this child, so the notice stands.',
  },
  'childcare.own-interview': {
    ja: '自分の意向確認の面談を自分で行うことはできません。',
    en: 'Nobody holds the interview with themselves.',
  },
  'childcare.interview-already-held': {
    ja: '意向確認の面談は{heldOn}に行われています。',
    en: 'The interview was held on {heldOn}.',
  },
  'childcare.interview-in-future': {
    ja: '面談の日に未来の日付は指定できません。',
    en: 'The interview is still to come.',
  },
  'childcare.ends-before-it-begins': {
    ja: '育児休業の末日が初日より前です。',
    en: 'The last day comes before the first.',
  },
  'childcare.before-birth': {
    ja: '育児休業は、子の出生日（出生前は出産予定日、養子は縁組等の日）から取得できます。',
    en: 'The leave begins before the child is there.',
  },
  'childcare.during-maternity-leave': {
    ja: '産後休暇の期間は育児休業を取得できません。産後休暇の後から請求してください。',
    en: 'The first weeks after giving birth are maternity leave.',
  },
  'childcare.beyond-age': {
    ja: '育児休業を取得できるのは、子が所定の年齢に達する日（誕生日の前日）までです。',
    en: 'The leave reaches beyond the day on which the child reaches the age.',
  },
  'childcare.times-exceeded': {
    ja: '一人の子について取得できる育児休業は{times}回（ほかに出生後の所定の期間内に{timesInFirstDays}回）までです。',
    en: 'For one child there are {times} leaves, and {timesInFirstDays} more in the first weeks.',
  },
  'childcare.overlaps': {
    ja: '別の育児休業（{from}～{through}）と重なっています。',
    en: 'It overlaps the childcare leave from {from} through {through}.',
  },
  'childcare.too-late': {
    ja: '請求の期限（{latest}）を過ぎています。',
    en: 'It had to be requested by {latest}.',
  },
  'childcare.not-in-service': {
    ja: '育児休業の期間を通じて在職している職員ではありません。',
    en: 'The person is not in service for the whole leave.',
  },
  'childcare.after-separation': {
    ja: '退職日より後に及ぶ育児休業はできません。',
    en: 'The leave reaches beyond the last day in service.',
  },
  'childcare.own-request': {
    ja: '自分の育児休業について自分で決めることはできません。',
    en: 'Nobody decides on their own leave.',
  },
  'childcare.not-pending': {
    ja: '承認待ちの請求ではありません。すでに決定したか、取り下げられています。',
    en: 'The request is not pending.',
  },
  'childcare.not-open': {
    ja: 'この育児休業は、承認済みでも取得中でもありません。',
    en: 'The leave is not approved or running.',
  },
  'childcare.not-begun': {
    ja: 'この育児休業は承認されていますが、まだ始まっていません（{from} から）。始まる前の変更は、取り下げて請求し直してください。',
    en: 'The leave was approved but begins on {from} only; cancel it and ask anew.',
  },
  'childcare.approved-already': {
    ja: '承認された育児休業の取消しは、人事担当に申し出てください。',
    en: 'What was approved is taken back by HR.',
  },
  'childcare.not-cancellable': {
    ja: '始まった育児休業や、すでに取り下げ・不承認となった請求は取り下げられません。',
    en: 'What has begun or was decided otherwise cannot be taken back.',
  },
  'childcare.not-later': {
    ja: '延長後の末日は{through}より後の日にしてください。',
    en: 'The leave lasts through {through} already.',
  },
  'childcare.not-earlier': {
    ja: '復帰を早める末日は{through}より前の日にしてください。',
    en: 'The last day must come before {through}.',
  },
  'childcare.extensions-exceeded': {
    ja: '一つの育児休業を延長できるのは{extensions}回までです。',
    en: 'One leave can be extended {extensions} times.',
  },
  'childcare.not-past': {
    ja: '取り込めるのは、すでに始まった育児休業に限ります。',
    en: 'Only leave that has begun can be brought in.',
  },
};
