import { COURSE_KINDS, DIGITAL_CLASSES, trainingContract } from '#libs/contracts/training';
import { anyProjection } from '#libs/projections/projection';
import { PERSON_DIMENSIONS } from '../schema/dimensions.js';
import type { Subject } from '../subject.js';
import { trainingContributions } from './contributions.js';
import { TRAINING_METRICS } from './metrics.js';
import { TRAINING_FOLDS, TRAINING_TABLES } from './tables.js';
import { assignmentFacts, completionFacts, courseFacts, sessionFacts } from './training-facts.js';
import { TRAINING_VIEWS } from './views.js';

/** 研修受講: who was asked to complete what, and did. */
export const trainingCoverage: Subject = {
  name: 'training_coverage',
  systems: ['A3'],
  summary: '研修受講の指標',
  comment: '研修受講の指標 / training metrics',
  contracts: [trainingContract],
  tables: TRAINING_TABLES,
  folds: TRAINING_FOLDS,
  indexes: [
    'training_assignment (municipality, assignment_id)',
    'training_assignment (municipality, due_on)',
    'training_attendance (municipality, held_on)',
    'training_completion (municipality, completed_on)',
    'training_course (municipality, course)',
  ],
  projections: [
    anyProjection(courseFacts),
    anyProjection(assignmentFacts),
    anyProjection(completionFacts),
    anyProjection(sessionFacts),
  ],
  views: TRAINING_VIEWS,
  dimensions: [
    ...PERSON_DIMENSIONS,
    { name: 'course', title: '研修コード' },
    { name: 'course_kind', title: '研修の区分', order: [...COURSE_KINDS, 'unknown'] },
    {
      name: 'digital_class',
      title: 'デジタル人材の区分。none はデジタル人材の区分のない研修',
      order: [...DIGITAL_CLASSES, 'none', 'unknown'],
    },
  ],
  metrics: TRAINING_METRICS,
  contributions: trainingContributions,
};
