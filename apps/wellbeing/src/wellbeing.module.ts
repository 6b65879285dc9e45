import { Module } from '@nestjs/common';
import { placementContract } from '#libs/contracts/placement';
import { wellbeingContract } from '#libs/contracts/wellbeing';
import { Batches } from '#libs/imports/batches';
import { Imports } from '#libs/imports/imports';
import { StaffNumbers } from '#libs/imports/staff-numbers';
import { upload } from '#libs/imports/upload';
import { ServiceModule } from '#libs/platform/service.module';
import { childcare } from './domain/childcare.js';
import { leave } from './domain/leave.js';
import { ChildcareDecisionsController } from './http/childcare-decisions.controller.js';
import { ChildcareListsController } from './http/childcare-lists.controller.js';
import { ChildcareOffice } from './http/childcare-office.js';
import { ChildcareController } from './http/childcare.controller.js';
import { LeaveOffice } from './http/leave-office.js';
import { LeaveRequestsController } from './http/leave-requests.controller.js';
import { LeaveController } from './http/leave.controller.js';
import { ChildcareImportController } from './imports/childcare-import.controller.js';
import { LeaveLedgerController } from './imports/leave-ledger.controller.js';
import { LeaveLedgers } from './imports/leave-ledgers.js';
import { LeaveAccounts } from './leave-accounts.js';
import { LeaveRules } from './leave-rules.js';
import { ChildcareLists } from './lists/childcare-lists.js';
import { LeaveLists } from './lists/leave-lists.js';
import {
  ChildcareTimers,
  CloseChildcareAtSeparation,
  EndChildcareLeave,
  StartChildcareLeave,
} from './processes/childcare-timers.js';
import { TakeLeave, LeaveTakes } from './processes/leave-takes.js';
import { LeaveYears, TurnLeaveYear } from './processes/leave-years.js';
import { ChildcareAtSeparation } from './reacts/childcare-at-separation.js';
import { ReactsOnPersonnelAction } from './reacts/on-personnel-action.js';
import { ReactsOnStaffRegistered } from './reacts/on-staff-registered.js';
import { ServiceRecords } from './service-records.js';
import { wellbeingMigrations } from './migrations.js';
import { problems } from './problems.js';
import { publishes } from './publishes.js';

/** 働き方・健康: knows the organisation and its staff from placement's events. */
@Module({
  imports: [
    ServiceModule.for({
      service: 'wellbeing',
      title: '働き方・健康',
      migrations: wellbeingMigrations,
      contract: wellbeingContract,
      publishes,
      aggregates: [upload, leave, childcare],
      consumes: [placementContract],
      unknownType: 'park',
      controllers: [
        // leave
        LeaveController,
        LeaveRequestsController,
        LeaveLedgerController,
        ReactsOnPersonnelAction,
        ReactsOnStaffRegistered,

        // childcare leave
        ChildcareController,
        ChildcareDecisionsController,
        ChildcareListsController,
        ChildcareImportController,
      ],
      providers: [
        Batches,
        Imports,
        LeaveAccounts,
        LeaveLedgers,
        LeaveOffice,
        LeaveRules,
        ServiceRecords,
        ChildcareOffice,
        ChildcareAtSeparation,
        StaffNumbers,
      ],
      followers: [
        // leave
        LeaveLists,
        LeaveYears,
        LeaveTakes,

        // childcare leave
        ChildcareLists,
        ChildcareTimers,
      ],
      timerHandlers: [
        // leave
        TurnLeaveYear,
        TakeLeave,

        // childcare leave
        StartChildcareLeave,
        EndChildcareLeave,
        CloseChildcareAtSeparation,
      ],
      problems,
      directory: 'topic',
    }),
  ],
})
export class WellbeingModule {}
