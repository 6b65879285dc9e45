import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { LocalDate } from '#libs/law/local-date';
import { isMunicipalityCode } from '#libs/law/municipality-code';
import { consistencyFaults } from './consistency.js';
import { kindNames, type Kind } from './kinds.js';
import { readPackFile, type Fault, type InForce, type Pack, type PackFile } from './pack-file.js';

/** Packs that cannot be used; the message lists every fault as `file:line: message`. */
export class PolicyFault extends Error {
  constructor(readonly faults: readonly Fault[]) {
    super(faults.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n'));
  }
}

/** Nothing of this kind holds on that day: it lies before the city's first file. */
export class NotInForce extends Error {
  constructor(municipality: string, kind: Kind, on: LocalDate) {
    super(`${municipality} has no ${kind} in force on ${on}`);
  }
}

const isFault = (read: object): read is readonly Fault[] => Array.isArray(read);

const namesIn = (directory: string): string[] =>
  readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted();

const nameFaults = <K extends Kind>(
  { file, policy, faultAt }: PackFile<K>,
  earlier: readonly PackFile<K>[],
): Fault[] => [
  ...(basename(file) === `${policy.effectiveFrom}.json`
    ? []
    : [faultAt(['effectiveFrom'], `must be the name of the file, ${basename(file, '.json')}`)]),
  ...(earlier.some((other) => other.policy.effectiveFrom === policy.effectiveFrom)
    ? [faultAt(['effectiveFrom'], 'another file of this kind has the same date')]
    : []),
];

const readKind = <K extends Kind>(directory: string, kind: K, faults: Fault[]): readonly PackFile<K>[] => {
  const files: PackFile<K>[] = [];
  for (const name of readdirSync(directory)
    .filter((entry) => entry.endsWith('.json'))
    .toSorted()) {
    const read = readPackFile(join(directory, name), kind);
    if (isFault(read)) {
      faults.push(...read);
    } else {
      faults.push(...nameFaults(read, files));
      files.push(read);
    }
  }
  return files.toSorted((a, b) => (a.policy.effectiveFrom < b.policy.effectiveFrom ? -1 : 1));
};

const readPack = (directory: string, municipality: string, faults: Fault[]): Pack => {
  const present = namesIn(directory);
  const placeFault = (name: string, message: string) => faults.push({ file: join(directory, name), line: 1, message });
  if (!isMunicipalityCode(municipality)) placeFault('', 'the folder is no local government code: wrong check digit');
  present
    .filter((name) => !kindNames.some((kind) => kind === name))
    .forEach((name) => placeFault(name, 'no such kind'));
  const files = Object.fromEntries(
    kindNames.map((kind) => {
      const before = faults.length;
      const read = present.includes(kind) ? readKind(join(directory, kind), kind, faults) : [];
      if (read.length === 0 && faults.length === before) placeFault(kind, 'the kind is missing');
      return [kind, read];
    }),
  );
  // Object.fromEntries forgets which reader filled which kind.
  return { municipality, files: files as Pack['files'] };
};

/** The policy packs of all cities: which rule of which city holds on a day. Loaded once at start. */
export class Policies {
  private constructor(private readonly packs: ReadonlyMap<string, Pack>) {}

  /** Reads and checks `directory`/<code>/<kind>/<effective-from>.json. Throws PolicyFault with every fault found. */
  static load(directory: string): Policies {
    const faults: Fault[] = [];
    const packs = namesIn(directory)
      .filter((name) => name !== 'schema')
      .map((code) => readPack(join(directory, code), code, faults));
    if (packs.length === 0) faults.push({ file: directory, line: 1, message: 'no policy pack here' });
    if (faults.length === 0) faults.push(...packs.flatMap(consistencyFaults));
    if (faults.length > 0) throw new PolicyFault(faults);
    return new Policies(new Map(packs.map((pack) => [pack.municipality, pack])));
  }

  /** The cities there are packs for, in order of code, under their newest names. */
  municipalities(): readonly Readonly<{ code: string; name: string }>[] {
    return [...this.packs.values()].flatMap(({ files }) => {
      const newest = files.municipality.at(-1);
      return newest ? [{ code: newest.policy.code, name: newest.policy.name }] : [];
    });
  }

  /** The policy of a kind that holds on a day, with its version. Throws NotInForce before the first and for unknown cities. */
  inForce<K extends Kind>(municipality: string, kind: K, on: LocalDate): InForce<K> {
    const files = this.packs.get(municipality)?.files[kind];
    const found = files?.findLast(({ policy }) => policy.effectiveFrom <= on);
    if (!found) throw new NotInForce(municipality, kind, on);
    return found.policy;
  }

  /** Whether the city runs a system (`R1` … `A6`) on a day; false for unknown cities, ids and days before the first pack. */
  systemInForce(municipality: string, systemId: string, on: LocalDate): boolean {
    const files = this.packs.get(municipality)?.files.systems;
    const found = files?.findLast(({ policy }) => policy.effectiveFrom <= on);
    const since = found?.policy.systems.find(({ id }) => id === systemId)?.inForceFrom;
    return typeof since === 'string' && since <= on;
  }
}
