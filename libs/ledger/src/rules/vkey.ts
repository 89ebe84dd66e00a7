import { sha256 } from '@noble/hashes/sha2.js';
import { concat, equal, fromBase64, fromHex, toBase64, toHex, utf8 } from './bytes.js';
import { failed, passed, type Result } from './result.js';

/** Signature types of C2SP signed-note that we use. */
export const ED25519 = 0x01;
export const COSIGNATURE_V1 = 0x04;
export type KeyType = typeof ED25519 | typeof COSIGNATURE_V1;

/** A public key with the name it signs under. */
export interface VerifierKey {
  readonly name: string;
  readonly type: KeyType;
  /** 4 bytes, as in each of its signatures. */
  readonly keyId: Uint8Array;
  /** 32 bytes, RFC 8032. */
  readonly publicKey: Uint8Array;
}

/** Each side brings its own fast one: the server node:crypto, pages and the verifier `verifyEd25519`. */
export type VerifyEd25519 = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;
/** A function that holds the private key: rules never see it. */
export type SignEd25519 = (message: Uint8Array) => Uint8Array;

/** C2SP signed-note: not empty, no Unicode space, no plus; and no control character, which a note cannot hold. */
export const isKeyName = (name: string): boolean =>
  /^[^\p{White_Space}\p{Surrogate}\u0000-\u001f+]+$/u.test(name);

/** SHA-256(name ‖ 0x0A ‖ type ‖ public key), first four bytes. */
export const keyIdOf = (name: string, type: KeyType, publicKey: Uint8Array): Uint8Array =>
  sha256(concat(utf8(name), Uint8Array.of(0x0a, type), publicKey)).slice(0, 4);

/** @throws `bug: …` when our own name or key cannot be one. */
export function verifierKey(name: string, type: KeyType, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name) || publicKey.length !== 32) throw new Error(`bug: no key for the name ${name}`);
  return { name, type, publicKey, keyId: keyIdOf(name, type, publicKey) };
}

/** `name+hex8+base64(type ‖ public key)`. */
export const formatVkey = (key: VerifierKey): string =>
  `${key.name}+${toHex(key.keyId)}+${toBase64(concat(Uint8Array.of(key.type), key.publicKey))}`;

export function parseVkey(text: string): Result<VerifierKey> {
  const [, name, hex, base64] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const encoded = fromBase64(base64 ?? '');
  if (!name || !hex || !isKeyName(name) || !encoded?.length) return failed('vkey-malformed');
  const type = encoded[0];
  if (type !== ED25519 && type !== COSIGNATURE_V1) return failed('vkey-unknown-type');
  if (encoded.length !== 33) return failed('vkey-malformed');
  const key = verifierKey(name, type, encoded.slice(1));
  return equal(key.keyId, fromHex(hex)!) ? passed(key) : failed('vkey-wrong-id');
}

export const isSameKey = (a: VerifierKey, b: VerifierKey): boolean =>
  a.name === b.name && a.type === b.type && equal(a.publicKey, b.publicKey);
