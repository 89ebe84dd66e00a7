import { DEVICE_LIFE_MS, SESSION_LIFE_MS } from './limits.js';

export const SESSION_COOKIE = 'qp_session';
/** Tells browsers apart, not people: by it, a second account on the same device is noticed. */
export const DEVICE_COOKIE = 'qp_device';

/** The session token in a Cookie header, or null. */
export function cookieToken(cookieHeader: string | undefined): string | null {
  return cookieOf(cookieHeader, SESSION_COOKIE);
}

/** The device's number in a Cookie header; null: none, or none that we gave. */
export function cookieDevice(cookieHeader: string | undefined): string | null {
  const device = cookieOf(cookieHeader, DEVICE_COOKIE);
  return device !== null && /^[A-Za-z0-9_-]{43}$/.test(device) ? device : null;
}

function cookieOf(cookieHeader: string | undefined, wanted: string): string | null {
  for (const pair of cookieHeader?.split(';') ?? []) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === wanted && value) return value;
  }
  return null;
}

/** The token of `Authorization: Bearer …`, for clients that keep no cookies. */
export function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer ([A-Za-z0-9_-]{16,128})$/i.exec(authorization ?? '')?.[1] ?? null;
}

/** Set-Cookie: not readable by scripts, not sent along by other sites' forms, Secure where there is https. */
export function sessionCookie(token: string, secure: boolean): string {
  return cookie(SESSION_COOKIE, token, SESSION_LIFE_MS / 1000, secure);
}

export function expiredCookie(secure: boolean): string {
  return cookie(SESSION_COOKIE, '', 0, secure);
}

export function deviceCookie(device: string, secure: boolean): string {
  return cookie(DEVICE_COOKIE, device, DEVICE_LIFE_MS / 1000, secure);
}

function cookie(name: string, value: string, maxAgeSeconds: number, secure: boolean): string {
  const always = `${name}=${value}; Max-Age=${maxAgeSeconds}; Path=/; HttpOnly; SameSite=Lax`;
  return secure ? `${always}; Secure` : always;
}
