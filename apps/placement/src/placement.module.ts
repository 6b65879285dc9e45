import { Module } from '@nestjs/common';
import { evaluationContract } from '#libs/contracts/evaluation';
import { placementContract } from '#libs/contracts/placement';
import { recruitmentContract } from '#libs/contracts/recruitment';
import { wellbeingContract } from '#libs/contracts/wellbeing';
import { Batches } from '#libs/imports/batches';
import { Imports } from '#libs/imports/imports';
import { upload } from '#libs/imports/upload';
import { ServiceModule } from '#libs/platform/service.module';
import { organisation } from './domain/organisation.js';
import { numberSecret, staffNumber } from './domain/staff-number.js';
import { staff } from './domain/staff.js';
import { BulkActionsController } from './http/bulk-actions.controller.js';
import { OrganisationController } from './http/organisation.controller.js';
import { PersonnelActionsController } from './http/personnel-actions.controller.js';
import { ProbationsController } from './http/probations.controller.js';
import { StaffController } from './http/staff.controller.js';
import { StaffNumbersController } from './http/staff-numbers.controller.js';
import { StaffListController } from './http/staff-list.controller.js';
import { StaffOffice } from './http/staff-office.js';
import { Importer } from './imports/importer.js';
import { ImportsController } from './imports/imports.controller.js';
import { StaffList } from './lists/staff-list.js';
import { placementMigrations } from './migrations.js';
import { AnnounceProbationEnd, ProbationEnds } from './probation-ends.js';
import { problems } from './problems.js';
import { publishes } from './publishes.js';
import { ReactsOnChildcareLeave } from './reacts/on-childcare-leave.js';
import { ReactsOnHireConfirmed } from './reacts/on-hire-confirmed.js';
import { ReactsOnSheetConfirmed } from './reacts/on-sheet-confirmed.js';
import { Rulebook } from './rulebook.js';
import { StaffNumbers } from './staff-numbers.js';
import { UnitChanges } from './unit-changes.js';

@Module({
  imports: [
    ServiceModule.for({
      service: 'placement',
      title: '配置・人事発令',
      migrations: placementMigrations,
      contract: placementContract,
      publishes,
      aggregates: [staff, staffNumber, numberSecret, organisation, upload],
      consumes: [recruitmentContract, evaluationContract, wellbeingContract],
      unknownType: 'park',
      controllers: [
        StaffListController,
        StaffController,
        StaffNumbersController,
        PersonnelActionsController,
        BulkActionsController,
        OrganisationController,
        ImportsController,
        ProbationsController,
        ReactsOnHireConfirmed,
        ReactsOnChildcareLeave,
        ReactsOnSheetConfirmed,
      ],
      providers: [Batches, Imports, Rulebook, StaffNumbers, StaffOffice, UnitChanges, Importer],
      followers: [StaffList, ProbationEnds],
      timerHandlers: [AnnounceProbationEnd],
      problems,
      directory: 'own-store',
    }),
  ],
})
export class PlacementModule {}
