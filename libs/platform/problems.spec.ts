import { BadRequestException, NotFoundException, PayloadTooLargeException } from '@nestjs/common';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsInt, IsString, Matches, Min, ValidateNested } from 'class-validator';
import { Rejected } from '#libs/event-store/decider';
import { RequestReused, StreamMoved } from '#libs/event-store/event-store';
import { Unavailable } from '#libs/messaging/unavailable';
import { NotFound } from '#libs/event-store/not-found';
import { Problem } from './problem.js';
import { PLATFORM_PROBLEMS } from './problem-texts.js';
import { detailsOf, languageOf, problemOf } from './problems.js';
import { fieldErrors, Malformed, validationPipe } from './validation.js';

const pgError = (code: string, message = 'x') => Object.assign(new Error(message), { code });

describe('a text with facts that are codes', () => {
  const texts = { 'sheet.late': { ja: '{phase}（{items}）', en: '{phase} ({items})', words: { first: '一次評価' } } };
  const problem = new Problem(409, 'sheet.late', { facts: { phase: 'first', items: ['first', '知識'] } });

  it('says them in Japanese words, and leaves the facts as they are', () =>
    expect(detailsOf(problem, texts, 'ja')).toMatchObject({
      detail: '一次評価（一次評価、知識）',
      facts: { phase: 'first', items: ['first', '知識'] },
    }));

  it('leaves them as they are in English', () =>
    expect(detailsOf(problem, texts, 'en').detail).toBe('first (first,知識)'));
});

describe('an error of a request', () => {
  it.each<[unknown, number, string]>([
    [new Rejected('plan.not-approved'), 409, 'plan.not-approved'],
    [new RequestReused(), 409, 'request.key-reused'],
    [new StreamMoved('plan-142140/2026'), 412, 'stream.moved'],
    [new NotFound('plan'), 404, 'plan.not-found'],
    [new Malformed([]), 400, 'request.invalid'],
    [new Unavailable('recruitment answered 503'), 503, 'service.away'],
    [pgError('57P01'), 503, 'database.away'],
    [pgError('ECONNREFUSED'), 503, 'database.away'],
    [new Error('Connection terminated unexpectedly'), 503, 'database.away'],
    [Object.assign(new Error('aborted'), { code: 'ECONNRESET', statusCode: 400 }), 400, 'request.malformed'],
    [new BadRequestException(), 400, 'request.malformed'],
    [new NotFoundException(), 404, 'route.not-found'],
    [new PayloadTooLargeException(), 413, 'request.too-large'],
    [new Problem(403, 'role.not-allowed'), 403, 'role.not-allowed'],
    [pgError('23505', 'Key (name)=(山田) already exists'), 500, 'internal.error'],
    ['nonsense', 500, 'internal.error'],
  ])('%s is %i %s', (error, status, code) => expect(problemOf(error)).toMatchObject({ status, code }));

  it('says when to come back where waiting helps', () => {
    expect(problemOf(pgError('08006')).parts.headers).toEqual({ 'retry-after': '1' });
    expect(problemOf(new Rejected('directory.behind')).parts.headers).toEqual({ 'retry-after': '1' });
    expect(problemOf(new Rejected('plan.not-approved')).parts.headers).toBeUndefined();
    expect(problemOf(new StreamMoved('plan-142140/2026'), false)).toMatchObject({
      ...{ status: 503, code: 'stream.busy' },
      parts: { headers: { 'retry-after': '1' } },
    });
  });
});

describe('the details of a problem', () => {
  const texts = {
    ...PLATFORM_PROBLEMS,
    'plan.over': { ja: '{year}年度の計画は{planned}人までです。', en: 'At most {planned} in {year}.' },
  };

  it('are in Japanese, with the facts of the rejection in the text', () =>
    expect(detailsOf(problemOf(new Rejected('plan.over', { year: 2026, planned: 20 })), texts, 'ja')).toEqual({
      type: 'urn:jinzai:problem:plan.over',
      title: '規則により処理できません',
      status: 409,
      detail: '2026年度の計画は20人までです。',
      code: 'plan.over',
      facts: { year: 2026, planned: 20 },
    }));

  it('are in English for who prefers it', () => {
    expect(detailsOf(problemOf(new Rejected('plan.over', { year: 2026, planned: 20 })), texts, 'en').detail).toBe(
      'At most 20 in 2026.',
    );
    expect(languageOf('en-GB,en;q=0.9,ja;q=0.3')).toBe('en');
    expect(languageOf('ja,en;q=0.8')).toBe('ja');
    expect(languageOf('fr')).toBe('ja');
    expect(languageOf(undefined)).toBe('ja');
  });

  it('carry the further members of an answer', () =>
    expect(
      detailsOf(new Problem(409, 'import.has-errors', { members: { rows: 3, accepted: 0 } }), texts, 'ja'),
    ).toMatchObject({
      code: 'import.has-errors',
      rows: 3,
      accepted: 0,
    }));

  it('say nothing about an error that was not expected', () =>
    expect(JSON.stringify(detailsOf(problemOf(pgError('23505', 'Key (name)=(山田)')), texts, 'ja'))).not.toContain(
      '山田',
    ));
});

class Line {
  @IsIn(['general', 'fire']) jobCategory: string;
  @IsInt() @Min(1) planned: number;
}

class PlanBody {
  @IsString() title: string;
  @Matches(/^\d{4}-\d{2}-\d{2}$/, { message: '日付は YYYY-MM-DD で指定してください' }) approvedOn: string;
  @ValidateNested({ each: true }) @Type(() => Line) @ArrayMaxSize(2) lines: Line[];
}

const faults = async (body: object) => {
  const error: unknown = await validationPipe()
    .transform(body, { type: 'body', metatype: PlanBody })
    .catch((thrown: unknown) => thrown);
  return (error as Malformed).faults;
};

describe('a body that is not well formed', () => {
  it('is answered field by field, with the way to it, in Japanese', async () =>
    expect(
      fieldErrors(await faults({ approvedOn: 'soon', lines: [{ jobCategory: 'x', planned: 0 }], 氏名: 1 }), 'ja'),
    ).toEqual([
      { field: '氏名', message: 'この項目はありません' },
      { field: 'title', message: '必ず指定してください' },
      { field: 'approvedOn', message: '日付は YYYY-MM-DD で指定してください' },
      { field: 'lines.0.jobCategory', message: '次のいずれかを指定してください：general、fire' },
      { field: 'lines.0.planned', message: '1以上で指定してください' },
    ]));

  it('is answered in English for who prefers it', async () =>
    expect(fieldErrors(await faults({ title: 1, approvedOn: '2026-04-01', lines: [] }), 'en')).toEqual([
      { field: 'title', message: 'title must be a string' },
    ]));
});
