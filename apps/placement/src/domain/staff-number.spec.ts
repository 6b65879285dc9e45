import { deciderSpec } from '#libs/testing/decider-spec';
import { numberSecret, staffNumber } from './staff-number.js';

describe('staff number', () => {
  const { given } = deciderSpec(staffNumber);
  const reserved = { type: 'StaffNumberReserved', data: { staffId: 's-1' } } as const;

  it('is reserved for one person', () => given().when({ type: 'ReserveStaffNumber', staffId: 's-1' }).then(reserved));
  it('stays so when asked again', () => given(reserved).when({ type: 'ReserveStaffNumber', staffId: 's-1' }).then());
  it('is refused to another', () =>
    given(reserved).when({ type: 'ReserveStaffNumber', staffId: 's-2' }).rejects('staff-number.taken'));
});

describe('secret of the staff numbers', () => {
  const { given } = deciderSpec(numberSecret);
  const drawn = { type: 'NumberSecretDrawn', data: { secret: 'one' } } as const;

  it('is drawn once', () => given().when({ type: 'DrawNumberSecret', secret: 'one' }).then(drawn));
  it('and kept', () => given(drawn).when({ type: 'DrawNumberSecret', secret: 'two' }).then());
});
