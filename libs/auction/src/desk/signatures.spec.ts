import { toBase64 } from '@qingpai/ledger/rules';
import { TestKey } from '../testing/keys.js';
import { nodeSignatures } from './signatures.js';

const message = new TextEncoder().encode('28号 58元');

describe('a signature', () => {
  it('is good by the key that made it, at once and soon, and by no other', async () => {
    const [own, other] = [new TestKey(), new TestKey()];
    const signature = own.sign(message);
    expect(nodeSignatures.isGood(own.key, message, signature)).toBe(true);
    expect(nodeSignatures.isGood(other.key, message, signature)).toBe(false);
    expect(await nodeSignatures.isGoodSoon([other.key, own.key], message, signature)).toBe(true);
    expect(await nodeSignatures.isGoodSoon([other.key], message, signature)).toBe(false);
  });

  it('of a key of small order is none: anybody could have made it', async () => {
    const neutral = new Uint8Array(64);
    neutral[0] = 1;
    const key = toBase64(neutral.subarray(0, 32));
    expect(nodeSignatures.isGood(key, message, toBase64(neutral))).toBe(false);
    expect(await nodeSignatures.isGoodSoon([key], message, toBase64(neutral))).toBe(false);
  });
});
