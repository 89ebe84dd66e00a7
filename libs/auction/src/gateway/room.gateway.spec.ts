import { type Socket } from 'node:net';
import { evolve } from '../rules/index.js';
import { bidOf, quickRules, until } from '../testing/rig.js';
import { ours, roomApp, type RoomApp, type TestSocket } from '../testing/roomApp.js';
import { Loudspeaker } from './loudspeaker.js';
import { type BidAnswer, type EventsFrame, type RoomMe, type ShowState } from '@qingpai/wire';

const calmRules = { ...quickRules, openForMs: 60_000, windowMs: 1_000, hardEndMs: 600_000 };
let app: RoomApp;
let show: string;
let host: TestSocket;
beforeAll(async () => {
  app = await roomApp();
  show = await app.newShow(calmRules);
  host = await app.socketOf(app.people.host);
  await host.ask('join', { showId: show });
  await app.command(host, { name: 'offer', lot: 'L1' });
});
afterAll(() => app.close());

const joined = async (token: string | null, showId = show) => {
  const socket = await app.socketOf(token);
  const answer = await socket.ask('join', { showId });
  if (!answer.ok) throw new Error(answer.reason);
  return { socket, answer, state: answer.snapshot!.state };
};
const priceOf = ({ lots }: ShowState) => lots.L1!.offerings[0]!.priceFen;
const leastFen = async () => {
  const { state } = await app.desks.of(show);
  return (priceOf(state) ?? 900) + 100;
};
const reasonOf = (answer: unknown) => (answer as { reason?: string }).reason ?? 'accepted';

describe('in a room', () => {
  it('a guest may watch: he gets the show, its card and how many are there', async () => {
    const { answer } = await joined(null);
    expect(answer).toMatchObject({ ok: true, me: { role: null, paddle: null } });
    expect(answer.snapshot).toMatchObject({ card: { showId: show }, chat: [], slowMs: 0 });
    expect(answer.watching).toBeGreaterThanOrEqual(2);
  });

  it('a bid is answered with its leaf, and everybody is told in one frame', async () => {
    const buyer = await app.buyer('小林', show);
    const [{ socket }, watcher] = [await joined(buyer.token), await joined(null)];
    const answer = await socket.ask('bid', bidOf(await leastFen()));
    expect(answer).toMatchObject({ ok: true, verdict: 'accepted', nth: 2 });
    const { state } = watcher;
    // What came before, such as the paddle, may be in a frame of its own.
    await until(() => watcher.socket.news<EventsFrame>('events').some(({ to }) => to >= answer.i!));
    const frames = watcher.socket.news<EventsFrame>('events');
    for (const { events, from } of frames) {
      expect(from).toBeLessThanOrEqual(state.next);
      // Ranges may overlap what the snapshot held already.
      for (const event of events.filter(({ i }) => i >= state.next)) evolve(state, event);
    }
    expect(state.lots.L1!.offerings[0]!.leader).toBe(buyer.bidder);
  });

  it('who comes back with a gap gets the events since, and folds to what a snapshot says', async () => {
    const [one, two] = [await app.buyer('甲', show), await app.buyer('乙', show)];
    const first = await joined(one.token);
    first.socket.socket.disconnect();
    const other = await joined(two.token);
    for (let k = 0; k < 3; k += 1) {
      const bidder = k % 2 ? await app.buyer(`丙${k}`, show) : two;
      const { socket } = k % 2 ? await joined(bidder.token) : other;
      expect(reasonOf(await socket.ask('bid', bidOf(await leastFen())))).toBe('accepted');
    }
    const back = await app.socketOf(one.token);
    const answer = await back.ask('join', { showId: show, from: first.state.next });
    if (!answer.ok || !answer.since) throw new Error('no events');
    for (const event of answer.since.events) evolve(first.state, event);
    const fresh = await joined(null);
    expect({ ...first.state, next: answer.since.to + 1 }).toEqual(fresh.state);
    expect(await back.ask('since', { from: fresh.state.next })).toMatchObject({
      since: { events: [] },
      more: false,
    });
  });

  it('the same bid gets the same answer from the socket, from another socket and over HTTP', async () => {
    const buyer = await app.buyer('丁', show);
    const bid = bidOf(await leastFen());
    const first = await (await joined(buyer.token)).socket.ask('bid', bid);
    expect(await (await joined(buyer.token)).socket.ask('bid', bid)).toEqual(first);
    expect(await post('bids', buyer.token, bid)).toEqual({ status: 200, body: first });
  });

  it('a late bid, one at the price and one off the grid are answered with their reasons', async () => {
    const buyer = await app.buyer('戊', show);
    const { socket } = await joined(buyer.token);
    const price = (await leastFen()) - 100;
    const beaten = (await socket.ask('bid', bidOf(price))) as Extract<BidAnswer, { ok: false }>;
    expect(beaten).toMatchObject({ reason: 'not-above-price', leastFen: price + 100 });
    const { state } = await app.desks.of(show);
    expect(beaten.beatenBy).toBe(state.lots.L1!.offerings[0]!.leaderBid);
    expect(await socket.ask('bid', bidOf(price + 101))).toMatchObject({ reason: 'off-grid' });
    expect(await socket.ask('bid', bidOf(price + 100, { lot: 'L2' }))).toMatchObject({ reason: 'not-open' });
    expect(await socket.ask('bid', bidOf(price + 100, { lot: 'L77' }))).toMatchObject({
      reason: 'unknown-lot',
    });
  });

  it('a waiting buyer is let in by one tap: he is told his paddle, and hosts how many wait', async () => {
    const waiting = await app.members.waitFor('新来的', show);
    const { socket, answer } = await joined(waiting.token);
    expect(answer.me).toMatchObject({ waiting: true, paddle: null });
    expect(await socket.ask('bid', bidOf(9_000))).toMatchObject({
      reason: 'not-admitted',
      verdict: 'refused',
    });
    await until(() => host.news<{ waiting: number }>('waiting').some((told) => told.waiting === 1));
    await app.members.admit(waiting.memberId, show);
    await until(() => socket.news<{ me: RoomMe }>('me').some(({ me }) => me.paddle !== null));
    expect(socket.news<{ me: RoomMe }>('me').at(-1)!.me).toMatchObject({ waiting: false, nth: 1 });
    await until(() => host.news<{ waiting: number }>('waiting').at(-1)?.waiting === 0);
    expect(socket.news('waiting')).toHaveLength(0);
  });

  it('presence is the number of open sockets', async () => {
    const there = await app.newShow(calmRules, ['L1']);
    const [one, two] = [await joined(null, there), await joined(null, there)];
    await until(() => one.socket.news<{ watching: number }>('presence').at(-1)?.watching === 2);
    two.socket.socket.disconnect();
    await until(() => one.socket.news<{ watching: number }>('presence').at(-1)?.watching === 1);
  });

  it("the server's clock is told", async () => {
    const { socket } = await joined(null);
    const answer = await socket.ask('time', { sentAtMs: 1.5 });
    expect(answer.serverNowMs).toBeGreaterThan(Date.now() - 2_000);
  });
});

describe('the talk', () => {
  it('goes to everybody, as text, under paddle numbers', async () => {
    const buyer = await app.buyer('庚', show);
    const { socket } = await joined(buyer.token);
    expect(await socket.ask('chat', { text: '<img src=x onerror=alert(1)>' })).toEqual({ ok: true });
    await until(() => host.news('chat').length > 0);
    expect(host.news('chat').at(-1)).toMatchObject({
      kind: 'line',
      line: { text: '<img src=x onerror=alert(1)>', paddle: buyer.paddle, role: 'buyer' },
    });
  });

  it('is muted, slowed and cleared by hosts and moderators', async () => {
    const buyer = await app.buyer('辛', show);
    const { socket } = await joined(buyer.token);
    await socket.ask('chat', { text: '第一句' });
    expect(await host.ask('moderate', { act: 'mute', bidder: buyer.bidder })).toEqual({ ok: true });
    expect(await socket.ask('chat', { text: '第二句' })).toMatchObject({ reason: 'muted' });
    expect(socket.news<{ me: RoomMe }>('me').at(-1)!.me.muted).toBe(true);
    expect(socket.news<{ me: RoomMe }>('me').at(-1)!.me).not.toHaveProperty('mutes');
    const mutes = [{ bidder: buyer.bidder, paddle: buyer.paddle }];
    // Whoever may let him speak again sees him, also who comes in later.
    expect(host.news<{ me: RoomMe }>('me').at(-1)!.me.mutes).toEqual(mutes);
    const { answer: later } = await joined(app.people.host);
    expect(later.me.mutes).toEqual(mutes);
    await host.ask('moderate', { act: 'unmute', bidder: buyer.bidder });
    expect(host.news<{ me: RoomMe }>('me').at(-1)!.me.mutes).toEqual([]);
    await host.ask('moderate', { act: 'slow', everyMs: 60_000 });
    expect(await socket.ask('chat', { text: '第三句' })).toMatchObject({ reason: 'slow-mode' });
    await host.ask('moderate', { act: 'slow', everyMs: 0 });
    const { answer } = await joined(null);
    const { id } = answer.snapshot!.chat.at(-1)!;
    expect(await host.ask('moderate', { act: 'remove', id })).toEqual({ ok: true });
    expect(await host.ask('moderate', { act: 'remove', id })).toMatchObject({ reason: 'not-found' });
    const nobody = { act: 'mute', bidder: 'nobody----------' };
    expect(await host.ask('moderate', nobody)).toMatchObject({ reason: 'not-found' });
  });
});

describe('whatever is sent is answered with a stable reason', () => {
  it.each([
    ['bid', undefined],
    ['bid', null],
    ['bid', 'text'],
    ['bid', { bidId: 'x' }],
    ['bid', { ...bidOf(1_000), amountFen: 10.5 }],
    ['bid', { ...bidOf(1_000), bidder: 'somebody-else---' }],
    ['bid', { ...bidOf(1_000), amountFen: '1000' }],
    ['bid', Buffer.from('binary')],
    ['join', { showId: "'; DROP TABLE shows" }],
    ['since', { from: -1 }],
    ['command', { commandId: 'c-0000001', command: { name: 'hammer' } }],
    ['chat', { text: '' }],
    ['chat', { text: 'x'.repeat(201) }],
    ['moderate', { act: 'ban', bidder: 'x' }],
    ['time', { now: 1 }],
  ])('malformed: %s %j', async (name, payload) => {
    const { socket } = await joined((await app.buyer('壬', show)).token);
    const answer = await socket.emit(name, payload);
    expect(answer).toMatchObject({ ok: false, reason: 'malformed' });
    expect((answer as { errors: object[] }).errors.length).toBeGreaterThan(0);
    if (name === 'bid') expect(answer).toMatchObject({ verdict: 'refused' });
  });

  it('a message of a name that does not exist, also of one that every object has', async () => {
    const { socket } = await joined(null);
    for (const name of ['hammer', 'constructor', '__proto__', 'toString']) {
      expect(await socket.emit(name, {})).toMatchObject({ ok: false, reason: 'unknown-event' });
    }
  });

  it('a second payload, a show that does not exist, and a bid before joining', async () => {
    const socket = await app.socketOf((await app.buyer('癸', show)).token);
    expect(await socket.emit('time', {}, {})).toMatchObject({ reason: 'malformed' });
    expect(await socket.ask('join', { showId: '20200101-99' })).toMatchObject({ reason: 'unknown-show' });
    expect(await socket.ask('bid', bidOf(1_000))).toMatchObject({
      reason: 'unknown-show',
      verdict: 'refused',
    });
  });

  it('a message without acknowledgement does nothing and hurts nobody', async () => {
    const buyer = await app.buyer('子', show);
    const { socket } = await joined(buyer.token);
    const bid = bidOf(await leastFen());
    socket.socket.emit('bid', bid);
    socket.socket.emit('hammer');
    expect(await socket.ask('time', {})).toMatchObject({ ok: true });
    expect((await app.desks.of(show)).nthOf(buyer.bidder)).toBe(1);
  });

  it('a frame above 16 KB ends its own connection only', async () => {
    const [big, other] = [await joined(null), await joined(null)];
    big.socket.socket.emit('chat', { text: 'x'.repeat(20_000) });
    await until(() => !big.socket.socket.connected);
    expect(await other.socket.ask('time', {})).toMatchObject({ ok: true });
  });
});

describe('who may come in', () => {
  const refusedWith = async (token: string | null, options: Parameters<RoomApp['socketOf']>[1]) =>
    app.socketOf(token, options).then(
      () => 'connected',
      (error: Error & { data?: { reason: string } }) => error.data?.reason ?? error.message,
    );

  it('not a page of another site, whatever cookie the browser sends along', async () => {
    const { token } = await app.buyer('丑', show);
    for (const origin of ['https://evil.example', 'null', 'https://market.example.evil.example']) {
      const extraHeaders = { origin, cookie: `qp_session=${token}` };
      expect(await refusedWith(token, { extraHeaders })).toBe('websocket error');
    }
  });

  it('without an Origin only with a good token, never with a cookie', async () => {
    const { token } = await app.buyer('寅', show);
    expect(await refusedWith(null, { extraHeaders: {} })).toBe('foreign-origin');
    expect(await refusedWith(null, { extraHeaders: { cookie: `qp_session=${token}` } })).toBe(
      'foreign-origin',
    );
    expect(await refusedWith(null, { extraHeaders: { authorization: `Bearer ${'x'.repeat(43)}` } })).toBe(
      'not-signed-in',
    );
    expect(await refusedWith(null, { extraHeaders: {}, auth: { token } })).toBe('connected');
    expect(await refusedWith(null, { extraHeaders: { authorization: `Bearer ${token}` } })).toBe('connected');
  });

  it('not by polling, where a page of ours could not be told from another', async () => {
    expect(await refusedWith(null, { transports: ['polling'], extraHeaders: { origin: ours } })).not.toBe(
      'connected',
    );
  });

  it('a banned member is cut within a second and told so; who signs out as well', async () => {
    const [banned, leaving] = [await app.buyer('卯', show), await app.buyer('辰', show)];
    const [one, two] = [await joined(banned.token), await joined(leaving.token)];
    const atMs = Date.now();
    await app.members.ban(banned.memberId);
    await app.members.signOut(leaving.token);
    await until(() => !one.socket.socket.connected && !two.socket.socket.connected, 1_000);
    expect(Date.now() - atMs).toBeLessThan(1_000);
    expect(one.socket.news('bye')).toEqual([{ reason: 'not-signed-in' }]);
    expect(await refusedWith(null, { extraHeaders: {}, auth: { token: banned.token } })).toBe(
      'not-signed-in',
    );
  });
});

describe('a flood', () => {
  it('is answered with slow-down, and nobody else is', async () => {
    const [flooder, other] = [await app.buyer('巳', show), await app.buyer('午', show)];
    const [bad, good] = [await joined(flooder.token), await joined(other.token)];
    const flood = Array.from({ length: 60 }, () => bad.socket.ask('bid', bidOf(100)));
    const fair = await good.socket.ask('bid', bidOf(await leastFen()));
    const reasons = (await Promise.all(flood)).map(reasonOf);
    expect(fair).toMatchObject({ ok: true });
    expect(reasons.filter((reason) => reason === 'slow-down').length).toBeGreaterThanOrEqual(20);
    expect(new Set(reasons)).toEqual(new Set(['slow-down', 'below-start']));
  });

  it('that does not end is cut', async () => {
    const { socket } = await joined(null);
    for (let k = 0; k < 2_500; k += 1) socket.socket.emit('time', {}, () => undefined);
    await until(() => !socket.socket.connected);
    expect(socket.news('bye')).toEqual([{ reason: 'slow-down' }]);
  });
});

describe('a slow reader', () => {
  /** Stops reading from its socket, as a phone in a tunnel does. */
  const wireOf = ({ socket }: TestSocket) =>
    (socket.io.engine.transport as unknown as { ws: { _socket: Socket } }).ws._socket;

  it('skips frames without holding up the others, and catches up when it reads again', async () => {
    const [slow, quick] = [await joined(null), await joined(null)];
    wireOf(slow.socket).pause();
    const ballast = { me: 'x'.repeat(12_000_000) }; // more than the kernel takes
    app.app.get(Loudspeaker).send([slow.socket.socket.id!], 'me', ballast);
    const { socket } = await joined((await app.buyer('戌', show)).token);
    const answer = await socket.ask('bid', bidOf(await leastFen()));
    expect(answer).toMatchObject({ ok: true });
    await until(() => quick.socket.news('events').length > 0);
    expect(slow.socket.news('events')).toHaveLength(0);
    wireOf(slow.socket).resume();
    await until(() => slow.socket.news('events').length > 0, 5_000);
    const { from } = slow.socket.news<EventsFrame>('events').at(-1)!;
    expect(await slow.socket.ask('since', { from })).toMatchObject({ ok: true });
  });
});

describe('every role and every message', () => {
  const roles = [
    'guest',
    'waiting',
    'buyer',
    'moderator',
    'host',
    'foreignHost',
    'officer',
    'operator',
  ] as const;
  const messages = {
    bid: () => bidOf(100),
    command: () => ({ commandId: bidOf(1).bidId, command: { name: 'lastCall', lot: 'L2' } }),
    seal: () => ({ commandId: bidOf(1).bidId, command: { name: 'seal' } }),
    chat: () => ({ text: '大家好' }),
    moderate: () => ({ act: 'remove', id: 'none' }),
  };
  /** `yes`: it got as far as the auction or the talk itself, whatever those said. */
  const table: Record<(typeof roles)[number], Record<keyof typeof messages, string>> = {
    guest: row('not-signed-in', 'not-signed-in', 'not-signed-in', 'not-signed-in', 'not-signed-in'),
    waiting: row('not-admitted', 'not-allowed', 'not-allowed', 'not-admitted', 'not-allowed'),
    buyer: row('yes', 'not-allowed', 'not-allowed', 'yes', 'not-allowed'),
    moderator: row('not-allowed', 'yes', 'not-allowed', 'yes', 'yes'),
    host: row('not-allowed', 'yes', 'yes', 'yes', 'yes'),
    foreignHost: row('not-allowed', 'not-allowed', 'not-allowed', 'yes', 'not-allowed'),
    officer: row('not-allowed', 'not-allowed', 'not-allowed', 'yes', 'not-allowed'),
    operator: row('not-allowed', 'not-allowed', 'not-allowed', 'not-allowed', 'not-allowed'),
  };
  function row(bid: string, command: string, seal: string, chat: string, moderate: string) {
    return { bid, command, seal, chat, moderate };
  }
  const tokenOf = async (role: (typeof roles)[number]) => {
    if (role === 'guest') return null;
    if (role === 'waiting') return (await app.members.waitFor('等着', show)).token;
    return role === 'buyer' ? (await app.buyer('未', show)).token : app.people[role];
  };
  const told = ['below-start', 'lot-not-on-block', 'nothing-to-seal', 'not-found', 'accepted'];

  it.each(roles)('%s: over the socket and over HTTP alike', async (role) => {
    const token = await tokenOf(role);
    const { socket } = await joined(token);
    for (const [name, payload] of Object.entries(messages)) {
      const wanted = table[role][name as keyof typeof messages];
      const message = name === 'seal' ? 'command' : name;
      const reason = reasonOf(await socket.emit(message, payload()));
      expect([name, told.includes(reason) ? 'yes' : reason]).toEqual([name, wanted]);
      if (message !== 'bid' && message !== 'command') continue;
      const { body, status } = await post(`${message}s`, token, payload());
      expect([name, told.includes(reasonOf(body)) ? 'yes' : reasonOf(body)]).toEqual([name, wanted]);
      expect(status).not.toBe(200);
    }
  });
});

describe('over HTTP', () => {
  it('a show is read as a snapshot and as events', async () => {
    const snapshot = await get(`/api/shows/${show}`);
    expect(snapshot.body).toMatchObject({ state: { phase: 'open' }, card: { showId: show } });
    const page = await get(`/api/shows/${show}/events?from=0`);
    expect(page.body).toMatchObject({ since: { from: 0 }, more: false });
    expect((await get(`/api/shows/${show}/events?from=x`)).status).toBe(400);
    expect((await get('/api/shows/20200101-99')).status).toBe(404);
  });

  it('a malformed bid gets the body that a socket gets, and its status', async () => {
    const { token } = await app.buyer('申', show);
    const { status, body } = await post('bids', token, { bidId: 'half' });
    expect(status).toBe(400);
    expect(body).toMatchObject({ ok: false, verdict: 'refused', bidId: 'half', reason: 'malformed' });
    expect((await post('bids', token, bidOf(100))).status).toBe(409);
    expect((await post('bids', null, bidOf(100))).status).toBe(401);
    const unknown = await fetch(`${app.url}/api/shows/20200101-99/bids`, request(token, bidOf(100)));
    expect([unknown.status, reasonOf(await unknown.json())]).toEqual([404, 'unknown-show']);
  });

  it('a buyer takes a paddle once, and is told on his open socket', async () => {
    const [slip] = await app.members.makeSlips(show, 1);
    const { token } = await app.members.exchangeToken(slip!.token, '酉');
    const { socket, answer } = await joined(token);
    expect(answer.me).toMatchObject({ role: 'buyer', paddle: null });
    const first = await post('join', token, {});
    const again = await post('join', token, {});
    expect(first.body).toMatchObject({ me: { nickname: '酉', nth: 1 } });
    expect(again.body).toEqual(first.body);
    await until(() => socket.news('me').length > 0);
    expect(await post('join', app.people.host, {})).toMatchObject({ status: 403 });
  });
});

function request(token: string | null, body: object): RequestInit {
  const headers = new Headers({ 'content-type': 'application/json' });
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  return { method: 'POST', headers, body: JSON.stringify(body) };
}
async function post(path: string, token: string | null, body: object) {
  const response = await fetch(`${app.url}/api/shows/${show}/${path}`, request(token, body));
  return { status: response.status, body: (await response.json()) as unknown };
}
async function get(path: string) {
  const response = await fetch(`${app.url}${path}`);
  return { status: response.status, body: (await response.json()) as unknown };
}
