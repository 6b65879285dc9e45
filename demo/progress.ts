import { MultiBar, type SingleBar } from 'cli-progress';

export type Progress = { advance(by: number): void; done(): void };

const PLAIN_EVERY_MS = 5_000;

/** Bars on a terminal; elsewhere a line every few seconds. Both with rate and time left. */
export class ProgressBars {
  private readonly bars?: MultiBar;

  constructor(private readonly output: NodeJS.WriteStream = process.stdout) {
    if (!output.isTTY) return;
    this.bars = new MultiBar({
      format: '{title} {bar} {value}/{total} ({rate}/s, {eta_formatted} left)',
      hideCursor: true,
      stream: output,
      barsize: 30,
      etaBuffer: 50,
    });
  }

  start(title: string, total: number): Progress {
    const started = performance.now();
    const bar: SingleBar | undefined = this.bars?.create(total, 0, { title: title.padEnd(26), rate: '-' });
    let [value, printed] = [0, performance.now()];
    const rate = () => Math.round((value * 1000) / Math.max(1, performance.now() - started));
    const print = (left: string) => this.output.write(`${title}: ${value}/${total} (${rate()}/s, ${left})\n`);
    return {
      advance: (by) => {
        value += by;
        bar?.update(value, { rate: rate() });
        if (bar || performance.now() - printed < PLAIN_EVERY_MS || value >= total) return;
        printed = performance.now();
        print(`${Math.round((total - value) / Math.max(1, rate()))} s left`);
      },
      done: () => {
        if (bar) bar.stop();
        else print(`${((performance.now() - started) / 1000).toFixed(1)} s`);
      },
    };
  }

  stop(): void {
    this.bars?.stop();
  }
}
