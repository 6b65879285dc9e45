import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import iconv from 'iconv-lite';
import type { Api } from './api.js';
import { FILES, type FileName } from './cities/generate.js';
import type { Plan } from './cities/city.js';
import type { ProgressBars } from './progress.js';

export type CityFiles = Readonly<Record<FileName, string>>;

export const cityFiles = (folder: string): CityFiles =>
  Object.fromEntries(FILES.map((name) => [name, join(folder, `${name}.csv`)])) as CityFiles;

/** People per request: small enough to show progress and to resume from, large enough to be quick. */
const PEOPLE = 100;

type Route = Readonly<{ service: 'placement' | 'wellbeing' | 'training'; pieces: boolean }>;

/** Who takes each file, at the path of its name; in pieces by person where it names staff. */
const ROUTES: Readonly<Record<FileName, Route>> = {
  units: { service: 'placement', pieces: false },
  staff: { service: 'placement', pieces: true },
  'personnel-actions': { service: 'placement', pieces: true },
  'leave-ledger': { service: 'wellbeing', pieces: true },
  childcare: { service: 'wellbeing', pieces: true },
  courses: { service: 'training', pieces: false },
  sessions: { service: 'training', pieces: false },
  records: { service: 'training', pieces: true },
};

type Report = Readonly<{ rows: number; accepted: number; position: number }>;

/**
 * Loads the files of a city through the imports of its services, in the order in which they rest on each other. Every
 * request has a key made from its content, so that a load that was killed goes on where it stopped and nothing counts
 * twice.
 */
export const loadCity = async (api: Api, plan: Plan, files: CityFiles, bars: ProgressBars): Promise<void> => {
  const load = async (service: Route['service']): Promise<number> => {
    let position = 0;
    for (const name of FILES.filter((one) => ROUTES[one].service === service))
      position = Math.max(position, await loadFile(api, plan, name, files[name], bars));
    return position;
  };
  await published(api, plan, await load('placement'));
  await Promise.all([load('wellbeing'), load('training')]);
};

/** @returns the highest position that was written */
const loadFile = async (api: Api, plan: Plan, name: FileName, file: string, bars: ProgressBars): Promise<number> => {
  const { service, pieces } = ROUTES[name];
  const parts = split(readFileSync(file), plan, pieces);
  const progress = bars.start(
    `${plan.name} ${basename(file)}`,
    parts.reduce((sum, { rows }) => sum + rows, 0),
  );
  let highest = 0;
  for (const { body, rows } of parts) {
    const key = `demo-${name}-${createHash('sha256').update(body).digest('hex').slice(0, 40)}`;
    const report = await api.post<Report>(`${plan.code}-hr`, service, `/imports/${name}`, body, key);
    if (report.accepted !== rows) throw new Error(`${file}: ${JSON.stringify(report)}`);
    highest = Math.max(highest, report.position);
    progress.advance(rows);
  }
  progress.done();
  return highest;
};

type Health = Readonly<{ relay?: Readonly<{ position: number }> }>;

/**
 * Placement has told the others of everything up to a position: what they have not read yet they wait for themselves,
 * but not for what is not on the topic.
 */
const published = async (api: Api, { code }: Plan, position: number): Promise<void> => {
  for (const deadline = performance.now() + PUBLISHING_MS; ; await pause(50)) {
    const { relay } = await api.get<Health>(`${code}-hr`, 'placement', '/health/ready');
    if (relay && relay.position >= position) return;
    if (performance.now() > deadline) throw new Error(`placement publishes no further than ${relay?.position}`);
  }
};
const PUBLISHING_MS = 120_000;

/** A whole file, or pieces of it that keep all rows of a person together; in the file's own encoding. */
const split = (file: Buffer, { encoding }: Plan, pieces: boolean): { body: Buffer; rows: number }[] => {
  const records = parse(iconv.decode(file, encoding), { bom: true, columns: true }) as Record<string, string>[];
  if (!pieces) return records.length > 0 ? [{ body: file, rows: records.length }] : [];
  const people = new Map<string, Record<string, string>[]>();
  for (const record of records) {
    const own = people.get(record['職員番号']);
    if (own) own.push(record);
    else people.set(record['職員番号'], [record]);
  }
  const groups = [...people.values()];
  return Array.from({ length: Math.ceil(groups.length / PEOPLE) }, (_, index) => {
    const rows = groups.slice(index * PEOPLE, (index + 1) * PEOPLE).flat();
    return { body: iconv.encode(stringify(rows, { header: true }), encoding), rows: rows.length };
  });
};
