import { UNIT_LEVELS } from '#libs/contracts/placement';
import type { LocalDate } from '#libs/law/local-date';
import { SYSTEM_IDS, type Kind, type Policy } from './kinds.js';
import type { Fault, Pack, PackFile } from './pack-file.js';

type File<K extends Kind> = PackFile<K>;
type JsonPath = (string | number)[];

/** Values that stand in more than one place of a list, at every place but the first. */
const repeats = (file: File<Kind>, path: JsonPath, values: readonly string[], field: string): Fault[] =>
  values.flatMap((value, index) =>
    values.indexOf(value) < index ? [file.faultAt([...path, index, field], `${value} is there twice`)] : [],
  );

const dangling = (
  file: File<Kind>,
  path: JsonPath,
  values: readonly string[],
  known: readonly string[],
  what: string,
): Fault[] =>
  values.flatMap((value, index) =>
    known.includes(value) ? [] : [file.faultAt([...path, index], `no ${what} ${value}`)],
  );

const codesOf = (items: readonly Readonly<{ code: string }>[]): string[] => items.map(({ code }) => code);
const titlesOf = (items: readonly Readonly<{ title: string }>[]): string[] => items.map(({ title }) => title);

const codedFaults = (
  file: File<Kind>,
  name: string,
  items: readonly Readonly<{ code: string; title: string }>[],
): Fault[] => [
  ...repeats(file, [name], codesOf(items), 'code'),
  // Titles are how CSV files name a position or category.
  ...repeats(file, [name], titlesOf(items), 'title'),
];

const gradesFaults = (file: File<'grades'>): Fault[] => {
  const { bands, grades } = file.policy;
  return [
    ...codedFaults(file, 'bands', bands),
    ...codedFaults(file, 'grades', grades),
    ...grades.flatMap(({ band }, index) =>
      codesOf(bands).includes(band) ? [] : [file.faultAt(['grades', index, 'band'], `no band ${band}`)],
    ),
  ];
};

const positionsFaults = (file: File<'positions'>): Fault[] => {
  const { abilities, groups, positions } = file.policy;
  return [
    ...codedFaults(file, 'abilities', abilities),
    ...codedFaults(file, 'groups', groups),
    ...codedFaults(file, 'positions', positions),
    ...groups.flatMap((group, index) =>
      dangling(file, ['groups', index, 'abilities'], group.abilities, codesOf(abilities), 'ability'),
    ),
    ...positions.flatMap(({ group }, index) =>
      codesOf(groups).includes(group) ? [] : [file.faultAt(['positions', index, 'group'], `no group ${group}`)],
    ),
  ];
};

const systemsFaults = (file: File<'systems'>): Fault[] => {
  const ids = file.policy.systems.map(({ id }) => id);
  return [
    ...repeats(file, ['systems'], ids, 'id'),
    ...ids.flatMap((id, index) =>
      SYSTEM_IDS.includes(id) ? [] : [file.faultAt(['systems', index, 'id'], `no system ${id}`)],
    ),
    ...SYSTEM_IDS.filter((id) => !ids.includes(id)).map((id) => file.faultAt(['systems'], `${id} is missing`)),
    ...file.policy.systems.flatMap(({ inForceFrom, because }, index) =>
      (because === 'considered' || because === 'not-named') === (inForceFrom === null)
        ? []
        : [file.faultAt(['systems', index, 'inForceFrom'], `does not go with "${because}"`)],
    ),
  ];
};

const flowFaults = (file: File<'selection-flow'>): Fault[] => {
  const { flows } = file.policy;
  const routes = flows.flatMap((flow) => flow.routes);
  return [
    ...repeats(
      file,
      ['flows'],
      flows.map(({ id }) => id),
      'id',
    ),
    ...flows.flatMap((flow, index) => [
      ...repeats(
        file,
        ['flows', index, 'stages'],
        flow.stages.map(({ id }) => id),
        'id',
      ),
      ...flow.stages.flatMap(({ sheet }, stage) =>
        repeats(
          file,
          ['flows', index, 'stages', stage, 'sheet'],
          sheet.map(({ item }) => item),
          'item',
        ),
      ),
      ...flow.routes.flatMap((route, place) =>
        routes.indexOf(route) === routes.lastIndexOf(route)
          ? []
          : [file.faultAt(['flows', index, 'routes', place], `${route} goes through more than one flow`)],
      ),
    ]),
  ];
};

type Unit = Policy<'organisation'>['units'][number];

const unitOn = (units: readonly Unit[], code: string, on: LocalDate): Unit | undefined =>
  units
    .filter((unit) => unit.code === code && unit.from <= on)
    .toSorted((a, b) => (a.from < b.from ? -1 : 1))
    .at(-1);

const parentProblem = (units: readonly Unit[], unit: Unit): string | undefined => {
  if (unit.parent === null) return unit.level === 'city' ? undefined : 'only the city has no parent';
  const parent = unitOn(units, unit.parent, unit.from);
  if (!parent) return `no unit ${unit.parent} on ${unit.from}`;
  if (parent.abolished && !unit.abolished) return `${unit.parent} is abolished on ${unit.from}`;
  return UNIT_LEVELS.indexOf(parent.level) < UNIT_LEVELS.indexOf(unit.level) ? undefined : 'the parent is not above it';
};

/** Units that would hang in the air: they still belong to one that is abolished. */
const orphans = (units: readonly Unit[], abolished: Unit): string[] => [
  ...new Set(
    codesOf(units).filter((code) => {
      const child = unitOn(units, code, abolished.from);
      return child !== undefined && !child.abolished && child.parent === abolished.code;
    }),
  ),
];

const organisationFaults = (file: File<'organisation'>): Fault[] => {
  const { units, levels, sectors, authorities } = file.policy;
  const known = { level: levels.map((l) => l.level), sector: sectors.map((s) => s.sector) };
  const authorityCodes = authorities.map(({ authority }) => authority);
  return units.flatMap((unit, index) => {
    const at = (field: keyof Unit, message: string) => file.faultAt(['units', index, field], message);
    const problem = parentProblem(units, unit);
    const twice = units.findIndex(({ code, from }) => code === unit.code && from === unit.from) < index;
    return [
      ...(problem ? [at('parent', problem)] : []),
      ...(twice ? [at('from', `${unit.code} changes twice on ${unit.from}`)] : []),
      ...(known.level.includes(unit.level) ? [] : [at('level', `no level ${unit.level}`)]),
      ...(unit.sector === null || known.sector.includes(unit.sector) ? [] : [at('sector', `no sector ${unit.sector}`)]),
      ...(authorityCodes.includes(unit.authority) ? [] : [at('authority', `no authority ${unit.authority}`)]),
      ...(unit.abolished ? orphans(units, unit).map((code) => at('abolished', `${code} still belongs to it`)) : []),
    ];
  });
};

type Dated = Readonly<{ file: string; policy: Readonly<{ effectiveFrom: LocalDate }> }>;

const holdingOn = <F extends Dated>(files: readonly F[], day: LocalDate): F | undefined =>
  files.findLast(({ policy }) => policy.effectiveFrom <= day);

/** Pairs of files that hold together on some day. */
const together = <A extends Dated, B extends Dated>(as: readonly A[], bs: readonly B[]): readonly [A, B][] => {
  const pairs = [...as, ...bs].flatMap(({ policy }): [A, B][] => {
    const [a, b] = [holdingOn(as, policy.effectiveFrom), holdingOn(bs, policy.effectiveFrom)];
    return a && b ? [[a, b]] : [];
  });
  return pairs.filter(([a, b], index) => pairs.findIndex((pair) => pair[0] === a && pair[1] === b) === index);
};

const gradesOfPositions = (positions: File<'positions'>, grades: File<'grades'>): Fault[] =>
  positions.policy.positions.flatMap((position, index) =>
    dangling(positions, ['positions', index, 'grades'], position.grades, codesOf(grades.policy.grades), 'grade'),
  );

const routesOfFlows = (flow: File<'selection-flow'>, { policy }: File<'recruitment-routes'>): Fault[] => {
  const [known, served] = [codesOf(policy.routes), flow.policy.flows.flatMap(({ routes }) => routes)];
  return [
    ...flow.policy.flows.flatMap(({ routes }, index) =>
      dangling(flow, ['flows', index, 'routes'], routes, known, 'route'),
    ),
    ...known.filter((route) => !served.includes(route)).map((route) => flow.faultAt(['flows'], `none for ${route}`)),
  ];
};

const categoriesOfRetirement = (retirement: File<'retirement'>, { policy }: File<'job-categories'>): Fault[] =>
  dangling(
    retirement,
    ['doctorCategories'],
    retirement.policy.doctorCategories,
    codesOf(policy.categories),
    'job category',
  );

const evaluationFaults = (file: File<'evaluation'>): Fault[] =>
  file.policy.sheets.flatMap(({ items }, index) => repeats(file, ['sheets', index, 'items'], codesOf(items), 'code'));

/** Every band has exactly one sheet, every group at most one, and items are for grades of the sheet's own bands. */
const bandsOfEvaluation = (file: File<'evaluation'>, { policy }: File<'grades'>): Fault[] => {
  const { sheets } = file.policy;
  const served = sheets.flatMap(({ bands }) => bands);
  return [
    ...repeats(
      file,
      ['sheets'],
      sheets.map(({ id }) => id),
      'id',
    ),
    ...sheets.flatMap(({ bands, groups, items }, index) => [
      ...dangling(file, ['sheets', index, 'bands'], bands, codesOf(policy.bands), 'band'),
      ...bands.flatMap((band, place) =>
        served.indexOf(band) === served.lastIndexOf(band)
          ? []
          : [file.faultAt(['sheets', index, 'bands', place], `${band} has more than one sheet`)],
      ),
      ...(bands.length === 0 && !groups?.length ? [file.faultAt(['sheets', index, 'bands'], 'is for nobody')] : []),
      ...items.flatMap(({ grades = [] }, item) =>
        dangling(
          file,
          ['sheets', index, 'items', item, 'grades'],
          grades,
          policy.grades.filter(({ band }) => bands.includes(band)).map(({ code }) => code),
          'grade of these bands',
        ),
      ),
    ]),
    ...codesOf(policy.bands)
      .filter((band) => !served.includes(band))
      .map((band) => file.faultAt(['sheets'], `none for ${band}`)),
  ];
};

const groupsOfEvaluation = (file: File<'evaluation'>, { policy }: File<'positions'>): Fault[] => {
  const served = file.policy.sheets.flatMap(({ groups = [] }) => groups);
  return file.policy.sheets.flatMap(({ groups = [] }, index) => [
    ...dangling(file, ['sheets', index, 'groups'], groups, codesOf(policy.groups), 'group'),
    ...groups.flatMap((group, place) =>
      served.indexOf(group) === served.lastIndexOf(group)
        ? []
        : [file.faultAt(['sheets', index, 'groups', place], `${group} has more than one sheet`)],
    ),
  ]);
};

const trainingFaults = (file: File<'training'>): Fault[] => {
  const { courses, rules } = file.policy;
  return [
    ...codedFaults(file, 'courses', courses),
    ...repeats(
      file,
      ['rules'],
      rules.map(({ id }) => id),
      'id',
    ),
    ...rules.flatMap(({ course, system }, index) => [
      ...(codesOf(courses).includes(course) ? [] : [file.faultAt(['rules', index, 'course'], `no course ${course}`)]),
      ...(SYSTEM_IDS.includes(system) ? [] : [file.faultAt(['rules', index, 'system'], `no system ${system}`)]),
    ]),
  ];
};

const gradesOfTraining = (training: File<'training'>, { policy }: File<'grades'>): Fault[] =>
  training.policy.rules.flatMap(({ grades = [] }, index) =>
    dangling(training, ['rules', index, 'grades'], grades, codesOf(policy.grades), 'grade'),
  );

const routesOfTraining = (training: File<'training'>, { policy }: File<'recruitment-routes'>): Fault[] =>
  training.policy.rules.flatMap(({ routes = [] }, index) =>
    dangling(training, ['rules', index, 'routes'], routes, codesOf(policy.routes), 'route'),
  );

/** What is wrong between the values of one city's files, each of which has its right shape. */
export const consistencyFaults = ({ municipality, files }: Pack): Fault[] => [
  ...files.municipality.flatMap((file) =>
    file.policy.code === municipality
      ? []
      : [file.faultAt(['code'], `must be the name of the folder, ${municipality}`)],
  ),
  ...files.organisation.flatMap(organisationFaults),
  ...files.grades.flatMap(gradesFaults),
  ...files.positions.flatMap(positionsFaults),
  ...files['job-categories'].flatMap((file) => codedFaults(file, 'categories', file.policy.categories)),
  ...files['recruitment-routes'].flatMap((file) => codedFaults(file, 'routes', file.policy.routes)),
  ...files.systems.flatMap(systemsFaults),
  ...files['selection-flow'].flatMap(flowFaults),
  ...files.training.flatMap(trainingFaults),
  ...together(files.training, files.grades).flatMap(([training, grades]) => gradesOfTraining(training, grades)),
  ...together(files.training, files['recruitment-routes']).flatMap(([training, routes]) =>
    routesOfTraining(training, routes),
  ),
  ...together(files.positions, files.grades).flatMap(([positions, grades]) => gradesOfPositions(positions, grades)),
  ...together(files.retirement, files['job-categories']).flatMap(([retirement, categories]) =>
    categoriesOfRetirement(retirement, categories),
  ),
  ...together(files['selection-flow'], files['recruitment-routes']).flatMap(([flow, routes]) =>
    routesOfFlows(flow, routes),
  ),
  ...files.evaluation.flatMap(evaluationFaults),
  ...together(files.evaluation, files.grades).flatMap(([evaluation, grades]) => bandsOfEvaluation(evaluation, grades)),
  ...together(files.evaluation, files.positions).flatMap(([evaluation, positions]) =>
    groupsOfEvaluation(evaluation, positions),
  ),
];
