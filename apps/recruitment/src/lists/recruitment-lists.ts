import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { StoredEvent } from '#libs/event-store/event-store';
import { Follower } from '#libs/event-store/follower';
import type { ApplicationEvent } from '../domain/application-state.js';
import type { PostingEvent } from '../domain/posting.js';
import type { RecruitmentPlanEvent } from '../domain/recruitment-plan.js';
import type { SubstituteRequestEvent } from '../domain/substitute-request.js';

type Listed = StoredEvent<ApplicationEvent | PostingEvent | RecruitmentPlanEvent | SubstituteRequestEvent>;
/** A statement and the parameters after `$1`, the municipality. */
type Change = readonly [sql: string, ...params: unknown[]];

type Data<Type extends Listed['type']> = Extract<Listed, { type: Type }>['data'];
type Changes = { readonly [Type in Listed['type']]?: (data: Data<Type>, eventId: string) => readonly Change[] };

const update = ({ applicationId }: { applicationId: string }, set: string, ...params: unknown[]): Change => [
  `UPDATE applications SET ${set} WHERE municipality = $1 AND application_id = $2`,
  applicationId,
  ...params,
];

const postingOpened = (posting: Data<'PostingOpened'>): Change[] => [
  [
    `INSERT INTO postings (municipality, posting_id, fiscal_year, job_category, route, title, opens_on, closes_on, flow_version)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    posting.postingId,
    posting.fiscalYear,
    posting.jobCategory,
    posting.route,
    posting.title,
    posting.opensOn,
    posting.closesOn,
    `${posting.flow.id}/${posting.flow.version}`,
  ],
];

const postingClosed = ({ postingId, closedOn }: Data<'PostingClosed'>): Change[] => [
  [`UPDATE postings SET closed_on = $3 WHERE municipality = $1 AND posting_id = $2`, postingId, closedOn],
];

/** An amendment replaces all lines of the year; exceptions stay. */
const planApproved = ({ fiscalYear, lines }: Data<'PlanApproved'>): Change[] => [
  [`UPDATE plan_lines SET planned = 0 WHERE municipality = $1 AND fiscal_year = $2`, fiscalYear],
  [
    `INSERT INTO plan_lines (municipality, fiscal_year, job_category, route, planned)
     SELECT $1, $2, "jobCategory", route, planned
     FROM json_to_recordset($3::json) AS line("jobCategory" text, route text, planned int)
     ON CONFLICT (municipality, fiscal_year, job_category, route) DO UPDATE SET planned = excluded.planned`,
    fiscalYear,
    JSON.stringify(lines),
  ],
];

const exceptionGranted = ({ fiscalYear, jobCategory, route, hires }: Data<'ExceptionGranted'>): Change[] => [
  [
    `INSERT INTO plan_lines (municipality, fiscal_year, job_category, route, exceptions) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (municipality, fiscal_year, job_category, route)
     DO UPDATE SET exceptions = plan_lines.exceptions + excluded.exceptions`,
    fiscalYear,
    jobCategory,
    route,
    hires,
  ],
];

const received = (data: Data<'ApplicationReceived'>, eventId: string): Change[] => [
  [
    `INSERT INTO applications (municipality, application_id, posting_id, fiscal_year, job_category, route, received_on,
                             received_event, stages, stage, status)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text[], ($9::text[])[1],
           CASE WHEN cardinality($9::text[]) = 0 THEN 'passed' ELSE 'in-selection' END)`,
    data.applicationId,
    data.postingId,
    data.fiscalYear,
    data.jobCategory,
    data.route,
    data.receivedOn,
    eventId,
    data.flow.stages.map(({ id }) => id),
  ],
];

const assigned = ({ applicationId, stage, assessors }: Data<'AssessorsAssigned'>): Change[] => [
  [
    `DELETE FROM assessments
     WHERE municipality = $1 AND application_id = $2 AND stage = $3 AND NOT staff_id = ANY($4::text[])`,
    applicationId,
    stage,
    assessors,
  ],
  [
    `INSERT INTO assessments (municipality, application_id, stage, staff_id) SELECT $1, $2, $3, unnest($4::text[])
     ON CONFLICT DO NOTHING`,
    applicationId,
    stage,
    assessors,
  ],
];

const related = ({ applicationId, assessor }: Data<'RelativeDeclared'>): Change[] => [
  [
    `DELETE FROM assessments WHERE municipality = $1 AND application_id = $2 AND staff_id = $3 AND NOT decided`,
    applicationId,
    assessor,
  ],
];

const sent = ({ applicationId, stage, assessor }: Data<'SheetSent'>): Change[] => [
  [
    `UPDATE assessments SET sent = true
     WHERE municipality = $1 AND application_id = $2 AND stage = $3 AND staff_id = $4`,
    applicationId,
    stage,
    assessor,
  ],
];

const decided = ({ applicationId, stage, outcome }: Data<'StageDecided'>): Change[] => [
  [
    `UPDATE assessments SET decided = true WHERE municipality = $1 AND application_id = $2 AND stage = $3`,
    applicationId,
    stage,
  ],
  [
    `UPDATE applications SET stage = next.stage, status = CASE WHEN $4 <> 'passed' THEN $4 WHEN next.stage IS NULL THEN 'passed' ELSE status END
     FROM (SELECT application_id, CASE WHEN $4 = 'passed' THEN stages[array_position(stages, $3) + 1] END AS stage
           FROM applications WHERE municipality = $1 AND application_id = $2) next
     WHERE applications.municipality = $1 AND applications.application_id = next.application_id`,
    applicationId,
    stage,
    outcome,
  ],
];

const substituteRequested = (data: Data<'SubstituteRequested'>): Change[] => [
  [
    `INSERT INTO substitute_requests (municipality, request_id, absent_staff_id, unit_id, from_day, through_day, status)
     VALUES ($1, $2, $3, $4, $5, $6, 'open')`,
    data.requestId,
    data.absentStaffId,
    data.unitId,
    data.from,
    data.through,
  ],
];

/** Days added behind the substitute's last one are without anybody again. */
const substituteMoved = ({ requestId, through }: Data<'SubstituteRequestMoved'>): Change[] => [
  [
    `UPDATE substitute_requests
     SET through_day = $3,
         status = CASE WHEN $3::date > through_day AND filled_through < $3::date THEN 'open' ELSE status END
     WHERE municipality = $1 AND request_id = $2`,
    requestId,
    through,
  ],
];

const substituteFound = ({ requestId, substitute, from, through }: Data<'SubstituteRequestFilled'>): Change[] => [
  [
    `UPDATE substitute_requests SET status = 'filled', application_id = $3, staff_id = $4, filled_from = $5,
            filled_through = $6 WHERE municipality = $1 AND request_id = $2`,
    requestId,
    'applicationId' in substitute ? substitute.applicationId : null,
    'staffId' in substitute ? substitute.staffId : null,
    from,
    through,
  ],
];

const substituteClosed = ({ requestId }: Data<'SubstituteRequestClosed'>): Change[] => [
  [`UPDATE substitute_requests SET status = 'closed' WHERE municipality = $1 AND request_id = $2`, requestId],
];

const CHANGES: Changes = {
  PlanApproved: planApproved,
  ExceptionGranted: exceptionGranted,
  PostingOpened: postingOpened,
  PostingClosed: postingClosed,
  ApplicationReceived: received,
  AssessorsAssigned: assigned,
  RelativeDeclared: related,
  SheetSent: sent,
  StageDecided: decided,
  OfferMade: (data) => [update(data, `status = 'offered', offered = true, offer_deadline = $3`, data.deadline)],
  OfferAnswered: (data) => [update(data, 'status = $3', data.answer)],
  OfferLapsed: (data) => [update(data, `status = 'lapsed'`)],
  ApplicationWithdrawn: (data) => [update(data, `status = 'withdrawn', stage = NULL`)],
  HireConfirmed: (data) => [update(data, `status = 'hired', joins_on = $3`, data.joinsOn)],
  ApplicantJoined: (data) => [update(data, `status = 'joined', staff_id = $3`, data.staffId)],
  SubstituteRequested: substituteRequested,
  SubstituteRequestMoved: substituteMoved,
  SubstituteRequestFilled: substituteFound,
  SubstituteRequestClosed: substituteClosed,
};

/** The rows that recruiters, HR and assessors list. No name is copied: lists open the sealed event when they are read. */
@Injectable()
export class RecruitmentLists extends Follower {
  readonly name = 'recruitment-lists';
  override readonly types = Object.keys(CHANGES);

  async handle(events: readonly StoredEvent[], tx: PoolClient): Promise<void> {
    for (const { type, data, id, municipality } of events as readonly Listed[]) {
      const changesOf = CHANGES[type] as (data: object, eventId: string) => readonly Change[];
      for (const [sql, ...params] of changesOf(data, id)) await tx.query(sql, [municipality, ...params]);
    }
  }
}
