import iconv from 'iconv-lite';
import { Cells, readCsv } from './csv.js';

const HEADINGS = { 番号: true, 氏名: true, 備考: false };
const read = (text: string | Uint8Array) => readCsv(typeof text === 'string' ? Buffer.from(text) : text, HEADINGS);
const TEXT = '番号,氏名\n1,"試験, 一郎"\n2,髙橋花子\n';
const ROWS = [
  { line: 2, values: { 番号: '1', 氏名: '試験, 一郎', 備考: '' } },
  { line: 3, values: { 番号: '2', 氏名: '髙橋花子', 備考: '' } },
];

describe('csv', () => {
  it.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with BOM', Buffer.from(`\uFEFF${TEXT}`)],
    ['Shift_JIS as Windows writes it', iconv.encode(TEXT, 'cp932')],
    ['with Windows line ends', iconv.encode(TEXT.replaceAll('\n', '\r\n'), 'cp932')],
  ])('reads %s', (_, body) => expect(read(body)).toEqual({ rows: ROWS, faults: [] }));

  it('reads half-width kana of Shift_JIS', () =>
    expect(read(iconv.encode('番号,氏名\n1,ｶｸｳ ﾊﾅｺﾞ\n', 'cp932')).rows[0].values.氏名).toBe('ｶｸｳ ﾊﾅｺﾞ'));

  it('keeps the line of a row after a field of several lines', () =>
    expect(read('番号,氏名\n1,"二\n行"\n2,乙\n').rows.map(({ line }) => line)).toEqual([3, 4]));

  it('takes headings in wide characters and skips empty lines', () =>
    expect(read('番号 ,氏名\n\n1,甲\n').rows).toHaveLength(1));

  it.each(['\n', '\r\n', '\r'])('reads the same with quotes and without, lines ending in %j', (end) => {
    const lines = ['番号, 氏名 ', '', '1, 甲\t', '2,', ' ', '3,丙'];
    const plain = read(lines.join(end));
    expect(plain.rows.map(({ line, values }) => [line, values.番号, values.氏名])).toEqual([
      [3, '1', '甲'],
      [4, '2', ''],
      [6, '3', '丙'],
    ]);
    expect(read([...lines.slice(0, -1), '3,"丙"'].join(end))).toEqual(plain);
  });

  it.each([
    [
      'an encoding it does not know',
      Buffer.from([0x31, 0xff, 0xfe, 0x80]),
      [{ line: 1, column: '', code: 'csv.encoding-unknown' }],
    ],
    ['an empty file', '', [{ line: 1, column: '', code: 'csv.empty' }]],
    ['a header and nothing below it', '番号,氏名\n', [{ line: 1, column: '', code: 'csv.no-rows' }]],
    [
      'a heading that every object knows',
      '番号,氏名,toString\n1,甲,x\n',
      [{ line: 1, column: '3列目', code: 'csv.column-unknown', facts: { place: 3 } }],
    ],
    ['a missing column', '番号\n1\n', [{ line: 1, column: '氏名', code: 'csv.column-missing' }]],
    [
      'an unknown column',
      '番号,氏名,血液型\n',
      [{ line: 1, column: '3列目', code: 'csv.column-unknown', facts: { place: 3 } }],
    ],
    ['a column twice', '番号,氏名,番号\n', [{ line: 1, column: '番号', code: 'csv.column-twice' }]],
  ])('reports %s', (_, text, faults) => expect(read(text as string)).toEqual({ rows: [], faults }));

  it('repeats nothing of a first row that is no header', () => {
    const { rows, faults } = read('100001,試験一郎\n100002,髙橋花子\n');
    expect(rows).toEqual([]);
    expect(faults.map(({ column }) => column)).toEqual(['番号', '氏名', '1列目', '2列目']);
    expect(JSON.stringify(faults)).not.toMatch(/1000|試験|髙橋/);
  });

  it('reports every row that is broken and keeps the others', () => {
    const { rows, faults } = read('番号,氏名\n1,甲\n2,乙"丙\n3\n4,丁\n');
    expect(rows.map(({ values }) => values.番号)).toEqual(['1', '4']);
    expect(faults).toEqual([
      { line: 3, column: '', code: 'csv.malformed' },
      { line: 4, column: '', code: 'csv.uneven-row' },
    ]);
  });

  it.each(['番号,氏名\n1,甲\n2,"乙"丙\n3,丁\n', '番号,氏名\n1,甲\n2,"乙\n3,丁\n'])(
    'never takes what follows a quote left open: %j',
    (text) => {
      const { rows, faults } = read(text);
      expect(rows.map(({ values }) => values.番号)).toEqual(['1']);
      expect(faults[0]).toMatchObject({ column: '', code: 'csv.malformed' });
    },
  );
});

describe('cells', () => {
  const cells = (value: string) => new Cells({ line: 2, values: { 日: value } });
  const fault = (code: string, value?: string) => [{ line: 2, column: '日', code, ...(value && { value }) }];

  it.each([
    ['2026-04-01', '2026-04-01'],
    ['2026/4/1', '2026-04-01'],
    ['２０２６/４/１', '2026-04-01'],
    ['2024-02-29', '2024-02-29'],
  ])('reads the date %s', (text, date) => expect(cells(text).date('日')).toBe(date));

  it.each(['2026-02-29', '2026-13-01', '令和8年4月1日', '20260401', '2026-4'])('refuses the date %s', (text) => {
    const own = cells(text);
    own.date('日');
    expect(own.faults).toEqual(fault('date.not-existing', text));
  });

  it.each(['1899-12-31', '2200-01-01', '9999-12-31'])('refuses the day %s, which nobody can mean', (text) => {
    const own = cells(text);
    own.date('日');
    expect(own.faults).toEqual(fault('date.out-of-range', text));
  });

  it('tells a missing value from a wrong one', () => {
    const empty = cells('');
    expect([empty.text('日'), empty.date('日'), empty.requiredWord('日', { 有: 1 }), empty.minutes('日')]).toEqual([
      '',
      '',
      undefined,
      undefined,
    ]);
    expect(empty.faults.map(({ code }) => code)).toEqual(['value.missing', 'value.missing', 'value.missing']);
  });

  it('takes no control characters', () => {
    const own = cells('架\u0000空');
    own.text('日');
    expect(own.faults).toEqual(fault('value.control-character'));
  });

  it('knows only the words of its list', () => {
    expect(cells('有').word('日', { 有: false })).toBe(false);
    expect(cells('有').word('日', new Map([['有', 1]]))).toBe(1);
    const own = cells('toString');
    expect(own.word('日', { 有: 1 })).toBeUndefined();
    expect(own.faults).toEqual(fault('value.unknown', 'toString'));
  });

  it('tells a number that is none from one that is too large', () => {
    const own = cells('999999');
    own.minutes('日');
    expect(own.faults).toEqual([{ ...fault('number.above-limit', '999999')[0], facts: { most: 99_999 } }]);
  });

  it('reads whole minutes and limits the length of a text', () => {
    expect(cells('２３２５').minutes('日')).toBe(2325);
    const own = cells('38.75');
    own.minutes('日');
    own.text('日', 3);
    expect(own.faults.map(({ code }) => code)).toEqual(['number.malformed', 'value.too-long']);
  });

  it('names the limit a number is above', () => {
    expect([cells('99999').minutes('日'), cells('600').minutes('日', 600)]).toEqual([99_999, 600]);
    const own = cells('999999');
    own.minutes('日');
    expect(own.faults).toEqual([{ ...fault('number.above-limit', '999999')[0], facts: { most: 99_999 } }]);
    const months = cells('601');
    months.minutes('日', 600);
    expect(months.faults).toEqual([{ ...fault('number.above-limit', '601')[0], facts: { most: 600 } }]);
  });
});
