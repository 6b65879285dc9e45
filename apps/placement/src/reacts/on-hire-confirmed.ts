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
import { staff, type RegisterStaff } from '../domain/staff.js';
import { Rulebook } from '../rulebook.js';

type HireConfirmed = Delivered<Extract<RecruitmentEvent, { type: 'HireConfirmed' }>>;

/** Answer of recruitment's `GET /recruitment/applications/:id/hire-details`. */
type HireDetails = RegisterStaff['details'] & Readonly<{ applicationId: string; sex: RegisterStaff['sex'] }>;

/**
 * Somebody was hired: registers the person as staff and appoints on probation from the agreed day, without a staff
 * number, which HR gives later. Ids are derived from the event and the request is named by it: done twice, it is the
 * same request twice. Recruitment being away is waited for; a rule of placement that says no parks the stream.
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
    const staffId = derived(id, 'staff');
    const path = `/recruitment/applications/${encodeURIComponent(data.applicationId)}/hire-details`;
    const details = await this.recruitment.get<HireDetails>('recruitment', path, municipality);
    if (details.birthDate === ERASED)
      throw new Error(`applicant ${data.applicationId} was erased before the appointment`);
    const rules = (await this.rulebook.of(municipality, tx))(data.joinsOn);
    const command = registration(staffId, event, details, rules, this.clock.today());
    const metadata = { actor: 'process:on-hire-confirmed', correlationId, causationId: id, traceparent };
    const request = { id: `on-hire-confirmed/${id}`, fingerprint: id };
    await execute(this.store, staff, { municipality, id: staffId }, command, { metadata, request, tx });
  }
}

const registration = (
  staffId: string,
  { id, data }: HireConfirmed,
  details: HireDetails,
  rules: RegisterStaff['proposals'][number]['rules'],
  today: LocalDate,
): RegisterStaff => {
  const { applicationId, joinsOn, post, grade, jobCategory, route, weeklyMinutes } = data;
  const { familyName, givenName, familyNameKana, givenNameKana, birthDate, address, sex } = details;
  const appointment = {
    actionId: derived(id, 'appointment'),
    employmentId: derived(id, 'employment'),
    kind: 'appoint-on-probation',
    effectiveOn: joinsOn,
    post,
    grade,
    jobCategory,
    route,
    weeklyMinutes,
  } as const;
  return {
    type: 'RegisterStaff',
    staffId,
    details: { familyName, givenName, familyNameKana, givenNameKana, birthDate, address },
    sex,
    applicationId,
    proposals: [{ action: appointment, rules }],
    today,
  };
};

/** UUIDv5 of the causing event's id and what it names here. */
const derived = (eventId: string, name: string): string => uuidv5(`on-hire-confirmed/${name}`, eventId);
