import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { PoolClient } from 'pg';
import { placementContract, type PersonnelAction, type PlacementEvent } from '#libs/contracts/placement';
import { cloudEventType, type Delivered } from '#libs/contracts/public-event';
import { execute, EventStore } from '#libs/event-store/event-store';
import { endOf, fiscalYearOf } from '#libs/law/fiscal-year';
import { addDays, addMonths, type LocalDate } from '#libs/law/local-date';
import { LONGEST_PROBATION } from '#libs/law/probation';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { System } from '#libs/platform/caller';
import { Policies } from '#libs/policy/pack';
import { Clock } from '#libs/processes/clock';
import { StaffDirectory } from '#libs/staff-directory/directory';
import { probationsOf, servesOn, type KnownAction, type Probation } from '../domain/probations.js';
import { sheet, type Followed } from '../domain/sheet.js';
import { Forms } from '../forms.js';

type Of<Type extends PlacementEvent['type']> = Delivered<Extract<PlacementEvent, { type: Type }>>;
type Taken = Of<'PersonnelActionTaken'>;
type Voided = Of<'PersonnelActionVoided'>;

/**
 * Keeps the special evaluation of every probation (条件付採用期間の特別評価) to what the person's actions say: opens, moves,
 * closes and reopens its sheet; a yearly sheet only closes and reopens. Each event looks at the whole history, so their
 * order and number do not matter.
 */
@Controller()
@System('E9', 'E1')
export class ReactsOnPersonnelActions {
  constructor(
    private readonly store: EventStore,
    private readonly directory: StaffDirectory,
    private readonly policies: Policies,
    private readonly forms: Forms,
    private readonly clock: Clock,
  ) {}

  @EventPattern<string>(cloudEventType(placementContract, 'PersonnelActionTaken'))
  async taken(@Payload() event: Taken, @Ctx() { tx }: ConsumerContext): Promise<void> {
    if (concernsProbation(event, this.cutover(event))) await this.keepSheets(event, tx);
  }

  @EventPattern<string>(cloudEventType(placementContract, 'PersonnelActionVoided'))
  async voided(@Payload() event: Voided, @Ctx() { tx }: ConsumerContext): Promise<void> {
    await this.keepSheets(event, tx);
  }

  private cutover({ municipality }: Delivered): LocalDate {
    return this.policies.inForce(municipality, 'cutover', this.clock.today()).evaluation;
  }

  private async keepSheets(event: Taken | Voided, tx: PoolClient): Promise<void> {
    const actions = await this.directory.actionsOf(event.municipality, event.data.staffId, tx);
    for (const probation of probationsOf(actions)) await this.follow(event, probation, tx);
    const own = actions.find(({ action }) => action.actionId === actionOf(event))?.action;
    if (own && SERVICE.includes(own.kind)) await this.followYears(event, own.effectiveOn, actions, tx);
  }

  /** The yearly sheets from the year in which service begins or ends, or was to, up to the running year. */
  private async followYears(
    event: Taken | Voided,
    day: LocalDate,
    actions: readonly KnownAction[],
    tx: PoolClient,
  ): Promise<void> {
    const { municipality, data } = event;
    const [year, running] = [fiscalYearOf(day), fiscalYearOf(this.clock.today())];
    const first = Math.max(year, fiscalYearOf(this.cutover(event)));
    for (let fiscalYear = first; fiscalYear <= Math.max(year, running); fiscalYear++) {
      const serves = servesOn(actions, endOf(fiscalYear));
      if (serves === undefined) return;
      const stream = { municipality, id: `${data.staffId}:${fiscalYear}:yearly` };
      const options = { ...caused(event, `FY${fiscalYear}`), tx };
      await execute(this.store, sheet, stream, { type: 'FollowService', serves }, options);
    }
  }

  /** Sheet by sheet: one for the appointment, and after each result the one of an extension, if there is any. */
  private async follow(event: Taken | Voided, probation: Probation, tx: PoolClient): Promise<void> {
    const { municipality, data } = event;
    const { employmentId } = probation;
    const cutover = this.cutover(event);
    for (let number = 1, from: LocalDate | undefined; ; number++) {
      const sheetId = `${data.staffId}:${employmentId}${number > 1 ? `.${number}` : ''}:probation`;
      const stream = { municipality, id: sheetId };
      const state = (await this.store.read(sheet, stream, tx)).events.reduce(sheet.evolve, sheet.initial);
      const followed = probation.followed(from);
      const command = {
        type: 'FollowProbation',
        sheetId,
        staffId: data.staffId,
        probation: followed,
        cutover,
        form: this.formOf(municipality, probation, followed, cutover),
        today: this.clock.today(),
      } as const;
      await execute(this.store, sheet, stream, command, { ...caused(event, number), tx });
      if (state.status !== 'confirmed' && state.status !== 'disclosed') return;
      from = addDays(state.until, 1);
    }
  }

  private formOf(municipality: string, probation: Probation, followed: Followed, cutover: LocalDate) {
    if (followed.revoked || followed.until < cutover) return undefined;
    const { grade, position } = probation.standing(followed.from);
    return this.forms.of(municipality, followed.from, grade, position);
  }
}

/** With these somebody begins to be in service, or ceases to be. */
const SERVICE: readonly PersonnelAction['kind'][] = ['appoint-on-probation', 'rehire', 'separate'];

/** Old actions, which come by the thousand when a city begins, are told apart without looking at anything. */
const concernsProbation = ({ data: { action } }: Taken, cutover: LocalDate): boolean => {
  const { kind, until, effectiveOn } = action;
  if (kind === 'separate') return addMonths(effectiveOn, LONGEST_PROBATION) >= cutover;
  const sets = kind === 'appoint-on-probation' || kind === 'extend-probation';
  return sets && (until === undefined || until >= cutover);
};

const actionOf = ({ data }: Taken | Voided): string => ('action' in data ? data.action.actionId : data.actionId);

const caused = ({ id, correlationId, traceparent }: Delivered, sheetName: number | `FY${number}`) => ({
  metadata: { actor: 'process:on-personnel-actions', correlationId, causationId: id, traceparent },
  request: { id: `on-personnel-actions/${id}/${sheetName}`, fingerprint: id },
});
