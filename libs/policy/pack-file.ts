import { readFileSync } from 'node:fs';
import {
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
  type JSONPath,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import type { z } from 'zod';
import type { LocalDate } from '#libs/law/local-date';
import { schemas, type Kind, type Policy } from './kinds.js';

/** What is wrong with a pack, and where. */
export type Fault = Readonly<{ file: string; line: number; message: string }>;

/** A policy as it holds on some day; `version` is the day since when, for the event to record. */
export type InForce<K extends Kind> = Policy<K> & Readonly<{ version: LocalDate }>;

/** One file of a pack that has its right shape, with the lines of its values. */
export type PackFile<K extends Kind> = Readonly<{
  file: string;
  policy: InForce<K>;
  /** A fault at the value of this path, or at the nearest thing around it that is there. */
  faultAt: (path: JSONPath, message: string) => Fault;
}>;

/** The files of one city, by kind, each in order of `effectiveFrom`. */
export type Pack = Readonly<{ municipality: string; files: { readonly [K in Kind]: readonly PackFile<K>[] } }>;

const lineOf = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

const nodeAt = (root: Node, path: JSONPath): Node => {
  const node = findNodeAtLocation(root, [...path]);
  if (node) return node.parent?.type === 'property' ? node.parent : node;
  return path.length === 0 ? root : nodeAt(root, path.slice(0, -1));
};

const describe = (path: JSONPath, message: string): string =>
  path.length === 0 ? message : `${path.join('.')}: ${message}`;

const syntaxFaults = (file: string, text: string, errors: readonly ParseError[]): Fault[] =>
  errors.map(({ error, offset }) => ({
    file,
    line: lineOf(text, offset),
    message: `not JSON: ${printParseErrorCode(error)}`,
  }));

const pathsOf = (issue: z.core.$ZodIssue): JSONPath[] => {
  const path = issue.path.map((segment) => (typeof segment === 'symbol' ? String(segment) : segment));
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
};

/** Reads and checks the shape of one file. */
export const readPackFile = <K extends Kind>(file: string, kind: K): PackFile<K> | readonly Fault[] => {
  const text = readFileSync(file, 'utf8');
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  if (!root || errors.length > 0) return syntaxFaults(file, text, errors);
  const faultAt = (path: JSONPath, message: string): Fault => ({
    file,
    line: lineOf(text, nodeAt(root, path).offset),
    message: describe(path, message),
  });
  const read = schemas[kind].safeParse(getNodeValue(root));
  return read.success
    ? { file, policy: { ...read.data, version: read.data.effectiveFrom }, faultAt }
    : read.error.issues.flatMap((issue) => pathsOf(issue).map((path) => faultAt(path, issue.message)));
};
