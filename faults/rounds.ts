import { Random } from '#demo/cities/random';
import type { Complaint } from './check/complaint.js';
import type { Checking } from './checking.js';
import { HealthWatch } from './health.js';
import { prepare, type Scene } from './injections.js';
import { JOURNEYS } from './journeys.js';
import { KINDS, WEIGHTS, type Kind } from './kinds.js';
import { becomeQuiet, type TopicEnds } from './quiet.js';
import { mixed, Walk } from './walk.js';

export type Round = Readonly<{
  round: number;
  kind: Kind;
  what: string;
  /** False when the fault did not come about: a place that was not reached, a disk that could not be filled. */
  injected: boolean;
  sent: number;
  acknowledged: number;
  refused: number;
  unknown: number;
  retried: number;
  seconds: number;
  /** From the end of the load until nothing was under way any more. */
  quietSeconds: number;
  checkSeconds: number;
  full: boolean;
  complaints: readonly Complaint[];
}>;

export type Play = Omit<Scene, 'random' | 'round'> &
  Readonly<{ seed: number; only: readonly Kind[]; checking: Checking; ends: TopicEnds }>;

const QUIET_MS = 150_000;

/** Load in both cities with one fault in it, then silence, then a look from outside. */
export const play = async (given: Play, round: number, full: boolean): Promise<Round> => {
  const { seed, towns, client, ledger, keeper, world, stores, ends, checking } = given;
  const began = performance.now();
  const since = (from: number) => Math.round(performance.now() - from) / 1000;
  const random = new Random(mixed(`${seed}/${round}/fault`));
  const kind = chosen(random, given.only, world.disk !== undefined);
  const injection = prepare(kind, { ...given, random, round });
  const health = new HealthWatch(world.stack, ledger);
  const failures: Complaint[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>) =>
    work().catch((error: unknown) => failures.push({ rule: 'drill', harm: 'wrong', where: what, what: String(error) }));
  const load = towns.flatMap((town, index) =>
    Object.entries(JOURNEYS)
      .filter(([name]) => name !== 'hire' || index === round % towns.length)
      .map(([name, journey]) => attempt(name, () => journey(new Walk(client, town, round, name, seed)))),
  );
  await Promise.all([...load, attempt('fault', injection.strike)]);
  const loaded = performance.now();
  await attempt('coming back', () => keeper.settled());
  let injected = true;
  await attempt('end of the fault', async () => (injected = (await injection.finish?.()) ?? true));
  await attempt('coming back', () => keeper.settled());
  const busy = await becomeQuiet(stores, ends, QUIET_MS);
  await health.stop();
  if (busy !== undefined)
    failures.push({ rule: 'quiet', harm: 'lost', where: 'everything', what: `never comes to rest: ${busy}` });
  const quietSeconds = since(loaded);
  const looked = performance.now();
  const complaints = await checking.look(full).then(
    (verdict) => verdict.complaints,
    (error: unknown) => [{ rule: 'drill', harm: 'wrong', where: 'the checker', what: String(error) } as const],
  );
  return {
    ...{ round, kind, what: injection.what, injected, ...ledger.takeCounts() },
    ...{ seconds: since(began), quietSeconds, checkSeconds: since(looked), full },
    complaints: [...failures, ...complaints],
  };
};

/** Where no disk can be filled another fault is drawn instead: the other rounds of a seed stay what they are. */
const chosen = (random: Random, only: readonly Kind[], disk: boolean): Kind => {
  const wanted = only.length > 0 ? only : KINDS;
  const draw = (kinds: readonly Kind[]) =>
    random.weighted<Kind>(Object.fromEntries(kinds.map((kind) => [kind, WEIGHTS[kind]])));
  const kind = draw(wanted);
  if (disk || kind !== 'full-disk') return kind;
  const possible = wanted.filter((one) => one !== 'full-disk');
  if (possible.length === 0) throw new Error('a disk can only be filled with the right to mount one');
  return draw(possible);
};
