/** The faults, and how often each is chosen against the others. */
export const WEIGHTS = {
  'kill-service': 14,
  'kill-projection': 5,
  'kill-at-point': 26,
  'kill-kafka': 5,
  'kill-postgres': 5,
  'kill-backend': 12,
  'stop-kafka': 2,
  'stop-postgres': 3,
  zombie: 4,
  'held-transaction': 8,
  'moved-clock': 6,
  'fed-topic': 8,
  'full-disk': 2,
  'kill-rebuild': 3,
} as const satisfies Readonly<Record<string, number>>;

export type Kind = keyof typeof WEIGHTS;
export const KINDS = Object.keys(WEIGHTS) as Kind[];

/** What each is, for the report. */
export const MEANINGS: Readonly<Record<Kind, string>> = {
  'kill-service':
    'SIGKILL of one of the five services that own facts, relay, followers, consumer and timers included, at a random moment',
  'kill-projection': 'SIGKILL of `projection` at a random moment',
  'kill-at-point': 'SIGKILL of a service by itself at the n-th time it reaches a named place in its work',
  'kill-kafka': 'SIGKILL of the Kafka broker',
  'kill-postgres': 'SIGKILL of the Postgres server',
  'kill-backend': '`pg_terminate_backend` of one to four connections of the services',
  'stop-kafka': 'Kafka is stopped, stays away for seconds, and comes back',
  'stop-postgres': 'Postgres is stopped, stays away for seconds, and comes back',
  zombie: 'SIGSTOP of a service past its lease while a second process of it takes over, then SIGCONT beside it',
  'held-transaction':
    'another session draws a position, inserts an event and holds its transaction open, then commits or rolls back',
  'moved-clock': 'the clock of one running service jumps by an hour, forwards or back, and back again',
  'fed-topic': 'a topic gets records again, an older one again, one of an unknown type, or one that cannot be read',
  'kill-rebuild':
    'SIGKILL of the process that rebuilds the facts of the analysts: half-way, before or after it switches',
  'full-disk': 'the disk of the topic log (a small tmpfs) is filled until the broker gives up, then freed',
};
