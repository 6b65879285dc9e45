import { join } from 'node:path';
import { Client } from 'pg';
import { OWNERS, SERVICES } from '#libs/local-stack/ports';
import { startCoreStack } from '#libs/testing/core-stack';
import { eventually } from '#libs/testing/eventually';
import { Api } from './api.js';
import { analystUrl, visibleToOthers } from './check-other-city.js';
import { PlainCount } from './check-figures.js';
import { logTexts, Secrets, tableTexts, topicTexts } from './check-leaks.js';
import { City, PLANS, type Plan } from './cities/city.js';
import { generateCity } from './cities/generate.js';
import { askFigures } from './figures.js';
import { faultsOfEveryRole } from './every-role.js';
import { faultsForOthers, faultsOfEveryRoute } from './every-route.js';
import { FirstMonths } from './first-months.js';
import { applicantsOf, ENDINGS, LiveCohort, type CohortPlace } from './live-cohort.js';
import { cityFiles, loadCity } from './load-city.js';
import { ProgressBars } from './progress.js';

const HEADCOUNT = 60;
/** Yesterday in Tokyo: as when the load has run over midnight. */
const JOINS_ON = new Date(Date.now() + (9 - 24) * 3_600_000).toISOString().slice(0, 10);
const HIRED = ENDINGS.filter((ending) => ending === 'hired').length;
const PATIENCE = 120_000;

const small: readonly Plan[] = PLANS.map((plan) => ({ ...plan, headcount: HEADCOUNT }));
const [isehara, hiratsuka] = small;

describe('the core, end to end, for two cities', () => {
  let core: Awaited<ReturnType<typeof startCoreStack>>;
  let api: Api;
  const bars = new ProgressBars({ isTTY: false, write: () => true } as unknown as NodeJS.WriteStream);
  const filesOf = ({ code }: Plan) => cityFiles(join(core.folder, 'cities', code));

  beforeAll(async () => {
    core = await startCoreStack();
    api = new Api(core.stack);
    for (const { code } of small) {
      for (const role of ['hr', 'recruiter', 'analyst'])
        api.register(`${code}-${role}`, { municipality: code, roles: [role] });
    }
  }, PATIENCE);

  afterAll(() => core?.stop(), PATIENCE);

  it(
    'loads the files of both cities, and a repeated load changes nothing',
    async () => {
      for (const plan of small) {
        generateCity(plan, 'policies', join(core.folder, 'cities', plan.code));
        await loadCity(api, plan, filesOf(plan), bars);
        const events = await storedEvents();
        await loadCity(api, plan, filesOf(plan), bars);
        expect(await storedEvents()).toEqual(events);
      }
    },
    PATIENCE,
  );

  it(
    'appoints exactly once although placement was killed before the hires',
    async () => {
      const { placement } = core.stack.services;
      const hired = await cohort(isehara, () => placement.kill());
      expect(await statuses(isehara, hired)).toEqual(Array(HIRED).fill('hired'));
      await placement.restart();
      await allJoined(isehara, hired);
      await eventually(async () => (await appointed(isehara)) === HIRED, 20_000);
    },
    PATIENCE,
  );

  it(
    'appoints exactly once although recruitment was killed right after the hires',
    async () => {
      const { recruitment } = core.stack.services;
      const hired = await cohort(hiratsuka);
      await recruitment.kill();
      await recruitment.restart();
      await allJoined(hiratsuka, hired);
      await eventually(async () => (await appointed(hiratsuka)) === HIRED, 20_000);
    },
    PATIENCE,
  );

  it(
    'shows in the figures of all subjects what a plain count of the files gives',
    async () => {
      for (const plan of small) {
        const hired = applicantsOf(plan).filter(({ ending }) => ending === 'hired');
        const people = hired.map(({ sex }) => ({ sex, completed: false }));
        const count = new PlainCount(filesOf(plan), { on: JOINS_ON, people });
        await eventually(async () => (await newestAssignments(plan)).every((on) => on >= JOINS_ON), 60_000);
        const figures = await askFigures(api, plan.code, JOINS_ON, new Date().toISOString());
        const rows = figures.flatMap(({ metric, rows: of }) =>
          of.filter(({ suppressed }) => !suppressed).map((row) => ({ metric, row })),
        );
        expect(rows.length).toBeGreaterThan(20);
        for (const { metric, row } of rows) {
          expect({ metric, ...row }).toMatchObject(count.expected(metric, row) ?? {});
        }
      }
    },
    PATIENCE,
  );

  it(
    'answers every route of every document as it says, to every role, and nothing of the other city',
    async () => {
      await new FirstMonths(api, new City(isehara, 'policies'), placeOf(isehara)).run(bars);
      const { asked, faults } = await faultsOfEveryRoute(core.stack, api, isehara.code, hiratsuka.code);
      expect(faults).toEqual([]);
      expect(asked).toBeGreaterThan(3_000);
      expect((await faultsForOthers(core.stack, api, hiratsuka.code, isehara.code)).faults).toEqual([]);
    },
    2 * PATIENCE,
  );

  it(
    'leaves no key of a person who is erased in any service, and every figure as it was',
    async () => {
      const { code } = hiratsuka;
      const [{ staffId, applicationId }] = await query<{ staffId: string; applicationId: string }>(
        core.stack.databaseUrl('recruitment'),
        `SELECT staff_id AS "staffId", application_id AS "applicationId" FROM joined_as WHERE municipality = $1`,
        [code],
      );
      const path = `/staff/${staffId}`;
      const left = { kind: 'separate', effectiveOn: JOINS_ON, reason: 'resignation' };
      await api.post(`${code}-hr`, 'placement', `${path}/personnel-actions`, left, 'leaves');
      await eventually(async () => (await keysOf(staffId, applicationId)).length === 2, 20_000);
      const before = await figuresNow(code);
      await api.post(`${code}-hr`, 'placement', `${path}/erasure`, {}, 'erasure');
      await eventually(async () => (await keysOf(staffId, applicationId)).every(({ wrapped }) => !wrapped), 20_000);
      expect(await api.get(`${code}-hr`, 'placement', path)).toMatchObject({
        familyName: 'erased',
        birthDate: 'erased',
      });
      expect(await figuresNow(code)).toEqual(before);
    },
    PATIENCE,
  );

  it(
    'shows nothing of one city to tokens and database roles of the other',
    async () => {
      expect(await visibleToOthers(core.stack, api, isehara.code, hiratsuka.code)).toEqual([]);
      expect(await visibleToOthers(core.stack, api, hiratsuka.code, isehara.code)).toEqual([]);
    },
    PATIENCE,
  );

  it(
    'keeps going round in the background of every service, and shows it',
    async () => {
      type Ready = Readonly<{
        followers: readonly Readonly<{ name: string; lastCycleAt: string; stalled: boolean }>[];
        relay?: Readonly<{ failing: boolean; stalled: boolean; lastCycleAt?: string }>;
        consumer?: Readonly<{ failing: boolean; stalled: boolean; lastCycleAt?: string }>;
      }>;
      const since = new Date().toISOString();
      for (const service of SERVICES) {
        const standing = await eventually(async () => {
          const response = await fetch(`${core.stack.url(service)}/health/ready`);
          const { followers, relay, consumer } = (await response.json()) as Ready;
          const parts = [...followers, ...(relay ? [relay] : []), ...(consumer ? [consumer] : [])];
          const still = parts.filter((part) => (part.lastCycleAt ?? '') < since || ('failing' in part && part.failing));
          return still.length === 0 ? parts : undefined;
        }, 20_000);
        expect(standing.filter(({ stalled }) => stalled)).toEqual([]);
      }
    },
    PATIENCE,
  );

  it(
    'opens no database to a role but its own, and no table to writing analysts',
    async () => {
      const { asked, faults } = await faultsOfEveryRole(core.stack, [isehara.code, hiratsuka.code]);
      expect(faults).toEqual([]);
      expect(asked).toBeGreaterThan(100);
    },
    PATIENCE,
  );

  it(
    'leaves no name, kana, birth date or address in topics, logs or any table',
    async () => {
      const secrets = new Secrets();
      for (const plan of small) {
        secrets.addStaffFile(filesOf(plan).staff);
        secrets.addStaffNumbers(filesOf(plan).staff, filesOf(plan).units);
        for (const applicant of applicantsOf(plan)) secrets.add(applicant);
      }
      const { stack, folder } = core;
      const published = await topicTexts(stack.kafka.brokers);
      expect(published.length).toBeGreaterThan(HEADCOUNT);
      expect(secrets.search(published)).toEqual([]);
      expect(secrets.search(logTexts(join(folder, 'log')))).toEqual([]);
      for (const service of SERVICES) {
        expect(secrets.search(await tableTexts(stack.databaseUrl(service)))).toEqual([]);
      }
    },
    PATIENCE,
  );

  const cohort = (plan: Plan, beforeHires?: () => Promise<void>): Promise<string[]> =>
    new LiveCohort(api, plan, placeOf(plan)).run(bars, beforeHires);

  const placeOf = (plan: Plan): CohortPlace => {
    const city = new City(plan, 'policies');
    const [, { code: position, grades }] = city.ladder;
    return { unitId: city.leavesOn(JOINS_ON)[0].code, position, grade: grades[0], joinsOn: JOINS_ON };
  };

  const statuses = ({ code }: Plan, applications: readonly string[]): Promise<string[]> =>
    Promise.all(
      applications.map(
        async (id) =>
          (await api.get<{ status: string }>(`${code}-recruiter`, 'recruitment', `/applications/${id}`)).status,
      ),
    );

  const allJoined = (plan: Plan, applications: readonly string[]): Promise<unknown> =>
    eventually(async () => (await statuses(plan, applications)).every((status) => status === 'joined'), 60_000);

  /** Employments that began on the day of the hires, as the city's own analyst sees them. */
  const appointed = ({ code }: Plan): Promise<number> =>
    single(
      analystUrl(core.stack, code),
      `SELECT count(DISTINCT employment_id)::int FROM analytics.employment WHERE hired_on = '${JOINS_ON}'`,
    );

  /** Days of the newest assignments: each of those hired was asked for several courses. */
  const newestAssignments = async ({ code }: Plan): Promise<string[]> => {
    const path = `/assignments?sort=-assignedOn&limit=${HIRED}`;
    const { items } = await api.get<{ items: { assignedOn: string }[] }>(`${code}-hr`, 'training', path);
    return items.map(({ assignedOn }) => assignedOn);
  };

  const keysOf = async (...persons: string[]): Promise<{ wrapped: string | null }[]> => {
    const keys = 'SELECT wrapped FROM person_keys WHERE person_id = ANY ($1)';
    return (
      await Promise.all(
        OWNERS.map((service) => query<{ wrapped: string | null }>(core.stack.databaseUrl(service), keys, [persons])),
      )
    ).flat();
  };

  /** All figures, once everything recorded so far is in them. */
  const figuresNow = async (code: string): Promise<unknown> => {
    const now = new Date().toISOString();
    await eventually(async () => {
      const { knownThrough } = await api.get<{ knownThrough: string }>(
        `${code}-analyst`,
        'projection',
        '/analytics/freshness',
      );
      return knownThrough > now;
    }, 20_000);
    const figures = await askFigures(api, code, JOINS_ON, now);
    return figures.map(({ metric, rows }) => ({ metric, rows: rows.map((row) => ({ ...row, knownAt: undefined })) }));
  };

  const storedEvents = async (): Promise<number[]> => {
    const count = 'SELECT count(*)::int FROM events';
    const services = ['placement', 'wellbeing', 'training'] as const;
    return Promise.all(services.map((service) => single(core.stack.databaseUrl(service), count)));
  };
});

const single = async (url: string, text: string): Promise<number> => {
  const [row] = await query<Record<string, number>>(url, text);
  return Object.values(row)[0];
};

const query = async <Row extends object>(url: string, text: string, values: unknown[] = []): Promise<Row[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
};
