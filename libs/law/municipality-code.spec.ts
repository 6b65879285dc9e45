import { checkDigit, isMunicipalityCode } from './municipality-code.js';

describe('local government code', () => {
  it.each(['142034', '142140', '141003', '131041', '012025'])('law.md 12 example 1: %s', (code) => {
    expect(checkDigit(code.slice(0, 5))).toBe(code[5]);
    expect(isMunicipalityCode(code)).toBe(true);
  });

  it('is wrong with any other check digit', () => {
    const wrong = ['0', '1', '2', '3', '5', '6', '7', '8', '9'].map((digit) => `14203${digit}`);
    expect(wrong.filter(isMunicipalityCode)).toEqual([]);
  });

  it.each(['14203', '1420340', '14203x', '１４２０３４', ''])('is not %s', (code) =>
    expect(isMunicipalityCode(code)).toBe(false),
  );

  it('needs exactly five digits for a check digit', () => expect(() => checkDigit('142034')).toThrow(RangeError));
});
