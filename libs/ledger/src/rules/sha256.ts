import { sha256 as plain } from '@noble/hashes/sha2.js';
import { equal, fromHex, utf8 } from './bytes.js';

export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** FIPS 180-4, example of one block. */
const ABC = fromHex('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')!;

let hash: Sha256 = plain;

/** SHA-256, in plain JavaScript unless the platform's own was given. */
export const sha256: Sha256 = (bytes) => hash(bytes);

/** From here on hashes are made by the platform's own SHA-256, which is several times faster in Node. */
export function useSha256(faster: Sha256): void {
  if (!equal(faster(utf8('abc')), ABC)) throw new Error('bug: this is not SHA-256');
  hash = faster;
}
