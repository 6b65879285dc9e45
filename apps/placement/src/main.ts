import { boot } from '#libs/platform/boot';
import { PlacementModule } from './placement.module.js';

await boot(PlacementModule, 'placement');
