import { checkGolden } from '#libs/event-store/golden';
import { deciderSpec } from '#libs/testing/decider-spec';
import { substituteRequest, type SubstituteRequestCommand, type SubstituteRequestEvent } from './substitute-request.js';

const { given } = deciderSpec(substituteRequest);

const requestId = 'period-1';
const data = { requestId, absentStaffId: 'staff-1', unitId: '1010', from: '2027-01-01', through: '2027-06-30' };
const requested: SubstituteRequestEvent = { type: 'SubstituteRequested', data };
const moved = (through: string): SubstituteRequestEvent => ({
  type: 'SubstituteRequestMoved',
  data: { requestId, through },
});
const term = { substitute: { staffId: 'staff-2' }, from: '2027-01-01', through: '2027-06-30' };
const filled: SubstituteRequestEvent = { type: 'SubstituteRequestFilled', data: { requestId, ...term } };
const closed = (because: 'leave-cancelled' | 'leave-ended'): SubstituteRequestEvent => ({
  type: 'SubstituteRequestClosed',
  data: { requestId, because },
});

const ask: SubstituteRequestCommand = { type: 'RequestSubstitute', ...data };
const move = (through: string): SubstituteRequestCommand => ({ type: 'MoveSubstituteRequest', through });
const fill = (over: object = {}) =>
  ({ type: 'FillSubstituteRequest', ...term, available: true, ...over }) as SubstituteRequestCommand;
const close = (because: 'leave-cancelled' | 'leave-ended'): SubstituteRequestCommand => ({
  type: 'CloseSubstituteRequest',
  because,
});

describe('a substitute', () => {
  it('is asked for once', () => {
    given().when(ask).then(requested);
    given(requested).when(ask).then();
  });

  it('fills the request, hired for it or from among the staff', () => {
    given(requested).when(fill()).then(filled);
    const substitute = { applicationId: 'application-1' };
    given(requested)
      .when(fill({ substitute }))
      .then({ type: 'SubstituteRequestFilled', data: { requestId, ...term, substitute } });
  });

  it('stands in within the leave', () => {
    given(requested)
      .when(fill({ from: '2026-12-31' }))
      .rejects('substitute-request.outside-leave');
    given(requested)
      .when(fill({ through: '2027-07-01' }))
      .rejects('substitute-request.outside-leave');
    given(requested)
      .when(fill({ through: '2026-12-31' }))
      .rejects('substitute-request.ends-before-it-begins');
  });

  it('is somebody else, and there', () => {
    given(requested)
      .when(fill({ substitute: { staffId: 'staff-1' } }))
      .rejects('substitute-request.absent-person');
    given(requested)
      .when(fill({ available: false }))
      .rejects('substitute-request.not-available');
  });

  it('is found once', () => {
    given(requested, filled).when(fill()).rejects('substitute-request.not-open');
    given(requested, closed('leave-ended')).when(fill()).rejects('substitute-request.not-open');
    given().when(fill()).rejects('substitute-request.not-found');
  });
});

describe('the leave', () => {
  it('moves its last day, and the request with it', () => {
    given(requested).when(move('2027-08-31')).then(moved('2027-08-31'));
    given(requested).when(move('2027-06-30')).then();
    given(requested, moved('2027-08-31'))
      .when(fill({ through: '2027-08-31' }))
      .then({ type: 'SubstituteRequestFilled', data: { requestId, ...term, through: '2027-08-31' } });
  });

  it('moved beyond the substitute’s last day asks anew', () => {
    const second = fill({ from: '2027-07-01', through: '2027-08-31' });
    given(requested, filled, moved('2027-08-31'))
      .when(second)
      .then({
        type: 'SubstituteRequestFilled',
        data: { requestId, ...term, from: '2027-07-01', through: '2027-08-31' },
      });
    given(requested, filled, moved('2027-05-31')).when(second).rejects('substitute-request.not-open');
    const partly: SubstituteRequestEvent = {
      type: 'SubstituteRequestFilled',
      data: { requestId, ...term, through: '2027-03-31' },
    };
    given(requested, partly, moved('2027-05-31')).when(second).rejects('substitute-request.not-open');
  });

  it('cancelled closes the request, found or not', () => {
    given(requested).when(close('leave-cancelled')).then(closed('leave-cancelled'));
    given(requested, filled).when(close('leave-cancelled')).then(closed('leave-cancelled'));
  });

  it('ended closes what was never filled', () => {
    given(requested).when(close('leave-ended')).then(closed('leave-ended'));
    given(requested, filled).when(close('leave-ended')).then();
    given(requested, closed('leave-ended')).when(close('leave-ended')).then();
  });

  it('of former years asks for nobody', () => {
    given().when(move('2027-08-31')).then();
    given().when(close('leave-ended')).then();
  });
});

it('stored events stay readable', () =>
  expect(
    checkGolden(substituteRequest, new URL('./substitute-request.golden/', import.meta.url), [
      requested,
      moved('2027-08-31'),
      filled,
      closed('leave-ended'),
    ]),
  ).toEqual([]));
