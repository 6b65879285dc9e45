import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { PoolClient } from 'pg';
import { v5 as uuidv5 } from 'uuid';
import { evaluationContract, type EvaluationEvent } from '#libs/contracts/evaluation';
import { cloudEventType, type Delivered } from '#libs/contracts/public-event';
import { execute, EventStore } from '#libs/event-store/event-store';
import { addDays, minDate, type LocalDate } from '#libs/law/local-date';
import { ConsumerContext } from '#libs/messaging/consumer-context';
import { ServiceClient } from '#libs/platform/service-client';
import { System } from '#libs/platform/caller';
import { on, type Spell } from '#libs/staff-directory/timeline';
import { historyOf } from '../domain/action-rules.js';
import type { DraftAction } from '../domain/career.js';
import { staff } from '../domain/staff.js';
import { turnToPost } from '../posting-turn.js';
import { Rulebook } from '../rulebook.js';

type SheetConfirmed = Delivered<Extract<EvaluationEvent, { type: 'SheetConfirmed' }>>;

/** Answer of evaluation's `GET /evaluation/sheets/:id/probation-result`. */
export type ProbationResult = Readonly<
  { outcome: 'passed' } | { outcome: 'extended'; extendedThrough: LocalDate } | { outcome: 'failed' }
>;

/**
 * The special evaluation of a probation is confirmed: the formal appointment follows from the day after the probation, or
 * its extension. Somebody who did not pass is put on the list of those about whom HR decides (分限), and stays on probation.
 * The result is read from evaluation by id; it is on no topic.
 */
@Controller()
@System('E9', 'P1')
export class ReactsOnSheetConfirmed {
  constructor(
    private readonly store: EventStore,
    private readonly evaluation: ServiceClient,
    private readonly rulebook: Rulebook,
  ) {}

  @EventPattern<string>(cloudEventType(evaluationContract, 'SheetConfirmed'))
  async decide(@Payload() event: SheetConfirmed, @Ctx() { tx }: ConsumerContext): Promise<void> {
    const { id, municipality, correlationId, traceparent, data } = event;
    if (data.kind !== 'probation') return;
    const path = `/evaluation/sheets/${encodeURIComponent(data.sheetId)}/probation-result`;
    const result = await this.evaluation.get<ProbationResult>('evaluation', path, municipality);
    await turnToPost(tx);
    const probation = await this.probationOf(event, tx);
    if (!probation) return;
    if (result.outcome === 'failed') return putDown(event, probation, tx);
    const action = following(event, result, probation);
    if (!action) return;
    const command = {
      type: 'TakeActions',
      actions: [action],
      rulesOn: await this.rulebook.of(municipality, tx),
    } as const;
    const metadata = { actor: 'process:on-sheet-confirmed', correlationId, causationId: id, traceparent };
    const request = { id: `on-sheet-confirmed/${id}`, fingerprint: id };
    await execute(this.store, staff, { municipality, id: data.staffId }, command, { metadata, request, tx });
  }

  /** The employment whose probation was judged, unless it has ended with it or was made formal. */
  private async probationOf({ municipality, data }: SheetConfirmed, tx: PoolClient): Promise<Probation | undefined> {
    const { events } = await this.store.read(staff, { municipality, id: data.staffId }, tx);
    const state = events.reduce(staff.evolve, staff.initial);
    if (state.status === 'none') throw new Error(`staff ${data.staffId} was judged but is not registered`);
    const { spells } = historyOf(state.actions);
    const spell =
      data.employmentId === undefined
        ? on(spells, data.confirmedOn)
        : spells.find(({ employmentId }) => employmentId === data.employmentId);
    if (!spell?.probationUntil || spell.formalFrom) return undefined;
    const { employmentId, to, probationUntil } = spell;
    return to !== null && to <= addDays(probationUntil, 1) ? undefined : { employmentId, probationUntil };
  }
}

type Probation = Required<Pick<Spell, 'employmentId' | 'probationUntil'>>;

/** An extension is decided during the probation, however late the sheet came. */
const following = (
  { id, data }: SheetConfirmed,
  result: Exclude<ProbationResult, { outcome: 'failed' }>,
  { probationUntil }: Probation,
): DraftAction | undefined => {
  const actionId = uuidv5('on-sheet-confirmed', id);
  if (result.outcome === 'passed')
    return { actionId, kind: 'appoint-formally', effectiveOn: addDays(probationUntil, 1) };
  const { extendedThrough: until } = result;
  if (until <= probationUntil) return undefined; // extended already
  return { actionId, kind: 'extend-probation', effectiveOn: minDate(data.confirmedOn, probationUntil), until };
};

const putDown = async (
  { municipality, data }: SheetConfirmed,
  { employmentId, probationUntil }: Probation,
  tx: PoolClient,
): Promise<void> => {
  await tx.query(
    `INSERT INTO probations_not_passed (municipality, sheet_id, staff_id, employment_id, probation_until, confirmed_on)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT DO NOTHING`,
    [municipality, data.sheetId, data.staffId, employmentId, probationUntil, data.confirmedOn],
  );
};
