import { fileURLToPath } from 'node:url';
import { Policies } from '#libs/policy/pack';
import { Forms } from './forms.js';

const forms = new Forms(Policies.load(fileURLToPath(new URL('../../../policies', import.meta.url))));
const codes = (municipality: string, grade: string, position: string) =>
  forms.of(municipality, '2026-12-01', grade, position).items.map(({ code }) => code);

describe('the form of a sheet', () => {
  it('follows the band of the grade, with what the city expects of that grade alone (伊勢原)', () => {
    expect(codes('142140', '1', 'shuji')).toContain('dx-basic');
    expect(codes('142140', '1', 'shuji')).not.toContain('dx-applied');
    expect(codes('142140', '3', 'shunin')).toContain('dx-applied');
    expect(codes('142140', '4', 'shusa')).toContain('guidance');
    expect(codes('142140', '7', 'bucho')).toContain('organisation-management');
    expect(['1', '3', '4', '5', '6', '7'].map((grade) => codes('142140', grade, 'x').length)).toEqual([
      15, 15, 17, 17, 18, 18,
    ]);
  });

  it('groups the items under the headings of the city', () =>
    expect(new Set(forms.of('142140', '2026-12-01', '1', 'shuji').items.map(({ category }) => category))).toEqual(
      new Set(['能力', '意欲', 'DX']),
    ));

  it('is that of the position group where the grades say nothing (平塚)', () => {
    expect(codes('142034', '1', 'shuji')).toEqual(['ingenuity', 'expression', 'comprehension', 'knowledge-and-skill']);
    expect(codes('142034', '1', 'gino')).toEqual(['ingenuity', 'comprehension', 'execution', 'knowledge-and-skill']);
    expect(codes('142034', '5', 'shusa')).toContain('planning-proposal');
    expect(codes('142034', '8', 'bucho')).toContain('policy-making');
  });

  it('names its version and that of the pack', () =>
    expect(forms.of('142140', '2026-12-01', '1', 'shuji')).toMatchObject({
      version: 'development-1@1970-04-01',
      interviews: ['start', 'end'],
    }));

  it('is none for an unknown grade', () =>
    expect(() => forms.of('142140', '2026-12-01', '9', 'shuji')).toThrow('sheet.no-form'));
});
