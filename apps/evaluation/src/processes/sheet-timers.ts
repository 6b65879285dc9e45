import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { execute, EventStore, type StoredEvent } from '#libs/event-store/event-store';
import { Follower } from '#libs/event-store/follower';
import { addDays } from '#libs/law/local-date';
import { Clock, endOfDay } from '#libs/processes/clock';
import { System } from '#libs/platform/caller';
import { TimerHandler, Timers, type Timer } from '#libs/processes/timers';
import { sheet, type SheetCommand } from '../domain/sheet.js';
import type { SheetEvent } from '../domain/sheet-state.js';
import { Routes } from '../routes.js';

const BEGINS = 'sheet-begins';
const DUE = 'sheet-due';
const SETS = ['SheetOpened', 'SheetDueMoved', 'SheetReopened'] as const;
const TAKES_BACK = ['SheetConfirmed', 'SheetClosed'] as const;

type Watched<Type extends SheetEvent['type']> = StoredEvent<Extract<SheetEvent, { type: Type }>>;

/** Two timers for every open sheet: when its period begins and the first evaluator is found, and when it is due. */
@Injectable()
@System('E9', 'E1')
export class SheetTimers extends Follower {
  readonly name = 'sheet-timers';
  override readonly types = [...SETS, ...TAKES_BACK];

  constructor(private readonly timers: Timers) {
    super();
  }

  async handle(events: readonly StoredEvent[], tx: PoolClient): Promise<void> {
    for (const event of events as readonly Watched<(typeof SETS | typeof TAKES_BACK)[number]>[]) {
      const { municipality, data, metadata } = event;
      const { correlationId } = metadata;
      const [begins, due] = [BEGINS, DUE].map((kind) => ({ municipality, kind, key: data.sheetId }));
      if ('dueOn' in data) {
        const { from, dueOn } = data;
        await this.timers.schedule(tx, { ...begins, dueAt: endOfDay(addDays(from, -1)), payload: { correlationId } });
        await this.timers.schedule(tx, { ...due, dueAt: endOfDay(dueOn), payload: { dueOn, correlationId } });
      } else {
        await this.timers.cancel(tx, begins);
        await this.timers.cancel(tx, due);
      }
    }
  }
}

/** The period begins: whoever is above the person on that day is the evaluator of the goals. */
@Injectable()
@System('E9', 'E1')
export class BeginSheet extends TimerHandler {
  readonly kind = BEGINS;

  constructor(
    private readonly store: EventStore,
    private readonly routes: Routes,
    private readonly clock: Clock,
  ) {
    super();
  }

  async fire(timer: Timer, tx: PoolClient): Promise<void> {
    const { municipality, key } = timer;
    const { events } = await this.store.read(sheet, { municipality, id: key }, tx);
    const state = events.reduce(sheet.evolve, sheet.initial);
    if (state.status !== 'open' || state.steps.goals) return;
    // A whole city's sheets begin on one day: nobody is looked for who is not needed yet.
    const route = { first: await this.routes.first(municipality, state.staffId) };
    await carryOut(this.store, timer, { type: 'OpenGoals', route, today: this.clock.today() }, tx);
  }
}

/** Says once that the sheet is late. */
@Injectable()
@System('E9', 'E1')
export class ReportOverdue extends TimerHandler {
  readonly kind = DUE;

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  async fire(timer: Timer, tx: PoolClient): Promise<void> {
    const { dueOn } = timer.payload as { dueOn: string };
    await carryOut(this.store, timer, { type: 'MarkOverdue', dueOn, today: this.clock.today() }, tx);
  }
}

const carryOut = async (
  store: EventStore,
  { municipality, kind, key, payload }: Timer,
  command: SheetCommand,
  tx: PoolClient,
): Promise<void> => {
  const { correlationId } = payload as { correlationId: string };
  const metadata = { actor: `process:${kind}`, correlationId };
  await execute(store, sheet, { municipality, id: key }, command, { metadata, tx });
};
