import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { v5 as uuidv5 } from 'uuid';
import { cloudEventType, type Delivered } from '#libs/contracts/public-event';
import { recruitmentContract, type RecruitmentEvent } from '#libs/contracts/recruitment';
import { ERASED } from '#libs/event-store/decider';
import { execute, EventStore } from '#libs/event-store/event-store';
import type { LocalDate } from '#libs/law/local-date';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { ServiceClient } from '#libs/platform/service-client';
import { System } from '#libs/platform/caller';
import { Clock } from '#libs/processes/clock';
import { appointmentKind } from '../domain/probation-rules.js';
import type { RulesOn } from '../domain/rules-of-day.js';
import { staff, type RegisterStaff, type TakeBack } from '../domain/staff.js';
import type { StaffDetails } from '../domain/staff-state.js';
import { turnToPost } from '../posting-turn.js';
import { Rulebook } from '../rulebook.js';

type HireConfirmed = Delivered<Extract<RecruitmentEvent, { type: 'HireConfirmed' }>>;

/** Answer of recruitment's `GET /recruitment/applications/:id/hire-details`. */
type HireDetails = StaffDetails &
  Readonly<{
    applicationId: string;
    sex: RegisterStaff['sex'];
    /** Who the applicant was as staff, where HR confirmed it with the hire. */
    formerStaffId?: string;
  }>;

/**
 * Somebody was hired: registers the person as staff and appoints from the agreed day, without a staff number, which HR gives
 * later. Former staff keep identity and number and are taken back. Ids are derived from the event and the request is named
 * by it: done twice, it is the same request twice. Recruitment being away is waited for; a rule of placement that says no
 * parks the stream.
 */
@Controller()
@System('P1')
export class ReactsOnHireConfirmed {
  constructor(
    private readonly store: EventStore,
    private readonly recruitment: ServiceClient,
    private readonly rulebook: Rulebook,
    private readonly clock: Clock,
  ) {}

  @EventPattern<string>(cloudEventType(recruitmentContract, 'HireConfirmed'))
  async appoint(@Payload() event: HireConfirmed, @Ctx() { tx }: ConsumerContext): Promise<void> {
    const { id, municipality, correlationId, traceparent, data } = event;
    const path = `/recruitment/applications/${encodeURIComponent(data.applicationId)}/hire-details`;
    const details = await this.recruitment.get<HireDetails>('recruitment', path, municipality);
    if (details.birthDate === ERASED)
      throw new Error(`applicant ${data.applicationId} was erased before the appointment`);
    const staffId = details.formerStaffId ?? derived(id, 'staff');
    await turnToPost(tx);
    const command = hiring(staffId, event, details, await this.rulebook.of(municipality, tx), this.clock.today());
    const metadata = { actor: 'process:on-hire-confirmed', correlationId, causationId: id, traceparent };
    const request = { id: `on-hire-confirmed/${id}`, fingerprint: id };
    await execute(this.store, staff, { municipality, id: staffId }, command, { metadata, request, tx });
  }
}

const hiring = (
  staffId: string,
  { id, data }: HireConfirmed,
  { familyName, givenName, familyNameKana, givenNameKana, birthDate, address, sex, formerStaffId }: HireDetails,
  rulesOn: RulesOn,
  today: LocalDate,
): RegisterStaff | TakeBack => {
  const { applicationId, joinsOn, post, grade, jobCategory, route, weeklyMinutes } = data;
  const details = { familyName, givenName, familyNameKana, givenNameKana, birthDate, address };
  const appointment = {
    actionId: derived(id, 'appointment'),
    employmentId: derived(id, 'employment'),
    kind: appointmentKind(route, rulesOn(joinsOn)),
    effectiveOn: joinsOn,
    post,
    grade,
    jobCategory,
    route,
    weeklyMinutes,
  };
  return formerStaffId === undefined
    ? { type: 'RegisterStaff', staffId, details, sex, applicationId, actions: [appointment], rulesOn, today }
    : { type: 'TakeBack', applicationId, details, appointment, rulesOn, today };
};

/** UUIDv5 of the causing event's id and what it names here. */
const derived = (eventId: string, name: string): string => uuidv5(`on-hire-confirmed/${name}`, eventId);
