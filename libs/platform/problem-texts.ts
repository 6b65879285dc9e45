import type { ProblemTexts } from './problem.js';

/** The heading of each status; the code's own text is the detail. */
export const STATUS_TITLES: Readonly<Record<number, Readonly<{ ja: string; en: string }>>> = {
  400: { ja: 'リクエストの形式が正しくありません', en: 'Malformed request' },
  401: { ja: 'サインインが必要です', en: 'Sign-in required' },
  403: { ja: '権限がありません', en: 'Not allowed' },
  404: { ja: '見つかりません', en: 'Not found' },
  405: { ja: 'この方法では利用できません', en: 'Method not allowed' },
  408: { ja: '時間内に受信できませんでした', en: 'Request timeout' },
  409: { ja: '規則により処理できません', en: 'Refused by a rule' },
  412: { ja: '他の人が先に変更しました', en: 'Changed by somebody else first' },
  413: { ja: 'データが大きすぎます', en: 'Too large' },
  414: { ja: 'URLが長すぎます', en: 'URL too long' },
  415: { ja: '対応していない形式です', en: 'Unsupported media type' },
  431: { ja: 'ヘッダーが大きすぎます', en: 'Header fields too large' },
  500: { ja: 'サーバー内部で問題が起きました', en: 'Internal error' },
  503: { ja: '一時的に利用できません', en: 'Temporarily unavailable' },
};

/** Codes that any service may answer; each service adds its own. */
export const PLATFORM_PROBLEMS: ProblemTexts = {
  'token.missing': { ja: 'アクセストークンがありません。サインインしてください。', en: 'No bearer token was sent.' },
  'token.invalid': {
    ja: 'アクセストークンが無効か、期限が切れています。もう一度サインインしてください。',
    en: 'The bearer token is invalid or has expired.',
  },
  'role.not-allowed': { ja: 'この操作を行う権限がありません。', en: 'Your roles do not allow this operation.' },
  'route.not-found': { ja: 'このURLに対応する機能はありません。', en: 'There is nothing at this URL.' },
  'route.method-not-allowed': {
    ja: 'このURLは {allowed} で利用してください。',
    en: 'This URL takes {allowed}.',
  },
  'municipality.not-allowed': {
    ja: '対象の団体はアクセストークンで決まります。他の団体を指定することはできません。',
    en: 'The municipality is that of your token; no other can be named.',
  },
  'request.malformed': { ja: 'リクエストの内容を確認してください。', en: 'The request could not be understood.' },
  'request.invalid': {
    ja: '入力内容に誤りがあります。項目ごとの説明を確認してください。',
    en: 'Some fields are wrong; see errors.',
  },
  'request.not-an-object': {
    ja: '本文は JSON のオブジェクト（{ … }）で送信してください。',
    en: 'The body must be a JSON object.',
  },
  'request.body-not-taken': {
    ja: 'この操作に本文はありません。本文を付けずに送信してください。',
    en: 'This operation takes no body.',
  },
  'request.url-malformed': {
    ja: 'URLの形式が正しくありません。% を含む値は正しく符号化してください。',
    en: 'The URL is malformed; check its percent-encoding.',
  },
  'request.url-too-long': { ja: 'URLに含まれる値が長すぎます。', en: 'A part of the URL is too long.' },
  'request.header-too-large': {
    ja: 'URLとヘッダーの合計が上限（16 KB）を超えています。',
    en: 'URL and headers together exceed 16 KB.',
  },
  'request.too-slow': {
    ja: 'リクエストの受信が時間内に終わりませんでした。',
    en: 'The request took too long to arrive.',
  },
  'request.key-malformed': {
    ja: 'Idempotency-Key は1～255文字の印字可能な半角文字で指定してください。',
    en: 'Idempotency-Key must be 1 to 255 printable ASCII characters.',
  },
  'request.if-match-malformed': {
    ja: 'If-Match には ETag で受け取った版番号を指定してください。',
    en: 'If-Match must be a version as received in ETag.',
  },
  'request.key-reused': {
    ja: '同じ Idempotency-Key が別の内容のリクエストに使われています。',
    en: 'This Idempotency-Key was used for another request.',
  },
  'request.too-large': { ja: '送信できる大きさを超えています。', en: 'The body is larger than allowed.' },
  'request.unsupported-media-type': {
    ja: 'この Content-Type には対応していません。',
    en: 'This Content-Type is not supported here.',
  },
  'cursor.malformed': {
    ja: 'cursor が正しくありません。最初のページから取得し直してください。',
    en: 'The cursor is malformed; start again from the first page.',
  },
  'stream.moved': {
    ja: '表示した後に内容が変更されています。最新の内容を確認してやり直してください。',
    en: 'It was changed after you read it; read it again.',
  },
  'stream.busy': {
    ja: '同じものへの操作が重なっています。少し待ってから、同じ Idempotency-Key でもう一度お試しください。',
    en: 'Too many act on it at once; try again shortly with the same Idempotency-Key.',
  },
  'system.not-in-force': {
    ja: 'この制度（{systems}）は、貴団体ではまだ運用が始まっていません。',
    en: 'This system ({systems}) is not yet in force in your municipality.',
  },
  'policy.not-in-force': {
    ja: 'その日に適用される規程が、貴団体の設定にありません。',
    en: 'No policy of your municipality is in force on that day.',
  },
  'text.not-storable': {
    ja: '保存できない文字（制御文字や壊れた文字）が含まれています。',
    en: 'The text contains characters that cannot be stored.',
  },
  'person.erased': { ja: 'この方の個人情報は消去されています。', en: 'The personal data of this person was erased.' },
  'list.behind': {
    ja: '一覧への反映が遅れています。少し待ってからもう一度お試しください。',
    en: 'The list has not caught up with your change yet; try again shortly.',
  },
  'directory.behind': {
    ja: '職員・組織情報の反映が遅れています。少し待ってからもう一度お試しください。',
    en: 'The staff directory has not caught up yet; try again shortly.',
  },
  'database.away': {
    ja: 'データベースに接続できません。少し待ってから、同じ Idempotency-Key でもう一度お試しください。',
    en: 'The database is away; try again shortly with the same Idempotency-Key.',
  },
  'service.away': {
    ja: '必要な他のサービスに接続できません。少し待ってからもう一度お試しください。',
    en: 'Another service that is needed is away; try again shortly.',
  },
  'service.busy': {
    ja: '現在アクセスが集中しています。少し待ってから、同じ Idempotency-Key でもう一度お試しください。',
    en: 'Too many requests at once; try again shortly with the same Idempotency-Key.',
  },
  'identity.away': {
    ja: '認証基盤に接続できません。少し待ってからもう一度お試しください。',
    en: 'The identity provider is away; try again shortly.',
  },
  'internal.error': {
    ja: '問題が記録されました。相関ID（X-Correlation-Id）を添えて担当へお知らせください。',
    en: 'The problem was recorded; report it with its X-Correlation-Id.',
  },
};
