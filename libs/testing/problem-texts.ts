import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ProblemTexts } from '#libs/platform/problem';
import { PLATFORM_PROBLEMS } from '#libs/platform/problem-texts';

const CODE = /'([a-z]{2,}(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*)'/g;
const MISSED = /new NotFound\('([a-z-]+)'\)/g;

const filesOf = (source: string): string[] =>
  statSync(source).isFile()
    ? [source]
    : readdirSync(source, { withFileTypes: true, recursive: true })
        .filter(({ name }) => name.endsWith('.ts') && !/\.(spec|fixture)\.ts$/.test(name) && name !== 'problems.ts')
        .map(({ parentPath, name }) => join(parentPath, name));

const codesIn = (text: string): string[] => [
  ...[...text.matchAll(CODE)].map(([, code]) => code),
  ...[...text.matchAll(MISSED)].map(([, what]) => `${what}.not-found`),
];

/** Every code named in these files and folders has a Japanese and an English text, and no text is without a code. */
export const problemTextSpec = (problems: ProblemTexts, sources: readonly string[]): void => {
  const known = { ...PLATFORM_PROBLEMS, ...problems };
  const codes = new Set(sources.flatMap(filesOf).flatMap((file) => codesIn(readFileSync(file, 'utf8'))));

  it.each([...codes].toSorted())('has Japanese and English for %s', (code) => {
    expect(known[code]?.ja).toMatch(/[ぁ-んァ-ヶ一-龠]/);
    expect(known[code]?.en).toMatch(/^[A-Z{]/);
  });

  it('has no text that no code needs', () =>
    expect(Object.keys(problems).filter((code) => !codes.has(code))).toEqual([]));
};
