import { UnknownEvent } from './event-store.js';
import { shapesOf, upcast, upcastSealed, upcastsFrom } from './upcasting.js';

type V1 = { name: string };
type V2 = { family: string; given: string };
type V3 = V2 & { kana: string };

const { steps } = upcastsFrom<V1>()
  .to<V2>(({ name }) => ({ family: name.split(' ')[0], given: name.split(' ')[1] }))
  .to<V3>((old) => ({ ...old, kana: '' }));
const shapes = { Named: { version: 3, upcasts: steps } };

describe('upcast', () => {
  it.each([
    [1, { name: '平塚 太郎' }],
    [2, { family: '平塚', given: '太郎' }],
    [3, { family: '平塚', given: '太郎', kana: '' }],
  ])('brings version %p to the shape of today', (version, stored) => {
    expect(upcast(shapes, 'Named', version, stored)).toEqual({ family: '平塚', given: '太郎', kana: '' });
  });

  it.each([
    ['a newer version', 'Named', 4],
    ['an unknown type', 'Renamed', 1],
    ['a type named like a property of every object', 'toString', 1],
  ])('stops at %s', (_, type, version) => {
    expect(() => upcast(shapes, type, version, {})).toThrow(UnknownEvent);
  });
});

describe('upcasting what is not opened', () => {
  const personal = { Named: { version: 3, upcasts: steps, personal: ['family', 'given', 'kana'] as never } };

  it('gives the steps `erased` for what is sealed, and leaves out what is personal today', () =>
    expect(upcastSealed(personal, 'Named', 1, { staffId: 's-1' }, ['name'])).toEqual({}));

  it('leaves data of today as it was stored', () =>
    expect(upcastSealed(personal, 'Named', 3, { staffId: 's-1' }, ['family'])).toEqual({ staffId: 's-1' }));

  it('needs one shape for each name', () => {
    const aggregate = { category: 'a', events: { Named: { version: 1 } } };
    expect(shapesOf([aggregate])).toEqual({ Named: { version: 1 } });
    expect(() => shapesOf([aggregate, { ...aggregate, category: 'b' }])).toThrow('b stores Named');
  });
});
