import { Rejected } from '#libs/event-store/decider';
import {
  currentStage,
  type Application,
  type ApplicationEvent,
  type Score,
  type Sheet,
  type StageOutcome,
} from './application-state.js';
import { checkScores, type Stage } from './selection-flow.js';

export type SelectionCommand =
  /** `inPost`: those of the assessors who are in service today and neither on leave nor seconded away. */
  | { type: 'AssignAssessors'; stage: string; assessors: readonly string[]; inPost: readonly string[]; by?: string }
  | { type: 'DeclareRelative'; assessor: string }
  | { type: 'SendSheet'; stage: string; assessor: string; scores: readonly Score[]; comment?: string }
  | { type: 'DecideStage'; stage: string; outcome: StageOutcome; by?: string };

/** Stages, assessors and their sheets (R5): the part of `decide` that runs until the selection is over. */
export const decideSelection = (command: SelectionCommand, state: Application): ApplicationEvent[] => {
  const { applicationId, postingId } = state;
  switch (command.type) {
    case 'AssignAssessors': {
      const { stage, assessors } = command;
      checkAssessors(command, openStage(stage, state), state);
      return [{ type: 'AssessorsAssigned', data: { applicationId, postingId, stage, assessors } }];
    }
    case 'DeclareRelative':
      if (state.relatives.includes(command.assessor)) return [];
      return [{ type: 'RelativeDeclared', data: { applicationId, postingId, assessor: command.assessor } }];
    case 'SendSheet': {
      const { stage, assessor, scores, comment } = command;
      checkMayScore(stage, assessor, state);
      checkScores(openStage(stage, state).sheet, scores);
      return [
        { type: 'SheetSent', data: { applicationId, postingId, stage, assessor, scores, ...(comment && { comment }) } },
      ];
    }
    case 'DecideStage': {
      const { stage, outcome } = command;
      const { assessors } = openStage(stage, state);
      // Nobody scores an applicant who did not come.
      if (outcome !== 'absent') checkComplete(stage, assessors, state);
      return [{ type: 'StageDecided', data: { applicationId, postingId, stage, outcome } }];
    }
  }
};

/** Stages run in the order of the flow: only the current one can be worked on. */
const openStage = (id: string, state: Application): Stage => {
  if (!state.flow.stages.some((stage) => stage.id === id)) throw new Rejected('stage.unknown', { stage: id });
  const current = currentStage(state);
  if (!current) throw new Rejected('application.not-in-selection', { status: state.status });
  if (current.id !== id) throw new Rejected('stage.not-current', { stage: id, current: current.id });
  return current;
};

type Assign = Extract<SelectionCommand, { type: 'AssignAssessors' }>;

const checkAssessors = ({ assessors, inPost }: Assign, stage: Stage, state: Application): void => {
  if (new Set(assessors).size < assessors.length) throw new Rejected('assessor.twice');
  if (assessors.length < stage.assessors) throw new Rejected('stage.too-few-assessors', { needed: stage.assessors });
  for (const assessor of assessors) {
    if (assessor === state.staffId) throw new Rejected('assessor.is-applicant', { assessor });
    if (state.relatives.includes(assessor)) throw new Rejected('assessor.is-relative', { assessor });
    if (!inPost.includes(assessor)) throw new Rejected('assessor.not-in-post', { assessor });
  }
  const dropped = state.stages[stage.id].sheets.find((sheet) => !assessors.includes(sheet.assessor));
  if (dropped) throw new Rejected('assessor.already-sent', { assessor: dropped.assessor });
};

const checkMayScore = (id: string, assessor: string, state: Application): void => {
  if (state.relatives.includes(assessor)) throw new Rejected('assessor.is-relative', { assessor });
  const stage = state.stages[id];
  if (!stage?.assessors.includes(assessor)) throw new Rejected('assessor.not-assigned', { stage: id });
  if (stage.sheets.some((sheet) => sheet.assessor === assessor))
    throw new Rejected('sheet.already-sent', { stage: id });
};

const checkComplete = (id: string, needed: number, state: Application): void => {
  const { assessors, sheets } = state.stages[id];
  if (assessors.length < needed) throw new Rejected('stage.too-few-assessors', { needed });
  const missing = assessors.length - sheets.length;
  if (missing > 0) throw new Rejected('stage.sheets-missing', { stage: id, missing });
};

/** Who looks at the sheets: `oversees` for the recruiting section, `staffId` when the account belongs to staff. */
export type Viewer = Readonly<{ staffId?: string; oversees: boolean }>;

/**
 * Sheets of a stage the viewer may see. Whoever is assigned to the stage sees nobody else's before sending their own,
 * also when they oversee the selection; related staff and the applicant see none.
 */
export const visibleSheets = (
  application: Application,
  stage: string,
  { staffId, oversees }: Viewer,
): readonly Sheet[] => {
  const { assessors, sheets } = application.stages[stage];
  if (staffId && (application.relatives.includes(staffId) || application.staffId === staffId)) return [];
  const assigned = staffId !== undefined && assessors.includes(staffId);
  if (assigned) return sheets.some(({ assessor }) => assessor === staffId) ? sheets : [];
  return oversees ? sheets : [];
};
