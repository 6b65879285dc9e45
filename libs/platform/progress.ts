import type { DecidedLog } from '#libs/event-store/decided-log';
import type { ParkedStreams } from '#libs/messaging/parked-streams';
import type { Timers } from '#libs/processes/timers';
import type { BackgroundParts } from './background.js';
import type { Metrics } from './metrics.js';

export type ProgressParts = Pick<BackgroundParts, 'followers' | 'relay' | 'consumer'> &
  Readonly<{ log: DecidedLog; parked: ParkedStreams; pending: Timers }>;

/** How far the background work is, always head against checkpoint: a runner that stands still shows a growing lag. */
export const measureProgress = (
  metrics: Metrics,
  { followers, relay, consumer, log, parked, pending }: ProgressParts,
): void => {
  metrics.gauge({
    name: 'jinzai_follower_lag_events',
    help: 'Decided events a follower of the own store has not taken in; only in the process that owns the followers',
    label: 'follower',
    read: async () =>
      new Map(followers.status().map(({ name, position, ceiling }) => [name, Math.max(0, ceiling - position)])),
  });
  if (relay) {
    metrics.gauge({
      name: 'jinzai_relay_lag_events',
      help: 'Decided events the relay has not looked at; 0 in a process that does not own the relay',
      read: async () =>
        relay.status().owner ? Math.max(0, (await log.ceiling()).position - relay.status().position) : 0,
    });
    metrics.gauge({
      name: 'jinzai_relay_held_events',
      help: 'Events the relay holds back because they, or one before them in their stream, could not be sent',
      read: async () => relay.status().held,
    });
  }
  if (consumer) {
    metrics.gauge({
      name: 'jinzai_consumer_lag_records',
      help: 'Records of a topic this service has not taken in',
      label: 'topic',
      read: async () => {
        const lags = new Map<string, number>();
        for (const { topic, lag } of await consumer.lag()) lags.set(topic, (lags.get(topic) ?? 0) + lag);
        return lags;
      },
    });
    metrics.gauge({
      name: 'jinzai_parked_streams',
      help: 'Streams kept back: gap and away are tried again by themselves, the other kinds wait for an operator',
      label: 'kind',
      read: () => parked.counts(),
    });
  }
  metrics.gauge({
    name: 'jinzai_failing_timers',
    help: 'Timers whose last try failed',
    read: async () => (await pending.failing()).length,
  });
};
