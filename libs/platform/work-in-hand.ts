/** How long a process may go on taking in more than it gets done, in ms: a burst, or a pause of the database. */
const GRACE_MS = 400;
/** As many have a connection to the database each: they do not wait for one another, however long they take. */
const FEW = 10;
/** Beyond it even a burst is refused: what has been taken in takes memory. */
const MOST = 512;
const WINDOW_MS = 1_000;

/**
 * The requests a process works on. How long one more would take follows from how many are before it and how many were
 * lately answered in a second (Little's law), whatever they cost on this machine, today. All instants are of a monotonic
 * clock, in ms.
 */
export class WorkInHand {
  private count = 0;
  private windowFrom = 0;
  private answeredBefore = 0;
  private answered = 0;
  /** When what came was last well within what is done. */
  private calmAt = -Infinity;

  /** @param busyAfterMs how long a request may be expected to take */
  constructor(private readonly busyAfterMs: number) {}

  /** Whether one more would have to wait too long. */
  busy(now: number): boolean {
    const expected = this.count === 0 ? 0 : (this.count / this.perSecond(now)) * 1000;
    if (expected <= this.busyAfterMs / 2 || this.count < FEW / 2) this.calmAt = now;
    const lasting = now - this.calmAt > GRACE_MS;
    return this.count >= MOST || (this.count >= FEW && expected > this.busyAfterMs && lasting);
  }

  begun(): void {
    this.count++;
  }

  done(now: number): void {
    this.count--;
    this.turnWindow(now);
    this.answered++;
  }

  /** Answers in the last second, the one before this window weighed by how much of it that second still has. */
  private perSecond(now: number): number {
    this.turnWindow(now);
    const passed = (now - this.windowFrom) / WINDOW_MS;
    return this.answered + this.answeredBefore * (1 - passed);
  }

  private turnWindow(now: number): void {
    const passed = Math.floor((now - this.windowFrom) / WINDOW_MS);
    if (passed < 1) return;
    this.answeredBefore = passed === 1 ? this.answered : 0;
    this.answered = 0;
    this.windowFrom += passed * WINDOW_MS;
  }
}
