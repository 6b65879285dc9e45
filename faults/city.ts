import type { LocalStack } from '#libs/local-stack/stack';
import { localDateOf } from '#libs/processes/clock';
import { Api } from '#demo/api';
import { City, PLANS, type Plan } from '#demo/cities/city';
import { generateCity } from '#demo/cities/generate';
import { cityFiles, loadCity } from '#demo/load-city';
import { ProgressBars } from '#demo/progress';
import type { Client } from './client.js';
import type { Stores } from './stores.js';

/** A unit with a head: whoever is posted there has somebody who decides about leave. */
export type Office = Readonly<{ unitId: string; head: string }>;

/** One of the two cities, as the load needs to know it. */
export type Town = Readonly<{
  code: string;
  /** Position and grade of those who head nothing. */
  position: string;
  grade: string;
  offices: readonly Office[];
  /** Staff in service from the beginning who head no office, in a fixed order. */
  people: readonly Readonly<{ staffId: string; position: string }>[];
  /** Three who score applicants. */
  assessors: readonly string[];
  postingId: string;
  course: string;
}>;

export const ROUTE = 'experienced';
export const CATEGORY = 'general';

export const today = (): string => localDateOf(new Date());

/** Small cities of the demo's making: the same files for the same size. */
export const prepareTowns = async (
  stack: LocalStack,
  stores: Stores,
  client: Client,
  folder: string,
  headcount: number,
): Promise<Town[]> => {
  const api = new Api(stack);
  const bars = new ProgressBars();
  const towns = await Promise.all(
    PLANS.map(async (plan) => {
      const { code } = plan;
      for (const role of ['hr', 'recruiter', 'training-officer', 'it', 'analyst']) {
        api.register(`${code}-${role}`, { municipality: code, roles: [role] });
        client.register(`${code}-${role}`, code, [role]);
      }
      const small = { ...plan, headcount };
      generateCity(small, 'policies', `${folder}/${code}`);
      await loadCity(api, small, cityFiles(`${folder}/${code}`), bars);
      return describe(small, stores, client);
    }),
  );
  bars.stop();
  return towns;
};

const describe = async (plan: Plan, stores: Stores, client: Client): Promise<Town> => {
  const { code } = plan;
  const city = new City(plan, 'policies');
  const posts = await stores.rows<{ staff_id: string; unit_id: string; position: string; level: string }>(
    'placement',
    `SELECT p.staff_id, p.unit_id, p.position, u.level FROM directory_postings p
       JOIN LATERAL (SELECT level, abolished FROM directory_units d WHERE d.municipality = p.municipality
         AND d.unit_id = p.unit_id AND d.effective_on <= $2::date ORDER BY effective_on DESC LIMIT 1) u ON NOT u.abolished
      WHERE p.municipality = $1 AND p.main AND p.status = 'regular' AND p.valid_from <= $2::date AND p.valid_to IS NULL
      ORDER BY p.staff_id`,
    [code, today()],
  );
  const rank = new Map(city.positions.filter(({ heads }) => heads).map((position) => [position.code, position.rank]));
  const offices = new Map<string, Office & { rank: number }>();
  for (const { staff_id: head, unit_id: unitId, position } of posts) {
    const own = rank.get(position);
    if (own !== undefined && own > (offices.get(unitId)?.rank ?? -1)) offices.set(unitId, { unitId, head, rank: own });
  }
  const heads = new Set([...offices.values()].map(({ head }) => head));
  const people = posts.flatMap(({ staff_id: staffId, position }) =>
    heads.has(staffId) ? [] : [{ staffId, position }],
  );
  const [lowest] = city.ladder.slice(1);
  const assessors = people.slice(0, 3).map(({ staffId }) => staffId);
  assessors.forEach((staffId, index) => client.register(`${code}-assessor-${index}`, code, ['assessor'], staffId));
  return {
    code,
    position: lowest.code,
    grade: lowest.grades[0],
    offices: [...offices.values()],
    people: people.slice(3),
    assessors,
    postingId: await openPosting(code, client),
    course: 'harassment',
  };
};

const openPosting = async (code: string, client: Client): Promise<string> => {
  const day = today();
  const fiscalYear = Number(day.slice(0, 4)) - (day.slice(5) < '04-01' ? 1 : 0);
  const step = async (role: string, path: string, body: object, key: string): Promise<string> => {
    const command = { account: `${code}-${role}`, municipality: code, service: 'recruitment', path, body } as const;
    const outcome = await client.send({ ...command, key: `faults-${code}-${key}` });
    if (outcome.outcome !== 'acknowledged') throw new Error(`${code} ${path}: ${JSON.stringify(outcome)}`);
    return outcome.answer.id;
  };
  const line = { jobCategory: CATEGORY, route: ROUTE };
  await step('recruiter', `/plans/${fiscalYear}`, { lines: [{ ...line, planned: 9_000 }] }, 'plan');
  await step('hr', `/plans/${fiscalYear}/approval`, {}, 'plan-approval');
  const closesOn = localDateOf(new Date(Date.now() + 60 * 86_400_000));
  const posting = { fiscalYear, ...line, title: '一般事務（経験者）', opensOn: day, closesOn };
  return step('recruiter', '/postings', posting, 'posting');
};
