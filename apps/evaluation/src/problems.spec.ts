import { problemTextSpec } from '#libs/testing/problem-texts';
import { problems } from './problems.js';

problemTextSpec(problems, ['apps/evaluation/src']);
