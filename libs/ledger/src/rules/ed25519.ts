import { ed25519, ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js';
import { toHex } from './bytes.js';

/**
 * Ed25519 (RFC 8032) in plain JavaScript, for pages and the verifier. Strict (`zip215: false`), so that it refuses
 * the malleable encodings other implementations refuse. Wrong lengths are simply no valid signature.
 */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64 || isWeakKey(publicKey)) return false;
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

/**
 * Whether the key is a point of small order, or one of their other encodings: anybody can sign for it. Libraries differ
 * on these (RFC 8032 leaves it open), verdicts must not: every verifier of ours refuses them before it asks a library.
 */
export const isWeakKey = (publicKey: Uint8Array): boolean => weakKeys.has(toHex(publicKey));

/** The eight points of small order, and the encodings of theirs that are not canonical. */
const weakKeys: ReadonlySet<string> = new Set([
  ...ED25519_TORSION_SUBGROUP,
  ...['01', 'ec', 'ed', 'ee'].flatMap((low) =>
    ['7f', 'ff'].map((high) =>
      low === '01' ? `${'01'.padEnd(62, '0')}80` : `${low}${'ff'.repeat(30)}${high}`,
    ),
  ),
]);

/** @param seed 32 bytes, the private key of RFC 8032 */
export const publicKeyOf = (seed: Uint8Array): Uint8Array => ed25519.getPublicKey(seed);
export const signEd25519 = (seed: Uint8Array, message: Uint8Array): Uint8Array => ed25519.sign(message, seed);
