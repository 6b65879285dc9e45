/** Pauses that end when they are called off; a call between two pauses ends the next one at once. */
export class Wakeable {
  private called = false;
  private end: () => void = () => undefined;

  wake(): void {
    this.called = true;
    this.end();
  }

  /** True when it was called off. */
  async pause(ms: number): Promise<boolean> {
    if (!this.called) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.end = () => undefined;
    }
    const { called } = this;
    this.called = false;
    return called;
  }
}
