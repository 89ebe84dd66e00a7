import { sha256 } from './json.js';

/** RFC 6962 §2.1, word for word: split at the largest power of two smaller than n. */
export function rootOf(leaves: readonly (string | Uint8Array)[]): Buffer {
  if (leaves.length === 0) return sha256('');
  if (leaves.length === 1) return sha256(Buffer.of(0), leaves[0]!);
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.of(1), rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}
