import { dateOf, type LocalDate } from '#libs/law/local-date';
import type { Random } from './random.js';

export type InventedPerson = Readonly<{
  familyName: string;
  givenName: string;
  familyNameKana: string;
  givenNameKana: string;
  sex: '1' | '2';
  birthDate: LocalDate;
  address: string;
}>;

/** Words for "made up": nobody bears these names, and a scan for them finds nothing but leaks. */
const FAMILY_FIRST = {
  架空: 'カクウ',
  見本: 'ミホン',
  仮名: 'カメイ',
  例示: 'レイジ',
  模擬: 'モギ',
  試作: 'シサク',
  想定: 'ソウテイ',
  雛形: 'ヒナガタ',
  標本: 'ヒョウホン',
  空想: 'クウソウ',
};
const FAMILY_LAST = {
  田: 'タ',
  山: 'ヤマ',
  川: 'カワ',
  原: 'ハラ',
  沢: 'サワ',
  島: 'シマ',
  谷: 'タニ',
  井: 'イ',
  野: 'ノ',
  橋: 'ハシ',
};
const GIVEN_FIRST = {
  仮: 'カリ',
  例: 'レイ',
  試: 'タメ',
  想: 'ソウ',
  雛: 'ヒナ',
  架: 'カ',
  模: 'モ',
  標: 'ヒョウ',
  空: 'クウ',
  作: 'サク',
};
const GIVEN_LAST = {
  1: { 太郎: 'タロウ', 次郎: 'ジロウ', 之介: 'ノスケ', 一郎: 'イチロウ', 之助: 'ノスケ' },
  2: { 美子: 'ミコ', 奈子: 'ナコ', 代子: 'ヨコ', 香里: 'カオリ', 菜穂: 'ナホ' },
};
const TOWNS = ['架空台', '見本町', '仮名ヶ丘', '例示本町', '模擬原', '試作新田', '想定坂', '雛形沢'];

export const inventPerson = (random: Random, city: string, birthYear: number, sex: '1' | '2'): InventedPerson => {
  const part = (words: Readonly<Record<string, string>>) => random.pick(Object.entries(words));
  const [first, last, given, ending] = [
    part(FAMILY_FIRST),
    part(FAMILY_LAST),
    part(GIVEN_FIRST),
    part(GIVEN_LAST[sex]),
  ];
  return {
    familyName: first[0] + last[0],
    familyNameKana: first[1] + last[1],
    givenName: given[0] + ending[0],
    givenNameKana: given[1] + ending[1],
    sex,
    // Never near the turn of a month, where personnel actions lie: a birth date found elsewhere is then a leak.
    birthDate: dateOf(birthYear, random.between(1, 12), random.between(3, 26)),
    address: `神奈川県${city}${random.pick(TOWNS)}${random.between(1, 9)}丁目${random.between(1, 30)}番${random.between(1, 20)}号`,
  };
};
