import { UNIT_LEVELS, type PlacementEvent } from '#libs/contracts/placement';
import { Rejected, type Aggregate } from '#libs/event-store/decider';
import type { LocalDate } from '#libs/law/local-date';

export type Unit = Readonly<Extract<PlacementEvent, { type: 'UnitChanged' }>['data']['unit']>;

/** A unit is, from the day on and until its next change, as it says; a later change of the same day replaces it. */
export type UnitChange = Readonly<{ effectiveOn: LocalDate; unit: Unit }>;

export type OrganisationEvent = { type: 'UnitChanged'; data: UnitChange };
/** Somebody's main or concurrent post in a unit, up to and not including `to`. */
export type Occupied = Readonly<{ unitId: string; from: LocalDate; to: LocalDate | null }>;

export type OrganisationCommand = {
  type: 'ChangeUnits';
  changes: readonly UnitChange[];
  /** Posts in the units that are to be abolished. */
  occupied: readonly Occupied[];
};

/** Changes of each unit in the order of their days. */
export type OrganisationState = ReadonlyMap<string, readonly UnitChange[]>;

/** Why a change cannot be; one per unit and day. */
export type UnitFault = Readonly<{ code: UnitFaultCode; unitId: string; effectiveOn: LocalDate }>;
export type UnitFaultCode =
  | 'unit.twice-a-day'
  | 'unit.unknown'
  | 'unit.parent-not-in-force'
  | 'unit.has-children'
  | 'unit.has-staff'
  | 'unit.level-not-below-parent'
  | 'unit.cycle';

/** The units in force on the day, by id. */
export const unitsOn = (state: OrganisationState, day: LocalDate): ReadonlyMap<string, Unit> => {
  const units = new Map<string, Unit>();
  for (const [unitId, changes] of state) {
    const last = changes.findLast(({ effectiveOn }) => effectiveOn <= day);
    if (last && !last.unit.abolished) units.set(unitId, last.unit);
  }
  return units;
};

/** The first day after `day` on which the unit is abolished; null while no end is known. */
export const endOfUnit = (state: OrganisationState, unitId: string, day: LocalDate): LocalDate | null =>
  state.get(unitId)?.find(({ effectiveOn, unit }) => effectiveOn > day && unit.abolished)?.effectiveOn ?? null;

/** Everything that is wrong with the changes; they are judged together, as the tree of every day from the first on. */
export const organisationFaults = (
  state: OrganisationState,
  changes: readonly UnitChange[],
  occupied: readonly Occupied[],
): UnitFault[] => {
  const twice = changes.filter((change, index) => changes.slice(0, index).some((other) => sameDay(other, change)));
  if (twice.length > 0) return twice.map(faultAs('unit.twice-a-day'));
  const next = changes.reduce((soFar, data) => evolve(soFar, { type: 'UnitChanged', data }), state);
  const unknown = changes.filter(({ unit: { unitId } }) => next.get(unitId)?.[0].unit.abolished);
  const first = changes.map(({ effectiveOn }) => effectiveOn).toSorted()[0];
  const days = new Set([...next.values()].flat().map(({ effectiveOn }) => effectiveOn));
  const faults = [...days]
    .filter((day) => day >= first)
    .toSorted()
    .flatMap((day) => treeFaults(next, day));
  return [
    ...unknown.map(faultAs('unit.unknown')),
    ...firstOfEach(faults),
    ...changes
      .filter((change) => !isAlready(state, change) && isInUse(change, next, occupied))
      .map(faultAs('unit.has-staff')),
  ];
};

const fault = (code: UnitFaultCode, unitId: string, effectiveOn: LocalDate): UnitFault => ({
  code,
  unitId,
  effectiveOn,
});

const faultAs =
  (code: UnitFaultCode) =>
  ({ unit: { unitId }, effectiveOn }: UnitChange): UnitFault =>
    fault(code, unitId, effectiveOn);

/** Whether somebody has a post in the unit between its end and the day it is established again, if ever. */
const isInUse = (
  { unit: { unitId, abolished }, effectiveOn }: UnitChange,
  state: OrganisationState,
  occupied: readonly Occupied[],
): boolean => {
  if (!abolished) return false;
  const again = state.get(unitId)?.find((later) => later.effectiveOn > effectiveOn && !later.unit.abolished);
  return occupied.some(
    ({ unitId: where, from, to }) =>
      where === unitId && (to === null || to > effectiveOn) && (!again || from < again.effectiveOn),
  );
};

const sameDay = (a: UnitChange, b: UnitChange): boolean =>
  a.effectiveOn === b.effectiveOn && a.unit.unitId === b.unit.unitId;

/** A fault lasts until the tree changes again: report the day on which it begins. */
const firstOfEach = (faults: readonly UnitFault[]): UnitFault[] =>
  [...new Map(faults.toReversed().map((one) => [`${one.code} ${one.unitId}`, one])).values()].toReversed();

const treeFaults = (state: OrganisationState, day: LocalDate): UnitFault[] => {
  const units = unitsOn(state, day);
  return [...units.values()].flatMap(({ unitId, parentId, level }): UnitFault[] => {
    if (parentId === null) return [];
    const parent = units.get(parentId);
    if (!parent) {
      return state.get(parentId)?.some(({ effectiveOn }) => effectiveOn <= day)
        ? [fault('unit.has-children', parentId, day)]
        : [fault('unit.parent-not-in-force', unitId, day)];
    }
    if (inCycle(units, unitId)) return [fault('unit.cycle', unitId, day)];
    const below = UNIT_LEVELS.indexOf(parent.level) < UNIT_LEVELS.indexOf(level);
    return below ? [] : [fault('unit.level-not-below-parent', unitId, day)];
  });
};

const inCycle = (units: ReadonlyMap<string, Unit>, start: string): boolean => {
  const seen = new Set<string>();
  let above = units.get(start)?.parentId;
  while (above && above !== start && !seen.has(above)) {
    seen.add(above);
    above = units.get(above)?.parentId;
  }
  return above === start;
};

const decide = ({ changes, occupied }: OrganisationCommand, state: OrganisationState): OrganisationEvent[] => {
  const [first] = organisationFaults(state, changes, occupied);
  if (first) throw new Rejected(first.code, { unitId: first.unitId, effectiveOn: first.effectiveOn });
  return changes.filter((change) => !isAlready(state, change)).map((data) => ({ type: 'UnitChanged', data }));
};

const isAlready = (state: OrganisationState, { effectiveOn, unit }: UnitChange): boolean => {
  const same = state.get(unit.unitId)?.find((change) => change.effectiveOn === effectiveOn);
  return same !== undefined && (Object.keys(unit) as (keyof Unit)[]).every((key) => same.unit[key] === unit[key]);
};

const evolve = (state: OrganisationState, { data }: OrganisationEvent): OrganisationState => {
  const others = (state.get(data.unit.unitId) ?? []).filter(({ effectiveOn }) => effectiveOn !== data.effectiveOn);
  const changes = [...others, data].toSorted((a, b) => (a.effectiveOn < b.effectiveOn ? -1 : 1));
  return new Map(state).set(data.unit.unitId, changes);
};

/** The tree of units by day, stream `organisation/<tree>`; a municipality has one tree. */
export const organisation: Aggregate<OrganisationState, OrganisationCommand, OrganisationEvent> = {
  category: 'organisation',
  initial: new Map(),
  decide,
  evolve,
  events: { UnitChanged: { version: 1, effectiveOn: ({ effectiveOn }) => effectiveOn } },
};

/** Id of the one tree. */
export const TREE = 'main';
