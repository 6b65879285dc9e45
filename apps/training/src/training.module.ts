import { Module } from '@nestjs/common';
import { placementContract } from '#libs/contracts/placement';
import { trainingContract } from '#libs/contracts/training';
import { Batches } from '#libs/imports/batches';
import { Imports } from '#libs/imports/imports';
import { StaffNumbers } from '#libs/imports/staff-numbers';
import { upload } from '#libs/imports/upload';
import { Commands } from '#libs/platform/commands';
import { ServiceModule } from '#libs/platform/service.module';
import { CityRules } from './city-rules.js';
import { Courses } from './courses.js';
import { Demands } from './demands.js';
import { course } from './domain/course.js';
import { session } from './domain/session.js';
import { trainingPlan } from './domain/training-plan.js';
import { trainingRecord } from './domain/training-record.js';
import { AssignmentsController } from './http/assignments.controller.js';
import { CoursesController } from './http/courses.controller.js';
import { ParticipationController } from './http/participation.controller.js';
import { PlansController } from './http/plans.controller.js';
import { RecordsController } from './http/records.controller.js';
import { SessionsController } from './http/sessions.controller.js';
import { StaffAccess } from './http/staff-access.js';
import { Importer } from './imports/importer.js';
import { ImportsController } from './imports/imports.controller.js';
import { PastRecords } from './imports/past-records.js';
import { TrainingLists } from './lists/training-lists.js';
import { trainingMigrations } from './migrations.js';
import { problems } from './problems.js';
import { Renewals, RenewAssignment } from './processes/renewals.js';
import { publishes } from './publishes.js';
import { ReactsOnPersonnelActions } from './reacts/on-personnel-actions.js';
import { Standing } from './standing.js';

/** 研修: who has to complete which course by when, and who has. */
@Module({
  imports: [
    ServiceModule.for({
      service: 'training',
      title: '研修',
      migrations: trainingMigrations,
      contract: trainingContract,
      publishes,
      aggregates: [course, session, trainingPlan, trainingRecord, upload],
      consumes: [placementContract],
      unknownType: 'park',
      controllers: [
        PlansController,
        CoursesController,
        SessionsController,
        ParticipationController,
        RecordsController,
        AssignmentsController,
        ImportsController,
        ReactsOnPersonnelActions,
      ],
      providers: [
        Batches,
        Imports,
        CityRules,
        Courses,
        Demands,
        Standing,
        Commands,
        StaffAccess,
        StaffNumbers,
        PastRecords,
        Importer,
      ],
      followers: [TrainingLists, Renewals],
      timerHandlers: [RenewAssignment],
      problems,
      directory: 'topic',
    }),
  ],
})
export class TrainingModule {}
