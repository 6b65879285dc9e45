import { readFileSync } from 'node:fs';
import { FOUND } from './found.js';

describe('what the drill has found', () => {
  it.each(FOUND)('has a test of its own: $what', ({ test, name }) =>
    expect(readFileSync(test, 'utf8')).toContain(`it('${name}'`),
  );
});
