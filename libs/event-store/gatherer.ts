/** One waiting call; whoever runs the batch settles each of its members. */
export type Waiting<Item, Result> = Readonly<{
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}>;

export type GathererOptions<Item, Result> = Readonly<{
  /** Runs one batch and settles its members; members still open when it ends are rejected. */
  run: (batch: readonly Waiting<Item, Result>[]) => Promise<void>;
  /** Items with the same key never share a batch, nor are they under way at the same time; they keep their order. */
  keyOf?: (item: Item) => string;
  /** Batches under way at the same time. */
  lanes?: number;
}>;

const SMALLEST_FULL = 32;
const LARGEST = 128;

/** Enough to spread the queue over the lanes, within bounds that were measured to be best. */
export const batchSize = (queued: number, lanes: number): number =>
  Math.min(LARGEST, Math.max(SMALLEST_FULL, Math.ceil(queued / lanes)));

/**
 * Turns concurrent calls of one process into few statements: while batches are on their way, further calls wait and go
 * together with the next. A lone call is sent in the same turn of the event loop.
 */
export class Gatherer<Item, Result> {
  private queue: Waiting<Item, Result>[] = [];
  private readonly busy = new Set<string>();
  private readonly lanes: number;
  private inFlight = 0;
  private scheduled = false;

  constructor(private readonly options: GathererOptions<Item, Result>) {
    this.lanes = options.lanes ?? 4;
  }

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.queue.push({ item, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled || this.queue.length === 0) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    while (this.inFlight < this.lanes) {
      const batch = this.take(batchSize(this.queue.length, this.lanes));
      if (batch.length === 0) return;
      void this.send(batch);
    }
  }

  private take(size: number): Waiting<Item, Result>[] {
    const { keyOf } = this.options;
    const batch: Waiting<Item, Result>[] = [];
    const left: Waiting<Item, Result>[] = [];
    for (const waiting of this.queue) {
      const key = keyOf?.(waiting.item);
      if (batch.length >= size || (key !== undefined && this.busy.has(key))) {
        left.push(waiting);
        continue;
      }
      if (key !== undefined) this.busy.add(key);
      batch.push(waiting);
    }
    this.queue = left;
    return batch;
  }

  private async send(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    this.inFlight++;
    let reason: unknown = new Error('the batch ended without an answer');
    try {
      await this.options.run(batch);
    } catch (error) {
      reason = error;
    }
    const { keyOf } = this.options;
    for (const { item, reject } of batch) {
      reject(reason); // no effect on members that were settled
      if (keyOf) this.busy.delete(keyOf(item));
    }
    this.inFlight--;
    this.schedule();
  }
}
