import { jest } from '@jest/globals';
import { eventually } from '#libs/testing/eventually';
import { becomes, HALF_HOLIDAY, NEWCOMER, TinyCity } from './whole-way.fixture.js';

jest.setTimeout(180_000);

/** A Tuesday. */
const TODAY = '2031-11-18';

/** The shuji's leave: a year that is closed, and two days in the running one. */
const LEDGER = [
  '職員番号,区分,休暇種別,日付,開始,終了,分,使用期限',
  '100005,付与,年次有給休暇,2030-01-01,,,9300,2031-12-31',
  '100005,取得,年次有給休暇,2030-06-03,,,465,',
  '100005,付与,年次有給休暇,2031-01-01,,,930,2032-12-31',
];
/** The shusa's child, for whom she has been on leave twice. */
const CHILDCARE = [
  '職員番号,区分,子の出生日,開始日,終了日',
  '100003,出産,2030-01-10,2030-04-01,2030-09-30',
  '100003,出産,2030-01-10,2030-11-01,2031-03-31',
];

describe('what nobody may do is refused by its name, and nothing is written', () => {
  let city: TinyCity;

  beforeAll(async () => {
    city = await TinyCity.start(TODAY);
    const { shusa, shuji } = city.staff;
    await city.load('wellbeing', 'leave-ledger', LEDGER);
    await city.load('wellbeing', 'childcare', CHILDCARE);
    await becomes(() => city.get('shuji', 'wellbeing', `/leave/${shuji}`), { available: 930 });
    await becomes(() => city.get('shusa', 'wellbeing', `/childcare/${shusa}`), { cases: [{}] });
  });

  afterAll(() => city?.stop());

  describe('leave', () => {
    it('beyond the balance', async () => {
      const ask = { kind: 'annual', from: '2031-11-25', through: '2031-11-27', unit: 'day' };
      expect(await city.refused('shuji', 'wellbeing', requests('shuji'), ask)).toBe('409 leave.beyond-balance');
    });

    it('over a weekend only', async () => {
      const ask = { kind: 'annual', from: '2031-11-22', through: '2031-11-23', unit: 'day' };
      expect(await city.refused('shuji', 'wellbeing', requests('shuji'), ask)).toBe('409 leave.no-working-time');
    });

    it('that overlaps another by one minute', async () => {
      const hours = { kind: 'annual', from: '2031-11-26', unit: 'hour' };
      await city.post('shuji', 'wellbeing', requests('shuji'), { ...hours, start: '09:00', end: '11:00' });
      const ask = { ...hours, start: '10:59', end: '11:59' };
      expect(await city.refused('shuji', 'wellbeing', requests('shuji'), ask)).toBe('409 leave.overlaps');
      await city.post('shuji', 'wellbeing', requests('shuji'), { ...hours, start: '11:00', end: '12:00' });
    });

    it('for the half of a day that is off anyway', async () => {
      const ask = { kind: 'annual', from: HALF_HOLIDAY, unit: 'half-day', half: 'afternoon' };
      expect(await city.refused('shuji', 'wellbeing', requests('shuji'), ask)).toBe('409 leave.half-day-off');
    });

    it('after the separation', async () => {
      await city.post('hr', 'wellbeing', `/leave/${city.staff.shunin}/years`, { on: TODAY });
      const resignation = { kind: 'separate', effectiveOn: '2031-11-28', reason: 'resignation' };
      await city.post('hr', 'placement', `/staff/${city.staff.shunin}/personnel-actions`, resignation);
      const ask = { kind: 'annual', from: '2031-12-01', unit: 'day' };
      const preview = () => city.refused('shunin', 'wellbeing', `${requests('shunin')}/preview`, ask);
      await eventually(async () => (await preview()) === '409 leave.after-separation');
      expect(await city.refused('shunin', 'wellbeing', requests('shunin'), ask)).toBe('409 leave.after-separation');
    });

    it('before the grant', async () => {
      const staffId = await appoint('2031-12-01', '1110');
      city.register('newcomer', staffId);
      const account = `/leave/${staffId}`;
      await becomes(() => city.get('newcomer', 'wellbeing', account), { lots: [{ grantedOn: '2031-12-01' }] });
      const ask = { kind: 'annual', from: '2031-11-27', unit: 'day' };
      expect(await city.refused('newcomer', 'wellbeing', `${account}/requests`, ask)).toBe('409 leave.before-grant');
    });

    it('approved twice', async () => {
      const ask = { kind: 'annual', from: '2031-12-03', unit: 'half-day', half: 'morning' };
      const { id } = await city.post('shuji', 'wellbeing', requests('shuji'), ask);
      const approval = `${requests('shuji')}/${id}/approval`;
      await city.post('kacho', 'wellbeing', approval);
      expect(await city.refused('kacho', 'wellbeing', approval)).toBe('409 leave.not-pending');
    });

    it('approved by oneself', async () => {
      await city.post('hr', 'wellbeing', `/leave/${city.staff.kacho}/years`, { on: TODAY });
      const ask = { kind: 'annual', from: '2031-12-03', unit: 'day' };
      const { id } = await city.post('kacho', 'wellbeing', requests('kacho'), ask);
      const approval = `${requests('kacho')}/${id}/approval`;
      expect(await city.refused('kacho', 'wellbeing', approval)).toBe('409 leave.own-request');
    });

    it('cancelled after its year was closed', async () => {
      const account = `/leave/${city.staff.shuji}?on=2030-06-03`;
      const { status, entries } = await city.get<{ status: string; entries: { requestId: string }[] }>(
        'shuji',
        'wellbeing',
        account,
      );
      expect(status).toBe('closed');
      const cancellation = `${requests('shuji')}/${entries[0].requestId}/cancellation`;
      const because = { because: '誤入力' };
      expect(await city.refused('hr', 'wellbeing', cancellation, because)).toBe('409 leave.period-closed');
    });
  });

  describe('training', () => {
    it('completed without having been assigned is kept, and counted apart', async () => {
      const completion = { course: 'digital-general', completedOn: TODAY };
      await city.post('training-officer', 'training', `/staff/${city.staff.shuji}/completions`, completion);
      const record = await city.get('shuji', 'training', `/staff/${city.staff.shuji}/record`);
      expect(record).toMatchObject({ assignments: [], completions: [{ course: 'digital-general', minutes: 180 }] });
      await city.knownThrough();
      const asked = (metric: string) => city.figures('training-coverage', metric, 2031, TODAY);
      expect(await asked('train.unassigned')).toMatchObject([{ numerator: 1, denominator: 1, value: 100 }]);
      expect(await asked('train.rate')).toMatchObject([{ numerator: 0, denominator: 0, value: null }]);
    });

    it('attended by more than there were seats', async () => {
      const session = { course: 'harassment', heldOn: TODAY, capacity: 1 };
      const { id } = await city.post('training-officer', 'training', '/sessions', session);
      const entries = [city.staff.shuji, city.staff.shusa].map((staffId) => ({ staffId, attended: true }));
      const attendance = `/sessions/${id}/attendance`;
      const refused = city.refused('training-officer', 'training', attendance, { entries });
      expect(await refused).toBe('409 session.above-capacity');
      await city.post('training-officer', 'training', attendance, { entries: entries.slice(1) });
    });
  });

  it('an evaluation by somebody who has left before the step', async () => {
    const staffId = await appoint(TODAY, '1100');
    city.register('probationer', staffId);
    type Sheets = { items: { sheetId: string }[] };
    const read = () => city.get<Sheets>('probationer', 'evaluation', '/own-sheets');
    const { items } = await becomes(read, { items: [{ phase: 'goals', evaluator: city.staff.bucho }] });
    const resignation = { kind: 'separate', effectiveOn: '2031-11-17', reason: 'resignation' };
    await city.post('hr', 'placement', `/staff/${city.staff.bucho}/personnel-actions`, resignation);
    const agreement = `/sheets/${items[0].sheetId}/goals/agreement`;
    const agrees = (who: string) => city.refused(who, 'evaluation', agreement);
    await eventually(async () => (await agrees('bucho')) === '409 sheet.evaluator-left');
    // HR names another one, who then acts.
    const replacement = { evaluator: city.staff.kacho, reason: '部長の退職' };
    await city.post('hr', 'evaluation', `/sheets/${items[0].sheetId}/evaluator`, replacement);
    expect(await agrees('kacho')).toBe('409 goals.missing');
  });

  describe('childcare', () => {
    it('for a child born tomorrow', async () => {
      const notice = { parenthood: 'partner-gave-birth', bornOn: '2031-11-19' };
      const births = `/childcare/${city.staff.kacho}/births`;
      expect(await city.refused('kacho', 'wellbeing', births, notice)).toBe('409 childcare.born-in-future');
    });

    it('leave a third time', async () => {
      const own = `/childcare/${city.staff.shusa}`;
      const { cases } = await city.get<{ cases: { caseId: string }[] }>('shusa', 'wellbeing', own);
      const third = { from: '2032-01-05', through: '2032-03-31' };
      const leaves = `${own}/births/${cases[0].caseId}/leaves`;
      expect(await city.refused('shusa', 'wellbeing', leaves, third)).toBe('409 childcare.times-exceeded');
    });
  });

  const requests = (who: keyof TinyCity['staff']) => `/leave/${city.staff[who]}/requests`;

  const appoint = async (effectiveOn: string, unitId: string): Promise<string> => {
    const terms = { grade: '2', jobCategory: 'general', route: 'experienced', weeklyMinutes: 2325 };
    const post = { unitId, position: 'shuji' };
    const appointment = { kind: 'appoint-on-probation', effectiveOn, post, ...terms };
    return (await city.post('hr', 'placement', '/staff', { ...NEWCOMER, appointment })).id;
  };
});
