import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import {
  concat,
  COSIGNATURE_V1,
  fromBase64,
  type Signer,
  toBase64,
  toHex,
  verifierKey,
} from '@qingpai/ledger/rules';

/** What stands before the 32 key bytes in DER: PKCS #8 and SPKI of Ed25519 (RFC 8410). */
const PRIVATE_DER = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_DER_BYTES = 12;

/** A witness's signer under this name. @param seed 32 bytes, the private key of RFC 8032 */
export function witnessSigner(name: string, seed: Uint8Array): Signer {
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE_DER, seed]), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const publicKey = new Uint8Array(spki.subarray(PUBLIC_DER_BYTES));
  return {
    key: verifierKey(name, COSIGNATURE_V1, publicKey),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

/** The key as a line, as `note` of Go's x/mod writes its own: `PRIVATE+KEY+name+id+base64(type ‖ seed)`. */
export function formatKey({ key }: Signer, seed: Uint8Array): string {
  const bytes = toBase64(concat(Uint8Array.of(COSIGNATURE_V1), seed));
  return `PRIVATE+KEY+${key.name}+${toHex(key.keyId)}+${bytes}\n`;
}

/** Undefined unless it is a whole key of ours. */
export function parseKey(text: string): Signer | undefined {
  const [, name, id, base64] = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(.+)\n$/.exec(text) ?? [];
  const bytes = fromBase64(base64 ?? '');
  if (name === undefined || bytes?.length !== 33 || bytes[0] !== COSIGNATURE_V1) return undefined;
  const signer = witnessSigner(name, bytes.slice(1));
  return toHex(signer.key.keyId) === id ? signer : undefined;
}
