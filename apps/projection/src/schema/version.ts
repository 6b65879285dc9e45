import type { Definition } from '../definitions.js';
import { createBase, createFacts, createKeys } from './base.js';
import { createDepartments } from './dimensions.js';
import { createMetrics } from './metrics.js';

/** Tables and functions of a version, whose tables of facts and folds have no keys yet. */
export const createVersion = (schema: string, { sources, subjects }: Definition): string => `
  ${createBase(schema)}
  ${sources.map((source) => createFacts(schema, source)).join('\n')}
  ${createDepartments(schema)}
  ${subjects.map((subject) => createMetrics(schema, subject)).join('\n')}`;

export const createKeysOf = (schema: string, { sources }: Definition): string =>
  sources.map((source) => createKeys(schema, source)).join('\n');
