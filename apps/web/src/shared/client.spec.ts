import { evolve, initialShow } from '@qingpai/auction/rules';
import {
  defaultRules,
  type AuctionEvent,
  type BidAnswer,
  type EventsFrame,
  type LoggedEvent,
  type RoomMe,
  type ShowState,
  type Snapshot,
} from '@qingpai/wire';
import { roomClient, type BidMade, type RoomPort } from './client';

const SHOW = '20261124-01';
const HASH = `${'A'.repeat(43)}=`;
const LIN = 'lin-aaaaaaaaaaaa';
const WU = 'wu-aaaaaaaaaaaaa';
const GROWER = 'grower-aaaaaaaaa';

const logged = (i: number, event: AuctionEvent): LoggedEvent => ({
  i,
  t: 1_000 + i,
  by: 'platform',
  ...event,
});
const registered = (bidder: string, paddle: number): AuctionEvent => ({
  type: 'bidder.registered',
  body: { bidder, id: HASH, kind: 'buyer', paddle },
});
const bidBy = (bidder: string, amountFen: number, bid: string): AuctionEvent => ({
  type: 'bid.accepted',
  body: { bid, bidder, lot: 'L1', offering: 1, amountFen, nth: 1 },
});

/** A show with one lot on the block and two bidders; the next leaf is 7. */
const opening: AuctionEvent[] = [
  { type: 'log.opened', body: { origin: 'market.example/shows/20261124-01', witnesses: [] } },
  registered(LIN, 45),
  registered(WU, 28),
  {
    type: 'lot.catalogued',
    body: {
      list: 1,
      lot: 'L1',
      number: '001',
      title: '绣球 ‘无尽夏’',
      grower: GROWER,
      unit: '盆',
      units: 1,
      format: 'english',
      startFen: 3_600,
      floor: null,
    },
  },
  { type: 'show.sealed', body: { list: 1, lots: 1, units: 1, catalogue: HASH, rules: HASH } },
  { type: 'show.opened', body: { witnessed: false, reason: 'none-configured' } },
  {
    type: 'lot.offered',
    body: { lot: 'L1', offering: 1, format: 'english', units: 1, startFen: 3_600, closesAt: 61_006 },
  },
];
function onBlock(): ShowState {
  const state = initialShow(defaultRules);
  for (const [i, event] of opening.entries()) evolve(state, logged(i, event));
  return state;
}
const snapshotOf = (state: ShowState): Snapshot => ({
  state,
  card: {
    showId: SHOW,
    title: '泗桥鲜花助农专场',
    township: '泗桥乡',
    hostTitle: '驻村干部',
    seller: { name: '', statement: '', address: '', contact: '', legalMode: 'seller-priced', licence: null },
    startsAtMs: 0,
    freight: '',
    payBy: '',
  },
  cards: [],
  code: null,
  chat: [],
  slowMs: 0,
  witness: { witnesses: 0, sealed: null, size: null, atMs: null, late: false },
});
const me: RoomMe = {
  role: 'buyer',
  nickname: '小林',
  bidder: LIN,
  paddle: 45,
  nth: 1,
  waiting: false,
  muted: false,
  proxies: [],
};

/** A room whose socket is an array: `sent` is what it would have sent, answered by hand. */
function room() {
  let nowMs = 0;
  const sent: { name: string; payload: Record<string, unknown>; answer: (answer: never) => void }[] = [];
  const timers: { atMs: number; run: () => void }[] = [];
  const events: LoggedEvent[] = [];
  const fates: string[] = [];
  const port: RoomPort = {
    send: (name, payload, answer) => {
      sent.push({
        name,
        payload: payload as Record<string, unknown>,
        answer: answer as (answer: never) => void,
      });
    },
    monotonicMs: () => nowMs,
    later: (run, afterMs) => {
      const timer = { atMs: nowMs + afterMs, run };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer) >>> 0, 1);
    },
    newId: (() => {
      let n = 0;
      return () => `bid-0000${(n += 1)}`;
    })(),
    onEvent: (event) => events.push(event),
    onBid: (made: BidMade) => fates.push(made.stage),
  };
  const client = roomClient(SHOW, port);
  const named = (name: string) => sent.filter((message) => message.name === name);
  const answer = (name: string, value: unknown) =>
    named(name)
      .at(-1)
      ?.answer(value as never);
  return {
    client,
    sent,
    events,
    fates,
    named,
    answer,
    pass(ms: number) {
      nowMs += ms;
      for (const timer of timers.filter(({ atMs }) => atMs <= nowMs)) {
        timers.splice(timers.indexOf(timer), 1);
        timer.run();
      }
    },
    enter() {
      client.handleConnect();
      answer('join', { ok: true, me, serverNowMs: 5_000, watching: 2, snapshot: snapshotOf(onBlock()) });
    },
    frame(from: number, ...happened: AuctionEvent[]): EventsFrame {
      const frameEvents = happened.map((event, k) => logged(from + k, event));
      return { from, to: from + happened.length - 1, events: frameEvents };
    },
  };
}
type Room = ReturnType<typeof room>;
const priceOf = ({ client }: Room) => client.view.state?.lots.L1?.offerings[0]?.priceFen;
const bid60 = { lot: 'L1', offering: 1, amountFen: 6_000 };
const accepted = (i: number): BidAnswer => ({
  ok: true,
  verdict: 'accepted',
  bidId: 'bid-00001',
  i,
  t: 9,
  amountFen: 6_000,
  nth: 2,
});

describe('entering a room', () => {
  it('asks for the snapshot and shows no banner', () => {
    const it = room();
    expect(it.client.view.link).toBe('joining');
    it.enter();
    expect(it.sent[0]).toMatchObject({ name: 'join', payload: { showId: SHOW } });
    expect(it.client.view).toMatchObject({ link: 'hidden', watching: 2, me: { paddle: 45 } });
    expect(it.client.view.state?.next).toBe(7);
  });

  it('with a snapshot in the page asks only for what came since', () => {
    const it = room();
    const client = roomClient(SHOW, { ...portOf(it) }, { snapshot: snapshotOf(onBlock()) });
    client.handleConnect();
    expect(it.sent.at(-1)).toMatchObject({ name: 'join', payload: { showId: SHOW, from: 7 } });
  });
});
/** The same array as the room's own socket. */
const portOf = ({ sent }: Room): RoomPort => ({
  send: (name, payload, answer) =>
    void sent.push({
      name,
      payload: payload as Record<string, unknown>,
      answer: answer as (answer: never) => void,
    }),
  monotonicMs: () => 0,
  later: () => () => undefined,
  newId: () => 'bid-00001',
});

describe('folding frames', () => {
  it('folds what fits and tells of each event once', () => {
    const it = room();
    it.enter();
    it.client.handleEvents(it.frame(7, bidBy(WU, 5_800, 'bid-wu-01')));
    it.client.handleEvents(it.frame(7, bidBy(WU, 5_800, 'bid-wu-01')));
    expect(priceOf(it)).toBe(5_800);
    expect(it.events.map(({ i }) => i)).toEqual([7]);
  });

  it('steps over refusals, which are not in frames', () => {
    const it = room();
    it.enter();
    it.client.handleEvents({ from: 7, to: 9, events: [logged(9, bidBy(WU, 5_800, 'bid-wu-01'))] });
    expect(it.client.view.state?.next).toBe(10);
    it.client.handleEvents(it.frame(10, bidBy(LIN, 6_000, 'bid-lin-1')));
    expect(priceOf(it)).toBe(6_000);
    expect(it.named('since')).toHaveLength(0);
  });

  it('asks for what is missing when a frame does not fit, until nothing is', () => {
    const it = room();
    it.enter();
    it.client.handleEvents(it.frame(9, bidBy(WU, 6_200, 'bid-wu-02')));
    it.client.handleEvents(it.frame(10, bidBy(LIN, 6_400, 'bid-lin-2')));
    expect(it.named('since')).toHaveLength(1);
    expect(it.named('since')[0]?.payload).toEqual({ from: 7 });
    expect(priceOf(it)).toBeNull();
    const first = it.frame(7, bidBy(WU, 5_800, 'bid-wu-01'), bidBy(LIN, 6_000, 'bid-lin-1'));
    it.answer('since', { ok: true, since: first, more: true });
    expect(it.named('since')[1]?.payload).toEqual({ from: 9 });
    const rest = it.frame(9, bidBy(WU, 6_200, 'bid-wu-02'), bidBy(LIN, 6_400, 'bid-lin-2'));
    it.answer('since', { ok: true, since: rest, more: false });
    expect(priceOf(it)).toBe(6_400);
    expect(it.events.map(({ i }) => i)).toEqual([7, 8, 9, 10]);
    expect(it.named('since')).toHaveLength(2);
  });
});

describe('the link', () => {
  it('is slow while something waits longer than 1.5 s, and well again with the answer', () => {
    const it = room();
    it.enter();
    it.client.send('time', {}, () => undefined);
    it.pass(1_600);
    expect(it.client.view.link).toBe('slow');
    it.answer('time', { ok: true, serverNowMs: 1 });
    expect(it.client.view.link).toBe('hidden');
  });

  it('after a break rejoins with its next index and says how much it caught up', () => {
    const it = room();
    it.enter();
    it.client.handleDisconnect();
    expect(it.client.view.link).toBe('reconnecting');
    it.client.handleConnect();
    expect(it.named('join').at(-1)?.payload).toEqual({ showId: SHOW, from: 7 });
    const since = it.frame(7, bidBy(WU, 5_800, 'bid-wu-01'), bidBy(LIN, 6_000, 'bid-lin-1'));
    it.answer('join', { ok: true, me, serverNowMs: 1, watching: 3, since });
    expect(it.client.view).toMatchObject({ link: 'recovered', caughtUp: 2 });
    it.pass(3_100);
    expect(it.client.view.link).toBe('hidden');
  });

  it('comes again when another show goes on from this one, and learns which', () => {
    const it = room();
    it.enter();
    it.client.handleBye({ reason: 'show-continued' });
    it.client.handleDisconnect();
    expect(it.client.view).toMatchObject({ link: 'reconnecting', ended: null });
    it.client.handleConnect();
    const ended = { how: 'continued', byShow: '20261125-02' };
    it.answer('join', { ok: true, me, serverNowMs: 1, watching: 1, ended, since: it.frame(7) });
    expect(it.client.view.ended).toEqual(ended);
  });
});

describe('a bid', () => {
  it('is sent once, however often the button is pressed', () => {
    const it = room();
    it.enter();
    const first = it.client.bid(bid60);
    expect(it.client.bid(bid60)).toBe(first);
    expect(it.named('bid')).toHaveLength(1);
    expect(first.stage).toBe('sending');
  });

  it('without an answer is unknown and asked again with the same id until there is one', () => {
    const it = room();
    it.enter();
    const made = it.client.bid(bid60);
    it.pass(1_600);
    expect(made.stage).toBe('unknown');
    it.pass(2_100);
    expect(it.named('bid').map(({ payload }) => payload.bidId)).toEqual([
      'bid-00001',
      'bid-00001',
      'bid-00001',
    ]);
    it.answer('bid', accepted(7));
    expect(made).toMatchObject({ stage: 'accepted', i: 7 });
    it.pass(10_000);
    expect(it.named('bid')).toHaveLength(3);
  });

  it('is answered once, even when every question of it is answered', () => {
    const it = room();
    it.enter();
    it.client.bid(bid60);
    it.pass(1_600);
    for (const { answer } of it.named('bid')) answer(accepted(7) as never);
    expect(it.fates).toEqual(['accepted']);
  });

  it('that was under way when the line broke is asked again after rejoining, with the same id', () => {
    const it = room();
    it.enter();
    const made = it.client.bid(bid60);
    it.client.handleDisconnect();
    expect(made.stage).toBe('unknown');
    it.client.handleConnect();
    expect(it.named('bid')).toHaveLength(1);
    it.answer('join', { ok: true, me, serverNowMs: 1, watching: 3, since: { from: 7, to: 6, events: [] } });
    expect(it.named('bid')).toHaveLength(2);
    expect(it.named('bid')[1]?.payload.bidId).toBe('bid-00001');
    it.answer('bid', accepted(7));
    expect(made.stage).toBe('accepted');
  });

  it('is asked over the second door while the socket is down', async () => {
    const it = room();
    const posted: string[] = [];
    const port = {
      ...portOf(it),
      post: async (bid: { bidId: string }) => (posted.push(bid.bidId), accepted(7)),
    };
    const client = roomClient(SHOW, port, { snapshot: snapshotOf(onBlock()) });
    client.handleConnect();
    it.answer('join', { ok: true, me, serverNowMs: 1, watching: 3 });
    const made = client.bid(bid60);
    client.handleDisconnect();
    await Promise.resolve();
    expect(posted).toEqual(['bid-00001']);
    expect(made.stage).toBe('accepted');
  });

  it('that someone passes is told as outbid, once', () => {
    const it = room();
    it.enter();
    const made = it.client.bid(bid60);
    it.answer('bid', accepted(7));
    it.client.handleEvents(it.frame(7, bidBy(LIN, 6_000, 'bid-00001')));
    it.client.handleEvents(it.frame(8, bidBy(WU, 6_200, 'bid-wu-01')));
    it.client.handleEvents(it.frame(9, bidBy(WU, 6_400, 'bid-wu-02')));
    expect(made.stage).toBe('outbid');
    expect(it.fates).toEqual(['accepted', 'outbid']);
  });

  it('whose answer comes after a higher bid was folded is outbid at once', () => {
    const it = room();
    it.enter();
    const made = it.client.bid(bid60);
    it.client.handleEvents(it.frame(7, bidBy(LIN, 6_000, 'bid-00001'), bidBy(WU, 6_200, 'bid-wu-01')));
    it.answer('bid', accepted(7));
    expect(made.stage).toBe('outbid');
  });

  it('refused carries its reason; a busy server settles nothing', () => {
    const it = room();
    it.enter();
    const made = it.client.bid(bid60);
    const refused = (reason: string) => ({
      ok: false,
      verdict: 'refused',
      bidId: 'bid-00001',
      reason,
      message: { zh: '', en: '' },
    });
    it.answer('bid', refused('too-busy'));
    expect(made.stage).toBe('unknown');
    it.pass(1_600);
    it.answer('bid', refused('not-above-price'));
    expect(made).toMatchObject({ stage: 'refused', answer: { reason: 'not-above-price' } });
    expect(it.client.pending()).toBeNull();
  });
});

describe('a signed bid', () => {
  const refused = (bidId: string, reason: string, more: object = {}) => ({
    ...{ ok: false, verdict: 'refused', bidId, reason, message: { zh: '', en: '' } },
    ...more,
  });
  /** A room whose signer answers when it is told to. */
  async function signing() {
    const it = room();
    const troubles: unknown[] = [];
    const waiting: (() => void)[] = [];
    let n = 0;
    const answers: string[] = [];
    const client = roomClient(
      SHOW,
      {
        ...portOf(it),
        newId: () => `bid-0000${(n += 1)}`,
        sign: (bid, trouble) => {
          troubles.push(trouble);
          return new Promise((resolve) => waiting.push(() => resolve({ ...bid, nth: n, sig: 'signed' })));
        },
        onAnswer: ({ bidId }, answer) => answers.push(`${bidId} ${answer.ok ? 'ok' : answer.reason}`),
      },
      { snapshot: snapshotOf(onBlock()) },
    );
    client.handleConnect();
    it.answer('join', { ok: true, me, serverNowMs: 1, watching: 3, head: { size: 7, root: HASH, note: '' } });
    const signs = async () => {
      for (const sign of waiting.splice(0)) sign();
      await Promise.resolve();
      await Promise.resolve();
    };
    return { ...it, client, troubles, answers, signs };
  }

  it('shows at once that it is on its way, and goes out when it is signed', async () => {
    const it = await signing();
    const made = it.client.bid(bid60);
    expect(made.stage).toBe('sending');
    expect(it.named('bid')).toHaveLength(0);
    it.client.handleDisconnect();
    expect(made.stage).toBe('sending');
    it.client.handleConnect();
    it.answer('join', { ok: true, me, serverNowMs: 1, watching: 3, head: { size: 7, root: HASH, note: '' } });
    expect(it.named('bid')).toHaveLength(0);
    await it.signs();
    expect(it.named('bid')[0]?.payload).toMatchObject({ ...bid60, sig: 'signed', nth: 1 });
  });

  it.each(['wrong-nth', 'bad-signature', 'signature-missing', 'unknown-head'])(
    'refused for %s is signed anew under a new id, once',
    async (reason) => {
      const it = await signing();
      const made = it.client.bid(bid60);
      await it.signs();
      it.answer('bid', refused('bid-00001', reason, { nth: 5 }));
      expect(made.stage).toBe('sending');
      expect(it.client.view.me.nth).toBe(5);
      await it.signs();
      expect(it.troubles).toEqual([null, reason]);
      expect(it.named('bid').map(({ payload }) => payload.bidId)).toEqual(['bid-00001', 'bid-00002']);
      it.answer('bid', refused('bid-00002', reason));
      expect(made.stage).toBe('refused');
      expect(it.answers).toEqual([`bid-00001 ${reason}`, `bid-00002 ${reason}`]);
    },
  );

  it('that was made anew does not listen to late answers to its old id', async () => {
    const it = await signing();
    const made = it.client.bid(bid60);
    await it.signs();
    it.answer('bid', refused('bid-00001', 'wrong-nth', { nth: 2 }));
    it.answer('bid', refused('bid-00001', 'wrong-nth', { nth: 2 }));
    expect(made.stage).toBe('sending');
    await it.signs();
    it.answer('bid', { ...accepted(7), bidId: 'bid-00002' });
    expect(made.stage).toBe('accepted');
  });

  it('of another device moves the count on', async () => {
    const it = await signing();
    it.client.handleEvents(it.frame(7, bidBy(LIN, 6_000, 'bid-tablet')));
    expect(it.client.view.me.nth).toBe(2);
  });
});
