import type { PlacementEvent } from '#libs/contracts/placement';
import type { Fact, FactProjection } from '#libs/projections/projection';

type Change = Extract<PlacementEvent, { type: 'UnitChanged' }>['data'];

/** All changes of one unit by the day from which they hold; one recorded later for the same day replaces the earlier. */
export type UnitHistory = Readonly<{ unitId: string; changes: readonly Change[] }>;

/** Facts on the organisation: a unit as it is from day to day. An abolished unit has no row from that day on. */
export const unitFacts: FactProjection<UnitHistory, PlacementEvent> = {
  table: 'unit_history',
  fields: ['unitId', 'changes'],
  factTables: {
    unit: [...['unit_id', 'name', 'level', 'parent_id', 'sector', 'appointing_authority', 'valid_from', 'valid_to']],
  },
  key: (event) => (event.type === 'UnitChanged' ? event.data.unit.unitId : undefined),
  project: (row, event) => {
    if (event.type !== 'UnitChanged') return row;
    const { data } = event;
    const others = row?.changes.filter(({ effectiveOn }) => effectiveOn !== data.effectiveOn) ?? [];
    const changes = [...others, data].toSorted((a, b) => (a.effectiveOn < b.effectiveOn ? -1 : 1));
    return { unitId: data.unit.unitId, changes };
  },
  facts: ({ changes }) =>
    changes.flatMap((change, index) => (change.unit.abolished ? [] : [unitFact(change, changes[index + 1])])),
};

const unitFact = ({ effectiveOn, unit }: Change, next: Change | undefined): Fact => ({
  table: 'unit',
  values: {
    unit_id: unit.unitId,
    name: unit.name,
    level: unit.level,
    parent_id: unit.parentId,
    sector: unit.sector,
    appointing_authority: unit.appointingAuthority,
    valid_from: effectiveOn,
    valid_to: next?.effectiveOn ?? 'infinity',
  },
});
