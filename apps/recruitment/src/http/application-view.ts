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
  @ApiProperty({ type: [String], description: '職員のID。評定者には自分だけを示す。' })
  assessors: readonly string[];
  @ApiProperty({ type: 'integer' }) sheetsSent: number;
  @ApiProperty({ type: [SheetView], description: '自分の評定を送っていない評定者には示さない。' })
  sheets: readonly SheetView[];
  @ApiPropertyOptional({ enum: ['passed', 'failed', 'absent'] }) outcome?: StageOutcome;
}

export class ApplicationView {
  @ApiProperty() applicationId: string;
  @ApiProperty() postingId: string;
  @ApiProperty({ type: 'integer', description: 'If-Match に指定する版' }) version: number;
  @ApiProperty({ enum: STATUSES }) status: Status;
  @ApiProperty({ type: String, nullable: true, description: '進行中の選考段階' }) stage: string | null;
  @ApiProperty() receivedOn: string;
  @ApiProperty({ description: '応募時に固定した選考の流れとその版' }) flowVersion: string;
  @ApiProperty() familyName: string;
  @ApiProperty() givenName: string;
  @ApiProperty() familyNameKana: string;
  @ApiProperty() givenNameKana: string;
  @ApiPropertyOptional({ description: '評定者には示さない。' }) birthDate?: string;
  @ApiPropertyOptional({ description: '評定者には示さない。' }) address?: string;
  @ApiPropertyOptional({ description: '評定者には示さない。' }) email?: string;
  @ApiPropertyOptional({ description: '評定者には示さない。' }) phone?: string;
  @ApiProperty({ type: [StageView] }) stages: readonly StageView[];
  @ApiPropertyOptional({ description: '内定への回答期限' }) offerDeadline?: string;
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
