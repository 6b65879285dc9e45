/** An error whose text is ours: it names ids and codes, never what a person entered, and so may be logged. */
export class OwnError extends Error {
  constructor(message?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
