import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits until `check` gives something other than undefined, null or false, and returns that. While it gives those or
 * throws, it is asked again; after `timeoutMs` its last error (or "never true") fails the test.
 */
export const eventually = async <T>(check: () => T | Promise<T>, timeoutMs = 10_000): Promise<NonNullable<T>> => {
  const deadline = performance.now() + timeoutMs;
  for (let wait = 5; ; wait = Math.min(wait * 1.5, 200)) {
    let failure: unknown = new Error(`never true within ${timeoutMs} ms`);
    try {
      const value = await check();
      if (value !== undefined && value !== null && value !== false) return value as NonNullable<T>;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > deadline) throw failure;
    await pause(wait);
  }
};
