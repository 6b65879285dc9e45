import { join } from 'node:path';
import { Client } from 'pg';
import { startCoreStack } from '#libs/testing/core-stack';
import { eventually } from '#libs/testing/eventually';
import { Api, Refused, type Call } from './api.js';
import { topicTexts } from './check-leaks.js';
import { PLANS } from './cities/city.js';
import { generateCity } from './cities/generate.js';
import { cityFiles, loadCity } from './load-city.js';
import { ProgressBars } from './progress.js';

const PATIENCE = 120_000;
const [plan] = PLANS;
const HR = `${plan.code}-hr`;

describe('bad input and what is away', () => {
  let core: Awaited<ReturnType<typeof startCoreStack>>;
  let api: Api;
  let patient: Api;
  let staffId: string;
  let version: number;

  beforeAll(async () => {
    core = await startCoreStack();
    api = new Api(core.stack, 0);
    patient = new Api(core.stack);
    for (const one of [api, patient]) one.register(HR, { municipality: plan.code, roles: ['hr'] });
    api.register('analyst', { municipality: plan.code, roles: ['analyst'] });
    api.register('other-hr', { municipality: PLANS[1].code, roles: ['hr'] });
    const folder = join(core.folder, 'city');
    generateCity({ ...plan, headcount: 20 }, 'policies', folder);
    await loadCity(patient, plan, cityFiles(folder), silent);
    await eventually(async () => (staffId = (await list())[0]?.staffId));
    ({ version } = await api.get<{ version: number }>(HR, 'placement', `/staff/${staffId}`));
  }, PATIENCE);

  afterAll(() => core?.stop(), PATIENCE);

  it('answers 400 with a list of fields in Japanese to a malformed body and to an unknown field', async () => {
    const { status, problem } = await refused(HR, actions(), {
      body: { kind: 'unheard-of', effectiveOn: '2026-02-30', salary: 1 },
    });
    expect(status).toBe(400);
    const errors = problem.errors as { field: string; message: string }[];
    expect(errors.map(({ field }) => field).toSorted()).toEqual(['effectiveOn', 'kind', 'salary']);
    for (const { message } of errors) expect(message).toMatch(/[ぁ-ん]/);
  });

  it('answers 401 without a token and 403 to the wrong role', async () => {
    const answer = await fetch(`${core.stack.url('placement')}/staff/${staffId}`);
    expect(answer.status).toBe(401);
    expect((await refused('analyst', actions(), { body: leaving })).status).toBe(403);
  });

  it('answers 404 to another city, the same for an id of ours as for one of nobody', async () => {
    const there = await refused('other-hr', `/staff/${staffId}`);
    const nowhere = await refused('other-hr', '/staff/00000000-0000-4000-8000-000000000000');
    expect([there.status, there.problem]).toEqual([404, nowhere.problem]);
  });

  it('answers 403 to another city that names ours', async () => {
    for (const name of ['municipality', 'municipalityCode']) {
      const { status, code } = await refused('other-hr', `/staff?${name}=${plan.code}`);
      expect([name, status, code]).toEqual([name, 403, 'municipality.not-allowed']);
    }
  });

  it('answers 412 when the stream has moved', async () => {
    const { status } = await refused(HR, actions(), { body: leaving, headers: { 'if-match': `"${version - 1}"` } });
    expect(status).toBe(412);
  });

  it('answers 409 with the code of the broken rule', async () => {
    const { status, code } = await refused(HR, actions(), {
      body: { kind: 'return-from-leave', effectiveOn: '2026-11-20' },
    });
    expect([status, code]).toEqual([409, 'timeline.return-without-leave']);
  });

  it('answers 409 to a key that was used for another body, and repeats the first answer to the same body', async () => {
    const body = { address: '神奈川県伊勢原市見本町1丁目1番1号' };
    const first = await api.post<{ version: number }>(HR, 'placement', `/staff/${staffId}/details`, body, 'one-key');
    const repeat = await api.post<{ version: number }>(HR, 'placement', `/staff/${staffId}/details`, body, 'one-key');
    expect(repeat).toMatchObject({ version: first.version, repeated: true });
    const other = await refused(HR, `/staff/${staffId}/details`, { body: { address: '別の町' }, key: 'one-key' });
    expect([other.status, other.code]).toEqual([409, 'request.key-reused']);
  });

  it('answers 413 to an oversized body', async () => {
    const { status } = await refused(HR, actions(), { body: { kind: 'x'.repeat(1_200_000) } });
    expect(status).toBe(413);
  });

  const header = '職員番号,氏,名,氏カナ,名カナ,生年月日,性別,住所';
  const row = (number: string, birth = '1990-05-06') =>
    `${number},架空田,例太郎,カクウタ,レイタロウ,${birth},男,架空台1`;
  const broken: readonly [what: string, path: string, file: Buffer, code: string][] = [
    ['an encoding that is neither', 'staff', Buffer.from([0xff, 0xfe, 0x41, 0x00]), 'csv.encoding-unknown'],
    ['broken quotes', 'staff', Buffer.from(`${header}\n"9001,x"y,z\n`), 'csv.malformed'],
    ['a missing column', 'staff', Buffer.from(`${header.replace(',住所', '')}\n`), 'csv.column-missing'],
    [
      'a date that does not exist',
      'staff',
      Buffer.from(`${header}\n${row('900001', '1990-02-30')}\n`),
      'date.not-existing',
    ],
    ['a staff number twice', 'staff', Buffer.from(`${header}\n${row('900001')}\n${row('900001')}\n`), ''],
  ];

  it.each(broken)('answers a broken file (%s) with a report and loads nothing', async (_, path, file, code) => {
    const before = (await list()).length;
    const { status, code: problemCode, problem } = await refused(HR, `/imports/${path}`, { body: file });
    expect([status, problemCode]).toEqual([409, 'import.has-errors']);
    const text = JSON.stringify(problem);
    expect(text).toContain(code);
    expect(text).toMatch(/"line":\d+/);
    expect((await list()).length).toBe(before);
  });

  it('answers a gap in a history with a report and loads nothing', async () => {
    const file = Buffer.from(
      `職員番号,発令日,発令種別,所属コード,職位\n${await numberOf()},1979-04-01,異動,110101,主事\n`,
    );
    const { status, code } = await refused(HR, '/imports/personnel-actions', { body: file });
    expect([status, code]).toEqual([409, 'import.has-errors']);
  });

  it(
    'goes on with commands while Kafka is away, and publishes them when it is back',
    async () => {
      await core.stack.kafka.kill();
      const { id } = await api.post<{ id: string }>(HR, 'placement', actions(), second, 'while-kafka-is-away');
      await core.stack.kafka.restart();
      await eventually(
        async () => (await topicTexts(core.stack.kafka.brokers)).some((text) => text.includes(id)),
        60_000,
      );
    },
    PATIENCE,
  );

  it(
    'answers 503 with Retry-After while Postgres is away, and the same key then has exactly one effect',
    async () => {
      const body = { kind: 'return-from-secondment', effectiveOn: '2026-11-20' };
      await core.stack.postgres.kill();
      const { status, headers } = await refused(HR, actions(), { body, key: 'while-postgres-is-away' });
      expect(status).toBe(503);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      await core.stack.postgres.restart();
      const patient = new Api(core.stack);
      patient.register(HR, { municipality: plan.code, roles: ['hr'] });
      const first = await patient.post<{ version: number }>(HR, 'placement', actions(), body, 'while-postgres-is-away');
      const again = await patient.post<{ version: number }>(HR, 'placement', actions(), body, 'while-postgres-is-away');
      expect(again.version).toBe(first.version);
      expect(await storedWith('while-postgres-is-away')).toBe(1);
    },
    PATIENCE,
  );

  const leaving = { kind: 'separate', effectiveOn: '2026-12-31', reason: 'resignation' };
  const second = { kind: 'second', effectiveOn: '2026-11-10', until: '2027-03-31' };
  const silent = new ProgressBars({ isTTY: false, write: () => true } as unknown as NodeJS.WriteStream);
  const actions = () => `/staff/${staffId}/personnel-actions`;

  type Listed = { staffId: string; staffNumber?: string };
  const list = async (): Promise<Listed[]> =>
    (await api.get<{ items: Listed[] }>(HR, 'placement', '/staff?limit=100&status=regular')).items;

  const numberOf = async (): Promise<string> =>
    String((await api.get<{ staffNumber: string }>(HR, 'placement', `/staff/${staffId}`)).staffNumber);

  const refused = async (account: string, path: string, call: Call = {}): Promise<Refused> => {
    const asked = { ...call, ...(call.body && { method: 'POST' as const }) };
    const outcome = await api.call(account, 'placement', path, asked).catch((error: unknown) => error);
    if (outcome instanceof Refused) return outcome;
    throw new Error(`expected a refusal, got ${JSON.stringify(outcome) ?? String(outcome)}`);
  };

  const storedWith = async (key: string): Promise<number> => {
    const client = new Client({ connectionString: core.stack.databaseUrl('placement') });
    await client.connect();
    try {
      const { rows } = await client.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM events WHERE request_id = $1',
        [key],
      );
      return rows[0].n;
    } finally {
      await client.end();
    }
  };
});
