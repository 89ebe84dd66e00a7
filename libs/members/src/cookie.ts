import { SESSION_LIFE_MS } from './limits.js';

export const SESSION_COOKIE = 'qp_session';

/** The session token in a Cookie header, or null. */
export function cookieToken(cookieHeader: string | undefined): string | null {
  for (const pair of cookieHeader?.split(';') ?? []) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === SESSION_COOKIE && value) return value;
  }
  return null;
}

/** The token of `Authorization: Bearer …`, for clients that keep no cookies. */
export function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer ([A-Za-z0-9_-]{16,128})$/i.exec(authorization ?? '')?.[1] ?? null;
}

/** Set-Cookie: not readable by scripts, not sent along by other sites' forms, Secure where there is https. */
export function sessionCookie(token: string, secure: boolean): string {
  return cookie(token, SESSION_LIFE_MS / 1000, secure);
}

export function expiredCookie(secure: boolean): string {
  return cookie('', 0, secure);
}

function cookie(value: string, maxAgeSeconds: number, secure: boolean): string {
  const always = `${SESSION_COOKIE}=${value}; Max-Age=${maxAgeSeconds}; Path=/; HttpOnly; SameSite=Lax`;
  return secure ? `${always}; Secure` : always;
}
