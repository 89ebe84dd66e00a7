import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import {
  concat,
  equal,
  fromBase64,
  fromBase64url,
  fromHex,
  fromU64be,
  fromUtf8,
  toBase64,
  toBase64url,
  toHex,
  u64be,
  utf8,
} from './index.js';

describe('bytes', () => {
  it.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('write %j in base64 as RFC 4648 §10', (text, base64) => {
    expect(toBase64(utf8(text))).toBe(base64);
    expect(fromBase64(base64)).toEqual(utf8(text));
  });

  it.each(['Zg', 'Zg=', 'Zh==', 'Zm9=', 'Zm9v\n', ' Zm9v', 'Zm-_', 'Zg==Zg==', '=', 'Z'])(
    'refuse %j, which is no canonical base64',
    (text) => expect(fromBase64(text)).toBeUndefined(),
  );

  it('write the same base64, base64url and hex as Node', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const twin = Buffer.from(bytes);
        expect(toBase64(bytes)).toBe(twin.toString('base64'));
        expect(toBase64url(bytes)).toBe(twin.toString('base64url'));
        expect(toHex(bytes)).toBe(twin.toString('hex'));
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
        expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
  });

  it.each(['A', 'AB', 'AAB', 'Zg==', '+/', 'Zh'])('refuse %j in base64url', (text) => {
    expect(fromBase64url(text)).toBeUndefined();
  });

  it.each(['0', '0G', 'AB', ' 00'])('refuse %j in hex', (text) => expect(fromHex(text)).toBeUndefined());

  it('count in eight bytes, big-endian, up to 2^53−1', () => {
    expect(toHex(u64be(0x0102030405))).toBe('0000000102030405');
    expect(fromU64be(u64be(Number.MAX_SAFE_INTEGER))).toBe(Number.MAX_SAFE_INTEGER);
    expect(fromU64be(fromHex('0020000000000000')!)).toBeUndefined();
    expect(fromU64be(new Uint8Array(7))).toBeUndefined();
    expect(() => u64be(-1)).toThrow(/^bug: /);
  });

  it('join and compare', () => {
    expect(concat(utf8('清'), new Uint8Array(), utf8('拍'))).toEqual(utf8('清拍'));
    expect(equal(utf8('清拍'), utf8('清拍'))).toBe(true);
    expect(equal(utf8('清'), utf8('清拍'))).toBe(false);
    expect(fromUtf8(utf8('清拍'))).toBe('清拍');
  });
});
