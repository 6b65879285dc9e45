import { Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { Database, inTransaction } from '#libs/event-store/database';
import { ATTEMPTS, EventStore, RequestReused, StreamMoved, type BatchAppend } from '#libs/event-store/event-store';
import type { Caller } from '#libs/platform/caller';
import { idFrom } from '#libs/platform/commands';
import { upload, type UploadCommand } from './upload.js';

export type Append = Omit<BatchAppend, 'options'>;
/** What became of a batch: how many rows it had, and the highest position it wrote. */
export type BatchResult = Readonly<{ rows: number; position: number; repeated: boolean }>;

/** What a request brings in: its kind, its rows, and what they append. */
export type Batch = Readonly<
  Omit<UploadCommand, 'type'> & {
    appends: readonly Append[];
    /** Comes first in the transaction of the appends; StreamMoved when what was decided by holds no more. */
    hold?: (tx: PoolClient) => Promise<void>;
  }
>;

/** Appends to many streams, all or none; a repeat of the request gets the first answer, also after a crash. */
@Injectable()
export class Batches {
  constructor(
    private readonly store: EventStore,
    private readonly database: Database,
  ) {}

  /**
   * Whoever loses a race for one of the streams decides anew. When it was lost to another sending of the same request,
   * that one's answer counts, also where `decide` refused because of it.
   */
  async run(by: Caller, decide: () => Promise<Batch>): Promise<BatchResult> {
    for (let attempt = 1; ; attempt++) {
      const earlier = await this.earlier(by);
      if (earlier) return earlier;
      try {
        return await this.append(by, await decide());
      } catch (error) {
        const other = await this.earlier(by);
        if (other) return other;
        if (!(error instanceof StreamMoved) || attempt === ATTEMPTS) throw error;
      }
    }
  }

  /** The first answer to this request, when it was carried out before. */
  private async earlier(by: Caller): Promise<BatchResult | undefined> {
    const { events } = await this.store.read(upload, { municipality: by.municipality, id: idFrom(by, 'upload') });
    const [done] = events;
    if (!done) return undefined;
    if (done.request?.fingerprint !== by.request.fingerprint) throw new RequestReused();
    return { rows: done.data.rows, position: done.position, repeated: true };
  }

  /**
   * Every stream of the batch carries a request id derived from the request, and its id must be too: then a repeat finds
   * all of it there. Streams are written in the order of their names, so the record gets the highest position.
   */
  private async append(by: Caller, { appends, file, rows, hold }: Batch): Promise<BatchResult> {
    const { municipality, metadata, request } = by;
    const record: Append = {
      aggregate: upload,
      stream: { municipality, id: idFrom(by, 'upload') },
      expected: 'no-stream',
      events: upload.decide({ type: 'ImportFile', file, rows }, {}),
    };
    const batch = [...appends, record].map((append) => {
      const id = append === record ? request.id : idFrom(by, `${append.aggregate.category}/${append.stream.id}`);
      return { ...append, options: { metadata, request: { id, fingerprint: request.fingerprint } } };
    });
    const results = await inTransaction(this.database.pool, async (tx) => {
      await hold?.(tx);
      return this.store.appendBatch(batch, tx);
    });
    const { position, repeated } = results[appends.length];
    return { rows, position, repeated };
  }
}
