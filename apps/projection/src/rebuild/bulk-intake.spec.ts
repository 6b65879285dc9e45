import { placementContract } from '#libs/contracts/placement';
import { topicOf, type Delivered } from '#libs/contracts/public-event';
import { toCloudEvent } from '#libs/messaging/cloud-event';
import type { FetchedRecord } from '#libs/messaging/kafka-port';
import { BulkIntake, type Start } from './bulk-intake.js';

const TOPIC = topicOf('placement');
const stream = 'staff-142140/s1';

const event = (version: number, previous = version - 1): Delivered => ({
  ...{ id: `e${version}`, municipality: '142140', stream, streamVersion: version, previousVersion: previous },
  ...{ type: 'PersonnelActionVoided', schemaVersion: 1, recordedAt: '2026-04-01T00:00:00.000000Z' },
  ...{ correlationId: 'c', data: { staffId: 's1', actionId: 'a1' } },
});

const recordsOf = (events: readonly Delivered[]): FetchedRecord[] =>
  events.map((one, offset) => ({ offset, ...toCloudEvent(placementContract, one) }));

const taken = async (
  records: readonly FetchedRecord[],
  start: Partial<Start> = {},
  missing: readonly Delivered[] = [],
  pageSize = 500,
): Promise<string[]> => {
  const ids: string[] = [];
  const intake = new BulkIntake(
    [placementContract],
    { offsets: [], parked: [], dropped: [], ...start },
    async (_service, _stream, after) => missing.filter(({ streamVersion }) => streamVersion > after).slice(0, pageSize),
  );
  intake.add(TOPIC, records);
  for await (const { known, passed } of intake.streams())
    ids.push(...known.map(({ id }) => id), ...passed.map(({ id }) => `${id} unknown`));
  return ids;
};

describe('what a filling makes of a topic', () => {
  it('is every event once', async () =>
    expect(await taken(recordsOf([event(1), event(2), event(1), event(2), event(3)]))).toEqual(['e1', 'e2', 'e3']));

  it('lets out what the consumer had kept back, and what an operator has given up', async () => {
    const records = recordsOf([event(1), event(2), event(3)]);
    expect(await taken(records, { parked: [{ topic: TOPIC, stream, applied: 1 }] })).toEqual(['e1']);
    expect(await taken(records, { dropped: ['e2'] })).toEqual(['e1', 'e3']);
  });

  it('fetches what the topic lacks', async () =>
    expect(await taken(recordsOf([event(1), event(4)]), {}, [event(2), event(3), event(4)])).toEqual([
      ...['e1', 'e2', 'e3', 'e4'],
    ]));

  it('fetches page by page, and fails where the source has a hole too', async () => {
    const records = recordsOf([event(1), event(5)]);
    const source = [event(2), event(3), event(4)];
    expect(await taken(records, {}, source, 1)).toEqual(['e1', 'e2', 'e3', 'e4', 'e5']);
    await expect(taken(records, {}, [event(2), event(4)])).rejects.toThrow(`version 4 of ${stream} is missing`);
  });

  it('does not fetch what was missing before an event that was given up', async () =>
    expect(await taken(recordsOf([event(1), event(4), event(5)]), { dropped: ['e4'] }, [event(2), event(3)])).toEqual([
      ...['e1', 'e5'],
    ]));

  it('does not fetch what a stream that is kept back lacks', async () =>
    expect(await taken(recordsOf([event(1), event(4)]), { parked: [{ topic: TOPIC, stream, applied: 1 }] })).toEqual([
      'e1',
    ]));

  it('tells what this release does not know', async () => {
    const [record] = recordsOf([event(1)]);
    const newer = { ...record, headers: { ...record.headers, ce_type: 'jinzai.placement.PersonnelActionVoided.v2' } };
    expect(await taken([newer])).toEqual(['e1 unknown']);
    // It was told when it came, whatever else its stream waited for.
    expect(await taken([newer], { dropped: ['e1'] })).toEqual(['e1 unknown']);
    expect(await taken([newer], { parked: [{ topic: TOPIC, stream, applied: 0 }] })).toEqual(['e1 unknown']);
  });

  it('leaves out what cannot be read', async () => {
    const [record, good] = recordsOf([event(1), event(2, 0)]);
    expect(await taken([{ ...record, value: '{' }, { ...record, headers: {} }, good])).toEqual(['e2']);
  });
});
