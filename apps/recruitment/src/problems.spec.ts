import { problemTextSpec } from '#libs/testing/problem-texts';
import { problems } from './problems.js';

// NotFound makes it of what was not found.
problemTextSpec(problems, { sources: ['apps/recruitment/src'], made: ['plan.not-found'] });
