/** One wrong field of a request: the way to it (`lines.0.planned`) and what is wrong, in the caller's language. */
export type FieldError = Readonly<{ field: string; message: string }>;

/** A text per stable code (`noun.reason`); `{name}` is filled from the facts of the rejection. */
export type ProblemTexts = Readonly<Record<string, ProblemText>>;

type ProblemText = Readonly<{
  ja: string;
  en: string;
  /** Japanese for facts that are codes (`start-interview`): what the caller's program needs, its user cannot read. */
  words?: Readonly<Record<string, string>>;
}>;

export type Facts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export type ProblemParts = Readonly<{
  /** What explains the rejection, without personal data. */
  facts?: Facts;
  headers?: Readonly<Record<string, string>>;
  /** Further members of the answer, e.g. the report of an import. */
  members?: object;
}>;

/** An answer that is a problem, decided at the edge; rules of the domain throw `Rejected` instead. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly parts: ProblemParts = {},
  ) {
    super(code);
  }
}

/** Something this service needs is away for now; the same request may succeed in a second. */
export const away = (code: string): Problem => new Problem(503, code, { headers: { 'retry-after': '1' } });
