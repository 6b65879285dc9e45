import { Module } from '@nestjs/common';
import { placementContract } from '#libs/contracts/placement';
import { ServiceModule } from '#libs/platform/service.module';

/** 人事評価: knows the organisation and its staff from placement's events. */
@Module({
  imports: [
    ServiceModule.for({
      service: 'evaluation',
      title: 'jinzai 人事評価',
      migrations: [],
      consumes: [placementContract],
      directory: 'topic',
      problems: {},
    }),
  ],
})
export class EvaluationModule {}
