import { Module } from '@nestjs/common';
import { placementContract } from '#libs/contracts/placement';
import { recruitmentContract } from '#libs/contracts/recruitment';
import { wellbeingContract } from '#libs/contracts/wellbeing';
import { ServiceModule } from '#libs/platform/service.module';
import { application } from './domain/application.js';
import { applicationClaim } from './domain/application-claim.js';
import { posting } from './domain/posting.js';
import { recruitmentPlan } from './domain/recruitment-plan.js';
import { substituteRequest } from './domain/substitute-request.js';
import { Applicants } from './http/applicants.js';
import { ApplicationsController } from './http/applications.controller.js';
import { Commands } from '#libs/platform/commands';
import { OffersController } from './http/offers.controller.js';
import { Pack } from './http/pack.js';
import { PlansController } from './http/plans.controller.js';
import { PostingsController } from './http/postings.controller.js';
import { SelectionController } from './http/selection.controller.js';
import { SubstituteRequestsController } from './http/substitute-requests.controller.js';
import { RecruitmentLists } from './lists/recruitment-lists.js';
import { recruitmentMigrations } from './migrations.js';
import { problems } from './problems.js';
import { LapseOffer, OfferLapses } from './processes/offer-lapses.js';
import { publishes } from './publishes.js';
import { ReactsOnChildcareLeave } from './reacts/on-childcare-leave.js';
import { ReactsOnPersonErased } from './reacts/on-person-erased.js';
import { ReactsOnPlaced } from './reacts/on-placed.js';

@Module({
  imports: [
    ServiceModule.for({
      service: 'recruitment',
      title: '採用',
      migrations: recruitmentMigrations,
      contract: recruitmentContract,
      publishes,
      aggregates: [application, applicationClaim, posting, recruitmentPlan, substituteRequest],
      consumes: [placementContract, wellbeingContract],
      unknownType: 'park',
      controllers: [
        PlansController,
        PostingsController,
        ApplicationsController,
        SelectionController,
        OffersController,
        SubstituteRequestsController,
        ReactsOnPlaced,
        ReactsOnPersonErased,
        ReactsOnChildcareLeave,
      ],
      providers: [Commands, Pack, Applicants],
      followers: [RecruitmentLists, OfferLapses],
      timerHandlers: [LapseOffer],
      problems,
      directory: 'topic',
    }),
  ],
})
export class RecruitmentModule {}
