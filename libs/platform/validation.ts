import { UnsupportedMediaTypeException, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { getMetadataStorage, type ValidationError, type ValidatorOptions } from 'class-validator';
import { asErrors, faultsAsSent, faultsLetPass, NULL, UNKNOWN, UNSTORABLE } from './body-faults.js';
import { EARLIEST, LATEST } from './local-date.validator.js';
import { Problem, type FieldError } from './problem.js';

/** A body or query that is not well formed (HTTP 400). Messages are made when the language of the answer is known. */
export class Malformed extends Error {
  constructor(readonly faults: readonly Fault[]) {
    super('request.invalid');
  }
}

type Argument = string | number | readonly (string | number)[];

/** One wrong field: which rule it breaks, with the rule's arguments (`min` and `[3]`). */
export type Fault = Readonly<{
  field: string;
  rule: string;
  args: readonly Argument[];
  /** class-validator's own text, English unless the body class says otherwise. */
  message: string;
}>;

/** Bodies and queries are their declared classes and nothing else: unknown fields are named and refused. */
class DeclaredOnly extends ValidationPipe {
  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      validationError: { target: true, value: true }, // for the rules' arguments; neither leaves this file
      exceptionFactory: (errors) => new Malformed(faultsOf(errors)),
    });
  }

  /** A file where JSON is declared, or JSON where a file is, is of the wrong type, whatever it contains. */
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { type, metatype, data } = metadata;
    const whole = (type === 'body' || type === 'query') && data === undefined;
    if (!whole || value === undefined || metatype === Object) return super.transform(value, metadata);
    const isFile = Buffer.isBuffer(value);
    if (isFile !== (metatype === Buffer)) throw new UnsupportedMediaTypeException();
    if (isFile) return value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Problem(400, 'request.not-an-object');
    }
    const faults = asErrors(faultsAsSent(value));
    if (faults.length > 0) throw new Malformed(faultsOf(faults));
    return super.transform(value, metadata);
  }

  protected override async validate(object: object, options?: ValidatorOptions): Promise<ValidationError[]> {
    return [...(await super.validate(object, options)), ...asErrors(faultsLetPass(object))];
  }
}

export const validationPipe = (): ValidationPipe => new DeclaredOnly();

export const faultsOf = (errors: readonly ValidationError[], parent = ''): Fault[] =>
  errors.flatMap((error) => {
    const field = parent === '' ? error.property : `${parent}.${error.property}`;
    return [...ownFaults(error, field), ...faultsOf(error.children ?? [], field)];
  });

const ownFaults = (error: ValidationError, field: string): Fault[] => {
  const broken = Object.entries(error.constraints ?? {});
  const unknown = broken.some(([rule]) => rule === UNKNOWN);
  if (broken.length > 0 && !unknown && 'value' in error && (error.value === undefined || error.value === null)) {
    return [{ field, rule: 'isDefined', args: [], message: `${error.property} is required` }];
  }
  return broken.map(([rule, message]) => ({ field, rule, args: argumentsOf(error, rule), message }));
};

const argumentsOf = ({ target, property }: ValidationError, rule: string): readonly Argument[] => {
  if (!target) return [];
  const declared = getMetadataStorage().getTargetValidationMetadatas(target.constructor, '', true, false);
  const found = declared.find(({ propertyName, name }) => propertyName === property && name === rule);
  return (found?.constraints as readonly Argument[] | undefined) ?? [];
};

const list = (values: Argument): string => [values].flat().join('、');

const JAPANESE: Readonly<Record<string, (...args: readonly Argument[]) => string>> = {
  isDefined: () => '必ず指定してください',
  isNotEmpty: () => '空にはできません',
  isString: () => '文字列で指定してください',
  isInt: () => '整数で指定してください',
  isNumber: () => '数値で指定してください',
  isPositive: () => '正の数で指定してください',
  isBoolean: () => 'true か false で指定してください',
  isArray: () => '配列で指定してください',
  isObject: () => 'オブジェクトで指定してください',
  nestedValidation: () => 'オブジェクトで指定してください',
  isUuid: () => 'UUID で指定してください',
  isEmail: () => 'メールアドレスの形式で指定してください',
  isDateString: () => `暦にある日付（YYYY-MM-DD、${EARLIEST} から ${LATEST} まで）で指定してください`,
  isGivenOut: () => '応答で受け取った position を指定してください',
  isFiscalYear: () => '年度（西暦4桁、2000 から 2999 まで）で指定してください',
  isIso8601: () => '日付または日時（ISO 8601）で指定してください',
  isRFC3339: () => '日時（RFC 3339、例 2026-04-01T00:00:00Z）で指定してください',
  min: (least) => `${String(least)}以上で指定してください`,
  max: (most) => `${String(most)}以下で指定してください`,
  minLength: (least) => `${String(least)}文字以上で指定してください`,
  maxLength: (most) => `${String(most)}文字以内で指定してください`,
  isLength: (least, most) => `${String(least)}～${String(most ?? '')}文字で指定してください`,
  arrayNotEmpty: () => '1件以上指定してください',
  arrayMinSize: (least) => `${String(least)}件以上指定してください`,
  arrayMaxSize: (most) => `${String(most)}件以内で指定してください`,
  arrayUnique: () => '同じ値を 2 回指定することはできません',
  isIn: (allowed) => `次のいずれかを指定してください：${list(allowed)}`,
  isEnum: (_, allowed) => `次のいずれかを指定してください：${list(allowed)}`,
  [UNKNOWN]: () => 'この項目はありません',
  [UNSTORABLE]: () => '使用できない文字（制御文字 U+0000 や壊れた文字）が含まれています',
  [NULL]: () => 'null は指定できません。指定しない場合は項目を省略してください',
};

/** The list of wrong fields in the language of the answer. A text of the body class that is Japanese already is kept. */
export const fieldErrors = (faults: readonly Fault[], language: 'ja' | 'en'): FieldError[] =>
  faults.map(({ field, rule, args, message }) => {
    const own = message.replaceAll(field.split('.').at(-1) ?? '', ''); // an unknown field may be called 氏名
    if (language === 'en' || /[\u3040-\u30ff\u4e00-\u9fff]/.test(own)) return { field, message };
    return { field, message: JAPANESE[rule]?.(...args) ?? '形式が正しくありません' };
  });
