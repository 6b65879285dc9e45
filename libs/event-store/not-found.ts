import { Rejected } from './decider.js';
import { OwnError } from './own-error.js';

/** The thing asked for is not there, or not for this caller (HTTP 404 `<what>.not-found`). */
export class NotFound extends OwnError {
  constructor(readonly what: string) {
    super(`${what}.not-found`);
  }
}

const SUFFIX = '.not-found';

/** A decider that finds nothing in the stream rejects with `<what>.not-found`: to the caller that is a 404. */
export const absentIsNotFound = (error: unknown): never => {
  if (error instanceof Rejected && error.code.endsWith(SUFFIX)) throw new NotFound(error.code.slice(0, -SUFFIX.length));
  throw error;
};
