import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PLATFORM_PROBLEMS } from '#libs/platform/problem-texts';
import { problems } from './problems.js';

const source = fileURLToPath(new URL('.', import.meta.url));
const files = readdirSync(source, { recursive: true, encoding: 'utf8' });
const codes = files
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .flatMap((file) => [...readFileSync(join(source, file), 'utf8').matchAll(/Rejected\(\s*'([^']+)'/g)])
  .map(([, code]) => code);

describe('problem texts', () => {
  it('exist for every rejection', () =>
    expect(codes.filter((code) => !(code in { ...PLATFORM_PROBLEMS, ...problems }))).toEqual([]));
  it('are in Japanese and English', () =>
    expect(Object.values(problems).filter(({ ja, en }) => !/[ぁ-ん]/.test(ja) || en === '')).toEqual([]));
});
