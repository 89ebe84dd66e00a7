import {
  emptyRoot,
  leafHash,
  nodeHash,
  parseCanonical,
  parseLeaf,
  parseProof,
  parseSignatures,
  utf8,
  verifyConsistency,
  verifyInclusion,
  verifyProof,
} from './index.js';
import { LEAF_BYTES_MAX, NOTE_BYTES_MAX, PROOF_BYTES_MAX } from './limits.js';

/** What is too much, or stands where nothing may, is refused by name before anything is made of it. */
const [a, b, c] = ['a', 'b', 'c'].map((text) => leafHash(utf8(text)));
const two = nodeHash(a!, b!);
const three = nodeHash(two, c!);

describe('what is too large', () => {
  it('is no leaf, even where it reads well', () => {
    const text = JSON.stringify({ a: 'x'.repeat(LEAF_BYTES_MAX) });
    expect(parseCanonical(utf8(text)).ok).toBe(true);
    expect(parseLeaf(utf8(text))).toMatchObject({ ok: false, reason: 'leaf-too-large' });
  });
  it('is no list of signatures', () => {
    expect(parseSignatures(`— ${'x'.repeat(NOTE_BYTES_MAX)} AAAAAAAA\n`)).toMatchObject({
      reason: 'note-too-large',
    });
  });
  it('is no proof', () => {
    const proof = `c2sp.org/tlog-proof@v1\nindex 0\n\n${'x'.repeat(PROOF_BYTES_MAX)}`;
    expect(parseProof(proof)).toMatchObject({ reason: 'proof-too-large' });
  });
});

describe('what is broken', () => {
  it('is no canonical text, no line of signatures, no proof', () => {
    expect(parseCanonical(utf8('{"a":'))).toMatchObject({ ok: false, reason: 'not-json' });
    expect(parseSignatures('— a AAAAAAAA')).toMatchObject({ reason: 'note-malformed' });
    expect(verifyProof('index 0\n\n', utf8('a'), [], () => true)).toMatchObject({
      reason: 'proof-malformed',
    });
  });
});

describe('a proof with a hash too many', () => {
  it('shows no inclusion, although the root is right before it', () => {
    expect(verifyInclusion(a!, 0, 2, [b!], two)).toBe(true);
    expect(verifyInclusion(a!, 0, 2, [b!, c!], nodeHash(two, c!))).toBe(false);
  });
  it('shows no consistency either, nor do sizes that are none', () => {
    expect(verifyConsistency(2, 3, [c!], two, three)).toBe(true);
    expect(verifyConsistency(2, 3, [c!, a!], two, nodeHash(three, a!))).toBe(false);
    expect(verifyConsistency(3, 2, [], three, two)).toBe(false);
    expect(verifyConsistency(-1, 2, [a!], two, two)).toBe(false);
    expect(verifyConsistency(0, 1.5, [], emptyRoot(), two)).toBe(false);
  });
});
