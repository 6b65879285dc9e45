import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Aggregate, DomainEvent } from './decider.js';
import type { StoredAggregate } from './event-store.js';
import { upcast } from './upcasting.js';

/**
 * Every version of every event that was ever stored must stay readable. Beside an aggregate lie its golden files,
 * `<aggregate>.golden/<EventType>.v<n>.json`, the data of one event as it was stored (opened, with invented values).
 * Gives the faults found, so that a spec reads
 * `expect(checkGolden(staff, new URL('./staff.golden/', import.meta.url), samples)).toEqual([])`.
 *
 * `samples`: one event of each type in today's shape. A sample whose fields, also those inside others, differ from the
 * golden file of today's version means that the shape changed without a new version; one of an older version must read
 * as the sample. With UPDATE_GOLDEN=1 missing files of today's version are
 * written from the samples; files of older versions are never written.
 */
export const checkGolden = <S, C, E extends DomainEvent>(
  aggregate: Aggregate<S, C, E>,
  directory: URL | string,
  samples: readonly E[] = [],
): string[] => {
  const folder = typeof directory === 'string' ? directory : fileURLToPath(directory);
  const { events } = aggregate as StoredAggregate;
  return Object.entries(events).flatMap(([type, { version: current }]) => {
    const sample = samples.find((event) => event.type === type);
    return Array.from({ length: current }, (_, index) => index + 1).flatMap((version) => {
      const file = `${folder}/${type}.v${version}.json`;
      if (version === current && sample && !existsSync(file) && process.env.UPDATE_GOLDEN === '1') {
        mkdirSync(folder, { recursive: true });
        writeFileSync(file, `${JSON.stringify(sample.data, undefined, 2)}\n`);
      }
      if (!existsSync(file)) return [`${type}.v${version}: no golden file`];
      const stored = JSON.parse(readFileSync(file, 'utf8')) as object;
      const changed = version === current && sample && fields(sample.data) !== fields(stored);
      if (changed)
        return [`${type}.v${version}: fields ${fields(stored)} became ${fields(sample.data)} without a new version`];
      return unreadable(aggregate, type, version, stored, version < current ? sample : undefined);
    });
  });
};

/** Names of all fields, also of what lies inside; of a list those of any of its items. */
const fields = (data: unknown, within = ''): string => [...new Set(namesIn(data, within))].sort().join(', ');

const namesIn = (data: unknown, within: string): string[] => {
  if (Array.isArray(data)) return data.flatMap((item) => namesIn(item, within));
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([name, value]) => [`${within}${name}`, ...namesIn(value, `${within}${name}.`)]);
};

const unreadable = <S, C, E extends DomainEvent>(
  aggregate: Aggregate<S, C, E>,
  type: string,
  version: number,
  stored: object,
  sample?: E,
): string[] => {
  try {
    const data = upcast((aggregate as StoredAggregate).events, type, version, stored);
    if (sample && fields(data) !== fields(sample.data))
      return [`${type}.v${version}: read as fields ${fields(data)}, not ${fields(sample.data)}`];
    const state = aggregate.evolve(aggregate.initial, { type, data } as E);
    return state === undefined ? [`${type}.v${version}: evolve gave no state`] : [];
  } catch (error) {
    return [`${type}.v${version}: ${(error as Error).message}`];
  }
};
