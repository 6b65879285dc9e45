import { codedFaults, codesOf, dangling, repeats, together, type File } from './faults.js';
import { SYSTEM_IDS } from './kinds.js';
import type { Fault, Pack } from './pack-file.js';

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

const calendarFaults = (file: File<'calendar'>): Fault[] => [
  ...repeats(file, ['holidays'], datesOf(file.policy.holidays), 'date'),
  ...repeats(file, ['halfDays'], datesOf(file.policy.halfDays), 'date'),
];

const datesOf = (days: readonly Readonly<{ date: string }>[]): string[] => days.map(({ date }) => date);

/** Annual leave, and nothing else, is taken from the lots of the ledger. */
const leaveFaults = (file: File<'leave'>): Fault[] => {
  const { kinds } = file.policy;
  const fromLots = kinds.filter(({ limit }) => limit.per === 'lots').length;
  return [
    ...codedFaults(file, 'kinds', kinds),
    ...(fromLots === 1 ? [] : [file.faultAt(['kinds'], `${fromLots} kinds with lots instead of one`)]),
    ...kinds.flatMap(({ publicKind, limit }, index) =>
      (publicKind === 'annual') === (limit.per === 'lots')
        ? []
        : [file.faultAt(['kinds', index, 'publicKind'], `${publicKind} does not go with this limit`)],
    ),
  ];
};

const dayOfLeave = (leave: File<'annual-leave'>, { policy }: File<'working-time'>): Fault[] =>
  leave.policy.dayMinutes === policy.dailyMinutes
    ? []
    : [leave.faultAt(['dayMinutes'], `is not the working day of ${policy.dailyMinutes} minutes`)];

/** What is wrong in the training, evaluation and leave files of a city, and between them and what they speak of. */
export const serviceFaults = (files: Pack['files']): Fault[] => [
  ...files.training.flatMap(trainingFaults),
  ...together(files.training, files.grades).flatMap(([training, grades]) => gradesOfTraining(training, grades)),
  ...together(files.training, files['recruitment-routes']).flatMap(([training, routes]) =>
    routesOfTraining(training, routes),
  ),
  ...files.evaluation.flatMap(evaluationFaults),
  ...together(files.evaluation, files.grades).flatMap(([evaluation, grades]) => bandsOfEvaluation(evaluation, grades)),
  ...together(files.evaluation, files.positions).flatMap(([evaluation, positions]) =>
    groupsOfEvaluation(evaluation, positions),
  ),
  ...files.calendar.flatMap(calendarFaults),
  ...files.leave.flatMap(leaveFaults),
  ...together(files['annual-leave'], files['working-time']).flatMap(([leave, time]) => dayOfLeave(leave, time)),
];
