import { checkGolden } from '#libs/event-store/golden';
import { deciderSpec } from '#libs/testing/decider-spec';
import { upload } from './upload.js';

const { given } = deciderSpec(upload);
const imported = { type: 'FileImported', data: { file: 'staff', rows: 650 } } as const;

describe('upload', () => {
  it('records what a file brought in', () =>
    given().when({ type: 'ImportFile', file: 'staff', rows: 650 }).then(imported));
  it('stays readable in every stored shape', () =>
    expect(checkGolden(upload, new URL('./upload.golden/', import.meta.url), [imported])).toEqual([]));
  it('once', () => given(imported).when({ type: 'ImportFile', file: 'staff', rows: 650 }).then());
});
