import { boot } from '#libs/platform/boot';
import { TrainingModule } from './training.module.js';

await boot(TrainingModule, 'training');
