import { problemTextSpec } from '#libs/testing/problem-texts';
import { problems } from './problems.js';

problemTextSpec(problems, {
  sources: ['apps/training/src', 'libs/imports'],
  made: ['staff.not-found', 'plan.not-found'],
});
