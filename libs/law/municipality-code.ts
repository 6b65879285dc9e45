const WEIGHTS = [6, 5, 4, 3, 2];

/**
 * Check digit of a five-digit local government code (全国地方公共団体コード): with S the sum of the digits times
 * 6, 5, 4, 3, 2, the last digit of 11 − (S mod 11).
 * Source: law.md 10, code.check. Throws RangeError unless there are exactly five digits.
 */
export const checkDigit = (fiveDigits: string): string => {
  if (!/^\d{5}$/.test(fiveDigits)) throw new RangeError(`not five digits: ${fiveDigits}`);
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(fiveDigits[index]), 0);
  return String((11 - (sum % 11)) % 10);
};

/** True for six digits of which the last is the check digit of the first five, e.g. 142140 (伊勢原市). */
export const isMunicipalityCode = (code: string): boolean =>
  /^\d{6}$/.test(code) && checkDigit(code.slice(0, 5)) === code[5];
