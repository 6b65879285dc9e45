import { createHmac } from 'node:crypto';

type Person = Readonly<{
  familyName: string;
  givenName: string;
  familyNameKana: string;
  givenNameKana: string;
  birthDate: string;
}>;

/**
 * Stream id of the claim on a posting. Keyed, because a plain hash of a name and birth date can be found by trying. Width, spaces
 * and hiragana or katakana make no difference; a variant character of a name does.
 */
export const claimId = (postingId: string, recognitionKey: string, person: Person): string => {
  const fields = [person.familyName, person.givenName, person.familyNameKana, person.givenNameKana, person.birthDate];
  const mac = createHmac('sha256', Buffer.from(recognitionKey, 'base64'));
  return `${postingId}.${mac.update(fields.map(normalised).join('\u0000')).digest('base64url')}`;
};

const normalised = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/\s+/gu, '')
    .replace(/[ぁ-ゖ]/gu, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60));
