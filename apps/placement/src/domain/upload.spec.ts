import { deciderSpec } from '#libs/testing/decider-spec';
import { upload } from './upload.js';

const { given } = deciderSpec(upload);
const imported = { type: 'FileImported', data: { file: 'staff', rows: 1900 } } as const;

describe('upload', () => {
  it('records what a file brought in', () =>
    given().when({ type: 'ImportFile', file: 'staff', rows: 1900 }).then(imported));
  it('once', () => given(imported).when({ type: 'ImportFile', file: 'staff', rows: 1900 }).then());
});
