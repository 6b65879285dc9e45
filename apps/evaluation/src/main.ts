import { boot } from '#libs/platform/boot';
import { EvaluationModule } from './evaluation.module.js';

await boot(EvaluationModule, 'evaluation');
