import { z } from 'zod';
import type { Contract, PublicEventOf } from './public-event.js';

const localDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const id = z.string().min(1);

export const recruitmentContract = {
  service: 'recruitment',
  events: {
    PlanApproved: {
      version: 1,
      schema: z.object({
        fiscalYear: z.number().int(),
        lines: z.array(z.object({ jobCategory: z.string(), route: z.string(), planned: z.number().int() })),
      }),
    },
    PostingOpened: {
      version: 1,
      schema: z.object({
        postingId: id,
        fiscalYear: z.number().int(),
        jobCategory: z.string(),
        route: z.string(),
        flowVersion: z.string(),
        opensOn: localDate,
        closesOn: localDate,
      }),
    },
    ApplicationReceived: {
      version: 1,
      schema: z.object({ applicationId: id, postingId: id, sex: z.enum(['1', '2', '0', '9']), receivedOn: localDate }),
    },
    StageDecided: {
      version: 1,
      schema: z.object({
        applicationId: id,
        postingId: id,
        stage: z.string(),
        outcome: z.enum(['passed', 'failed', 'absent']),
      }),
    },
    /** The applicant withdrew (辞退), before or after an offer. */
    ApplicationWithdrawn: {
      version: 1,
      schema: z.object({ applicationId: id, postingId: id, withdrawnOn: localDate }),
    },
    OfferMade: { version: 1, schema: z.object({ applicationId: id, postingId: id, deadline: localDate }) },
    OfferAnswered: {
      version: 1,
      schema: z.object({
        applicationId: id,
        postingId: id,
        answer: z.enum(['accepted', 'declined']),
        declineReason: z.string().optional(),
      }),
    },
    OfferLapsed: { version: 1, schema: z.object({ applicationId: id, postingId: id }) },
    /** The offeree will join: placement reads the person's details by id and appoints. */
    HireConfirmed: {
      version: 1,
      schema: z.object({
        applicationId: id,
        postingId: id,
        joinsOn: localDate,
        jobCategory: z.string(),
        route: z.string(),
        grade: z.string(),
        post: z.object({ unitId: id, position: z.string() }),
        weeklyMinutes: z.number().int().positive(),
      }),
    },
    /** Placement's appointment was seen: the way from application to post is complete. */
    ApplicantJoined: { version: 1, schema: z.object({ applicationId: id, postingId: id, staffId: id }) },
    /** Somebody will be on leave from one day through another, both inclusive: the unit needs a substitute (育休代替). */
    SubstituteRequested: {
      version: 1,
      schema: z.object({ requestId: id, unitId: id, from: localDate, through: localDate }),
    },
    /** Somebody stands in, hired for it or from among the staff; both days inclusive. */
    SubstituteRequestFilled: {
      version: 1,
      schema: z.object({
        requestId: id,
        applicationId: id.optional(),
        staffId: id.optional(),
        from: localDate,
        through: localDate,
      }),
    },
    /** The leave was cancelled, or ended before anybody was found. */
    SubstituteRequestClosed: {
      version: 1,
      schema: z.object({ requestId: id, because: z.enum(['leave-cancelled', 'leave-ended']) }),
    },
  },
} as const satisfies Contract;

export type RecruitmentEvent = PublicEventOf<typeof recruitmentContract>;
