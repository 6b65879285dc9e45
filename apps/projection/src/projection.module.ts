import { Module } from '@nestjs/common';
import { placementContract } from '#libs/contracts/placement';
import { ServiceModule } from '#libs/platform/service.module';
import { AnalystRoles } from './analyst-roles.js';
import { AnalyticsController } from './analytics.controller.js';
import { FactsBatch } from './facts-batch.js';
import { Frontier } from './frontier.js';
import { projectionMigrations } from './migrations.js';
import { projectionProblems } from './problems.js';
import { ReferenceData } from './reference-data.js';

@Module({
  imports: [
    ServiceModule.for({
      service: 'projection',
      title: '分析',
      migrations: projectionMigrations,
      consumes: [placementContract],
      unknownType: 'pass',
      controllers: [AnalyticsController],
      providers: [ReferenceData, AnalystRoles, Frontier],
      problems: projectionProblems,
      directory: 'none',
      batch: FactsBatch,
    }),
  ],
})
export class ProjectionModule {}
