import { bearerToken, cookieToken, expiredCookie, sessionCookie } from './cookie.js';

describe('the session cookie', () => {
  test('is kept from scripts and from other sites, for thirty days', () => {
    expect(sessionCookie('abc', false)).toBe(
      'qp_session=abc; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax',
    );
  });

  test('is Secure under https only', () => {
    expect(sessionCookie('abc', true)).toMatch(/; Secure$/);
    expect(expiredCookie(true)).toBe('qp_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure');
  });

  test('is found among others', () => {
    expect(cookieToken('a=1; qp_session=abc; b=2')).toBe('abc');
    expect(cookieToken('xqp_session=abc')).toBeNull();
    expect(cookieToken('qp_session=')).toBeNull();
    expect(cookieToken(undefined)).toBeNull();
  });

  test('a bearer token is taken from the Authorization header', () => {
    expect(bearerToken('Bearer abcdefghijklmnop')).toBe('abcdefghijklmnop');
    expect(bearerToken('Basic abcdefghijklmnop')).toBeNull();
    expect(bearerToken(undefined)).toBeNull();
  });
});
