import { join } from 'node:path';
import { SERVICES } from '#libs/local-stack/ports';
import type { LocalStack } from '#libs/local-stack/stack';
import type { Api } from './api.js';
import { PlainCount } from './check-figures.js';
import type { Joined } from './check-service.js';
import { logTexts, Secrets, tableTexts, topicTexts } from './check-leaks.js';
import { visibleToOthers } from './check-other-city.js';
import { PLANS, type Plan } from './cities/city.js';
import type { InventedPerson } from './cities/invented-people.js';
import type { Figure } from './figures.js';
import type { CityFiles } from './load-city.js';

/** What one city brought and what was printed of it. */
export type Shown = Readonly<{
  plan: Plan;
  files: CityFiles;
  figures: readonly Figure[];
  joined: Joined;
  applicants: readonly InventedPerson[];
}>;

/** Checks all that the demo claims; returns whether everything holds and says what does not. */
export const check = async (
  stack: LocalStack,
  api: Api,
  shown: readonly Shown[],
  say: (line: string) => void,
): Promise<boolean> => {
  const faults = [
    ...shown.flatMap((city) => wrongFigures(city, say)),
    ...(await leaks(stack, shown, say)),
    ...(await seenByOthers(stack, api, say)),
  ];
  for (const fault of faults) say(`✗ ${fault}`);
  say(faults.length === 0 ? '✓ check passed' : `✗ check failed: ${faults.length} faults`);
  return faults.length === 0;
};

const wrongFigures = ({ plan, files, figures, joined }: Shown, say: (line: string) => void): string[] => {
  const count = new PlainCount(files, joined);
  const faults: string[] = [];
  let compared = 0;
  for (const { title, metric, rows } of figures) {
    if (rows.length === 0) faults.push(`${plan.name} ${title}: no rows`);
    for (const row of rows) {
      const expected = count.expected(metric, row);
      const same =
        expected &&
        expected.numerator === row.numerator &&
        expected.denominator === row.denominator &&
        expected.value === row.value;
      compared += 1;
      if (!same)
        faults.push(
          `${plan.name} ${title}: ${JSON.stringify(row)}, but counted from the files ${JSON.stringify(expected)}`,
        );
    }
  }
  say(`${plan.name}: ${compared} figures counted again from the files, ${faults.length} differ`);
  return faults;
};

const leaks = async (stack: LocalStack, shown: readonly Shown[], say: (line: string) => void): Promise<string[]> => {
  const secrets = new Secrets();
  for (const { files, applicants } of shown) {
    secrets.addStaffFile(files.staff);
    secrets.addStaffNumbers(files.staff, files.units);
    for (const applicant of applicants) secrets.add(applicant);
  }
  const places: Readonly<Record<string, () => string[] | Promise<string[]>>> = {
    topics: () => topicTexts(stack.kafka.brokers),
    logs: () => logTexts(join(stack.options.folder, 'log')),
    // Every table, not only those of analytics: nothing but sealed fields may hold personal data anywhere.
    ...Object.fromEntries(
      SERVICES.map((service) => [`database ${service}`, () => tableTexts(stack.databaseUrl(service))]),
    ),
  };
  const faults: string[] = [];
  for (const [place, texts] of Object.entries(places)) {
    const all = await texts();
    const found = secrets.search(all);
    say(
      `${place}: ${all.length} texts searched for ${secrets.size} names, kana, birth dates, addresses and staff numbers: ${found.length} found`,
    );
    if (found.length > 0)
      faults.push(`${place}: ${found.length} personal details in the clear, e.g. ${found.slice(0, 3).join(', ')}`);
  }
  return faults;
};

const seenByOthers = async (stack: LocalStack, api: Api, say: (line: string) => void): Promise<string[]> => {
  const faults: string[] = [];
  for (const { code } of PLANS) {
    for (const other of PLANS)
      if (other.code !== code) faults.push(...(await visibleToOthers(stack, api, code, other.code)));
  }
  say(`each city looked at by token and database role of the other: ${faults.length} things visible`);
  return faults;
};
