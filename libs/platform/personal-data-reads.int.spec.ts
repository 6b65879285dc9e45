import { Database } from '#libs/event-store/database';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import type { Caller } from './caller.js';
import { PersonalDataReads, personalDataReadsMigrations } from './personal-data-reads.js';

const OF = 'staff-1';
let database: TestDatabase;
let db: Database;
let reads: PersonalDataReads;

beforeAll(async () => {
  database = await createDatabase('personal_data_reads');
  db = await Database.open(database.url, personalDataReadsMigrations);
  await db.migrate();
  reads = new PersonalDataReads(db);
});

beforeEach(() => db.pool.query('TRUNCATE personal_data_reads'));

afterAll(async () => {
  await db?.close();
  await database?.drop();
});

const caller = (subject: string, over: Partial<Caller> = {}): Caller => ({
  municipality: '142140',
  subject,
  roles: ['hr'],
  metadata: { actor: subject, correlationId: `c-${subject}` },
  request: { id: 'r-1', fingerprint: 'f-1' },
  ...over,
});
const auditor = caller('auditor', { roles: ['auditor'] });
const seenBy = async (query = {}, purpose?: string) =>
  (await reads.page(auditor, OF, query, purpose)).items.map(({ subject }) => subject);

describe('who read whose personal data', () => {
  it('is written down with the request it was read by', async () => {
    await reads.note(caller('hr-1'), OF, 'details');
    await reads.note(caller('hr-1'), OF, 'request', 'request-1');
    const { items, total } = await reads.page(auditor, OF, {});
    const read = { subject: 'hr-1', readAt: expect.any(Date) };
    expect(items).toEqual([
      { ...read, purpose: 'details', part: null },
      { ...read, purpose: 'request', part: 'request-1' },
    ]);
    expect(total).toBe(2);
    const { rows } = await db.pool.query('SELECT DISTINCT correlation_id FROM personal_data_reads');
    expect(rows).toEqual([{ correlation_id: 'c-hr-1' }]);
  });

  it('is not written down of oneself', async () => {
    await reads.note(caller('hr-1', { staffId: OF }), OF, 'details');
    await reads.note(caller('hr-2', { staffId: 'staff-2' }), OF, 'details');
    expect(await seenBy()).toEqual(['hr-2']);
  });

  it('is shown of one record, of the own city and, where asked, for one purpose', async () => {
    await reads.note(caller('hr-1'), OF, 'details');
    await reads.note(caller('hr-2'), OF, 'history');
    await reads.note(caller('hr-3'), 'staff-2', 'details');
    await reads.note(caller('hr-4', { municipality: '142034' }), OF, 'details');
    expect(await seenBy()).toEqual(['hr-1', 'hr-2']);
    expect(await seenBy({}, 'history')).toEqual(['hr-2']);
    expect((await reads.page({ ...auditor, municipality: '142131' }, OF, {})).items).toEqual([]);
  });

  it('is shown in pages, from either end', async () => {
    for (const subject of ['hr-1', 'hr-2', 'hr-3']) await reads.note(caller(subject), OF, 'details');
    const { items, nextCursor, total } = await reads.page(auditor, OF, { sort: '-readAt', limit: 2 });
    expect([items.map(({ subject }) => subject), total]).toEqual([['hr-3', 'hr-2'], 3]);
    expect(await seenBy({ sort: '-readAt', limit: 2, cursor: nextCursor ?? '' })).toEqual(['hr-1']);
  });
});
