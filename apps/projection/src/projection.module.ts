import { Module } from '@nestjs/common';
import { ServiceModule } from '#libs/platform/service.module';
import { AnalystRoles } from './analyst-roles.js';
import { AnalyticsController } from './analytics.controller.js';
import { Definitions, DEFINITIONS } from './definitions.js';
import { FactsBatch } from './facts-batch.js';
import { Frontier } from './frontier.js';
import { projectionMigrations } from './migrations.js';
import { PassedOver } from './passed-over.js';
import { projectionProblems } from './problems.js';
import { ReferenceData } from './reference-data.js';
import { controllerOf } from './subject.controller.js';
import { CONTRACTS, SUBJECTS } from './subjects.js';

@Module({
  imports: [
    ServiceModule.for({
      service: 'projection',
      title: '分析',
      migrations: projectionMigrations,
      consumes: CONTRACTS,
      unknownType: 'pass',
      controllers: [...SUBJECTS.map(controllerOf), AnalyticsController],
      providers: [ReferenceData, AnalystRoles, Frontier, PassedOver, { provide: Definitions, useValue: DEFINITIONS }],
      problems: projectionProblems,
      directory: 'none',
      batch: FactsBatch,
    }),
  ],
})
export class ProjectionModule {}
