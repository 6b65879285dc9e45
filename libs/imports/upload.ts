import type { Aggregate } from '#libs/event-store/decider';

/** What was brought in by one file or bulk request, e.g. `units`; the answer to a repeat of the same request. */
export type UploadEvent = { type: 'FileImported'; data: { file: string; rows: number } };
type State = Readonly<{ rows?: number }>;
export type UploadCommand = { type: 'ImportFile' } & UploadEvent['data'];

/** One file brought in, stream `upload/<id derived from the request>`; appended in one batch with what it contained. */
export const upload: Aggregate<State, UploadCommand, UploadEvent> = {
  category: 'upload',
  initial: {},
  decide: ({ file, rows }, state) => (state.rows === undefined ? [{ type: 'FileImported', data: { file, rows } }] : []),
  evolve: (_, { data }) => ({ rows: data.rows }),
  events: { FileImported: { version: 1 } },
};
