import { Module } from '@nestjs/common';
import { placementContract } from '#libs/contracts/placement';
import { ServiceModule } from '#libs/platform/service.module';

/** 研修: knows the organisation and its staff from placement's events. */
@Module({
  imports: [
    ServiceModule.for({
      service: 'training',
      title: 'jinzai 研修',
      migrations: [],
      consumes: [placementContract],
      directory: 'topic',
      problems: {},
    }),
  ],
})
export class TrainingModule {}
