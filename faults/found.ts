/** A fault of the product that a round of the drill has found, and the test that would find it again. */
type Found = Readonly<{
  seed: number;
  round: number;
  fault: string;
  commit: string;
  what: string;
  test: string;
  name: string;
}>;

export const FOUND: readonly Found[] = [
  {
    seed: 1,
    round: 6,
    fault: 'kill-postgres',
    commit: '56cd7df',
    what: 'the consumer of a read model stood still one event short, as the crash had taken its last commit back, until something new came',
    test: 'libs/messaging/consumer-strategy.int.spec.ts',
    name: 'takes in again what a crash of Postgres took back of a read model, though nothing new comes',
  },
];
