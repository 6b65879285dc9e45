import { problemTextSpec } from '#libs/testing/problem-texts';
import { problems } from './problems.js';

problemTextSpec(problems, {
  sources: ['apps/placement/src', 'libs/imports', 'libs/staff-directory/timeline-rules.ts'],
  // NotFound makes it of what was not found.
  made: ['staff.not-found'],
});
