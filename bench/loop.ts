import { percentile, type Sample } from './measure.js';

/**
 * Closed loop: as many calls as `concurrency` are always under way.
 * @param call gets the number of its worker, which never has two calls under way
 */
export const closedLoop = async (
  concurrency: number,
  seconds: number,
  call: (worker: number) => Promise<void>,
): Promise<Sample> => {
  const latencies: number[] = [];
  const started = performance.now();
  const deadline = started + seconds * 1000;
  const worker = async (index: number) => {
    for (let now = performance.now(); now < deadline;) {
      await call(index);
      const then = performance.now();
      latencies.push(then - now);
      now = then;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, (_, index) => worker(index)));
  const value = (latencies.length / (performance.now() - started)) * 1000;
  return { value, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), count: latencies.length };
};
