/** Public events of placement, as its relay writes them: careers of invented staff, ten events each. */
import type { PersonnelAction, PlacementEvent } from '#libs/contracts/placement';
import { placementContract } from '#libs/contracts/placement';
import type { Delivered } from '#libs/contracts/public-event';
import { sliceOf } from '#libs/event-store/stored-row';
import { addDays, addMonths } from '#libs/law/local-date';
import { toCloudEvent } from '#libs/messaging/cloud-event';
import type { KafkaRecord } from '#libs/messaging/kafka-port';
import { v7 as uuidv7 } from 'uuid';
import { CITY } from './samples.js';

export const CAREER_LENGTH = 10;
const TRANSFERS = CAREER_LENGTH - 3;
const UNITS = 40;

const FIRST_POST = {
  grade: '1',
  jobCategory: 'general',
  route: 'new-graduate',
  weeklyMinutes: 2325,
} as const;

/** What happened to one person, oldest first. */
export const careerOf = (number: number): PlacementEvent[] => {
  const staffId = `0197a0c2-7d1e-7c11-9a35-${String(number).padStart(12, '0')}`;
  const employmentId = `${staffId}-e1`;
  const hiredOn = `${2005 + (number % 15)}-04-01`;
  const post = (turn: number) => ({ unitId: `ka-${(number + turn * 7) % UNITS}`, position: 'shuji' });
  const action = (turn: number, parts: Omit<PersonnelAction, 'actionId' | 'employmentId'>): PlacementEvent => ({
    type: 'PersonnelActionTaken',
    data: { staffId, action: { actionId: `${staffId}-a${turn}`, employmentId, ...parts } },
  });
  const formalOn = addMonths(hiredOn, 6);
  return [
    { type: 'StaffRegistered', data: { staffId, sex: number % 2 ? '1' : '2', birthCohort: 1965 + (number % 40) } },
    action(0, {
      ...{ kind: 'appoint-on-probation', effectiveOn: hiredOn, until: addDays(formalOn, -1), post: post(0) },
      ...FIRST_POST,
    }),
    action(1, { kind: 'appoint-formally', effectiveOn: formalOn }),
    ...Array.from({ length: TRANSFERS }, (_, turn) =>
      action(turn + 2, { kind: 'transfer', effectiveOn: addMonths(hiredOn, 12 * (turn + 1)), post: post(turn + 1) }),
    ),
  ];
};

/** The records of as many careers, in the order in which a city's years write them: everybody's first events first. */
export const careerRecords = (staff: number, partitions: number): KafkaRecord[] => {
  const careers = Array.from({ length: staff }, (_, number) => careerOf(number));
  const records: KafkaRecord[] = [];
  for (let version = 1; version <= CAREER_LENGTH; version++) {
    for (const career of careers) {
      const event = delivered(career[version - 1], version, records.length);
      const partition = sliceOf(event.stream) % partitions;
      records.push({ ...toCloudEvent(placementContract, event), partition });
    }
  }
  return records;
};

const FIRST_RECORDED = Date.parse('2026-01-01T00:00:00Z');

const delivered = (event: PlacementEvent, version: number, index: number): Delivered => {
  const { staffId } = event.data as { staffId: string };
  return {
    ...event,
    id: uuidv7(),
    municipality: CITY,
    stream: `staff-${CITY}/${staffId}`,
    streamVersion: version,
    previousVersion: version - 1,
    schemaVersion: 1,
    recordedAt: `${new Date(FIRST_RECORDED + index).toISOString().slice(0, -1)}000Z`,
    correlationId: 'bench',
    ...(event.type === 'PersonnelActionTaken' && { effectiveOn: event.data.action.effectiveOn }),
  };
};
