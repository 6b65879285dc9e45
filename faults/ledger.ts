import { appendFileSync, writeFileSync } from 'node:fs';

/** What became of one command, as the client saw it. */
export type Entry = Readonly<{
  key: string;
  municipality: string;
  service: string;
  path: string;
  /** `unknown`: given up without an answer; it may or may not have happened. */
  outcome: 'acknowledged' | 'refused' | 'unknown';
  status?: number;
  code?: string;
  version?: number;
  position?: number;
  repeated?: boolean;
  /** How often it was sent. */
  sent: number;
  /** Answers that no client should ever get. */
  faults?: readonly string[];
}>;

/** A health question and its answer; instants by this machine's monotonic clock, in ms. */
export type Poll = Readonly<{ service: string; asked: number; answered: number; ready: boolean; away?: boolean }>;

/** A time in which services cannot have been ready. */
export type Window = Readonly<{ services: readonly string[]; from: number; to: number; why: string }>;

/** Files the checker reads: one line of JSON each, written as it happens. */
export class Ledger {
  private counts = { sent: 0, acknowledged: 0, refused: 0, unknown: 0, retried: 0 };

  constructor(
    private readonly commandsFile: string,
    private readonly healthFile: string,
  ) {
    writeFileSync(commandsFile, '');
    writeFileSync(healthFile, '');
  }

  note(entry: Entry): void {
    this.counts[entry.outcome]++;
    this.counts.sent++;
    this.counts.retried += entry.sent - 1;
    appendFileSync(this.commandsFile, `${JSON.stringify(entry)}\n`);
  }

  noteHealth(line: Poll | Window): void {
    appendFileSync(this.healthFile, `${JSON.stringify(line)}\n`);
  }

  /** Counts since the last time this was asked. */
  takeCounts(): Readonly<Ledger['counts']> {
    const { counts } = this;
    this.counts = { sent: 0, acknowledged: 0, refused: 0, unknown: 0, retried: 0 };
    return counts;
  }
}
