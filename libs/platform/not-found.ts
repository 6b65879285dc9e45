/** The thing asked for is not there, or not for this caller (HTTP 404 `<what>.not-found`). */
export class NotFound extends Error {
  constructor(readonly what: string) {
    super(`${what}.not-found`);
  }
}
