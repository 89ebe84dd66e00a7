import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { fromBase64, isWeakKey } from '@qingpai/ledger/rules';

/** Checks of Ed25519 signatures; keys and signatures base64. */
export interface Signatures {
  /** At once: for the rare acts of the house. */
  isGood(key: string, message: Uint8Array, signature: string): boolean;
  /** Off the main thread: for bids. Whether any of the keys made it. */
  isGoodSoon(keys: readonly string[], message: Uint8Array, signature: string): Promise<boolean>;
}

/** By node:crypto; bids are checked on its thread pool, while earlier ones are being committed. */
export const nodeSignatures: Signatures = {
  isGood(key, message, signature) {
    const [known, bytes] = [keyObject(key), fromBase64(signature)];
    return known !== null && bytes?.length === 64 && verify(null, message, known, bytes);
  },
  async isGoodSoon(keys, message, signature) {
    const bytes = fromBase64(signature);
    if (bytes?.length !== 64) return false;
    for (const key of keys) {
      const known = keyObject(key);
      if (known && (await isGoodOnPool(known, message, bytes))) return true;
    }
    return false;
  },
};

const isGoodOnPool = (key: KeyObject, message: Uint8Array, signature: Uint8Array): Promise<boolean> =>
  new Promise((resolve) => verify(null, message, key, signature, (error, good) => resolve(!error && good)));

/** What stands before the 32 bytes in DER (RFC 8410). */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');
const KEYS_KEPT_MAX = 20_000;
const known = new Map<string, KeyObject | null>();

/** Null: no point on the curve, or one that anybody can sign for. Made once per key: parsing it takes as long as checking a signature. */
function keyObject(key: string): KeyObject | null {
  const kept = known.get(key);
  if (kept !== undefined) return kept;
  const made = parse(key);
  if (known.size >= KEYS_KEPT_MAX) known.clear();
  known.set(key, made);
  return made;
}

function parse(key: string): KeyObject | null {
  try {
    const bytes = Buffer.from(key, 'base64');
    if (isWeakKey(bytes)) return null;
    const der = Buffer.concat([SPKI_HEAD, bytes]);
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}
