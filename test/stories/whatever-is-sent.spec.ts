import { Agent, request } from 'node:http';
import { newId } from './kit/person.js';
import { Garbage } from './kit/garbage.js';
import { Market, pot } from './kit/market.js';
import { type Person } from './kit/person.js';
import { Chance } from '../tampering/chance.js';
import { type ClientMessage, clientMessages, defaultRules, type InvariantRun } from '@qingpai/wire';
import { io, type Socket } from 'socket.io-client';

/** `npm run fuzz` sends a million and a hundred thousand; here enough to meet every kind many times. */
const FRAMES = Number(process.env.FUZZ_FRAMES ?? 30_000);
const BODIES = Number(process.env.FUZZ_BODIES ?? 3_000);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
/** Below what makes a socket hostile, so that every frame is looked at. */
const FRAMES_PER_SOCKET = 1_500;
const FRAMES_AT_ONCE = 100;
const BODIES_AT_ONCE = 16;
const HANG_UPS_MAX = 10;
/** A garbled packet costs its socket: the other end hangs up. */
const SOCKETS_GARBLED = 0.3;
/**
 * What the server may hold on its heap: little more than it needs, so that it collects in earnest, its size says what
 * it keeps and not what it has not yet cleared, and a leak is its end.
 */
const HEAP_MB_MAX = 96;
/** What is young, too: newer lines of Node let it grow for as long as the load lasts, which looks like a leak. */
const YOUNG_MB_MAX = 8;
/** Between a fifth of the way and its end the server's memory may grow by so much, MB: its pools, not a leak. */
const GROWTH_MB_MAX = 32;

let market: Market;
let showId: string;
let host: Person;
let fair: Person[];
let hostile: string;
let right: Record<ClientMessage, object>;

beforeAll(async () => {
  market = await Market.open({
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MB_MAX} --max-semi-space-size=${YOUNG_MB_MAX}`,
  });
  ({ showId, host } = await market.openShow([pot(), pot()], { ...defaultRules, openForMs: 3_600_000 }));
  fair = [await market.buyer(showId, '守规矩'), await market.buyer(showId, '也守规矩')];
  hostile = (await market.buyer(showId, '乱来')).token!;
  await host.offers('L1', ...fair);
  const bid = { bidId: newId(), lot: 'L1', offering: 1, amountFen: 3_600 };
  right = {
    join: { showId, from: 1 },
    since: { from: 1 },
    bid,
    proxy: { bidId: newId(), lot: 'L2', maxFen: 4_000 },
    withdrawProxy: { lot: 'L2' },
    answerOffer: { offer: 'O1', accept: true },
    answerChance: { sale: 'S1', accept: true },
    command: { commandId: newId(), command: { name: 'offer', lot: 'L2' } },
    chat: { text: '好花' },
    moderate: { name: 'mute', person: 'nobody' },
    time: {},
  };
}, 60_000);
afterAll(() => market.close());

const megabytes = async (): Promise<number> => {
  const { answer } = await market.ask<string>('GET', '/metrics');
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(answer)![1]) / 2 ** 20;
};

/** Two others bid as always, in turn: the price goes up by a step, answered and accepted. */
let priceFen = 3_400;
async function fairBid(): Promise<void> {
  priceFen = priceFen < 10_000 ? priceFen + 200 : priceFen + 500;
  fair.reverse();
  const [one] = fair as [Person, Person];
  expect(await one.bid('L1', priceFen)).toMatchObject({
    ok: true,
    verdict: 'accepted',
    amountFen: priceFen,
  });
}

/** @returns what it was at the fifth of the way, and at the end, MB */
async function whileMemoryIsWatched(
  all: number,
  step: (done: number) => Promise<number>,
): Promise<{ beforeMb: number; afterMb: number }> {
  let beforeMb = 0;
  let done = 0;
  for (let fairAt = 0; done < all;) {
    if (done >= fairAt) {
      await fairBid();
      fairAt += all / 10;
    }
    done += await step(done);
    if (beforeMb === 0 && done >= all / 5) beforeMb = await megabytes();
  }
  await fairBid();
  return { beforeMb, afterMb: await megabytes() };
}

function socketOf(chance: Chance): Promise<Socket> {
  const socket = io(market.origin, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    ...(chance.maybe(0.7) ? { auth: { token: hostile } } : { extraHeaders: { origin: market.origin } }),
  });
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.once('connect_error', reject);
  });
}

const reasons: Record<string, number> = {};
/** Sends one and waits for its answer, or for the end of the socket. */
function sends(socket: Socket, [name, ...args]: [string, ...unknown[]]): Promise<void> {
  return new Promise((resolve) => {
    socket.once('disconnect', () => resolve());
    socket.emit(name, ...args, (answer: { ok: unknown; reason?: string }) => {
      const reason = answer.ok === true ? 'ok' : (answer.reason ?? 'no reason at all');
      reasons[reason] = (reasons[reason] ?? 0) + 1;
      resolve();
    });
  });
}

it(`${FRAMES} frames of garbage are each answered, harm nobody, and leave nothing behind`, async () => {
  const chance = new Chance(SEED);
  const garbage = new Garbage(chance, right);
  let answered = 0;
  const { beforeMb, afterMb } = await whileMemoryIsWatched(FRAMES, async (done) => {
    const socket = await socketOf(chance);
    await sends(socket, ['join', { showId }]);
    const of = Math.min(FRAMES_PER_SOCKET, FRAMES - done);
    for (let sent = 0; sent < of; sent += FRAMES_AT_ONCE) {
      if (!socket.connected) throw new Error(`cut after ${sent} frames`);
      socket.removeAllListeners('disconnect');
      const frames = Array.from({ length: Math.min(FRAMES_AT_ONCE, of - sent) }, () => garbage.frame());
      await Promise.all(frames.map((frame) => sends(socket, frame)));
    }
    if (chance.maybe(SOCKETS_GARBLED)) socket.io.engine.write(garbage.packet());
    else socket.disconnect();
    answered = Object.values(reasons).reduce((sum, n) => sum + n, 0);
    setTimeout(() => socket.disconnect(), 100);
    return of;
  });
  process.stdout.write(
    `fuzz ${FRAMES} frames: ${answered} answered, ${JSON.stringify(reasons)}, ${beforeMb.toFixed()} → ${afterMb.toFixed()} MB\n`,
  );
  expect(answered).toBeGreaterThanOrEqual(FRAMES);
  expect(market.printed.split('\n').filter((line) => line.includes('message-failed'))).toEqual([]);
  expect(reasons['internal'] ?? 0).toBe(0);
  expect(reasons['no reason at all'] ?? 0).toBe(0);
  expect(afterMb - beforeMb).toBeLessThan(GROWTH_MB_MAX);
}, 900_000);

it(`${BODIES} bad bodies are refused by every route that takes one, none with a fault of the server`, async () => {
  const chance = new Chance(SEED + 1);
  const garbage = new Garbage(chance, right);
  const routes = await routesWithBody();
  expect(routes.length).toBeGreaterThan(20);
  const agent = new Agent({ keepAlive: true, maxSockets: BODIES_AT_ONCE });
  const statuses: Record<number, number> = {};
  const faults = new Set<string>();
  const { beforeMb, afterMb } = await whileMemoryIsWatched(BODIES, async (done) => {
    const some = Array.from({ length: Math.min(1_000, BODIES - done) }, async () => {
      const [method, path] = chance.one(routes);
      const token = chance.one([hostile, undefined, 'x'.repeat(43)]);
      const status = await sendBody(agent, method, path, garbage.body(), token);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status >= 500) faults.add(`${method} ${path}: ${status}`);
    });
    await Promise.all(some);
    return some.length;
  });
  agent.destroy();
  process.stdout.write(
    `fuzz ${BODIES} bodies to ${routes.length} routes: ${JSON.stringify(statuses)}, ${beforeMb.toFixed()} → ${afterMb.toFixed()} MB\n`,
  );
  expect([...faults]).toEqual([]);
  expect(afterMb - beforeMb).toBeLessThan(GROWTH_MB_MAX);
}, 900_000);

/** All but signing out, which would end the hostile one's own session, and erasing himself. */
async function routesWithBody(): Promise<[string, string][]> {
  const { paths } = await market.must<{ paths: Record<string, object> }>('GET', '/docs-json');
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => ['post', 'put', 'patch', 'delete'].includes(method))
      .filter(() => !/sign-out|erase/.test(path))
      .map((method): [string, string] => [
        method.toUpperCase(),
        path
          .replace('{showId}', showId)
          .replace('{id}', showId)
          .replace(/\{\w+\}/g, 'L1'),
      ]),
  );
}

/** What was refused before its body had come is hung up on, and the next one was on its way already: asked again. */
async function sendBody(
  agent: Agent,
  method: string,
  path: string,
  body: { type: string; bytes: string },
  token?: string,
): Promise<number> {
  for (let again = HANG_UPS_MAX; ; again -= 1) {
    try {
      return await sendOnce(agent, method, path, body, token);
    } catch (error) {
      if (again === 0) throw error;
    }
  }
}
function sendOnce(
  agent: Agent,
  method: string,
  path: string,
  { type, bytes }: { type: string; bytes: string },
  token?: string,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type, ...(token && { authorization: `Bearer ${token}` }) };
    const asked = request(market.origin + path, { method, agent, headers }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode!));
    });
    asked.once('error', reject);
    asked.end(bytes);
  });
}

it('every message there is was among them', () => {
  expect(Object.keys(right).sort()).toEqual(Object.keys(clientMessages).sort());
});

it('a text whose length is no number is malformed at both doors', async () => {
  const text = { length: { toString: 1, valueOf: null } };
  expect(await fair[0]!.ask('chat', { text })).toMatchObject({ ok: false, reason: 'malformed' });
  const { status, answer } = await market.ask('POST', '/api/shows', await market.host(), { title: text });
  expect({ status, answer }).toMatchObject({ status: 400, answer: { code: 'malformed' } });
});

it('who floods is cut, also when no answers are asked for; others bid on', async () => {
  const socket = await socketOf(new Chance(1));
  const cut = new Promise((resolve) => socket.once('disconnect', resolve));
  for (let n = 0; n < 2_100; n += 1) socket.emit('bid', {});
  await cut;
  await fairBid();
});

it('after all of it the data is what it must be', async () => {
  const run = await market.must<InvariantRun>('POST', '/api/invariants', await market.officer());
  expect(run.invariants.length).toBeGreaterThan(30);
  expect(run.invariants.filter(({ holds }) => holds !== 'yes')).toEqual([]);
});
