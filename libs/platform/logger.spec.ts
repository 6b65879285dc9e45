import { Fenced } from '#libs/event-store/lease';
import { errorFields, reportTo, type Log } from './logger.js';

describe('an error in the log', () => {
  it('says its reason when it is ours', () =>
    expect(errorFields(new Fenced('staff-list'))).toMatchObject({
      error: 'Fenced',
      reason: expect.stringMatching(/^staff-list is no longer/) as string,
    }));

  it('keeps to itself what others say, who may quote data', () => {
    const fields = errorFields(Object.assign(new Error('Key (name)=(架空 太郎)'), { code: '23505' }));
    expect(fields).toMatchObject({ error: 'Error', code: '23505' });
    expect(JSON.stringify(fields)).not.toContain('架空');
  });
});

describe('failures of background work', () => {
  const told = (work: (report: ReturnType<typeof reportTo>) => void): object[] => {
    const lines: object[] = [];
    const log = { error: (fields: object, message: string) => lines.push({ ...fields, message, stack: undefined }) };
    work(reportTo(log as unknown as Log, 'a follower failed'));
    return lines;
  };

  it('are told once while they go on, with whose they are', () =>
    expect(
      told((report) => {
        report(new Fenced('staff-list'), 'staff-list');
        report(new Fenced('staff-list'), 'staff-list');
      }),
    ).toMatchObject([{ error: 'Fenced', of: 'staff-list', message: 'a follower failed' }]));

  it('do not hide each other', () =>
    expect(
      told((report) => {
        report(new Error('one'));
        report(new Fenced('a'));
        report(new Fenced('b'));
        report(new Error('one'), 'another follower');
      }),
    ).toHaveLength(4));
});
