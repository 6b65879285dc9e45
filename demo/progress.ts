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
    const seconds = () => (performance.now() - started) / 1000;
    // Nothing can be said from less than a second, and not of what takes longer than a second each.
    const rate = () => (seconds() < 1 ? 0 : Math.round(value / seconds()));
    const pace = () => (rate() > 0 ? `${rate()}/s, ` : '');
    const print = (left: string) => this.output.write(`${title}: ${value}/${total} (${pace()}${left})\n`);
    return {
      advance: (by) => {
        value += by;
        bar?.update(value, { rate: rate() || '-' });
        if (bar || performance.now() - printed < PLAIN_EVERY_MS || value >= total) return;
        printed = performance.now();
        print(`${Math.round(((total - value) * seconds()) / value)} s left`);
      },
      done: () => {
        if (bar) bar.stop();
        else print(`${seconds().toFixed(1)} s`);
      },
    };
  }

  stop(): void {
    this.bars?.stop();
  }
}
