import { PERSON_DIMENSIONS } from '../schema/dimensions.js';
import type { Subject } from '../subject.js';
import { retentionContributions } from './contributions.js';
import { RETENTION_METRICS } from './metrics.js';

/** 定着・離職; its facts are those on staff. */
export const retention: Subject = {
  name: 'retention',
  systems: ['A1'],
  summary: '定着・離職の指標',
  comment: '定着・離職の指標 / retention metrics',
  contracts: [],
  tables: [],
  folds: [],
  indexes: [],
  projections: [],
  views: [],
  dimensions: PERSON_DIMENSIONS,
  metrics: RETENTION_METRICS,
  contributions: retentionContributions,
};
