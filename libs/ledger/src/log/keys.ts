import { createPrivateKey, createPublicKey, hash, sign, verify } from 'node:crypto';
import {
  ED25519,
  isWeakKey,
  useSha256,
  verifierKey,
  type Signer,
  type VerifyEd25519,
} from '../rules/index.js';

// Whoever holds a log hashes each leaf of it on a bid's way.
useSha256((bytes) => new Uint8Array(hash('sha256', bytes, 'buffer')));

/** What stands before the 32 key bytes in DER: PKCS #8 and SPKI of Ed25519 (RFC 8410). */
const PRIVATE_DER = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_DER = Buffer.from('302a300506032b6570032100', 'hex');

/** Signs under `name` with node:crypto, some thirty times faster than plain JavaScript. @param seed 32 bytes */
export function signerOf(name: string, seed: Buffer): Signer {
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE_DER, seed]), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const publicKey = new Uint8Array(spki.subarray(PUBLIC_DER.length));
  return {
    key: verifierKey(name, ED25519, publicKey),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

/** The server's own fast verifier, for the rules that take one. */
export const verifyByNode: VerifyEd25519 = (publicKey, message, signature) => {
  if (publicKey.length !== 32 || signature.length !== 64 || isWeakKey(publicKey)) return false;
  const key = createPublicKey({
    key: Buffer.concat([PUBLIC_DER, publicKey]),
    format: 'der',
    type: 'spki',
  });
  return verify(null, message, key, signature);
};
