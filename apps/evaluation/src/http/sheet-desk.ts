import { Injectable } from '@nestjs/common';
import { absentIsNotFound, NotFound } from '#libs/event-store/not-found';
import { execute, EventStore } from '#libs/event-store/event-store';
import type { Caller } from '#libs/platform/caller';
import { CommandAnswer } from '#libs/platform/command-answer';
import { PersonalDataReads } from '#libs/platform/personal-data-reads';
import { Clock } from '#libs/processes/clock';
import { sheet, type SheetCommand } from '../domain/sheet.js';
import type { Sheet, SheetState } from '../domain/sheet-state.js';
import type { Route } from '../domain/steps.js';
import { Routes } from '../routes.js';
import { viewerOf, type Viewer } from './sheet-view.js';

export type Seen = Readonly<{ state: Sheet; version: number; viewer: Viewer }>;

/** What a command about evaluators is told of them. */
export type Facts = Readonly<{ by?: string; inPost: readonly string[]; route: Route; today: string }>;

/** What the routes of a sheet have in common: who may look at it, running a command on it, and who looked. */
@Injectable()
export class SheetDesk {
  constructor(
    private readonly store: EventStore,
    private readonly routes: Routes,
    private readonly personalDataReads: PersonalDataReads,
    private readonly clock: Clock,
  ) {}

  async stateOf(municipality: string, id: string): Promise<{ state: SheetState; version: number }> {
    const { events, version } = await this.store.read(sheet, { municipality, id });
    return { state: events.reduce(sheet.evolve, sheet.initial), version };
  }

  /** @throws NotFound also when the caller has nothing to do with the sheet */
  async seen(by: Caller, id: string): Promise<Seen> {
    const { state, version } = await this.stateOf(by.municipality, id);
    if (state.status === 'none') throw new NotFound('sheet');
    const viewer = viewerOf(by, state);
    if (!viewer) throw new NotFound('sheet');
    return { state, version, viewer };
  }

  /**
   * The sheet for somebody to read, which is written down first. An evaluator who has left reads it no more: his step is
   * his until HR finds another, but what is in it is not.
   * @throws NotFound as `seen` does
   */
  async read(by: Caller, id: string): Promise<Seen> {
    const seen = await this.seen(by, id);
    const { viewer } = seen;
    if (viewer === 'evaluator' && !(await this.routes.serves(by.municipality, by.staffId))) throw new NotFound('sheet');
    if (viewer !== 'person') await this.personalDataReads.note(by, id, viewer);
    return seen;
  }

  /** Runs what `command` makes of the facts, for a caller who may see the sheet. */
  async run(by: Caller, id: string, command: (facts: Facts) => SheetCommand, named?: string): Promise<CommandAnswer> {
    const { state } = await this.seen(by, id);
    const route = await this.routes.of(by.municipality, state);
    const evaluators = Object.values(state.steps).map((step) => step.evaluator);
    const inPost = await this.routes.inPost(by.municipality, [...evaluators, route.first, route.second, named]);
    return this.execute(by, id, command({ by: by.staffId, inPost, route, today: this.clock.today() }));
  }

  /** Likewise, for what needs no evaluator: it works also while the directory is behind. */
  async runAlone(by: Caller, id: string, command: (state: Sheet) => SheetCommand): Promise<CommandAnswer> {
    const { state } = await this.seen(by, id);
    return this.execute(by, id, command(state));
  }

  private async execute(by: Caller, id: string, command: SheetCommand): Promise<CommandAnswer> {
    const { municipality, metadata, request, expected } = by;
    const options = { metadata, request, expected };
    const result = await execute(this.store, sheet, { municipality, id }, command, options).catch(absentIsNotFound);
    return CommandAnswer.of(id, result);
  }
}
