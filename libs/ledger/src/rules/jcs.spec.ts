import fc from 'fast-check';
import { canonical, canonicalBytes, parseCanonical, utf8, type Json } from './index.js';

const read = (text: string) => parseCanonical(utf8(text));
const refused = (reason: string) => ({ ok: false, reason });

const wellFormed = fc.string({ unit: 'binary' });
const integer = fc.maxSafeInteger().map((n) => (Object.is(n, -0) ? 0 : n));
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    integer,
    wellFormed,
    fc.array(tie('json'), { maxLength: 5 }),
    fc.dictionary(wellFormed, tie('json'), { maxKeys: 5 }),
  ),
}));

describe('canonical JSON', () => {
  it('sorts keys by UTF-16 code units, as in RFC 8785 §3.2.3', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    const order = [...canonical(value).matchAll(/:"([^"]+)"/g)].map(([, name]) => name);
    expect(order).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it('escapes as in RFC 8785 §3.2.2.2, and no more', () => {
    const text = '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"\/\u2028\u007f';
    expect(canonical(text)).toBe('"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\u2028\u007f"');
    expect(canonical({ literals: [null, true, false], a: {}, b: [] })).toBe(
      '{"a":{},"b":[],"literals":[null,true,false]}',
    );
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(json, (value) => {
        const again = parseCanonical(canonicalBytes(value));
        expect(again.ok && canonical(again.value)).toBe(canonical(value));
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('keeps a key that JavaScript treats as special', () => {
    expect(read('{"__proto__":1,"constructor":2}').ok).toBe(true);
  });

  it('refuses to write what is not in the profile', () => {
    const outside = [
      1.5,
      NaN,
      2 ** 53,
      undefined,
      { a: undefined },
      [undefined],
      '\ud800',
      { '\udc00': 1 },
      1n,
    ];
    for (const value of [...outside, new Date(0), new Map(), () => 1]) {
      expect(() => canonical(value)).toThrow(/^bug: /);
    }
  });
});

describe('the reader of canonical JSON', () => {
  it.each([
    ['duplicate keys', '{"a":1,"a":1}'],
    ['1.0', '1.0'],
    ['1e2', '1e2'],
    ['minus zero', '-0'],
    ['spaces', '{"a": 1}'],
    ['a last newline', '1\n'],
    ['unsorted keys', '{"b":1,"a":1}'],
    ['needless escapes', '"\\u0041"'],
    ['upper-case escapes', '"\\u000F"'],
    ['an escaped slash', '"\\/"'],
  ])('refuses %s', (_name, text) => {
    expect(read(text)).toEqual(refused('not-canonical'));
  });

  it.each([
    ['a fraction', '0.5', 'not-integer'],
    ['a number above 2^53−1', '9007199254740993', 'not-integer'],
    ['a number without end', '1e999', 'not-integer'],
    ['an escaped lone surrogate', '"\\ud800"', 'lone-surrogate'],
    ['a lone surrogate in a key', '{"\\udfff":1}', 'lone-surrogate'],
    ['a byte order mark', '\ufeff1', 'not-json'],
    ['nothing', '', 'not-json'],
    ['half an object', '{"a":', 'not-json'],
    ['a tower of brackets', '['.repeat(30_000) + ']'.repeat(30_000), 'too-deep'],
  ])('refuses %s', (_name, text, reason) => {
    expect(read(text)).toEqual(refused(reason));
  });

  it.each([
    ['a stray byte', [0x22, 0xff, 0x22]],
    ['an overlong form', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate in UTF-8', [0x22, 0xed, 0xa0, 0x80, 0x22]],
  ])('refuses %s', (_name, bytes) => {
    expect(parseCanonical(Uint8Array.from(bytes))).toEqual(refused('not-utf8'));
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof parseCanonical(bytes).ok === 'boolean'));
  });
});
