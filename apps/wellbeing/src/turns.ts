/**
 * Lets calls of one key go one after another, those of different keys side by side. Many requests for one person's leave
 * then wait for each other in this process instead of losing races in the store.
 */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.last.get(key) ?? Promise.resolve()).then(work, work);
    this.last.set(key, mine);
    const done = () => {
      if (this.last.get(key) === mine) this.last.delete(key);
    };
    mine.finally(done).catch(() => undefined); // its caller hears of the failure
    return mine;
  }
}
