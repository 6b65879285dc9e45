import { Module } from '@nestjs/common';
import { evaluationContract } from '#libs/contracts/evaluation';
import { placementContract } from '#libs/contracts/placement';
import { Batches } from '#libs/imports/batches';
import { upload } from '#libs/imports/upload';
import { ServiceModule } from '#libs/platform/service.module';
import { cycle } from './domain/cycle.js';
import { sheet } from './domain/sheet.js';
import { Forms } from './forms.js';
import { CyclesController } from './http/cycles.controller.js';
import { ListsController } from './http/lists.controller.js';
import { SheetDesk } from './http/sheet-desk.js';
import { SheetsController } from './http/sheets.controller.js';
import { SheetLists } from './lists/sheet-lists.js';
import { evaluationMigrations } from './migrations.js';
import { ProbationLimits } from './probation-limits.js';
import { problems } from './problems.js';
import { BeginSheet, ReportOverdue, SheetTimers } from './processes/sheet-timers.js';
import { publishes } from './publishes.js';
import { ReactsOnPersonErased } from './reacts/on-person-erased.js';
import { ReactsOnPersonnelActions } from './reacts/on-personnel-actions.js';
import { Routes } from './routes.js';

/** 人事評価: knows the organisation and its staff from placement's events. */
@Module({
  imports: [
    ServiceModule.for({
      service: 'evaluation',
      title: '人事評価',
      migrations: evaluationMigrations,
      contract: evaluationContract,
      publishes,
      aggregates: [sheet, cycle, upload],
      consumes: [placementContract],
      unknownType: 'park',
      controllers: [
        ListsController,
        SheetsController,
        CyclesController,
        ReactsOnPersonnelActions,
        ReactsOnPersonErased,
      ],
      providers: [Batches, Forms, ProbationLimits, Routes, SheetDesk],
      followers: [SheetLists, SheetTimers],
      timerHandlers: [BeginSheet, ReportOverdue],
      problems,
      directory: 'topic',
    }),
  ],
})
export class EvaluationModule {}
