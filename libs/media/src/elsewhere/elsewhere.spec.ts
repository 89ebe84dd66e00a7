import { createHmac } from 'node:crypto';
import { aliasOf, claimOf } from '../rules/index.js';
import { openElsewhere, originsOf } from './open.js';

const key = new Uint8Array(32).fill(7);
const nowMs = () => 1_700_000_000_000;
const secret = 'thirty-two characters at the least.';
const template = {
  by: 'whip',
  publish: 'https://live.example/{show}/whip',
  watch: 'https://edge.example/{show}/whep?of={show}',
  newsSecret: null,
} as const;
const ask = { show: '20261101-01', person: 'm1', from: 'page', untilMs: nowMs() + 300_000 } as const;
const partsOf = (jwt: string) => jwt.split('.').slice(0, 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object); // prettier-ignore

test('a server that is known by a template gets the show into its addresses, and tokens as our relay reads them', async () => {
  const server = await openElsewhere({ ...template, jwtSecret: null }, { key, roomsOf: 'x', nowMs });
  const send = await server.publishAt(ask);
  expect(send.url).toBe('https://live.example/20261101-01/whip');
  expect(claimOf(send.token, key)).toEqual({
    ...{ show: ask.show, may: 'publish', person: 'm1', untilMs: ask.untilMs },
  });
  const watch = await server.watchAt(ask.show, 'm2', ask.untilMs);
  expect(watch.url).toBe('https://edge.example/20261101-01/whep?of=20261101-01');
  expect(claimOf(watch.token, key)).toMatchObject({ may: 'watch', person: 'm2' });
  server.close();
});

test('with a secret its tokens are JWT, HS256, in which a person is a pseudonym', async () => {
  const server = await openElsewhere({ ...template, jwtSecret: secret }, { key, roomsOf: 'x', nowMs });
  const { token } = await server.publishAt(ask);
  const [head, claims] = partsOf(token);
  expect(head).toEqual({ alg: 'HS256', typ: 'JWT' });
  expect(claims).toEqual({
    show: ask.show,
    may: 'publish',
    sub: aliasOf('m1', Buffer.from(secret)),
    iat: expect.any(Number) as number,
    exp: ask.untilMs / 1_000,
  });
  const [signed, mac] = [token.slice(0, token.lastIndexOf('.')), token.slice(token.lastIndexOf('.') + 1)];
  expect(mac).toBe(createHmac('sha256', secret).update(signed).digest('base64url'));
  server.close();
});

test('who cannot tell why a camera went has it interrupted, and put out when it is not back', async () => {
  jest.useFakeTimers();
  try {
    const news = { ...template, jwtSecret: null, newsSecret: secret };
    const server = await openElsewhere(news, { key, roomsOf: 'x', nowMs });
    const hear = (state: string, bearer = secret) =>
      server.hear(Buffer.from(JSON.stringify({ show: ask.show, state })), `Bearer ${bearer}`);
    const heard: string[] = [];
    server.onStage((_, { state }) => heard.push(state));
    expect(await hear('live', 'somebody else')).toBe(false);
    expect(await hear('live')).toBe(true);
    await hear('stalled');
    jest.advanceTimersByTime(20_000);
    await hear('live');
    jest.advanceTimersByTime(60_000);
    await hear('stalled');
    jest.advanceTimersByTime(40_000);
    expect(heard).toEqual(['live', 'stalled', 'live', 'stalled', 'ended']);
    expect(server.stageOf(ask.show)).toMatchObject({ state: 'ended', video: false });
    expect(await server.hear(Buffer.from('{'), `Bearer ${secret}`)).toBe(false);
    server.close();
  } finally {
    jest.useRealTimers();
  }
});

test('pages are let through to its origins alone', () => {
  expect(originsOf(null)).toEqual([]);
  expect(originsOf({ ...template, jwtSecret: null })).toEqual([
    'https://live.example',
    'https://edge.example',
  ]);
  const liveKit = { by: 'livekit', apiUrl: 'http://livekit:7880', apiKey: 'k', apiSecret: secret } as const;
  expect(originsOf({ ...liveKit, url: 'wss://live.example' })).toEqual([
    'wss://live.example',
    'https://live.example',
  ]);
  expect(originsOf({ ...liveKit, url: 'ws://[::1]:7880' })).toEqual(['ws://[::1]:7880', 'http://[::1]:7880']);
});
