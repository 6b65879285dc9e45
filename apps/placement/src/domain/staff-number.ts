import { Rejected, type Aggregate } from '#libs/event-store/decider';

/** Form of a staff number, on paper and in files. */
export const STAFF_NUMBER = /^[0-9A-Za-z-]{1,40}$/;

export type StaffNumberEvent = { type: 'StaffNumberReserved'; data: { staffId: string } };
export type StaffNumberCommand = { type: 'ReserveStaffNumber'; staffId: string };
type State = Readonly<{ staffId?: string }>;

/** One staff number (職員番号) belongs to one person for ever; stream `staff-number/<key>`, the key a keyed hash of it. */
export const staffNumber: Aggregate<State, StaffNumberCommand, StaffNumberEvent> = {
  category: 'staff-number',
  initial: {},
  decide: ({ staffId }, state) => {
    if (state.staffId === staffId) return [];
    if (state.staffId) throw new Rejected('staff-number.taken');
    return [{ type: 'StaffNumberReserved', data: { staffId } }];
  },
  evolve: (_, { data }) => ({ staffId: data.staffId }),
  events: { StaffNumberReserved: { version: 1 } },
};

export type NumberSecretEvent = { type: 'NumberSecretDrawn'; data: { secret: string } };
export type NumberSecretCommand = { type: 'DrawNumberSecret'; secret: string };
type SecretState = Readonly<{ secret?: string }>;

const SECRET_HOLDER = 'staff-number-secret';

/**
 * The city's secret for hashing staff numbers, drawn once; stream `number-secret/main`. It is sealed like personal data,
 * so that it follows the master key through rotations and is nowhere in the clear.
 */
export const numberSecret: Aggregate<SecretState, NumberSecretCommand, NumberSecretEvent> = {
  category: 'number-secret',
  initial: {},
  decide: ({ secret }, state) => (state.secret ? [] : [{ type: 'NumberSecretDrawn', data: { secret } }]),
  evolve: (_, { data }) => ({ secret: data.secret }),
  events: { NumberSecretDrawn: { version: 1, personal: ['secret'], person: () => SECRET_HOLDER } },
};
