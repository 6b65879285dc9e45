/** Places in the work of a service at which it can be killed, from outside. */
export const POINTS = [
  'append.before',
  'append.after',
  'relay.before-produce',
  'relay.after-produce',
  'relay.after-checkpoint',
  'effect.before-commit',
  'effect.after-commit',
  'follower.before-commit',
  'timer.firing',
  'timer.before-commit',
  'timer.after-commit',
  'rebuild.before-switch',
  'rebuild.after-switch',
] as const;
export type Point = (typeof POINTS)[number];

/** What the drill tells the preloaded watcher of one process. */
export type Order = Readonly<{
  /** Die at this place; undefined: nowhere. */
  point?: Point;
  /** Which time it is reached, from 1. */
  nth?: number;
  /** How far the process's clock goes wrong; undefined: as before. */
  clockMs?: number;
}>;
