import { claimId } from './claim-id.js';

const key = 'a2V5';
const person = {
  familyName: '架空',
  givenName: '花子',
  familyNameKana: 'カクウ',
  givenNameKana: 'ハナコ',
  birthDate: '2001-04-02',
};
const id = claimId('p-1', key, person);

describe('claim id', () => {
  it('names the posting and tells nothing of the person', () => expect(id).toMatch(/^p-1\.[\w-]{43}$/));
  it('is the same for full and half width, spaces, hiragana and katakana', () =>
    expect(
      claimId('p-1', key, { ...person, familyName: ' 架空　', familyNameKana: 'ｶｸｳ', givenNameKana: 'はなこ' }),
    ).toBe(id));
  it.each([{ familyName: '架' }, { givenNameKana: 'ハナ' }, { birthDate: '2001-04-03' }])('differs for %j', (other) =>
    expect(claimId('p-1', key, { ...person, ...other })).not.toBe(id),
  );
  it('cannot be linked between postings', () => expect(claimId('p-1', 'b3RoZXI=', person)).not.toBe(id));
});
