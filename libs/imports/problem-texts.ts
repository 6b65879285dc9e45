import type { ProblemTexts } from '#libs/platform/problem';

/** What can be wrong with a file, whatever is in it. */
export const importProblems: ProblemTexts = {
  'import.has-errors': {
    ja: 'ファイルに誤りが{errors}件あるため、何も取り込んでいません。行ごとの説明を確認してください。',
    en: 'The file has {errors} errors; nothing was loaded.',
  },
  'csv.encoding-unknown': {
    ja: '文字コードが UTF-8 でも Shift_JIS でもありません。',
    en: 'The encoding is neither UTF-8 nor Shift_JIS.',
  },
  'csv.empty': { ja: 'ファイルに見出し行がありません。', en: 'The file has no header row.' },
  'csv.no-rows': { ja: '見出しの下に行がありません。', en: 'There is no row below the header.' },
  'csv.malformed': { ja: '引用符（"）の使い方が正しくありません。', en: 'The quotes of this row are broken.' },
  'csv.uneven-row': { ja: '列の数が見出しと一致しません。', en: 'The row has more or fewer fields than the header.' },
  'csv.column-missing': { ja: '必要な列がありません。', en: 'A required column is missing.' },
  'csv.column-unknown': {
    ja: '{place}列目の見出しは、この表の列の名前ではありません。1行目を見出し行にしてください。',
    en: 'The heading of column {place} is none of this table; the first line must be the header.',
  },
  'csv.column-twice': { ja: '同じ見出しの列が2つあります。', en: 'The column is there twice.' },
  'value.missing': { ja: '値がありません。', en: 'The value is missing.' },
  'value.too-long': { ja: '値が長すぎます。', en: 'The value is too long.' },
  'value.control-character': {
    ja: '使えない文字（制御文字）が含まれています。',
    en: 'The value contains control characters.',
  },
  'value.unknown': { ja: 'この値は使えません。', en: 'The value is not one of those allowed.' },
  'date.out-of-range': {
    ja: '1900年から2199年までの日付ではありません。',
    en: 'The date is not between 1900 and 2199.',
  },
  'date.not-existing': {
    ja: '存在しない日付です。YYYY-MM-DD または YYYY/M/D で指定してください。',
    en: 'There is no such date.',
  },
  'date.in-future': { ja: '未来の日付は指定できません。', en: 'The date is in the future.' },
  'number.malformed': { ja: '正の整数で指定してください。', en: 'Not a positive whole number.' },
  'number.above-limit': { ja: '{most}以下の整数で指定してください。', en: 'The number is above {most}.' },
};
