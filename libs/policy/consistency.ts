import { UNIT_LEVELS } from '#libs/contracts/placement';
import type { LocalDate } from '#libs/law/local-date';
import { codedFaults, codesOf, dangling, repeats, together, type File } from './faults.js';
import { SYSTEM_IDS, type Policy } from './kinds.js';
import type { Fault, Pack } from './pack-file.js';
import { serviceFaults } from './service-consistency.js';

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
  ...together(files.positions, files.grades).flatMap(([positions, grades]) => gradesOfPositions(positions, grades)),
  ...together(files.retirement, files['job-categories']).flatMap(([retirement, categories]) =>
    categoriesOfRetirement(retirement, categories),
  ),
  ...together(files['selection-flow'], files['recruitment-routes']).flatMap(([flow, routes]) =>
    routesOfFlows(flow, routes),
  ),
  ...serviceFaults(files),
];
