import { fromCloudEvent, MalformedRecord, toCloudEvent } from './cloud-event.js';
import { lampContract, switched } from './messaging.fixture.js';

const contract = lampContract();
const event = switched('a', 2, { effectiveOn: '2026-04-01', traceparent: '00-1-2-01' });

describe('CloudEvents', () => {
  it('are read back as they were written', () => {
    expect(fromCloudEvent(toCloudEvent(contract, event))).toEqual(event);
    expect(fromCloudEvent(toCloudEvent(contract, switched('a', 1)))).toEqual(switched('a', 1));
  });

  it('leave out what the event does not have', () => {
    const { headers } = toCloudEvent(contract, switched('a', 1));
    expect(headers).not.toHaveProperty('ce_effectiveon');
    expect(headers).not.toHaveProperty('traceparent');
  });

  it.each([
    ['ce_type', 'other.Thing.v1'],
    ['ce_type', undefined],
    ['ce_id', undefined],
    ['ce_subject', ''],
    ['ce_subject', 'lamp-142034/a'],
    ['ce_municipality', '142034'],
    ['ce_streamversion', '-1'],
    ['ce_previousversion', 'one'],
  ])('with %s %s are malformed', (name, value) => {
    const record = toCloudEvent(contract, event);
    const headers = { ...record.headers, [name]: value } as Record<string, string>;
    expect(() => fromCloudEvent({ ...record, headers })).toThrow(MalformedRecord);
  });

  it('whose value is not JSON are malformed', () => {
    expect(() => fromCloudEvent({ ...toCloudEvent(contract, event), value: '{' })).toThrow(MalformedRecord);
  });
});
