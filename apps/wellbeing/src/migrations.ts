import type { Migration } from '#libs/event-store/database';
import { ChildcareLists1700000015002 } from './lists/childcare-lists.migration.js';
import { LeaveLists1700000015001 } from './lists/leave-lists.migration.js';

export const wellbeingMigrations: Migration[] = [LeaveLists1700000015001, ChildcareLists1700000015002];
