import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATEMENTS } from './orders.js';

describe('the places at which the drill kills', () => {
  const product = ['libs', 'apps']
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => join(folder, String(file))))
    .filter((file) => file.endsWith('.ts') && !/\.(spec|fixture)\.ts$/.test(file))
    .map((file) => readFileSync(file, 'utf8'));

  it.each(Object.entries(STATEMENTS))('%s is known by a statement that the product has', (_, pattern) => {
    expect(product.filter((text) => pattern.test(text))).not.toEqual([]);
  });
});
