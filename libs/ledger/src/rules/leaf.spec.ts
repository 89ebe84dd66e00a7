import { sha256 } from '@noble/hashes/sha2.js';
import { createHmac } from 'node:crypto';
import {
  authorMessage,
  canonicalHash,
  concat,
  floorCommitment,
  fromUtf8,
  identityCommitment,
  isAuthoredBy,
  leafBytes,
  opensFloor,
  parseLeaf,
  pseudonymOf,
  publicKeyOf,
  signEd25519,
  toBase64,
  utf8,
  verifyEd25519,
  type RawLeaf,
} from './index.js';

const leaf: RawLeaf = {
  body: { lot: 'L7', reason: 'damaged', units: 2 },
  by: 'host',
  i: 12,
  show: 'market.example/shows/20261124-01',
  t: 1_792_202_411_000,
  type: 'lot.withdrawn',
  v: 1,
};
const text = fromUtf8(leafBytes(leaf))!;
const refused = (reason: string) => ({ ok: false, reason });

describe('a leaf', () => {
  it('is written with sorted keys and read back', () => {
    expect(text).toBe(
      '{"body":{"lot":"L7","reason":"damaged","units":2},"by":"host","i":12,' +
        '"show":"market.example/shows/20261124-01","t":1792202411000,"type":"lot.withdrawn","v":1}',
    );
    expect(parseLeaf(utf8(text))).toEqual({ ok: true, value: leaf });
  });

  it.each([
    ['a foreign field', { ...leaf, extra: 1 }],
    ['no author', { ...leaf, by: '' }],
    ['a negative index', { ...leaf, i: -1 }],
    ['another version', { ...leaf, v: 3 }],
    ['a list for a body', { ...leaf, body: [] }],
    ['a time in words', { ...leaf, t: 'now' }],
    ['a short signature', { ...leaf, sig: 'AQID' }],
    ['a space in its show', { ...leaf, show: 'a b' }],
  ])('is malformed with %s', (_name, value) => {
    expect(parseLeaf(leafBytes(value as unknown as RawLeaf))).toEqual(refused('leaf-malformed'));
  });

  it('is malformed with a field missing', () => {
    for (const field of ['body', 'by', 'i', 'show', 't', 'type', 'v']) {
      const rest = Object.fromEntries(Object.entries(leaf).filter(([key]) => key !== field));
      expect(parseLeaf(leafBytes(rest as unknown as RawLeaf))).toEqual(refused('leaf-malformed'));
    }
    for (const other of ['1', 'null', '"x"', '[]'])
      expect(parseLeaf(utf8(other))).toEqual(refused('leaf-malformed'));
  });

  it('has at most 65 535 bytes', () => {
    const filled = (bytes: number) => ({ ...leaf, body: { x: 'x'.repeat(bytes) } });
    const room = 65_535 - leafBytes(filled(0)).length;
    expect(parseLeaf(leafBytes(filled(room))).ok).toBe(true);
    expect(() => leafBytes(filled(room + 1))).toThrow(/^bug: /);
    expect(parseLeaf(new Uint8Array(65_536))).toEqual(refused('leaf-too-large'));
  });

  it('refuses bytes that are not canonical', () => {
    expect(parseLeaf(utf8(`${text}\n`))).toEqual(refused('not-canonical'));
    expect(parseLeaf(utf8(text.replace('"i":12', '"i":12.0')))).toEqual(refused('not-canonical'));
  });
});

describe("an author's signature", () => {
  const seed = new Uint8Array(32).fill(7);
  const sig = toBase64(signEd25519(seed, authorMessage(leaf)));

  it('is over what was said, in this show, and nothing else', () => {
    expect(fromUtf8(authorMessage(leaf))).toBe(
      'qingpai/event/v1\n{"body":{"lot":"L7","reason":"damaged","units":2},' +
        '"show":"market.example/shows/20261124-01","type":"lot.withdrawn"}',
    );
    const elsewhere: RawLeaf = { ...leaf, i: 99, t: 1 };
    expect(authorMessage(elsewhere)).toEqual(authorMessage(leaf));
  });

  it('holds for its leaf and author alone', () => {
    const isSigned = (signed: RawLeaf, key = publicKeyOf(seed)) => isAuthoredBy(key, signed, verifyEd25519);
    expect(isSigned({ ...leaf, sig })).toBe(true);
    expect(isSigned(leaf)).toBe(false);
    expect(isSigned({ ...leaf, sig, body: { ...leaf.body, units: 3 } })).toBe(false);
    expect(isSigned({ ...leaf, sig, show: 'market.example/shows/20261124-02' })).toBe(false);
    expect(isSigned({ ...leaf, sig }, publicKeyOf(new Uint8Array(32)))).toBe(false);
  });
});

describe('a commitment', () => {
  const salt = new Uint8Array(32).fill(5);

  it('is the hash of context, salt and canonical value', () => {
    const bytes = concat(utf8('qingpai/floor/v1\n'), salt, utf8('{"floorFen":12000,"lot":"L7"}'));
    expect(floorCommitment(salt, { lot: 'L7', floorFen: 12_000 })).toBe(toBase64(sha256(bytes)));
    const identity = concat(utf8('qingpai/commit/v1\n'), salt, utf8('{"name":"林"}'));
    expect(identityCommitment(salt, { name: '林' })).toBe(toBase64(sha256(identity)));
    expect(() => identityCommitment(new Uint8Array(16), {})).toThrow(/^bug: /);
  });

  it('opens to the floor that was sealed and to no other', () => {
    const opening = { lot: 'L7', floorFen: 12_000, salt: toBase64(salt) };
    const sealed = floorCommitment(salt, opening);
    expect(opensFloor(sealed, opening)).toBe(true);
    expect(opensFloor(sealed, { ...opening, floorFen: 11_999 })).toBe(false);
    expect(opensFloor(sealed, { ...opening, lot: 'L8' })).toBe(false);
    expect(opensFloor(sealed, { ...opening, salt: toBase64(new Uint8Array(32)) })).toBe(false);
    expect(opensFloor(sealed, { ...opening, salt: 'AQID' })).toBe(false);
  });

  it('does not depend on the order in which rules are written', () => {
    expect(canonicalHash({ a: 1, b: { c: 2, d: 3 } })).toBe(canonicalHash({ b: { d: 3, c: 2 }, a: 1 }));
  });
});

describe('a pseudonym', () => {
  it('is sixteen characters, the same all show long, another in the next show', () => {
    const [monday, tuesday] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const twin = createHmac('sha256', monday).update('member-1').digest('base64url').slice(0, 16);
    expect(pseudonymOf(monday, 'member-1')).toBe(twin);
    expect(pseudonymOf(tuesday, 'member-1')).not.toBe(twin);
  });
});
