import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client } from 'pg';
import { start } from '#libs/platform/boot';
import { Clock } from '#libs/processes/clock';
import { createDatabase, type TestDatabase } from '#libs/testing/databases';
import { tokenFor } from '#libs/testing/tokens';
import { PlacementModule } from './placement.module.js';

class SetClock extends Clock {
  at = '2026-04-10T00:00:00Z';
  now(): Date {
    return new Date(this.at);
  }
}

export type Body = Record<string, unknown>;
export type Answer = Readonly<{ status: number; body: Body }>;
export type Item = Readonly<{
  staffId: string;
  familyName: string;
  unitId: string | null;
  status: string;
  lastDay: string | null;
}>;
type Asked = Readonly<{ token?: string; body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> }>;

export const CITY = '142140';

export const UNITS = [
  '所属コード,所属名,階層,上位所属コード,部門区分,任命権者,適用開始日,廃止',
  '100,伊勢原市,市,,,市長,2000-04-01,',
  '110,土木部,部,100,,市長,2000-04-01,',
  '111,道路課,課,110,事業,市長,2000-04-01,',
  '112,公園課,課,110,事業,市長,2000-04-01,',
  '113,河川課,課,110,事業,市長,2027-04-01,',
].join('\n');
export const STAFF = [
  '職員番号,氏,名,氏カナ,名カナ,生年月日,性別,住所',
  '200001,架空,部長,カクウ,ブチョウ,1970/4/2,男,架空町1番',
  '200002,架空,課長,カクウ,カチョウ,1975/8/1,女,架空町2番',
  '200003,髙橋,主事,タカハシ,シュジ,2000/1/1,女,架空町3番',
  '200004,架空,退職,カクウ,タイショク,1990/1/1,男,架空町4番',
].join('\n');
export const ACTIONS_HEADER = '職員番号,発令日,発令種別,所属コード,職位,級,職種,採用区分,週勤務分,終了日,事由,休業種別';
export const appointed = (number: string, on: string, unit: string, position: string, grade: string) =>
  `${number},${on},条件付採用,${unit},${position},${grade},一般事務,新卒,2325,,,`;
export const ACTIONS = [
  ACTIONS_HEADER,
  appointed('200001', '2000/4/1', '110', '部長', '7級'),
  '200001,2000/10/1,正式採用,,,,,,,,,',
  appointed('200002', '2000/4/1', '111', '課長', '6級'),
  '200002,2000/10/1,正式採用,,,,,,,,,',
  appointed('200003', '2024/4/1', '111', '主事', '1級'),
  '200003,2024/10/1,正式採用,,,,,,,,,',
  '200003,2025/4/1,異動,112,主事,,,,,,,',
  appointed('200004', '2015/4/1', '112', '主事', '1級'),
  '200004,2026/3/31,退職,,,,,,,,普通退職,',
].join('\n');

export const PERSON = {
  familyName: '試験',
  givenName: '次郎',
  familyNameKana: 'シケン',
  givenNameKana: 'ジロウ',
  birthDate: '2003-05-05',
  sex: '1',
  address: '架空町9番',
};
export const APPOINTMENT = {
  kind: 'appoint-on-probation',
  effectiveOn: '2026-04-01',
  post: { unitId: '111', position: 'shuji' },
  grade: '1',
  jobCategory: 'general',
  route: 'new-graduate',
  weeklyMinutes: 2325,
};

/** Placement as one city's HR uses it over HTTP, on a database of its own and without Kafka: commands must not need it. */
export class Placement {
  readonly clock = new SetClock();
  app: NestFastifyApplication;
  sql: Client;
  private database?: TestDatabase;
  private base: string;
  private hr: string;

  constructor(private readonly name: string) {}

  start = async (): Promise<void> => {
    this.database = await createDatabase(this.name);
    const env = {
      SERVICE_PORT: '0',
      DATABASE_URL: this.database.url,
      KAFKA_BROKERS: '127.0.0.1:1', // away
      OIDC_ISSUER: process.env.TEST_OIDC_ISSUER,
      OIDC_CLIENT_ID: 'service.placement',
      OIDC_CLIENT_SECRET: 'test',
      MASTER_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
      LOG_LEVEL: 'silent',
    };
    this.app = await start(PlacementModule, 'placement', { env, clock: this.clock });
    this.base = `${await this.app.getUrl()}/placement`;
    this.hr = await tokenFor({ municipality: CITY, roles: ['hr'] });
    this.sql = new Client({ connectionString: this.database.url });
    await this.sql.connect();
  };

  stop = async (): Promise<void> => {
    await this.sql?.end();
    await this.app?.close();
    await this.database?.drop();
  };

  /** The small city of the three files above; answers the position of the last of it. */
  loadCity = async (): Promise<number> => {
    await this.load('units', UNITS);
    await this.load('staff', STAFF);
    return (await this.load('personnel-actions', ACTIONS, 'actions-1')).body.position as number;
  };

  ask = async (method: string, path: string, { token = this.hr, body, headers }: Asked = {}): Promise<Answer> => {
    const response = await fetch(`${this.base}/${path}`, {
      method,
      body,
      headers: { authorization: `Bearer ${token}`, ...headers },
    });
    return { status: response.status, body: (await response.json()) as Body };
  };

  get = (path: string, token?: string): Promise<Answer> => this.ask('GET', path, { token });

  post = (path: string, body: object = {}, key?: string, token?: string): Promise<Answer> =>
    this.ask('POST', path, {
      token,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) },
    });

  load = (file: string, text: string | Uint8Array<ArrayBuffer>, key?: string): Promise<Answer> =>
    this.ask('POST', `imports/${file}`, {
      body: text,
      headers: { 'content-type': 'text/csv', ...(key && { 'idempotency-key': key }) },
    });

  list = async (query: string, token?: string): Promise<Item[]> =>
    (await this.get(`staff?${query}`, token)).body.items as Item[];

  count = async (type: string): Promise<number> =>
    Number((await this.sql.query(`SELECT count(*) FROM events WHERE type = $1`, [type])).rows[0].count);

  /** Registers `PERSON` and answers the staff id. */
  register = async (more: object, key?: string): Promise<string> =>
    (await this.post('staff', { ...PERSON, ...more }, key)).body.id as string;
}
