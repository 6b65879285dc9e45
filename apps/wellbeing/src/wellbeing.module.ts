import { Module } from '@nestjs/common';
import { placementContract } from '#libs/contracts/placement';
import { ServiceModule } from '#libs/platform/service.module';

/** 働き方・健康: knows the organisation and its staff from placement's events. */
@Module({
  imports: [
    ServiceModule.for({
      service: 'wellbeing',
      title: 'jinzai 働き方・健康',
      migrations: [],
      consumes: [placementContract],
      directory: 'topic',
      problems: {},
    }),
  ],
})
export class WellbeingModule {}
