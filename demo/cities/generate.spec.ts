import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isConflict, on, timeline } from '#libs/staff-directory/timeline';
import { ageOn } from '#libs/law/age';
import type { PersonnelAction } from '#libs/contracts/placement';
import type { Career } from './career.js';
import { City, PLANS } from './city.js';
import { CLOSING, simulate } from './fiscal-years.js';
import { FILES, generateCity } from './generate.js';
import { Random } from './random.js';

const KINDS: Readonly<Record<string, PersonnelAction['kind']>> = {
  条件付採用: 'appoint-on-probation',
  正式採用: 'appoint-formally',
  条件付延長: 'extend-probation',
  異動: 'transfer',
  昇任: 'promote',
  兼務: 'give-concurrent-post',
  兼務解除: 'end-concurrent-post',
  派遣: 'second',
  派遣復帰: 'return-from-secondment',
  休職: 'start-leave-of-absence',
  復職: 'return-from-leave',
  勤務時間変更: 'change-hours',
  役職定年: 'retire-from-role',
  退職: 'separate',
  再採用: 'rehire',
};

const historyOf = ({ rows }: Career) => {
  let employment = 0;
  return timeline(
    rows
      .filter((row) => row.on <= CLOSING)
      .map((row, index) => {
        if (row.word === '条件付採用' || row.word === '再採用') employment += 1;
        return {
          actionId: String(index).padStart(4, '0'),
          employmentId: `employment-${employment}`,
          kind: KINDS[row.word],
          effectiveOn: row.on,
          until: row.until,
          post: row.unit && row.position ? { unitId: row.unit, position: row.position.code } : undefined,
          grade: row.grade,
          jobCategory: row.category,
          weeklyMinutes: row.weekly,
        };
      }),
  );
};

describe.each(PLANS)('the generated $name', (plan) => {
  const city = new City(plan, 'policies');
  const staff = simulate(city, new Random(plan.seed));
  const present = staff.flatMap((career) => {
    const history = historyOf(career);
    const now = isConflict(history) ? undefined : on(history.segments, CLOSING);
    return now ? [{ career, now }] : [];
  });

  it('has histories without gap or overlap, in units that are in force', () => {
    expect(staff.map(historyOf).filter(isConflict)).toEqual([]);
    const rows = staff.flatMap((career) => career.rows).filter(({ unit, word }) => unit && word !== '兼務解除');
    const known = new Map<string, ReadonlySet<string>>();
    const unitsOn = (day: string) => {
      const units = known.get(day) ?? new Set(city.unitsOn(day).map(({ code }) => code));
      known.set(day, units);
      return units;
    };
    expect(rows.filter((row) => !unitsOn(row.on).has(String(row.unit)))).toEqual([]);
  });

  it('is about as large as planned, and every unit has its head', () => {
    expect(Math.abs(present.length - plan.headcount)).toBeLessThan(plan.headcount * 0.03);
    const held = new Set(present.map(({ now }) => `${now.post.unitId} ${now.post.position}`));
    const headless = city
      .headedOn(CLOSING)
      .filter(({ code, level }) => !held.has(`${code} ${city.headOf(level).code}`));
    expect(headless).toEqual([]);
  });

  it('has every kind of action and of leaving in the three years', () => {
    const rows = staff.flatMap((career) => career.rows).filter((row) => row.on >= '2023-04-01' && row.on <= CLOSING);
    const words = new Set(rows.map(({ word }) => word));
    const rare = plan.headcount < 1000 ? ['条件付延長'] : [];
    expect(Object.keys(KINDS).filter((word) => !words.has(word as never) && !rare.includes(word))).toEqual([]);
    const reasons = new Set(rows.flatMap(({ reason }) => reason ?? []));
    for (const reason of ['普通退職', '定年退職', '早期退職', '任期満了']) expect(reasons).toContain(reason);
  });

  it('never has a birth date that is also the day of an action, or the leak scan would find what is no leak', () => {
    const births = new Set(staff.map(({ person }) => person.birthDate));
    expect(staff.flatMap(({ rows }) => rows).filter((row) => births.has(row.on))).toEqual([]);
  });
});

describe('the files', () => {
  const folders = [mkdtempSync(join(tmpdir(), 'jinzai-city-')), mkdtempSync(join(tmpdir(), 'jinzai-city-'))];
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

  it('are the same bytes every time, in the encoding of the city', () => {
    for (const plan of PLANS) {
      const [one, two] = folders.map((folder) => generateCity({ ...plan, headcount: 50 }, 'policies', folder));
      for (const name of FILES) expect(readFileSync(one[name]).equals(readFileSync(two[name]))).toBe(true);
      const [byteOrderMark] = readFileSync(one.units);
      expect(byteOrderMark === 0xef).toBe(plan.encoding === 'utf8');
    }
  });

  it('have the structure the policy of 伊勢原 describes', () => {
    const [plan] = PLANS;
    const staff = simulate(new City(plan, 'policies'), new Random(plan.seed)).filter(({ gone }) => !gone);
    const share = (part: Career[]) => part.length / staff.length;
    expect(share(staff.filter(({ person }) => ageOn(person.birthDate, CLOSING) <= 35))).toBeCloseTo(0.35, 1);
    expect(share(staff.filter(({ hired }) => hired > '2016-11-20'))).toBeCloseTo(0.4, 1);
  });
});
