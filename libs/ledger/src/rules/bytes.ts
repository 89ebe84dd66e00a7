/** Bytes as every side has them: Uint8Array only, so that server, page and verifier run the same code. */

const encoder = new TextEncoder();
// A BOM is kept as the character it is: the canonical reader then refuses it.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** The text of these bytes; undefined when they are not valid UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** False when the text holds half of a surrogate pair: it has no UTF-8 bytes then. */
export const isWellFormed = (text: string): boolean =>
  // Most texts hold no surrogate at all, and that is found much faster.
  !/[\ud800-\udfff]/.test(text) || !/\p{Surrogate}/u.test(text);

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** For public values only: it returns at the first difference. */
export const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at]);

/** Eight bytes, big-endian. */
export function u64be(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`bug: ${value} is no u64 we write`);
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(value / 2 ** 32));
  view.setUint32(4, value % 2 ** 32);
  return bytes;
}

/** The number in the first eight bytes; undefined when it is not a safe integer. */
export function fromU64be(bytes: Uint8Array): number | undefined {
  if (bytes.length < 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const value = view.getUint32(0) * 2 ** 32 + view.getUint32(4);
  return Number.isSafeInteger(value) ? value : undefined;
}

const hexPairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hex. */
export const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => hexPairs[byte]).join('');

/** Undefined unless the text is pairs of lower-case hex digits. */
export function fromHex(text: string): Uint8Array | undefined {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) return undefined;
  return Uint8Array.from({ length: text.length / 2 }, (_, at) =>
    parseInt(text.slice(2 * at, 2 * at + 2), 16),
  );
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** Every two letters, by their twelve bits. */
const letterPairs = Array.from({ length: 4_096 }, (_, bits) => alphabet[bits >> 6]! + alphabet[bits & 63]!);
const sextets = new Map(Array.from(alphabet, (letter, value) => [letter, value]));

/** Base64 of RFC 4648 §4, with padding. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const word = (bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += letterPairs[word >> 12]! + letterPairs[word & 4_095]!;
  }
  const missing = (3 - (bytes.length % 3)) % 3;
  return missing === 0 ? text : text.slice(0, -missing) + '='.repeat(missing);
}

/** The bytes, or undefined unless the text is exactly what `toBase64` writes for them (padding, no stray bits). */
export function fromBase64(text: string): Uint8Array | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined;
  const letters = text.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((letters.length * 3) / 4));
  for (let at = 0; at < bytes.length; at++) {
    const first = Math.floor((at * 4) / 3);
    const pair = (sextets.get(letters[first]!)! << 6) | sextets.get(letters[first + 1]!)!;
    bytes[at] = pair >> (4 - 2 * (at % 3));
  }
  return toBase64(bytes) === text ? bytes : undefined;
}

/** Base64url of RFC 4648 §5, without padding. */
export const toBase64url = (bytes: Uint8Array): string =>
  toBase64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

/** Undefined unless the text is exactly what `toBase64url` writes. */
export function fromBase64url(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  const standard = text.replace(/-/g, '+').replace(/_/g, '/');
  return fromBase64(standard + '='.repeat((4 - (standard.length % 4)) % 4));
}
