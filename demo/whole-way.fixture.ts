import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { fiscalYearOf } from '#libs/law/fiscal-year';
import type { LocalDate } from '#libs/law/local-date';
import type { Service } from '#libs/local-stack/ports';
import { startCoreStack, type CoreStack } from '#libs/testing/core-stack';
import { eventually } from '#libs/testing/eventually';
import { Api, Refused } from './api.js';
import { analystUrl } from './check-other-city.js';

/** 伊勢原市, tiny, and the other city, which has nobody at all. */
export const [CITY, OTHER] = ['142140', '142034'];

const PATIENCE_MS = 60_000;

/** Who is there before the story, all since April 2020: number, sex, position, grade, unit. */
const STAFF = {
  bucho: ['100001', '男', '部長', '7', '1100'],
  kacho: ['100002', '女', '課長', '6', '1110'],
  shusa: ['100003', '女', '主査', '4', '1110'],
  shunin: ['100004', '男', '主任', '3', '1110'],
  shuji: ['100005', '女', '主事', '2', '1110'],
} as const;
type Colleague = keyof typeof STAFF;
const STAFF_COUNT = Object.keys(STAFF).length;

/** Accounts of the colleagues, and of the offices that are nobody on the staff. */
const ROLES: Readonly<Record<Colleague, readonly string[]>> = {
  bucho: ['staff', 'manager', 'evaluator', 'assessor'],
  kacho: ['staff', 'manager', 'evaluator', 'assessor'],
  shusa: ['staff', 'assessor'],
  shunin: ['staff'],
  shuji: ['staff'],
};
const OFFICES = ['hr', 'recruiter', 'training-officer', 'analyst'];

/** Who applies, is hired and joins: not there before the story. */
export const NEWCOMER = {
  familyName: '架空沢',
  givenName: '試人',
  familyNameKana: 'カクウザワ',
  givenNameKana: 'タメシト',
  birthDate: '1999-06-15',
  sex: '1',
  address: '神奈川県伊勢原市架空台2',
};

export type Answer = Readonly<{ id: string; version: number; repeated: boolean }>;

/** A figure without the question it answers. */
export type Figure = Readonly<{
  dimensions: Readonly<Record<string, string | null>>;
  numerator: number | null;
  denominator: number | null;
  value: number | null;
  suppressed: boolean;
}>;
export type Subject = 'retention' | 'leave-uptake' | 'training-coverage';

/** A city of five on the whole stack, and whoever acts in it: an account is a role of the city, or a person. */
export class TinyCity {
  private keys = 0;

  private constructor(
    private readonly core: CoreStack,
    readonly api: Api,
    readonly staff: Readonly<Record<Colleague, string>>,
  ) {}

  /**
   * @param today begins years from now: recorded times are the database's own, and as long as they lie before the story
   *   it is the same on whichever day the test runs
   */
  static async start(today: LocalDate): Promise<TinyCity> {
    const core = await startCoreStack({ today, policies: ownPolicies });
    const api = new Api(core.stack, PATIENCE_MS);
    for (const municipality of [CITY, OTHER])
      for (const role of OFFICES) api.register(`${municipality}-${role}`, { municipality, roles: [role] });
    const staff = {} as Record<Colleague, string>;
    const city = new TinyCity(core, api, staff);
    await city.load('placement', 'units', UNITS);
    await city.load('placement', 'staff', staffRows());
    await city.load('placement', 'personnel-actions', actionRows());
    for (const [name, [number]] of Object.entries(STAFF) as [Colleague, readonly string[]][]) {
      const path = `/staff?staffNumber=${number}`;
      const read = () => api.get<{ items: { staffId: string }[] }>(`${CITY}-hr`, 'placement', path);
      staff[name] = await eventually(async () => (await read()).items[0]?.staffId, PATIENCE_MS);
      api.register(name, { municipality: CITY, roles: ROLES[name], staffId: staff[name] });
    }
    // What the read models know has been published, and every service asks whether it has read that.
    await becomes(() => city.figures('retention', 'headcount', fiscalYearOf(today), today), [{ value: STAFF_COUNT }]);
    return city;
  }

  stop(): Promise<void> {
    return this.core.stop();
  }

  moveClock(to: LocalDate): Promise<void> {
    return this.core.moveClock(to);
  }

  /** Gives somebody new an account. */
  register(name: string, staffId: string, roles: readonly string[] = ['staff']): void {
    this.api.register(name, { municipality: CITY, roles, staffId });
  }

  /** @param account a person, or a role of the city */
  get<T = Record<string, unknown>>(account: string, service: Service, path: string): Promise<T> {
    return this.api.get<T>(this.accountOf(account), service, path);
  }

  /** A service whose directory has not read what placement has published says so, and is asked again. */
  async post(account: string, service: Service, path: string, body: object | Buffer = {}): Promise<Answer> {
    const key = `step-${++this.keys}`;
    const outcome = await eventually(async () => {
      const by = this.accountOf(account);
      const answer = await this.api
        .post<Answer>(by, service, path, body, key)
        .catch((error: unknown) => error as Error);
      return answer instanceof Refused && answer.code === 'directory.behind' ? undefined : answer;
    }, PATIENCE_MS);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  /** Sends a file of the city; a row that is refused fails the test. */
  async load(service: Service, file: string, rows: readonly string[]): Promise<void> {
    await this.post('hr', service, `/imports/${file}`, Buffer.from(rows.join('\n')));
  }

  /** Status and code with which a step is refused; the service has written nothing for it. */
  async refused(account: string, service: Service, path: string, body: object = {}): Promise<string> {
    const outcome = await this.post(account, service, path, body).catch((error: unknown) => error);
    if (!(outcome instanceof Refused)) throw new Error(`not refused: ${JSON.stringify(outcome) ?? String(outcome)}`);
    const written = 'SELECT type FROM events WHERE request_id = $1';
    expect(await rowsOf(this.core.stack.databaseUrl(service), written, [`step-${this.keys}`])).toEqual([]);
    return `${outcome.status} ${outcome.code}`;
  }

  /** Figures as the city's analyst is answered, as of the day and as far as known now, or as was known then. */
  async figures(subject: Subject, metric: string, year: number, asOf: LocalDate, knownAt?: string): Promise<Figure[]> {
    const known = knownAt ? `&knownAt=${encodeURIComponent(knownAt)}` : '';
    const path = `/analytics/${subject}?metric=${metric}&fiscalYear=${year}&asOf=${asOf}${known}`;
    const { rows } = await this.get<{ rows: Figure[] }>('analyst', 'projection', path);
    return rows.map(({ dimensions, numerator, denominator, value, suppressed }) => {
      return { dimensions, numerator, denominator, value, suppressed };
    });
  }

  /** The instant through which everything is in the read models. */
  async knownThrough(): Promise<string> {
    const read = () => this.get<{ knownThrough: string }>('analyst', 'projection', '/analytics/freshness');
    const now = new Date().toISOString();
    return eventually(async () => {
      const { knownThrough } = await read();
      return knownThrough > now ? knownThrough : undefined;
    }, PATIENCE_MS);
  }

  /** Rows as the city's own analyst reads them in SQL. */
  sql<Row extends object>(query: string, values: readonly unknown[] = []): Promise<Row[]> {
    return rowsOf<Row>(analystUrl(this.core.stack, CITY), query, values);
  }

  get stack(): CoreStack['stack'] {
    return this.core.stack;
  }

  private accountOf(name: string): string {
    return OFFICES.includes(name) ? `${CITY}-${name}` : name;
  }
}

/** Reads until what is read looks as expected: what one service does in answer to another is done a moment later. */
export const becomes = async <T extends object>(read: () => Promise<T>, expected: object): Promise<T> =>
  eventually(async () => {
    const found = await read();
    expect(found).toMatchObject(expected);
    return found;
  }, PATIENCE_MS) as Promise<T>;

/** The city's packs, with its own choice of small cells (nobody is hidden among so few) and a half holiday. */
const ownPolicies = (folder: string): string => {
  const policies = join(folder, 'policies');
  cpSync('policies', policies, { recursive: true });
  change(join(policies, CITY, 'analytics/1970-04-01.json'), { smallCellFloor: 1 });
  const title = '市の記念日（午後閉庁）';
  change(join(policies, CITY, 'calendar/1970-04-01.json'), {
    halfDays: [{ date: HALF_HOLIDAY, off: 'afternoon', title }],
  });
  return policies;
};

/** The afternoon is off for everybody. */
export const HALF_HOLIDAY: LocalDate = '2031-12-24';

const change = (file: string, changes: object): void => {
  const pack = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...pack, ...changes }));
};

const UNITS = [
  '所属コード,所属名,階層,上位所属コード,部門区分,任命権者,適用開始日,廃止',
  '1000,架空市,市,,,市長,2000-04-01,',
  '1100,総務部,部,1000,管理,市長,2000-04-01,',
  '1110,職員課,課,1100,管理,市長,2000-04-01,',
];

const staffRows = (): string[] => [
  '職員番号,氏,名,氏カナ,名カナ,生年月日,性別,住所',
  ...Object.values(STAFF).map(([number, sex]) => `${number},架空田,例子,カクウダ,レイコ,1990-05-06,${sex},架空台1`),
];

const actionRows = (): string[] => [
  '職員番号,発令日,発令種別,所属コード,職位,級,職種,採用区分,週勤務分,終了日,事由,休業種別',
  ...Object.values(STAFF).flatMap(([number, , position, grade, unit]) => [
    `${number},2020-04-01,条件付採用,${unit},${position},${grade},一般事務,経験者,2325,2020-09-30,,`,
    `${number},2020-10-01,正式採用,,,,,,,,,`,
  ]),
];

const rowsOf = async <Row extends object>(url: string, query: string, values: readonly unknown[]): Promise<Row[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Row>(query, [...values]);
    return rows;
  } finally {
    await client.end();
  }
};
