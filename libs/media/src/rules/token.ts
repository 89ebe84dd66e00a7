import { hmac } from '@noble/hashes/hmac';
import { sha256 } from '@noble/hashes/sha256';
import { mediaClaim, type MediaClaim } from '@qingpai/wire';

export type { MediaClaim };

export const TOKEN_CHARACTERS_MAX = 600;

/**
 * `<claim as JSON>.<HMAC-SHA-256>`, both base64url.
 * @param key 32 bytes
 */
export function signToken(claim: MediaClaim, key: Uint8Array): string {
  const body = base64url(new TextEncoder().encode(JSON.stringify(claim)));
  return `${body}.${base64url(macOf(body, key))}`;
}

/** The claim of a token that we signed, whether or not its time is over; null for anything else. */
export function claimOf(token: string, key: Uint8Array): MediaClaim | null {
  if (token.length > TOKEN_CHARACTERS_MAX) return null;
  const [body, mac, ...more] = token.split('.');
  if (body === undefined || mac === undefined || more.length > 0) return null;
  if (!same(mac, base64url(macOf(body, key)))) return null;
  return mediaClaim.parse(JSON.parse(new TextDecoder().decode(bytesOf(body))));
}

/** Why a token does not open this door at this time; null: it does. Once inside, one may always leave. */
export function refusalOfToken(
  claim: MediaClaim | null,
  door: { show: string; may: MediaClaim['may']; nowMs: number | 'leaving' },
): 'wrong-token' | 'not-allowed' | null {
  if (claim === null) return 'wrong-token';
  if (door.nowMs !== 'leaving' && claim.untilMs <= door.nowMs) return 'wrong-token';
  return claim.show === door.show && claim.may === door.may ? null : 'not-allowed';
}

const macOf = (body: string, key: Uint8Array) => hmac(sha256, key, new TextEncoder().encode(body));

/** In a time that does not tell where they differ. */
function same(one: string, other: string): boolean {
  let differs = one.length ^ other.length;
  for (let k = 0; k < other.length; k += 1) differs |= one.charCodeAt(k) ^ other.charCodeAt(k);
  return differs === 0;
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
}
