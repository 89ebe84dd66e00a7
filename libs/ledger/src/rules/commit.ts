import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { type Opening } from '@qingpai/wire';
import { concat, fromBase64, toBase64, toBase64url, utf8 } from './bytes.js';
import { canonicalBytes } from './jcs.js';

const SALT_BYTES = 32;

/** Base64, as it stands in a leaf. Without the salt a floor or a name could be found by trying them all. */
function commitment(context: string, salt: Uint8Array, value: unknown): string {
  if (salt.length !== SALT_BYTES) throw new Error(`bug: a salt of ${salt.length} bytes`);
  return toBase64(sha256(concat(utf8(context), salt, canonicalBytes(value))));
}

/** SHA-256("qingpai/commit/v1\n" ‖ salt ‖ JCS(identity)). */
export const identityCommitment = (salt: Uint8Array, identity: unknown): string =>
  commitment('qingpai/commit/v1\n', salt, identity);

/** SHA-256("qingpai/floor/v1\n" ‖ salt ‖ JCS({floorFen, lot})). */
export const floorCommitment = (
  salt: Uint8Array,
  { floorFen, lot }: { floorFen: number; lot: string },
): string => commitment('qingpai/floor/v1\n', salt, { floorFen, lot });

/** Whether this opening (from the officer's bundle) is the floor that was sealed. */
export function opensFloor(sealed: string, opening: Opening): boolean {
  const salt = fromBase64(opening.salt);
  return salt?.length === SALT_BYTES && floorCommitment(salt, opening) === sealed;
}

/** How a person is called in one show: base64url(HMAC-SHA256(showKey, memberId)), first 16 characters. */
export const pseudonymOf = (showKey: Uint8Array, memberId: string): string =>
  toBase64url(hmac(sha256, showKey, utf8(memberId))).slice(0, 16);

/** How a browser is called in one show; of another kind than the names of persons, so that neither tells of the other. */
export const devicePseudonymOf = (showKey: Uint8Array, device: string): string =>
  pseudonymOf(showKey, `device/${device}`);

/** Base64 of the SHA-256 of canonical JSON: the rules' hash in `show.sealed`, for one. */
export const canonicalHash = (value: unknown): string => toBase64(sha256(canonicalBytes(value)));
