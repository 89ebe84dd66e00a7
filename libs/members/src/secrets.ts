import { createHash, randomBytes, randomInt } from 'node:crypto';

/** 256 random bits, base64url: a session, a sign-in link, a slip. Only its hash is stored. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** A token is random already, so a plain hash is enough to make the stored value useless to a thief. */
export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Six digits, each code as likely as another. */
export function newCode(): string {
  return String(randomInt(1_000_000)).padStart(6, '0');
}
