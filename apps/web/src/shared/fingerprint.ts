import { fromBase64, shortCode } from '@qingpai/ledger/rules';
import { sha256 } from '@noble/hashes/sha2.js';

/** How people compare keys, by eye or over the phone: the first 48 bits of the key's SHA-256, e.g. 7F3A·C2D1·09BE. */
export function fingerprintOf(key: string): string {
  const bytes = fromBase64(key);
  if (!bytes) throw new Error('bug: a key that is not base64');
  return shortCode(sha256(bytes));
}
