import { sha256 as plain } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { sha256, useSha256 } from './sha256.js';

const byNode = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());

test('whichever makes the hashes, they are the same', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      useSha256(plain);
      const hash = sha256(bytes);
      useSha256(byNode);
      expect(sha256(bytes)).toEqual(hash);
    }),
  );
});

test('what is not SHA-256 is not taken', () => {
  useSha256(byNode);
  expect(() => useSha256((bytes) => bytes)).toThrow('bug: this is not SHA-256');
  expect(() => useSha256((bytes) => byNode(byNode(bytes)))).toThrow('bug: this is not SHA-256');
  expect(sha256(Uint8Array.of())).toEqual(byNode(Uint8Array.of()));
});
