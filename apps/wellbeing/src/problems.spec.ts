import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importProblems } from '#libs/imports/problem-texts';
import { PLATFORM_PROBLEMS } from '#libs/platform/problem-texts';
import { problems } from './problems.js';

const CODE = /'([a-z]{2,}(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*)'/g;

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(({ name }) => /(?<!\.spec|\.fixture)\.ts$/.test(name) && name !== 'problems.ts')
    .map(({ parentPath, name }) => join(parentPath, name));

const codes = [...filesIn('apps/wellbeing/src'), 'libs/law/childcare-leave.ts'].flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(CODE)].map(([, code]) => code),
);
const known = { ...PLATFORM_PROBLEMS, ...problems };

describe('problems', () => {
  it.each([...new Set(codes)].toSorted())('has Japanese and English for %s', (code) => {
    expect(known[code]?.ja).toMatch(/[ぁ-んァ-ヶ一-龠]/);
    expect(known[code]?.en).toMatch(/^[A-Z{]/);
  });

  it('has no text that no code needs', () => {
    // NotFound makes these of what was not found
    const made = filesIn('apps/wellbeing/src').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/new NotFound\('([a-z-]+)'\)/g)].map(([, what]) => `${what}.not-found`),
    );
    const needed = new Set([...codes, ...made, ...Object.keys(importProblems)]);
    expect(Object.keys(problems).filter((code) => !needed.has(code))).toEqual([]);
  });
});
