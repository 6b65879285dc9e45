import { boot } from '#libs/platform/boot';
import { WellbeingModule } from './wellbeing.module.js';

await boot(WellbeingModule, 'wellbeing');
