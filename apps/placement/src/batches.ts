import { Injectable } from '@nestjs/common';
import { v5 as derived } from 'uuid';
import { EventStore, RequestReused, StreamMoved, type BatchAppend } from '#libs/event-store/event-store';
import type { Caller } from '#libs/platform/caller';
import { upload, type UploadCommand } from './domain/upload.js';

export type Append = Omit<BatchAppend, 'options'>;
/** What became of a batch: how many rows it had, and the highest position it wrote. */
export type BatchResult = Readonly<{ rows: number; position: number; repeated: boolean }>;

const NAMESPACE = '0d4f3a52-6a0e-5e0c-9a53-6d3c1f6a7b10';

/** An id derived from a request, so that a repeat of it names the same thing. */
export const idFrom = ({ municipality, request }: Caller, name: string): string =>
  derived(`${municipality}\n${request.id}\n${name}`, NAMESPACE);

/** Appends to many streams, all or none; a repeat of the request gets the first answer, also after a crash. */
@Injectable()
export class Batches {
  constructor(private readonly store: EventStore) {}

  /** The first answer to this request, when it was carried out before. */
  async earlier(by: Caller): Promise<BatchResult | undefined> {
    const { events } = await this.store.read(upload, { municipality: by.municipality, id: idFrom(by, 'upload') });
    const [done] = events;
    if (!done) return undefined;
    if (done.request?.fingerprint !== by.request.fingerprint) throw new RequestReused();
    return { rows: done.data.rows, position: done.position, repeated: true };
  }

  /** Streams are written in the order of their names, so the record gets the highest position, which a repeat answers too. */
  async append(by: Caller, done: Omit<UploadCommand, 'type'>, appends: readonly Append[]): Promise<BatchResult> {
    const { municipality, metadata, request } = by;
    const record: Append = {
      aggregate: upload,
      stream: { municipality, id: idFrom(by, 'upload') },
      expected: 'no-stream',
      events: upload.decide({ type: 'ImportFile', ...done }, {}),
    };
    const batch = [...appends, record].map((append) => {
      const id = append === record ? request.id : idFrom(by, `${append.aggregate.category}/${append.stream.id}`);
      return { ...append, options: { metadata, request: { id, fingerprint: request.fingerprint } } };
    });
    try {
      const results = await this.store.appendBatch(batch);
      return { rows: done.rows, position: Math.max(...results.map(({ position }) => position)), repeated: false };
    } catch (error) {
      // Two sendings of one request at once: the other one may have come first.
      const other = error instanceof StreamMoved ? await this.earlier(by) : undefined;
      if (other) return other;
      throw error;
    }
  }
}
