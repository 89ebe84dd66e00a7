import { SignJWT } from 'jose';
import { aliasOf, type MediaClaim } from '../rules/index.js';

/** A claim as a JWT (RFC 7519) with HS256: `sub` a pseudonym, `show`, `may` (publish, watch), `iat`, `exp`. */
export function signJwt({ show, may, person, untilMs }: MediaClaim, secret: string): Promise<string> {
  const key = new TextEncoder().encode(secret);
  return new SignJWT({ show, may })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(aliasOf(person, key))
    .setIssuedAt()
    .setExpirationTime(Math.floor(untilMs / 1_000))
    .sign(key);
}
