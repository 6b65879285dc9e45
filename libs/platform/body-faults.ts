import { getMetadataStorage, type ValidationError } from 'class-validator';
import { Problem } from './problem.js';

/** Rules that class-validator does not have, by the name under which `validation.ts` words them. */
export const UNKNOWN = 'whitelistValidation';
export const UNSTORABLE = 'isStorable';
export const NULL = 'isNotNull';

/** A wrong value and the way to it. */
type Found = Readonly<{ field: string; rule: string }>;

/** Far deeper than any body of ours; what recurses over a body must not run out of stack. */
const DEEPEST = 20;

/** U+0000 and lone surrogates: PostgreSQL cannot hold them, and sealed they would only be found when they are read. */
const CANNOT_BE_STORED = /[\0\p{Cs}]/u;

/** Keys that would be dropped silently on the way to the declared class. */
const DROPPED = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Faults of a body or query as it was sent, whatever its declared class.
 * @throws Problem 400 `request.malformed` when it is nested too deeply
 */
export const faultsAsSent = (value: unknown, field = '', depth = 0): Found[] => {
  if (typeof value === 'string') return CANNOT_BE_STORED.test(value) ? [{ field, rule: UNSTORABLE }] : [];
  if (typeof value !== 'object' || value === null) return [];
  if (depth === DEEPEST) throw new Problem(400, 'request.malformed');
  return Object.entries(value).flatMap(([key, inner]) => {
    const way = field === '' ? key : `${field}.${key}`;
    return DROPPED.has(key) ? [{ field: way, rule: UNKNOWN }] : faultsAsSent(inner, way, depth + 1);
  });
};

const SAYS_SOMETHING = new Set(['isNotEmpty', 'isLength', 'minLength']);
const BLANK = /^[\p{White_Space}\p{Cf}]+$/u;

/**
 * What class-validator lets pass in an instance of a body's class: white space where a text may not be empty, a list where
 * one object is declared, and null for a value that may only be left out.
 */
export const faultsLetPass = (instance: object): Found[] => {
  const declared = getMetadataStorage().getTargetValidationMetadatas(instance.constructor, '', true, false);
  return Object.entries(instance).flatMap(([field, value]: [string, unknown]) => {
    const rules = declared.filter(({ propertyName }) => propertyName === field);
    const nested = rules.find(({ type }) => type === 'nestedValidation');
    if (value === null) return rules.some(({ name }) => name === 'isOptional') ? [{ field, rule: NULL }] : [];
    if (nested) return faultsOfNested(field, value, nested.each);
    const blank = rules.some(({ name }) => SAYS_SOMETHING.has(name ?? '')) && [value].flat().some(isBlank);
    return blank ? [{ field, rule: 'isNotEmpty' }] : [];
  });
};

const isBlank = (value: unknown): boolean => typeof value === 'string' && BLANK.test(value);

const faultsOfNested = (field: string, value: unknown, each: boolean): Found[] => {
  if (each && Array.isArray(value))
    return value.flatMap((one, index) => faultsOfNested(`${field}.${index}`, one, false));
  if (Array.isArray(value)) return [{ field, rule: 'isObject' }];
  if (typeof value !== 'object' || value === null) return []; // refused by class-validator itself
  return faultsLetPass(value).map((found) => ({ ...found, field: `${field}.${found.field}` }));
};

/** As class-validator reports its own; without a value, which says that nothing is missing. */
export const asErrors = (found: readonly Found[]): ValidationError[] =>
  found.map(
    ({ field, rule }) => ({ property: field, constraints: { [rule]: ENGLISH[rule](field) } }) as ValidationError,
  );

const ENGLISH: Readonly<Record<string, (field: string) => string>> = {
  [UNKNOWN]: (field) => `property ${field} should not exist`,
  [UNSTORABLE]: (field) => `${field} contains characters that cannot be stored`,
  [NULL]: (field) => `${field} should be left out rather than null`,
  isNotEmpty: (field) => `${field} should not be empty`,
  isObject: (field) => `${field} must be an object`,
};
