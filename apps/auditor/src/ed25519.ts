import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { isWeakKey, type VerifyEd25519 } from '@qingpai/ledger/rules';

/** DER head of an Ed25519 public key (RFC 8410): the 32 bytes follow. */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/** Ed25519 by node:crypto, some thirty times as fast as plain JavaScript. */
export const verifyWithNode: VerifyEd25519 = (publicKey, message, signature) => {
  if (publicKey.length !== 32 || signature.length !== 64 || isWeakKey(publicKey)) return false;
  const key = keyOf(publicKey);
  return key !== null && verify(null, message, key, signature);
};

/** A show has as many keys as bidders, and thousands of signatures: making the object takes as long as checking one. */
const made = new Map<string, KeyObject | null>();

function keyOf(publicKey: Uint8Array): KeyObject | null {
  const name = Buffer.from(publicKey).toString('base64');
  let key = made.get(name);
  if (key === undefined) made.set(name, (key = parse(publicKey)));
  return key;
}

function parse(publicKey: Uint8Array): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.concat([SPKI_HEAD, publicKey]), format: 'der', type: 'spki' });
  } catch {
    return null; // no point on the curve
  }
}
