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

/** The product's statements by which the watcher knows where a service is; the spec looks for each in the product. */
export const STATEMENTS = {
  appended: /INSERT INTO events \(/,
  consumed: /UPDATE consumer_offsets SET/,
  followed: /UPDATE follower_checkpoints SET position/,
  relayed: /UPDATE relay_progress SET position/,
  fired: /UPDATE timers SET state = 'fired'/,
  switched: /(CREATE|ALTER|DROP)\b.*\bVIEW\b.*\banalytics\./s,
} as const;

/** What the drill tells the preloaded watcher of one process. */
export type Order = Readonly<{
  /** Die at this place; undefined: nowhere. */
  point?: Point;
  /** Which time it is reached, from 1. */
  nth?: number;
  /** How far the process's clock goes wrong; undefined: as before. */
  clockMs?: number;
}>;
