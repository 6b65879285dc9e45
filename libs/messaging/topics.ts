import { topicOf } from '#libs/contracts/public-event';
import type { KafkaPort } from './kafka-port.js';

/**
 * Makes sure that every service's topic exists with exactly this number of partitions. Another number is an error and
 * is not repaired: with more partitions streams would move to other partitions and lose their order.
 */
export const declareTopics = async (
  port: KafkaPort,
  services: readonly string[],
  partitions: number,
  replicationFactor = 1,
): Promise<void> => {
  const topics = services.map(topicOf);
  const existing = await port.partitionsOf(topics);
  const missing = topics.filter((topic) => !existing.has(topic));
  if (missing.length > 0) await port.createTopics(missing, partitions, replicationFactor);
  for (const [topic, actual] of await port.partitionsOf(topics)) {
    if (actual !== partitions)
      throw new Error(
        `topic ${topic} has ${actual} partitions, ${partitions} are configured: adding partitions needs a planned move`,
      );
  }
};
