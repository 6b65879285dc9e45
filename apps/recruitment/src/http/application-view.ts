import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ERASED } from '#libs/event-store/decider';
import type { Caller } from '#libs/platform/caller';
import {
  currentStage,
  STATUSES,
  type Application,
  type StageOutcome,
  type Status,
} from '../domain/application-state.js';
import { visibleSheets } from '../domain/selection.js';
import { SheetItemBody, SheetView } from './sheets.js';

export class StageView {
  @ApiProperty() stage: string;
  @ApiProperty() title: string;
  @ApiProperty({ type: [SheetItemBody] }) items: readonly SheetItemBody[];
  @ApiProperty({ type: [String], description: 'Staff ids; an assessor sees only their own.' })
  assessors: readonly string[];
  @ApiProperty({ type: 'integer' }) sheetsSent: number;
  @ApiProperty({ type: [SheetView], description: 'None for an assessor who has not sent their own.' })
  sheets: readonly SheetView[];
  @ApiPropertyOptional({ enum: ['passed', 'failed', 'absent'] }) outcome?: StageOutcome;
}

export class ApplicationView {
  @ApiProperty() applicationId: string;
  @ApiProperty() postingId: string;
  @ApiProperty({ type: 'integer', description: 'For If-Match.' }) version: number;
  @ApiProperty({ enum: STATUSES }) status: Status;
  @ApiProperty({ type: String, nullable: true, description: 'Stage being worked on.' }) stage: string | null;
  @ApiProperty() receivedOn: string;
  @ApiProperty({ description: 'Flow and its version, kept since the application.' }) flowVersion: string;
  @ApiProperty() familyName: string;
  @ApiProperty() givenName: string;
  @ApiProperty() familyNameKana: string;
  @ApiProperty() givenNameKana: string;
  @ApiPropertyOptional({ description: 'Not for assessors.' }) birthDate?: string;
  @ApiPropertyOptional({ description: 'Not for assessors.' }) address?: string;
  @ApiPropertyOptional({ description: 'Not for assessors.' }) email?: string;
  @ApiPropertyOptional({ description: 'Not for assessors.' }) phone?: string;
  @ApiProperty({ type: [StageView] }) stages: readonly StageView[];
  @ApiPropertyOptional({ description: 'Last day for the answer to the offer.' }) offerDeadline?: string;
  @ApiPropertyOptional() joinsOn?: string;
  @ApiProperty() erased: boolean;
}

/** Recruiting section and HR see the whole; an assessor the stages assigned to them; nobody else anything. */
export const viewFor = (
  application: Application,
  version: number,
  { roles, staffId }: Caller,
): ApplicationView | undefined => {
  const oversees = roles.includes('recruiter') || roles.includes('hr');
  const stages = application.flow.stages
    .filter(({ id }) => oversees || (staffId !== undefined && application.stages[id].assessors.includes(staffId)))
    .map(({ id, title, sheet }) => {
      const { assessors, sheets, outcome } = application.stages[id];
      return {
        stage: id,
        title,
        items: sheet,
        assessors: oversees ? assessors : assessors.filter((assessor) => assessor === staffId),
        sheetsSent: sheets.length,
        sheets: visibleSheets(application, id, { staffId, oversees }).map(openedSheet),
        ...((oversees || outcome) && { outcome }),
      };
    });
  if (!oversees && stages.length === 0) return undefined;
  return { ...head(application, version), ...(oversees && privateParts(application)), stages };
};

const openedSheet = ({ assessor, scores, comment }: SheetView): SheetView => ({
  assessor,
  // After the applicant's erasure the sealed field reads as one word.
  scores: (scores as unknown) === ERASED ? [] : scores,
  ...(comment && { comment }),
});

const head = (application: Application, version: number) => {
  const {
    applicationId,
    postingId,
    status,
    receivedOn,
    flow,
    familyName,
    givenName,
    familyNameKana,
    givenNameKana,
    erased,
  } = application;
  return {
    applicationId,
    postingId,
    version,
    status,
    stage: currentStage(application)?.id ?? null,
    receivedOn,
    flowVersion: `${flow.id}/${flow.version}`,
    familyName,
    givenName,
    familyNameKana,
    givenNameKana,
    erased,
  };
};

const privateParts = ({ birthDate, address, email, phone, deadline, hire }: Application) => ({
  birthDate,
  address,
  email,
  phone,
  offerDeadline: deadline,
  joinsOn: hire?.joinsOn,
});
