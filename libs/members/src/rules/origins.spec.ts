import { mayOpenSocket, refusalOfRequest } from './origins.js';

const ours = ['https://market.example', 'http://localhost:3000'];
const post = (origin: string | undefined, contentType: string | undefined) =>
  refusalOfRequest({ method: 'POST', origin, contentType }, ours);

describe('requests that change something', () => {
  test('our own pages may send JSON, files and plain forms', () => {
    const types = ['application/json; charset=utf-8', 'multipart/form-data; boundary=x', undefined];
    expect(types.map((type) => post('https://market.example', type))).toEqual([null, null, null]);
    expect(post('http://localhost:3000', 'application/x-www-form-urlencoded')).toBeNull();
  });

  test('an origin that is not exactly ours is foreign', () => {
    const foreign = [
      'https://evil.example',
      'http://market.example',
      'https://market.example.evil.example',
      'https://market.example:444',
      'null',
      '',
    ];
    expect(foreign.map((origin) => post(origin, 'application/json'))).toEqual(
      foreign.map(() => 'foreign-origin'),
    );
  });

  test('a client that is no browser sends no origin and is let through to the session check', () => {
    expect(post(undefined, 'application/json')).toBeNull();
  });

  test('a plain form without origin is refused, for any site can post one', () => {
    expect(post(undefined, 'application/x-www-form-urlencoded')).toBe('foreign-origin');
  });

  test('text and other bodies are refused', () => {
    expect(post('https://market.example', 'text/plain')).toBe('malformed');
    expect(post(undefined, 'text/plain;a=application/json')).toBe('malformed');
  });

  test('reading is open to all', () => {
    const get = { method: 'GET', origin: 'https://evil.example', contentType: undefined };
    expect(refusalOfRequest(get, ours)).toBeNull();
  });
});

describe('sockets', () => {
  test('a browser is known by its origin, a program by its bearer token', () => {
    expect(mayOpenSocket('https://market.example', ours, false)).toBe(true);
    expect(mayOpenSocket('https://evil.example', ours, true)).toBe(false);
    expect(mayOpenSocket(undefined, ours, true)).toBe(true);
    expect(mayOpenSocket(undefined, ours, false)).toBe(false);
  });
});
