import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPolicies, writeSchemas } from './check.js';
import { kindNames, SYSTEM_IDS } from './kinds.js';
import { NotInForce, Policies, PolicyFault } from './pack.js';

const ISEHARA = '142140';
const HIRATSUKA = '142034';

describe('the packs of both cities', () => {
  const policies = Policies.load('policies');

  it('have nothing wrong with them, nor with the generated schemas', () =>
    expect(checkPolicies('policies')).toEqual([]));

  it('are found by code', () =>
    expect(policies.municipalities()).toEqual([
      { code: HIRATSUKA, name: '平塚市' },
      { code: ISEHARA, name: '伊勢原市' },
    ]));

  it.each([ISEHARA, HIRATSUKA])('have every kind in force on any day of a career (%s)', (code) => {
    const versions = kindNames.map((kind) => policies.inForce(code, kind, '1985-04-01').version);
    expect(new Set(versions)).toEqual(new Set(['1970-04-01']));
  });

  it('answer with the version that holds on the day', () => {
    const version = (on: string) => policies.inForce(ISEHARA, 'selection-flow', on).version;
    expect([version('2025-03-31'), version('2025-04-01')]).toEqual(['1970-04-01', '2025-04-01']);
    expect(policies.inForce(HIRATSUKA, 'retirement', '2026-11-21')).toMatchObject({
      basis: 'national-default',
      roleAge: 60,
    });
  });

  it('say nothing of a day before their first file, or of another city', () => {
    expect(() => policies.inForce(ISEHARA, 'grades', '1970-03-31')).toThrow(NotInForce);
    expect(() => policies.inForce('141003', 'grades', '2026-04-01')).toThrow(NotInForce);
  });

  it('tell since when a system is in force', () => {
    const comeback = (code: string, on: string) => policies.systemInForce(code, 'R10', on);
    expect([comeback(ISEHARA, '2025-03-31'), comeback(ISEHARA, '2025-04-01')]).toEqual([false, true]);
    expect(comeback(HIRATSUKA, '2026-11-21')).toBe(false);
    expect(policies.systemInForce(ISEHARA, 'W5', '2026-11-21')).toBe(false);
    expect(policies.systemInForce(ISEHARA, 'X1', '2026-11-21')).toBe(false);
    expect(policies.systemInForce('141003', 'P1', '2026-11-21')).toBe(false);
    expect(SYSTEM_IDS).toHaveLength(82);
  });

  it.each([ISEHARA, HIRATSUKA])('have the probation of the law for every kind of employment (%s)', (code) => {
    const { employments } = policies.inForce(code, 'probation', '2026-04-01');
    expect(employments.map(({ employment, months, maxMonths }) => [employment, months, maxMonths])).toEqual([
      ['regular', 6, 12],
      ['fixed-term', 6, 12],
      ['fiscal-year', 1, 12], // law.md 1, appt.probation.fy
      ['re-employed-short', 0, 0], // appt.probation.none
      ['re-employed-interim', 0, 0],
    ]);
  });

  it('have heads for every level below the authority', () => {
    const heads = (code: string) =>
      policies.inForce(code, 'positions', '2026-04-01').positions.filter((position) => position.heads);
    expect(heads(ISEHARA).map(({ title }) => title)).toEqual(['係長', '課長', '部長']);
    expect(heads(HIRATSUKA).map(({ title }) => title)).toEqual(['担当長', '課長', '部長']);
  });
});

describe('a fault is reported with file and line', () => {
  let directory: string;
  const path = (file: string) => join(directory, ISEHARA, file);
  const text = (file: string) => readFileSync(path(file), 'utf8');
  const lineOf = (file: string, part: string) => text(file).split(part)[0]?.split('\n').length;
  const plant = (file: string, from: string, to: string) => writeFileSync(path(file), text(file).replace(from, to));
  const faults = (): string[] => {
    try {
      Policies.load(directory);
      return [];
    } catch (error) {
      if (!(error instanceof PolicyFault)) throw error;
      return error.message.split('\n');
    }
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'policies-'));
    cpSync('policies', directory, { recursive: true });
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const grades = 'grades/1970-04-01.json';
  const positions = 'positions/1970-04-01.json';
  const flow = 'selection-flow/2025-04-01.json';
  const organisation = 'organisation/1970-04-01.json';
  const systems = 'systems/1970-04-01.json';
  const retirement = 'retirement/1970-04-01.json';
  const annual = 'annual-leave/1970-04-01.json';
  const leave = 'leave/1970-04-01.json';
  const time = 'working-time/1970-04-01.json';
  const calendar = 'calendar/1970-04-01.json';
  const evaluation = 'evaluation/1970-04-01.json';
  const training = 'training/1970-04-01.json';

  it.each([
    ['a wrong type', annual, '"daysPerYear": 20', '"daysPerYear": "20"', '"daysPerYear"', 'daysPerYear: Invalid input'],
    ['an unknown field', annual, '"useOrder"', '"useorder"', '"useorder"', 'useorder: Unrecognized key'],
    ['a day that does not exist', annual, '"01-01"', '"02-29"', '"yearStart"', 'not a day of every year'],
    ['broken JSON', annual, '"carryOverMaxDays": 20,', '"carryOverMaxDays": 20', '"useOrder"', 'not JSON'],
    ['a grade that is not there', positions, '"grades": ["7"]', '"grades": ["8"]', '"grades": ["8"]', 'no grade 8'],
    [
      'a group that is not there',
      positions,
      '"group": "bucho"',
      '"group": "kyokucho"',
      '"group": "kyokucho"',
      'no group',
    ],
    ['an ability that is not there', positions, '"dx"]', '"ai"]', '"ai"]', 'no ability ai'],
    [
      'a title twice',
      positions,
      '"title": "主任"',
      '"title": "主事"',
      '"code": "shunin", "title": "主事"',
      '主事 is there twice',
    ],
    ['a band that is not there', grades, '"band": "management"', '"band": "top"', '"band": "top"', 'no band top'],
    ['a route that is not there', flow, '["comeback"]', '["return"]', '["return"]', 'no route return'],
    ['a route in two flows', flow, '["comeback"]', '["other"]', '["other"]', 'goes through more than one flow'],
    ['a route without a flow', flow, '"routes": ["comeback"]', '"routes": ["other"]', '"flows"', 'none for comeback'],
    [
      'a step without an end before the last',
      retirement,
      '"throughFiscalYear": 2022',
      '"throughFiscalYear": null',
      '"ages"',
      'must ascend',
    ],
    [
      'years that go back',
      retirement,
      '"throughFiscalYear": 2024',
      '"throughFiscalYear": 2021',
      '"ages"',
      'must ascend',
    ],
    ['leaving days that miss the year end', retirement, '"03-31"', '"09-30"', '"leavingDays"', 'end on 03-31'],
    [
      'a limit below the period',
      'probation/1970-04-01.json',
      '"maxMonths": 12',
      '"maxMonths": 5',
      '"maxMonths": 5',
      'does not go with months',
    ],
    [
      'a probation longer than the law allows',
      'probation/1970-04-01.json',
      '"maxMonths": 12',
      '"maxMonths": 13',
      '"maxMonths": 13',
      'Too big',
    ],
    [
      'an employment without a row',
      'probation/1970-04-01.json',
      '"re-employed-interim"',
      '"re-employed-short"',
      '"employments"',
      'one row for each',
    ],
    ['a category that is not there', retirement, '["doctor"]', '["healer"]', '["healer"]', 'no job category healer'],
    ['a band without a sheet', evaluation, '["application"]', '["management"]', '"sheets"', 'none for application'],
    [
      'a band with two sheets',
      evaluation,
      '["application"]',
      '["management"]',
      '["management"]',
      'more than one sheet',
    ],
    ['a band of no grade', evaluation, '["application"]', '["practice"]', '["practice"]', 'no band practice'],
    [
      'a rule for a course that is not there',
      training,
      '"course": "chief"',
      '"course": "boss"',
      '"course": "boss"',
      'no course boss',
    ],
    [
      'a rule for a system that is not there',
      training,
      '"system": "T6"',
      '"system": "T60"',
      '"system": "T60"',
      'no system T60',
    ],
    ['a rule for a grade that is not there', training, '"6"', '"9"', '"9"', 'no grade 9'],
    [
      'a rule for a route that is not there',
      training,
      '["comeback"]',
      '["boomerang"]',
      '["boomerang"]',
      'no route boomerang',
    ],
    [
      'a rule twice',
      training,
      '"id": "rehired"',
      '"id": "comeback"',
      '"comeback",\n      "system": "T3",\n      "on": "rehired"',
      'comeback is there twice',
    ],
    ['a sheet for nobody', evaluation, '["application"]', '[]', '"bands": []', 'is for nobody'],
    ['an item twice', evaluation, '"comprehension"', '"knowledge-and-skill"', '"理解力・適応力"', 'is there twice'],
    [
      'an item for a grade of another band',
      evaluation,
      '"grades": ["3"]',
      '"grades": ["4"]',
      '"grades": ["4"]',
      'no grade of these bands 4',
    ],
    [
      'a sheet for a group that is not there',
      evaluation,
      '"bands": ["application"],',
      '"bands": ["application"], "groups": ["chief"],',
      '["chief"]',
      'no group chief',
    ],
    ['a day of leave that is no day', annual, '465', '480', '"dayMinutes"', 'is not the working day of 465 minutes'],
    ['a day longer than its hours', time, '465', '480', '"dailyMinutes"', 'is not the length of the stretches'],
    ['hours that go back', time, '"to": "12:00"', '"to": "13:30"', '"stretches"', 'times must ascend'],
    ['a year end within the year', calendar, '"01-03"', '"12-31"', '"yearEnd"', 'must span the turn of the year'],
    [
      'a kind of leave twice',
      leave,
      '"marriage"',
      '"sick"',
      '"sick",\n      "title": "結婚休暇"',
      'sick is there twice',
    ],
    ['a second kind with lots', leave, '"need",\n        "calendarDays": 90', '"lots"', '"kinds"', '2 kinds with lots'],
    [
      'sick leave given out as annual',
      leave,
      '"sick",\n      "units"',
      '"annual",\n      "units"',
      '"annual",\n      "units": ["day", "half-day", "hour"],\n      "limit": {\n        "per": "need"',
      'annual does not go with this limit',
    ],
    [
      'a unit below itself',
      organisation,
      '"parent": "110100"',
      '"parent": "110101"',
      '"parent": "110101"',
      'the parent is not above it',
    ],
    [
      'a parent that is not there',
      organisation,
      '"parent": "110100"',
      '"parent": "990100"',
      '"990100"',
      'no unit 990100',
    ],
    ['a system twice', systems, '"id": "R2"', '"id": "R1"', '"id": "R1", "name": "採用情報', 'R1 is there twice'],
    ['a system left out', systems, '"id": "R2"', '"id": "R1"', '"systems": [', 'R2 is missing'],
    [
      'a running system without a date',
      systems,
      '"2020-04-01", "because": "base"',
      'null, "because": "base"',
      'null, "because": "base"',
      'does not go with',
    ],
    [
      'another city’s code',
      'municipality/1970-04-01.json',
      ISEHARA,
      HIRATSUKA,
      '"code"',
      'must be the name of the folder',
    ],
    ['a wrong check digit', 'municipality/1970-04-01.json', ISEHARA, '142141', '"code"', 'wrong check digit'],
  ])('%s', (_, file, from, to, at, message) => {
    plant(file, from, to);
    const line = lineOf(file, at);
    expect(text(file)).toContain(to);
    expect(faults()).toContainEqual(expect.stringMatching(`^${path(file)}:${line}: .*${message}`));
  });

  it('a file whose date is not its name', () => {
    renameSync(path(grades), path('grades/1971-04-01.json'));
    expect(faults()).toEqual([
      `${path('grades/1971-04-01.json')}:3: effectiveFrom: must be the name of the file, 1971-04-01`,
    ]);
  });

  it('two files of the same date', () => {
    cpSync(path(grades), path('grades/1970-04-01-b.json'));
    expect(faults()).toContainEqual(expect.stringMatching(/\.json:3: effectiveFrom: another file .* same date$/));
  });

  it('a kind that is missing, and one that does not exist', () => {
    renameSync(path('probation'), path('probations'));
    expect(faults()).toEqual([`${path('probations')}:1: no such kind`, `${path('probation')}:1: the kind is missing`]);
  });

  it('a folder that is no local government code', () => {
    renameSync(path(''), join(directory, '142141'));
    expect(faults()[0]).toMatch(/142141:1: the folder is no local government code/);
  });

  it('no pack at all', () => {
    mkdirSync(join(directory, 'empty'));
    expect(() => Policies.load(join(directory, 'empty'))).toThrow('no policy pack here');
  });

  it('an abolished unit to which others still belong', () => {
    const row = '"code": "110100", "name": "経営企画課"';
    const last = text(organisation).trimEnd().split('\n').length - 2;
    const abolition = `, { ${row}, "level": "section", "parent": "110000", "sector": null, "authority": "mayor", "from": "2027-04-01", "abolished": true }\n  ]\n}`;
    writeFileSync(path(organisation), text(organisation).replace(/\n {2}\]\n\}\s*$/, abolition));
    expect(faults()).toContainEqual(`${path(organisation)}:${last}: units.185.abolished: 110101 still belongs to it`);
  });

  it('a schema that is not what the kind says', () => {
    const file = join(directory, 'schema', 'probation.schema.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"maxMonths"', '"maximum"'));
    expect(checkPolicies(directory)).toEqual([
      { file, line: expect.any(Number), message: 'differs from the kind; run with --write' },
    ]);
    writeSchemas(directory);
    expect(checkPolicies(directory)).toEqual([]);
  });
});
