import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { note, notebook, opening, type NotebookEvent } from './event-store.fixture.js';
import { checkGolden } from './golden.js';

describe('checkGolden', () => {
  let folder: string;
  const golden = (name: string, data: object) => writeFileSync(join(folder, `${name}.json`), JSON.stringify(data));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'golden-'));
    golden('NotebookOpened.v1', { ownerId: 'p', name: 'n', on: '2020-04-01' });
    golden('NotebookOpened.v2', opening('p').data);
    golden('NoteWritten.v1', note('x').data);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('finds nothing when every version reads', () => {
    expect(checkGolden(notebook, folder, [opening('p'), note('x')])).toEqual([]);
  });

  it('finds a version without a file', () => {
    rmSync(join(folder, 'NotebookOpened.v1.json'));
    expect(checkGolden(notebook, folder)).toEqual(['NotebookOpened.v1: no golden file']);
  });

  it('finds a shape that changed without a new version', () => {
    golden('NoteWritten.v1', { words: 'x' });
    expect(checkGolden(notebook, folder, [note('x')])).toEqual([
      'NoteWritten.v1: fields words became text without a new version',
    ]);
  });

  it('finds a shape that changed inside a field', () => {
    const nested = (inside: object) =>
      ({ type: 'NoteWritten', data: { text: 'x', marks: [inside] } as object }) as NotebookEvent;
    golden('NoteWritten.v1', nested({ at: 1 }).data);
    expect(checkGolden(notebook, folder, [nested({ at: 2 })])).toEqual([]);
    expect(checkGolden(notebook, folder, [nested({ line: 2 })])).toEqual([
      'NoteWritten.v1: fields marks, marks.at, text became marks, marks.line, text without a new version',
    ]);
  });

  it('finds an older version that is read as something else than today', () => {
    const wrong = { version: 2, upcasts: [(old: object) => ({ ...old, place: 'x' })] };
    const broken = { ...notebook, events: { ...notebook.events, NotebookOpened: wrong } };
    expect(checkGolden(broken, folder, [opening('p')])).toEqual([
      expect.stringMatching(/^NotebookOpened.v1: read as fields .*place/),
    ]);
  });

  it('finds a version that is not upcast any more', () => {
    const broken = { ...notebook, events: { ...notebook.events, NotebookOpened: { version: 2 } } };
    expect(checkGolden(broken, folder)).toEqual(['NotebookOpened.v1: no upcast of NotebookOpened from version 1']);
  });
});
