import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Room, Rooms } from '@qingpai/auction';
import { MembersService } from '@qingpai/members';
import { type BidAnswer, type HostCommand, type JoinAnswer } from '@qingpai/wire';
import { io, type Socket } from 'socket.io-client';
import { peopleAndShow } from './start/seed.js';
import { origin, type TestMarket, testMarket } from './testing/market.js';

/** A session that has ended is worth nothing at any door: socket, HTTP and the form without JavaScript. */
let market: TestMarket;
let showId: string;
let url: string;
let room: Room;
const open: Socket[] = [];
const members = () => market.app.get(MembersService, { strict: false });

beforeAll(async () => {
  market = await testMarket();
  await market.app.listen(0, '127.0.0.1');
  const { port } = (market.app.getHttpServer() as Server).address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
  const { room: path, host } = await peopleAndShow(market.app, market.parts.config, market.parts.log);
  showId = path!.split('/').at(-1)!;
  const { token } = await members().exchangeToken(host.split('#link=')[1]!);
  const member = await members().sessionOf(undefined, `Bearer ${token}`);
  room = await market.app.get(Rooms, { strict: false }).of(showId);
  const commands: HostCommand[] = [
    { name: 'seal', withoutConsent: 'on-paper' },
    { name: 'open', reason: 'none-configured' },
    { name: 'offer', lot: 'L6' },
  ];
  for (const command of commands) {
    const answer = await room.command(member, { commandId: `command-${command.name}`, command });
    if (!answer.ok) throw new Error(answer.reason);
  }
});
afterAll(async () => {
  for (const socket of open) socket.disconnect();
  await market.close();
});

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const logSize = async () => (await room.snapshot()).state.next;

async function buyer(nickname: string) {
  const [slip] = await members().makeSlips(showId, 1);
  const { token, memberId } = await members().exchangeToken(slip!.token, nickname);
  const joined = await asked('join', token, {});
  expect(joined.status).toBe(200);
  return { token, memberId };
}

const asked = (path: string, token: string, body: object) =>
  fetch(`${url}/api/shows/${showId}/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

let bids = 0;
/** One that would be accepted from anybody who may bid. */
async function fittingBid() {
  const { state } = await room.snapshot();
  const { priceFen, startFen } = state.lots.L6!.offerings[0]!;
  const amountFen = priceFen === null ? Math.max(startFen, 100) : priceFen + 100;
  return { bidId: `ended-${String((bids += 1)).padStart(4, '0')}`, lot: 'L6', offering: 1, amountFen };
}

/** A socket of this session, what is said to it when it is sent away, and when that was. */
function knock(token: string) {
  const socket = io(url, {
    ...{ transports: ['websocket'], forceNew: true, reconnection: false },
    extraHeaders: { authorization: `Bearer ${token}` },
  });
  open.push(socket);
  const farewells: unknown[] = [];
  socket.on('bye', (bye) => farewells.push(bye));
  const gone = new Promise<number>((resolve) => socket.once('disconnect', () => resolve(Date.now())));
  return { socket, farewells, gone };
}

/** In the room. */
async function enter(token: string) {
  const { socket, farewells, gone } = knock(token);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  const ask = <A>(name: string, payload: object) =>
    socket.timeout(2_000).emitWithAck(name, payload) as Promise<A>;
  const joined = await ask<JoinAnswer>('join', { showId });
  expect(joined.ok).toBe(true);
  return { socket, farewells, gone, ask };
}

/** Which doors let this session bid, and by how much the log grew. */
async function doorsOf(token: string, socket: Awaited<ReturnType<typeof enter>>) {
  const before = await logSize();
  const bid = await fittingBid();
  const answered = socket.ask<BidAnswer>('bid', bid).then(
    (answer) => (answer.ok ? 'accepted' : answer.reason),
    () => 'cut',
  );
  const bySocket = socket.socket.connected ? await answered : 'cut';
  const http = (await (await asked('bids', token, await fittingBid())).json()) as BidAnswer;
  const form = await fetch(`${url}/r/${showId}/bid`, {
    ...{ method: 'POST', redirect: 'manual' },
    headers: { origin, cookie: `qp_session=${token}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(
      Object.entries(await fittingBid()).map(([k, v]): [string, string] => [k, String(v)]),
    ).toString(),
  });
  const reopened = await enter(token).then(
    () => 'entered',
    (error: Error & { data?: { reason: string } }) => error.data?.reason,
  );
  const grown = (await logSize()) - before;
  return { bySocket, http: http.ok ? 'accepted' : http.reason, form: form.status, reopened, grown };
}

/** A cut socket has no answer; one that is not cut yet is told why. */
const shut = {
  bySocket: expect.stringMatching(/^(cut|not-signed-in)$/) as string,
  ...{ http: 'not-signed-in', form: 401, reopened: 'not-signed-in', grown: 0 },
};

test('while it lasts, a session bids at each of these doors', async () => {
  const { token } = await buyer('阿梅');
  const doors = await doorsOf(token, await enter(token));
  expect(doors).toMatchObject({ bySocket: 'accepted', http: 'already-leading', reopened: 'entered' });
  expect(doors.grown).toBeGreaterThan(0);
});

test('who signs out in one place is cut from all his sockets, and that session bids no more', async () => {
  const { token } = await buyer('阿公');
  const [one, two] = [await enter(token), await enter(token)];
  const atMs = Date.now();
  const signedOut = await fetch(`${url}/api/sign-out`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  expect(signedOut.status).toBeLessThan(300);
  for (const { gone, farewells } of [one, two]) {
    expect((await gone) - atMs).toBeLessThan(1_000);
    expect(farewells).toEqual([{ reason: 'not-signed-in' }]);
  }
  expect(await doorsOf(token, one)).toEqual(shut);
});

test('a socket whose session ends between its being read and its coming in does not stay', async () => {
  const { token } = await buyer('阿明');
  const read = members().sessionOf.bind(members());
  const reading = jest.spyOn(members(), 'sessionOf').mockImplementationOnce(async (...asked) => {
    const member = await read(...asked);
    await members().signOut(token);
    return member;
  });
  const { gone, farewells } = knock(token);
  await gone;
  expect(farewells).toEqual([{ reason: 'not-signed-in' }]);
  expect(reading).toHaveBeenCalledTimes(1);
  reading.mockRestore();
});

test('his other session, on another device, stays', async () => {
  const { token, memberId } = await buyer('阿婆');
  const link = await members().makeLink(memberId, '/');
  const other = await members().exchangeToken(link.token);
  const [stolen, own] = [await enter(token), await enter(other.token)];
  await members().signOut(token);
  await stolen.gone;
  expect(own.socket.connected).toBe(true);
  expect(await own.ask('bid', await fittingBid())).toMatchObject({ ok: true });
});

test('a session that has run out bids no more from that moment, and its socket is cut within a second', async () => {
  const { token, memberId } = await buyer('阿福');
  const endsAtMs = Date.now() + 1_500;
  await market.parts.db.query('UPDATE sessions SET expires_at = $2 WHERE member_id = $1', [
    memberId,
    new Date(endsAtMs),
  ]);
  const inside = await enter(token);
  expect(await inside.ask('time', {})).toMatchObject({ ok: true });
  await sleep(endsAtMs + 20 - Date.now());
  expect(await doorsOf(token, inside)).toEqual(shut);
  expect((await inside.gone) - endsAtMs).toBeLessThan(1_000);
  expect(inside.farewells).toEqual([{ reason: 'not-signed-in' }]);
});
