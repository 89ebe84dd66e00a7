import { publicKeyOf, signEd25519, utf8, verifyEd25519 } from '@qingpai/ledger/rules';
import { verifyWithNode } from './ed25519.js';

const seed = new Uint8Array(32).fill(3);
const message = utf8('28号 58元');
const signature = signEd25519(seed, message);

const point = (low: string, middle = '00', high = middle) =>
  new Uint8Array(Buffer.from(`${low}${middle.repeat(30)}${high}`, 'hex'));
const neutral = new Uint8Array([...point('01'), ...new Uint8Array(32)]);

describe("node's Ed25519 judges as the one in plain JavaScript does", () => {
  it.each<[string, Uint8Array, Uint8Array, Uint8Array, boolean]>([
    ['a good signature', publicKeyOf(seed), message, signature, true],
    ['another message', publicKeyOf(seed), utf8('28号 59元'), signature, false],
    ['another key', publicKeyOf(new Uint8Array(32).fill(4)), message, signature, false],
    ['a flipped bit', publicKeyOf(seed), message, signature.with(0, signature[0]! ^ 1), false],
    ['a short signature', publicKeyOf(seed), message, signature.slice(1), false],
    ['a short key', publicKeyOf(seed).slice(1), message, signature, false],
    // Of the neutral element anybody can make a signature over anything.
    ['a key of small order', point('01'), message, neutral, false],
    ['its other encoding', point('ee', 'ff', '7f'), message, neutral, false],
  ])('%s', (_, key, text, signed, good) => {
    expect(verifyWithNode(key, text, signed)).toBe(good);
    expect(verifyEd25519(key, text, signed)).toBe(good);
  });
});
