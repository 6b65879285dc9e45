import { problemTextSpec } from '#libs/testing/problem-texts';
import { problems } from './problems.js';

problemTextSpec(problems, ['apps/wellbeing/src', 'libs/imports', 'libs/law/childcare-leave.ts']);
