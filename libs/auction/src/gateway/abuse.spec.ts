import { type Bid, type BidAnswer } from '@qingpai/wire';
import WebSocket from 'ws';
import { rates, SOCKETS_PER_PERSON_MAX } from '../room/limits.js';
import { bidOf, done, offer, quickRules, until } from '../testing/rig.js';
import { ours, type RoomApp, roomApp, type TestSocket } from '../testing/roomApp.js';

/** What a hostile client can send with a good session, and whom it hurts. */
const calmRules = { ...quickRules, openForMs: 600_000, windowMs: 1_000, hardEndMs: 1_200_000 };
let app: RoomApp;
beforeAll(async () => {
  app = await roomApp();
});
afterAll(() => app.close());

/** A show with its first lot on the block. */
async function openShow(rules = calmRules): Promise<string> {
  const show = await app.newShow(rules);
  await offer(await app.desks.of(show));
  return show;
}
async function inRoom(socket: TestSocket, showId: string): Promise<TestSocket> {
  const answer = await socket.ask('join', { showId });
  if (!answer.ok) throw new Error(answer.reason);
  return socket;
}
async function bidder(nickname: string, show: string) {
  const buyer = await app.buyer(nickname, show);
  return { ...buyer, socket: await inRoom(await app.socketOf(buyer.token), show) };
}
const logSize = async (show: string) => (await app.desks.of(show)).state.next;
const reasonOf = (answer: unknown) => (answer as { reason?: string }).reason ?? 'accepted';
function counted(answers: readonly unknown[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const reason of answers.map(reasonOf)) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
const byHttp = async (show: string, token: string, bid: Bid) =>
  (await (await posted(show, token, JSON.stringify(bid))).json()) as BidAnswer;
function posted(show: string, token: string, body: string): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return fetch(`${app.url}/api/shows/${show}/bids`, { method: 'POST', headers, body });
}

describe('a flood of good bids', () => {
  const SCREENS = 4;
  const EACH = 90;

  it('from many screens of one person is answered with slow-down; every bid of the others is judged', async () => {
    const show = await openShow();
    const flooder = await bidder('洪水', show);
    const screens = await Promise.all(
      Array.from({ length: SCREENS }, async () => inRoom(await app.socketOf(flooder.token), show)),
    );
    const others = await Promise.all(['甲', '乙', '丙', '丁', '戊'].map((name) => bidder(name, show)));
    const atMs = performance.now();
    const flood = screens.flatMap((screen) =>
      Array.from({ length: EACH }, (_, k) => screen.ask('bid', bidOf(1_000 + 100 * k))),
    );
    const fair: Promise<BidAnswer>[] = [];
    for (let round = 0; round < 5; round += 1) {
      const { state } = await app.desks.of(show);
      const price = state.lots.L1!.offerings[0]!.priceFen ?? 900;
      const asked = others.map(({ socket }, k) => socket.ask('bid', bidOf(price + 100 * (k + 1))));
      fair.push(...asked);
      await Promise.all(asked);
    }

    const told = counted(await Promise.all(flood));
    const windows = 2 + Math.floor((performance.now() - atMs) / (1_000 * rates.bid.duration));
    expect(Object.values(told).reduce((sum, n) => sum + n)).toBe(SCREENS * EACH);
    // What the limit lets through was judged, in each of its windows that the flood took.
    expect(told['slow-down']).toBeGreaterThanOrEqual(SCREENS * EACH - windows * rates.bid.points);

    const heard = counted(await Promise.all(fair));
    expect(Object.values(heard).reduce((sum, n) => sum + n)).toBe(others.length * 5);
    expect(heard.accepted).toBeGreaterThan(0);
    const judged = ['accepted', 'already-leading', 'not-above-price', 'off-grid', 'slip-confirm'];
    expect(Object.keys(heard).filter((reason) => !judged.includes(reason))).toEqual([]);
  });

  it.each([
    ['without acknowledgements', (one: TestSocket) => one.socket.emit('bid', bidOf(100))],
    ['of names that do not exist', (one: TestSocket) => one.socket.emit('hammer', {}, () => undefined)],
    ['of malformed bids', (one: TestSocket) => one.socket.emit('bid', {}, () => undefined)],
  ])('%s is cut as any other', async (_, send) => {
    const show = await openShow();
    const [flooder, other] = [await bidder('不应', show), await bidder('旁观', show)];
    for (let k = 0; k <= rates.flood.points; k += 1) send(flooder.socket);
    await until(() => !flooder.socket.socket.connected, 5_000);
    expect(flooder.socket.news('bye')).toEqual([{ reason: 'slow-down' }]);
    expect(await other.socket.ask('bid', bidOf(1_000))).toMatchObject({ ok: true });
  });

  it('of sockets: one person has so many and no more, also when all are opened at once', async () => {
    const show = await openShow();
    const [flooder, other] = [await app.buyer('多开', show), await app.buyer('单开', show)];
    const opened = await Promise.all(
      Array.from({ length: 3 * SOCKETS_PER_PERSON_MAX }, () =>
        app.socketOf(flooder.token).then(
          () => 'opened',
          (error: Error & { data?: { reason: string } }) => error.data?.reason ?? error.message,
        ),
      ),
    );
    const refused = opened.filter((told) => told !== 'opened');
    expect(refused).toEqual(Array.from({ length: 2 * SOCKETS_PER_PERSON_MAX }, () => 'slow-down'));
    expect((await app.socketOf(other.token)).socket.connected).toBe(true);
  });

  it('is counted by person at both doors: HTTP is no way around', async () => {
    const show = await openShow();
    const [flooder, other] = [await bidder('门外', show), await bidder('门内', show)];
    const told = counted(
      await Promise.all(
        Array.from({ length: 60 }, (_, k) =>
          k % 2 ? byHttp(show, flooder.token, bidOf(100)) : flooder.socket.ask('bid', bidOf(100)),
        ),
      ),
    );
    expect(Object.keys(told).sort()).toEqual(['below-start', 'slow-down']);
    expect(told['slow-down']).toBeGreaterThanOrEqual(20);
    expect(await byHttp(show, other.token, bidOf(1_000))).toMatchObject({ ok: true });
  });

  it('writes no more refusals into the log than the rules of the show say', async () => {
    const show = await openShow({ ...calmRules, refusalsLoggedMax: 3 });
    const { socket } = await bidder('填账', show);
    const before = await logSize(show);
    const answers = await Promise.all(Array.from({ length: 40 }, () => socket.ask('bid', bidOf(100))));
    expect(answers.every(({ ok }) => !ok)).toBe(true);
    expect((await logSize(show)) - before).toBe(3);
  });
});

describe('frames of a show that is over, sent again', () => {
  interface Sent {
    bid: Bid;
    answer: BidAnswer;
    of: Awaited<ReturnType<typeof bidder>>;
  }
  /** Two who bid against each other until the hammer; every bid as it was sent, and what it was answered. */
  async function finishedShow() {
    const show = await openShow({ ...quickRules, openForMs: 1_500 });
    const [one, two] = [await bidder('旧一', show), await bidder('旧二', show)];
    const sent: Sent[] = [];
    for (const [of, amountFen] of [
      [one, 1_000],
      [two, 1_100],
      [one, 1_050],
      [two, 1_200],
      [one, 1_200],
      [one, 1_300],
    ] as const) {
      const bid = bidOf(amountFen);
      sent.push({ bid, of, answer: await of.socket.ask('bid', bid) });
    }
    expect(counted(sent.map(({ answer }) => answer))).toMatchObject({ accepted: 3 });
    const desk = await app.desks.of(show);
    await until(() => desk.state.lots.L1!.offerings[0]!.endedAt !== null, 6_000);
    await done(desk.command({ by: 'host', name: 'withdraw', lot: 'L2', reason: 'other' }));
    await done(desk.command({ by: 'host', name: 'close' }));
    return { show, sent };
  }
  /** What a receipt holds may grow with the log (a later head); the leaf it is for does not. */
  const told = (answer: BidAnswer) => ({ ...answer, receipt: answer.receipt?.leaf });

  it('get the answers they had, at both doors, also from a server that has started anew', async () => {
    const { show, sent } = await finishedShow();
    const before = await logSize(show);
    const accepted = sent.filter(({ answer }) => answer.i !== undefined);
    for (const { bid, answer, of } of sent) {
      expect(told(await of.socket.ask('bid', bid))).toEqual(told(answer));
      expect(told(await byHttp(show, of.token, bid))).toEqual(told(answer));
    }
    await app.desks.retire(show);
    for (const { bid, answer, of } of accepted) {
      expect(told(await byHttp(show, of.token, bid))).toEqual(told(answer));
    }
    for (const { bid, of } of sent.filter(({ answer }) => answer.i === undefined)) {
      expect(await byHttp(show, of.token, bid)).toMatchObject({ ok: false });
    }
    expect(await logSize(show)).toBe(before);
  });

  it('are refused when they were altered, taken from another, or given a new id; the log does not grow', async () => {
    const { show, sent } = await finishedShow();
    const before = await logSize(show);
    const stranger = await bidder('生人', show).catch(() => null);
    expect(stranger).toBeNull(); // no paddle is given in a show that is over
    for (const { bid, of, answer } of sent.filter(({ answer }) => answer.ok)) {
      const other = sent.find((one) => one.of !== of)!.of;
      const altered = { ...bid, amountFen: bid.amountFen + 100 };
      expect([answer.ok, reasonOf(await of.socket.ask('bid', altered))]).toEqual([true, 'id-reused']);
      expect(reasonOf(await of.socket.ask('bid', { ...bid, lot: 'L2' }))).toBe('id-reused');
      expect(reasonOf(await other.socket.ask('bid', bid))).toBe('id-reused');
      expect(reasonOf(await of.socket.ask('bid', { ...bid, bidId: bidOf(1).bidId }))).toMatch(
        /^(not-open|not-above-price|too-late)$/,
      );
    }
    expect(await logSize(show)).toBe(before);
  });

  it('of one show are nothing in another, where nobody of it has a paddle', async () => {
    const { sent } = await finishedShow();
    const there = await openShow();
    const before = await logSize(there);
    for (const { bid, of } of sent) {
      await inRoom(of.socket, there);
      expect(reasonOf(await of.socket.ask('bid', bid))).toBe('no-paddle');
    }
    expect(await logSize(there)).toBe(before);
  });
});

describe('frames that are no messages', () => {
  const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  const deepObject = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

  /** As socket.io speaks it, by hand: `40` enters, `42<id>[…]` asks with an acknowledgement. */
  async function byHand(token: string) {
    const address = `${app.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
    const ws = new WebSocket(address, { headers: { origin: ours, cookie: `qp_session=${token}` } });
    const heard: string[] = [];
    ws.on('error', () => undefined);
    ws.on('message', (data: Buffer) => heard.push(String(data)));
    await new Promise<void>((resolve, reject) => {
      ws.once('open', resolve);
      ws.once('error', reject);
    });
    ws.send('40');
    await until(() => heard.some((one) => one.startsWith('40')));
    return { ws, heard };
  }
  const isShut = ({ ws }: { ws: WebSocket }) => ws.readyState === WebSocket.CLOSED;

  it.each([
    ['larger than the cap', () => `421["chat",{"text":"${'x'.repeat(17 * 1024)}"}]`],
    ['JSON that is cut off', () => '421["bid",{"bidId":"half'],
    ['JSON that is none', () => '421["bid",{bidId:1}]'],
    ['no packet of socket.io', () => '4zzz'],
    ['no packet of engine.io', () => 'zzz'],
    ['a name that is reserved', () => '421["disconnect",{}]'],
    ['binary that was not announced', () => Buffer.from([1, 2, 3])],
    ['many announced attachments that never come', () => '45999999-1["bid",{"_placeholder":true,"num":0}]'],
  ])('%s ends that connection, and nobody else notices', async (_, frame) => {
    const show = await openShow();
    const [other, flawed] = [await bidder('旁人', show), await app.buyer('坏帧', show)];
    const mine = await byHand(flawed.token);
    const before = await logSize(show);
    mine.ws.send(frame());
    expect(await other.socket.ask('time', {})).toMatchObject({ ok: true });
    await until(() => isShut(mine));
    expect(mine.heard.filter((one) => one.startsWith('43'))).toEqual([]);
    expect(await logSize(show)).toBe(before);
    expect(other.socket.socket.connected).toBe(true);
    expect(await other.socket.ask('bid', bidOf(1_000))).toMatchObject({ ok: true });
    mine.ws.terminate();
  });

  it.each([
    ['an array', () => deep(7_000)],
    ['an object', () => deepObject(2_500)],
    ['in a field', () => `{"bidId":${deep(6_000)},"lot":"L1","offering":1,"amountFen":1000}`],
    [
      'with keys that every object has',
      () => '{"__proto__":{"bidId":"x"},"constructor":{"prototype":{"ok":true}}}',
    ],
  ])('%s nested deep is malformed at both doors', async (_, json) => {
    const show = await openShow();
    const { token } = await app.buyer('深层', show);
    const mine = await byHand(token);
    mine.ws.send(`421["join",{"showId":"${show}"}]`);
    await until(() => mine.heard.some((one) => one.startsWith('431')));
    const before = await logSize(show);
    for (const name of ['bid', 'proxy', 'command', 'chat', 'moderate']) {
      mine.heard.length = 0;
      mine.ws.send(`422["${name}",${json()}]`);
      await until(() => mine.heard.some((one) => one.startsWith('432')));
      expect(mine.heard.find((one) => one.startsWith('432'))).toContain('"reason":"malformed"');
    }
    expect((await posted(show, token, json())).status).toBe(400);
    expect(await logSize(show)).toBe(before);
    expect(({} as Record<string, unknown>).bidId).toBeUndefined();
    mine.ws.terminate();
  });
});
