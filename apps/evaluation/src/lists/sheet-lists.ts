import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { INTERVIEWS, SHEET_STEPS } from '#libs/contracts/evaluation';
import { EventStore, type StoredEvent } from '#libs/event-store/event-store';
import { Follower } from '#libs/event-store/follower';
import { sheet } from '../domain/sheet.js';
import { awaits, phaseOf, sheetEvents, stepOf, type Sheet, type SheetEvent } from '../domain/sheet-state.js';

type Row = Readonly<{ municipality: string; state: Sheet }>;

/** The rows of sheets and of the steps evaluators have in them: no word and no point of what was written is copied. */
@Injectable()
export class SheetLists extends Follower {
  readonly name = 'sheet-lists';
  override readonly types = Object.keys(sheetEvents);

  constructor(private readonly store: EventStore) {
    super();
  }

  /** What a stream says now is what counts, so each sheet of the batch is looked at once. */
  async handle(events: readonly StoredEvent[], tx: PoolClient): Promise<void> {
    const touched = new Map(
      (events as readonly StoredEvent<SheetEvent>[]).map(({ municipality, data }) => [
        `${municipality}/${data.sheetId}`,
        { municipality, id: data.sheetId },
      ]),
    );
    const rows: Row[] = [];
    for (const stream of touched.values()) {
      const state = (await this.store.read(sheet, stream, tx)).events.reduce(sheet.evolve, sheet.initial);
      if (state.status !== 'none') rows.push({ municipality: stream.municipality, state });
    }
    await tx.query(WRITE_SHEETS, [JSON.stringify(rows.map(sheetRow))]);
    await tx.query(WRITE_STEPS, [JSON.stringify(rows.flatMap(stepRows))]);
  }
}

const WRITE_SHEETS = `
  INSERT INTO sheets SELECT * FROM jsonb_populate_recordset(NULL::sheets, $1::jsonb)
  ON CONFLICT (municipality, sheet_id) DO UPDATE SET
    due_on = excluded.due_on, phase = excluded.phase, evaluator = excluded.evaluator, missing = excluded.missing`;

const WRITE_STEPS = `
  INSERT INTO evaluator_steps SELECT * FROM jsonb_populate_recordset(NULL::evaluator_steps, $1::jsonb)
  ON CONFLICT (municipality, sheet_id, step) DO UPDATE SET evaluator = excluded.evaluator, done = excluded.done`;

const sheetRow = ({ municipality, state }: Row): object => {
  const phase = phaseOf(state);
  const step = stepOf(phase);
  return {
    municipality,
    sheet_id: state.sheetId,
    staff_id: state.staffId,
    kind: state.kind,
    opened_on: state.openedOn,
    due_on: state.dueOn,
    phase,
    evaluator: step ? (state.steps[step]?.evaluator ?? null) : null,
    missing: state.status === 'open' ? INTERVIEWS.filter((interview) => awaits(state, interview)) : [],
  };
};

/** A step is done when the sheet has gone on from it, the interview that belongs to it included. */
const stepRows = ({ municipality, state }: Row): object[] => {
  const current = stepOf(phaseOf(state));
  return SHEET_STEPS.flatMap((step) => {
    const { evaluator } = state.steps[step] ?? {};
    if (evaluator === undefined) return [];
    return [{ municipality, sheet_id: state.sheetId, step, evaluator, done: step !== current }];
  });
};
