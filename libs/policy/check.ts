import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { jsonSchemaOf, kindNames, type Kind } from './kinds.js';
import { Policies, PolicyFault } from './pack.js';
import type { Fault } from './pack-file.js';

const schemaFile = (directory: string, kind: Kind): string => join(directory, 'schema', `${kind}.schema.json`);

const firstDifference = (stored: string, generated: string): number => {
  const lines = stored.split('\n');
  const index = generated.split('\n').findIndex((line, at) => line !== lines[at]);
  return index < 0 ? lines.length : index + 1;
};

const schemaFaults = (directory: string): Fault[] =>
  kindNames.flatMap((kind) => {
    const file = schemaFile(directory, kind);
    const stored = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const generated = jsonSchemaOf(kind);
    return stored === generated
      ? []
      : [{ file, line: firstDifference(stored, generated), message: 'differs from the kind; run with --write' }];
  });

const packFaults = (directory: string): readonly Fault[] => {
  try {
    Policies.load(directory);
    return [];
  } catch (error) {
    if (error instanceof PolicyFault) return error.faults;
    throw error;
  }
};

/** Writes the JSON Schema of every kind to `directory`/schema. */
export const writeSchemas = (directory: string): void => {
  mkdirSync(join(directory, 'schema'), { recursive: true });
  kindNames.forEach((kind) => writeFileSync(schemaFile(directory, kind), jsonSchemaOf(kind)));
};

/** Everything wrong with the packs under `directory` and with their generated schemas. */
export const checkPolicies = (directory: string): readonly Fault[] => [
  ...schemaFaults(directory),
  ...packFaults(directory),
];

const USAGE =
  'npm run policies:check [-- [--write] [folder]]: checks packs and schemas; --write makes the schemas anew\n';

const main = (args: readonly string[]): number => {
  const folders = args.filter((argument) => argument !== '--write');
  const directory = folders[0] ?? process.env['POLICIES_DIR'] ?? 'policies';
  if (folders.length > 1 || directory.startsWith('-') || !existsSync(directory)) {
    process.stderr.write(
      folders.length > 1 || directory.startsWith('-') ? USAGE : `${directory} is no folder\n${USAGE}`,
    );
    return 2;
  }
  if (args.includes('--write')) writeSchemas(directory);
  const faults = checkPolicies(directory);
  faults.forEach(({ file, line, message }) => process.stderr.write(`${file}:${line}: ${message}\n`));
  return faults.length > 0 ? 1 : 0;
};

// Also imported by its spec, which must not run it.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = main(process.argv.slice(2));
