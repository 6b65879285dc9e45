import { Rejected, type Aggregate } from '#libs/event-store/decider';
import type { LocalDate } from '#libs/law/local-date';

/** Who stands in: somebody hired for it through an application, or a member of staff. */
export type Substitute = Readonly<{ applicationId: string } | { staffId: string }>;

/** First and last day, both inclusive. */
type Period = Readonly<{ from: LocalDate; through: LocalDate }>;

export type SubstituteRequestEvent =
  | { type: 'SubstituteRequested'; data: Period & { requestId: string; absentStaffId: string; unitId: string } }
  | { type: 'SubstituteRequestMoved'; data: { requestId: string; through: LocalDate } }
  | { type: 'SubstituteRequestFilled'; data: Period & { requestId: string; substitute: Substitute } }
  | { type: 'SubstituteRequestClosed'; data: { requestId: string; because: 'leave-cancelled' | 'leave-ended' } };

export type SubstituteRequestCommand =
  | (Period & { type: 'RequestSubstitute'; requestId: string; absentStaffId: string; unitId: string })
  /** The leave's last day is another one. */
  | { type: 'MoveSubstituteRequest'; through: LocalDate }
  | (Period & {
      type: 'FillSubstituteRequest';
      substitute: Substitute;
      /** Hired to join by the first day, or at work (not on leave, not seconded) on the first and the last. */
      available: boolean;
    })
  | { type: 'CloseSubstituteRequest'; because: 'leave-cancelled' | 'leave-ended' };

export type SubstituteRequestState =
  | Readonly<{ status: 'none' }>
  | (Period &
      Readonly<{
        status: 'open' | 'filled' | 'closed';
        requestId: string;
        absentStaffId: string;
        unitId: string;
        filled?: Period & Readonly<{ substitute: Substitute }>;
      }>);

const decide = (command: SubstituteRequestCommand, state: SubstituteRequestState): SubstituteRequestEvent[] => {
  if (command.type === 'RequestSubstitute') {
    const { type: _, ...data } = command;
    return state.status === 'none' ? [{ type: 'SubstituteRequested', data }] : [];
  }
  if (command.type === 'FillSubstituteRequest') return fill(command, state);
  // A leave of former years was never asked a substitute for: what becomes of it concerns nobody here.
  if (state.status === 'none' || state.status === 'closed') return [];
  const { requestId } = state;
  if (command.type === 'MoveSubstituteRequest') {
    if (command.through === state.through) return [];
    return [{ type: 'SubstituteRequestMoved', data: { requestId, through: command.through } }];
  }
  const over = state.status === 'filled' && command.because === 'leave-ended';
  return over ? [] : [{ type: 'SubstituteRequestClosed', data: { requestId, because: command.because } }];
};

/** 地方公務員育児休業法6条: the term of a substitute lies within the leave. */
const fill = (
  command: Extract<SubstituteRequestCommand, { type: 'FillSubstituteRequest' }>,
  state: SubstituteRequestState,
): SubstituteRequestEvent[] => {
  const { from, through, substitute, available } = command;
  if (state.status === 'none') throw new Rejected('substitute-request.not-found');
  if (state.status !== 'open') throw new Rejected('substitute-request.not-open', { status: state.status });
  if (through < from) throw new Rejected('substitute-request.ends-before-it-begins');
  if (from < state.from || through > state.through)
    throw new Rejected('substitute-request.outside-leave', { from: state.from, through: state.through });
  if ('staffId' in substitute && substitute.staffId === state.absentStaffId)
    throw new Rejected('substitute-request.absent-person');
  if (!available) throw new Rejected('substitute-request.not-available');
  return [{ type: 'SubstituteRequestFilled', data: { requestId: state.requestId, substitute, from, through } }];
};

const evolve = (state: SubstituteRequestState, event: SubstituteRequestEvent): SubstituteRequestState => {
  if (event.type === 'SubstituteRequested') return { ...event.data, status: 'open' };
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'SubstituteRequestMoved': {
      const { through } = event.data;
      // Days added behind the substitute's last one are without anybody again.
      const uncovered = through > state.through && state.filled !== undefined && state.filled.through < through;
      return { ...state, through, status: uncovered ? 'open' : state.status };
    }
    case 'SubstituteRequestFilled': {
      const { substitute, from, through } = event.data;
      return { ...state, status: 'filled', filled: { substitute, from, through } };
    }
    case 'SubstituteRequestClosed':
      return { ...state, status: 'closed' };
  }
};

/** The search for a substitute (育休代替) during one leave, stream `substitute-request/<periodId of the leave>`. */
export const substituteRequest: Aggregate<SubstituteRequestState, SubstituteRequestCommand, SubstituteRequestEvent> = {
  category: 'substitute-request',
  initial: { status: 'none' },
  decide,
  evolve,
  events: {
    SubstituteRequested: { version: 1, effectiveOn: ({ from }) => from },
    SubstituteRequestMoved: { version: 1, effectiveOn: ({ through }) => through },
    SubstituteRequestFilled: { version: 1, effectiveOn: ({ from }) => from },
    SubstituteRequestClosed: { version: 1 },
  },
};
