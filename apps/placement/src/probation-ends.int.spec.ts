import { FollowerRunner } from '#libs/event-store/follower-runner';
import { eventually } from '#libs/testing/eventually';
import { APPOINTMENT, Placement } from './placement.fixture.js';

const placement = new Placement('probation_ends');
const { post, register, loadCity } = placement;

beforeAll(async () => {
  await placement.start();
  await loadCity();
});

afterAll(() => placement.stop());

describe('the end of probation', () => {
  const announced = async (staffId: string): Promise<object[]> =>
    (
      await placement.sql.query<{ data: object }>(
        `SELECT data FROM events WHERE type = 'ProbationEndAnnounced' AND data->>'staffId' = $1`,
        [staffId],
      )
    ).rows.map(({ data }) => data);
  const firstAnnounced = async (staffId: string) => (await announced(staffId))[0];
  const due = async (): Promise<number> =>
    Number((await placement.sql.query(`SELECT count(*) FROM timers WHERE state = 'waiting'`)).rows[0].count);

  it('is announced 30 days before, to where it was extended, and not after the formal appointment', async () => {
    const [plain, extended, formal] = [
      await register({ appointment: APPOINTMENT }),
      await register({ appointment: APPOINTMENT }),
      await register({ appointment: APPOINTMENT }),
    ];
    const act = (staffId: string, body: object) => post(`staff/${staffId}/personnel-actions`, body);
    await act(extended, { kind: 'extend-probation', effectiveOn: '2026-09-15', until: '2026-12-31' });
    const last = await act(formal, { kind: 'appoint-formally', effectiveOn: '2026-10-01' });
    expect(await placement.app.get(FollowerRunner).waitFor('probation-ends', Number(last.body.position), 10_000)).toBe(
      true,
    );
    expect(await due()).toBeGreaterThan(0);
    placement.clock.at = '2026-08-31T00:00:00Z';
    expect(await eventually(() => firstAnnounced(plain))).toMatchObject({ staffId: plain, endsOn: '2026-09-30' });
    expect(await announced(extended)).toEqual([]);
    placement.clock.at = '2026-12-02T00:00:00Z';
    expect(await eventually(() => firstAnnounced(extended))).toMatchObject({ endsOn: '2026-12-31' });
    expect(await announced(formal)).toEqual([]);
  });
});
