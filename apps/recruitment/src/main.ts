import { boot } from '#libs/platform/boot';
import { RecruitmentModule } from './recruitment.module.js';

await boot(RecruitmentModule, 'recruitment');
