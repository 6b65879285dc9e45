import { boot } from '#libs/platform/boot';
import { ProjectionModule } from './projection.module.js';

await boot(ProjectionModule, 'projection');
