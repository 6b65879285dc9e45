import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLATFORM_PROBLEMS } from '#libs/platform/problem-texts';
import { problems } from './problems.js';

const CODE = /'([a-z]{2,}(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*)'/g;
const source = 'apps/placement/src';

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(({ name }) => name.endsWith('.ts') && !name.endsWith('.spec.ts') && name !== 'problems.ts')
    .map(({ parentPath, name }) => join(parentPath, name));

const codes = [...filesIn(source), 'libs/staff-directory/timeline-rules.ts'].flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(CODE)].map(([, code]) => code),
);
const known = { ...PLATFORM_PROBLEMS, ...problems };

describe('problems', () => {
  it.each([...new Set(codes)].toSorted())('has Japanese and English for %s', (code) => {
    expect(known[code]?.ja).toMatch(/[ぁ-んァ-ヶ一-龠]/);
    expect(known[code]?.en).toMatch(/^[A-Z{]/);
  });

  it('has no text that no code needs', () => {
    const made = ['staff.not-found']; // NotFound makes it of what was not found
    expect(Object.keys(problems).filter((code) => !codes.includes(code) && !made.includes(code))).toEqual([]);
  });
});
