import type { StoredEvent } from '#libs/event-store/event-store';
import { publishes } from './publishes.js';

const published = (type: string, data: object): object => publishes[type].data({ type, data } as StoredEvent);
const staffId = 'staff-1';

describe('what wellbeing publishes of leave', () => {
  it('hides a confidential kind, the lots it came from and the hours', () =>
    expect(
      published('LeaveTaken', {
        staffId,
        requestId: 'r1',
        entries: [
          {
            entryId: 'r1/2026-11-30',
            kind: 'fertility',
            publicKind: 'other',
            on: '2026-11-30',
            from: 510,
            to: 1035,
            minutes: 465,
            dayMinutes: 465,
            uses: [],
          },
        ],
      }),
    ).toEqual({
      staffId,
      entries: [{ entryId: 'r1/2026-11-30', kind: 'other', on: '2026-11-30', minutes: 465, dayMinutes: 465 }],
    }));

  it('tells a grant from what was carried over, and not why HR gave it', () => {
    const grant = {
      staffId,
      lotId: 'lot-1',
      leaveYear: '2026-01-01',
      grantedOn: '2026-01-01',
      usableThrough: '2026-12-31',
      minutes: 930,
      dayMinutes: 465,
    };
    const stored = { ...grant, kind: 'annual', publicKind: 'annual', reason: '個別の事情', policy: {} };
    expect(published('LeaveGranted', { ...stored, origin: 'hand' })).toEqual({
      ...grant,
      kind: 'annual',
      carriedOver: false,
    });
    expect(published('LeaveGranted', { ...stored, origin: 'carry-over' })).toMatchObject({ carriedOver: true });
  });

  it('says that leave was taken back, not because of what', () =>
    expect(
      published('LeaveCancelled', { staffId, requestId: 'r1', entryIds: ['e1'], because: '出勤', actionId: 'a1' }),
    ).toEqual({ staffId, entryIds: ['e1'] }));

  it('keeps requests and decisions to itself', () => expect(Object.keys(publishes)).not.toContain('LeaveRequested'));
});
