import {
  bearerToken,
  cookieDevice,
  cookieToken,
  deviceCookie,
  expiredCookie,
  sessionCookie,
} from './cookie.js';

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

test('a device is known by its own cookie, and only by a number we gave', () => {
  const device = 'd'.repeat(43);
  expect(cookieDevice(`qp_session=s; qp_device=${device}`)).toBe(device);
  expect(cookieDevice(`qp_device=${device}x`)).toBeNull();
  expect(cookieDevice('qp_session=s')).toBeNull();
  expect(deviceCookie(device, false)).toBe(
    `qp_device=${device}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax`,
  );
});
