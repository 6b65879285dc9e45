import { placementContract } from '#libs/contracts/placement';
import { anyProjection } from '#libs/projections/projection';
import type { FactSource } from '../subject.js';
import { employmentFacts } from './employment-facts.js';
import { STAFF_FOLDS, STAFF_TABLES } from './tables.js';
import { unitFacts } from './unit-facts.js';
import { STAFF_VIEWS } from './views.js';

/** Facts on staff and organisation: of themselves a subject's facts, and where every subject's breakdowns come from. */
export const staffFacts: FactSource = {
  contracts: [placementContract],
  tables: STAFF_TABLES,
  folds: STAFF_FOLDS,
  indexes: [
    'employment_segment (municipality, staff_id, valid_from) WHERE NOT concurrent',
    'employment_spell (municipality, staff_id)',
    'person (municipality, staff_id)',
    'person (municipality, birth_cohort)',
    'stay (municipality, staff_id)',
    'unit (municipality, unit_id, valid_from)',
  ],
  projections: [anyProjection(employmentFacts), anyProjection(unitFacts)],
  views: STAFF_VIEWS,
};
