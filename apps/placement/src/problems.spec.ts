import { problemTextSpec } from '#libs/testing/problem-texts';
import { problems } from './problems.js';

problemTextSpec(problems, ['apps/placement/src', 'libs/imports', 'libs/staff-directory/timeline-rules.ts']);
