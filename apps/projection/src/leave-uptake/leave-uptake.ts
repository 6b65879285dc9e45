import { wellbeingContract } from '#libs/contracts/wellbeing';
import { anyProjection } from '#libs/projections/projection';
import { PERSON_DIMENSIONS } from '../schema/dimensions.js';
import type { Subject } from '../subject.js';
import { childcareFacts, DURATIONS } from './childcare-facts.js';
import { leaveContributions } from './contributions.js';
import { leaveFacts } from './leave-facts.js';
import { LEAVE_METRICS } from './metrics.js';
import { LEAVE_FOLDS, LEAVE_TABLES } from './tables.js';
import { LEAVE_VIEWS } from './views.js';

/** 休暇・休業の取得. */
export const leaveUptake: Subject = {
  name: 'leave_uptake',
  systems: ['A2'],
  summary: '休暇・休業の取得の指標',
  comment: '休暇・休業の取得の指標 / metrics of leave taken',
  contracts: [wellbeingContract],
  tables: LEAVE_TABLES,
  folds: LEAVE_FOLDS,
  indexes: [
    'leave_entry (municipality, staff_id, taken_on)',
    'leave_entry (municipality, kind, taken_on)',
    'leave_expiry (municipality, staff_id, expired_on)',
    'leave_lot (municipality, leave_year)',
    'childcare_case (municipality, eligible_fiscal_year)',
    'childcare_leave (municipality, case_id)',
    'childcare_leave (municipality, valid_from)',
  ],
  projections: [anyProjection(leaveFacts), anyProjection(childcareFacts)],
  views: LEAVE_VIEWS,
  dimensions: [
    ...PERSON_DIMENSIONS,
    {
      name: 'duration',
      title:
        '育児休業の期間: 1週間未満、2週間未満、1月以下、1月超3月以下、3月超6月以下、6月超9月以下、9月超12月以下、12月超24月以下、24月超',
      order: [...DURATIONS, 'unknown'],
    },
  ],
  metrics: LEAVE_METRICS,
  contributions: leaveContributions,
};
