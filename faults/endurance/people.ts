import { LocalStack } from '#libs/local-stack/stack';
import type { Service } from '#libs/local-stack/ports';
import { inventRecords, writeRecords } from '../../bench/records.js';
import { prepareTowns } from '../city.js';
import type { Client } from '../client.js';
import type { Stores } from '../stores.js';
import type { People } from './mix.js';

const CITY = '142140';
const ROLES = ['hr', 'recruiter', 'training-officer', 'analyst'];
const ACCOUNTS_PER_ROLE = 12;
/** People without a post whose addresses are corrected: enough that no stream grows long. */
const STAFF = 4_000;
const ROWS_PER_FILE = 500;

const importStaff = async (client: Client): Promise<void> => {
  for (let from = 0; from < STAFF; from += ROWS_PER_FILE) {
    const rows = Array.from({ length: ROWS_PER_FILE }, (_, row) => {
      const number = String(9_000_000 + from + row);
      return `${number},架空本,例${number},カクウモト,レイ,1990-05-06,男,架空台${row}`;
    });
    const file = ['職員番号,氏,名,氏カナ,名カナ,生年月日,性別,住所', ...rows].join('\r\n');
    const command = {
      account: `${CITY}-hr`,
      municipality: CITY,
      service: 'placement',
      path: '/imports/staff',
    } as const;
    const outcome = await client.send({ ...command, body: Buffer.from(file), key: `endurance-staff-${from}` });
    if (outcome.outcome !== 'acknowledged') throw new Error(`staff import: ${JSON.stringify(outcome)}`);
  }
};

/** Two small cities as after the demo, and in one of them enough people for a load that lasts. */
export const preparePeople = async (
  stack: LocalStack,
  stores: Stores,
  client: Client,
  folder: string,
  settings: Readonly<{ staff: number; minutes: number }>,
): Promise<People> => {
  const towns = await prepareTowns(stack, stores, client, folder, settings.staff);
  const town = towns.find(({ code }) => code === CITY)!;
  await importStaff(client);
  const records = inventRecords(2_000 + settings.minutes * 400);
  await writeRecords(stack.databaseUrl('training'), records);
  const ids = async (service: Service, category: string) => {
    const sql = `SELECT DISTINCT split_part(stream, '/', 2) AS id FROM events WHERE stream LIKE $1`;
    const rows = await stores.rows<{ id: string }>(service, sql, [`${category}-${CITY}/%`]);
    if (rows.length === 0) throw new Error(`${service} has no ${category}`);
    return rows.map(({ id }) => id);
  };
  const tokens: Record<string, readonly string[]> = {};
  for (const role of ROLES) {
    const accounts = Array.from({ length: ACCOUNTS_PER_ROLE }, (_, index) => `${CITY}-${role}-${index}`);
    for (const account of accounts) client.register(account, CITY, [role], account);
    tokens[role] = await Promise.all(accounts.map((account) => client.token(account)));
  }
  return {
    tokens,
    staff: await ids('placement', 'staff'),
    onLeave: town.people.map(({ staffId }) => staffId),
    records: records.map(({ staffId, assignmentIds: [assignmentId] }) => ({ staffId, assignmentId })),
    sheets: await ids('evaluation', 'sheet'),
    postingId: town.postingId,
  };
};
