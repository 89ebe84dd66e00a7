import { evolve, initialShow } from '@qingpai/auction/rules';
import {
  type AuctionEvent,
  type ClientMessage,
  type clientMessages,
  defaultRules,
  type LoggedEvent,
  type Reason,
  reasons,
  type ServerMessage,
  type serverMessages,
  type Snapshot,
} from '@qingpai/wire';
import { type z } from 'zod';

/** Worked payloads of every message, shown in /asyncapi. A test parses each with its schema. */
type Ask<N extends ClientMessage> = z.input<(typeof clientMessages)[N]['payload']>;
type Answer<N extends ClientMessage> = z.input<(typeof clientMessages)[N]['answer']>;
type Tell<N extends ServerMessage> = z.input<(typeof serverMessages)[N]['payload']>;

const t = Date.UTC(2026, 10, 24, 12, 40, 52);
const HE = 'q3Zt0hJvYb1sKd8A';
const refusal = (reason: Reason) => ({ ok: false as const, reason, message: reasons[reason] });

const accepted = {
  i: 412,
  t,
  by: HE,
  type: 'bid.accepted' as const,
  body: {
    bid: '7d0c5a1e9f',
    bidder: HE,
    lot: 'L21',
    offering: 1,
    amountFen: 5_800,
    nth: 4,
    floorMet: true as const,
  },
};
const extended = {
  i: 413,
  t,
  by: 'platform' as const,
  type: 'lot.extended' as const,
  body: { lot: 'L21', offering: 1, closesAt: t + 15_000, cause: 'bid' as const },
};
const lastCall = {
  i: 414,
  t: t + 2_000,
  by: 'host' as const,
  type: 'lot.lastCall' as const,
  body: { lot: 'L21', offering: 1, closesAt: t + 12_000 },
};
const frame = { from: 412, to: 413, events: [accepted, extended] };
const buyer = {
  role: 'buyer' as const,
  nickname: '小林',
  bidder: HE,
  paddle: 45,
  nth: 5,
  waiting: false,
  muted: false,
  proxies: [{ lot: 'L21', bidId: '3e9a61c0d7', maxFen: 8_000 }],
};
const guest = {
  role: null,
  nickname: null,
  bidder: null,
  paddle: null,
  nth: null,
  waiting: false,
  muted: false,
  proxies: [],
};
const line = {
  id: 'c81',
  atMs: t,
  role: 'buyer' as const,
  paddle: 45,
  bidder: HE,
  text: '这盆是自家种的吗？',
};

// ---------------------------------------------------------------- a small show, folded

const GROWER = 'Yb1sKd8Aq3Zt0hJv';
const HASH = 'RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=';
const smallLog: LoggedEvent[] = (
  [
    { type: 'log.opened', body: { origin: 'market.example/shows/20261124-02', witnesses: [] } },
    { type: 'bidder.registered', body: { bidder: HE, id: HASH, kind: 'buyer', paddle: 45 } },
    {
      type: 'lot.catalogued',
      body: {
        ...{ list: 1, lot: 'L1', number: '021', title: '绣球 无尽夏', grower: GROWER, unit: '盆', units: 1 },
        ...{ format: 'english', startFen: 3_600, floor: HASH },
      },
    },
    { type: 'show.sealed', body: { list: 1, lots: 1, units: 1, catalogue: HASH, rules: HASH } },
    { type: 'show.opened', body: { witnessed: false, reason: 'none-configured' } },
    {
      type: 'lot.offered',
      body: { lot: 'L1', offering: 1, format: 'english', units: 1, startFen: 3_600, closesAt: t + 60_000 },
    },
    {
      type: 'bid.accepted',
      body: { bid: '5c1f0a77d2', bidder: HE, lot: 'L1', offering: 1, amountFen: 3_600, nth: 1 },
    },
  ] satisfies AuctionEvent[]
).map((event, i) => ({ i, t, by: 'platform', ...event }));

const witness = { witnesses: 1, sealed: true, size: 400, atMs: t - 4_000, late: false };
const head = {
  size: 413,
  root: HASH,
  note: `market.example/shows/20261124-01\n413\n${HASH}\n\n— market.example/shows/20261124-01 …\n`,
};

/** What a page holds after folding them: an example of every part of a snapshot. */
const smallSnapshot: Snapshot = {
  state: smallLog.reduce(evolve, initialShow(defaultRules)),
  card: {
    ...{ showId: '20261124-02', title: '泗桥鲜花助农专场', township: '泗桥乡', hostTitle: '驻村干部' },
    seller: {
      ...{
        name: '泗桥乡花卉合作社',
        statement: '自产农副产品',
        address: '周宁县泗桥乡',
        contact: '乡便民中心',
      },
      ...{ legalMode: 'seller-priced', licence: null },
    },
    ...{ startsAtMs: t, freight: '运费合并只收一次', payBy: '次日中午 12 点前付款' },
  },
  cards: [
    {
      ...{ lot: 'L1', growerName: '泗桥村08号花农', village: '泗桥村', grade: 'A', source: '人工培植' },
      photos: [],
    },
  ],
  code: '7F3A·C2D1·09BE',
  chat: [line],
  slowMs: 0,
  witness,
};

const asks: { [N in ClientMessage]: Ask<N>[] } = {
  join: [{ showId: '20261124-01' }, { showId: '20261124-01', from: 412 }],
  since: [{ from: 412 }],
  bid: [
    { bidId: '7d0c5a1e9f', lot: 'L21', offering: 1, amountFen: 5_800, nth: 4 },
    { bidId: 'b41f02c7aa', lot: 'L1', offering: 1, amountFen: 12_800, units: 2, run: 0 },
  ],
  proxy: [{ bidId: '3e9a61c0d7', lot: 'L21', maxFen: 8_000, secret: HASH, nth: 4 }],
  withdrawProxy: [{ lot: 'L21' }],
  answerOffer: [{ offer: 'O3', accept: true }],
  answerChance: [{ sale: 'S12', accept: true }],
  command: [
    { commandId: 'c-000017', command: { name: 'offer', lot: 'L21' } },
    { commandId: 'c-000018', command: { name: 'withdraw', lot: 'L30', reason: 'damaged' } },
  ],
  chat: [{ text: '这盆是自家种的吗？' }],
  moderate: [
    { act: 'mute', bidder: HE },
    { act: 'slow', everyMs: 10_000 },
  ],
  time: [{}],
};

const answers: { [N in ClientMessage]: Answer<N>[] } = {
  join: [
    { ok: true, me: buyer, serverNowMs: t + 600, watching: 38, head, witness, since: frame },
    { ok: true, me: guest, serverNowMs: t + 600, watching: 38, head, witness, snapshot: smallSnapshot },
    refusal('unknown-show'),
  ],
  since: [
    { ok: true, since: frame, more: false },
    { ok: true, since: { from: 414, to: 413, events: [] }, more: false },
  ],
  bid: [
    { ok: true, bidId: '7d0c5a1e9f', verdict: 'accepted', i: 412, t, amountFen: 5_800, nth: 5 },
    {
      ...refusal('not-above-price'),
      bidId: 'e0b7c2d914',
      verdict: 'refused',
      i: 415,
      beatenBy: 412,
      leastFen: 6_000,
      nth: 6,
    },
  ],
  proxy: [
    { ok: true, bidId: '3e9a61c0d7', verdict: 'placed', i: 411, t, nth: 5, leading: true },
    { ...refusal('over-limit'), bidId: '3e9a61c0d8', verdict: 'refused', nth: 5 },
  ],
  withdrawProxy: [{ ok: true }, refusal('already-leading')],
  answerOffer: [{ ok: true, i: 431, sale: 'S12' }, refusal('offer-over')],
  answerChance: [{ ok: true, i: 610, sale: 'S12' }, refusal('offer-over')],
  command: [
    { ok: true, events: [lastCall] },
    { ...refusal('lots-left'), lots: ['L30', 'L44'] },
  ],
  chat: [{ ok: true }, refusal('slow-mode')],
  moderate: [{ ok: true }, refusal('not-allowed')],
  time: [{ ok: true, serverNowMs: t }],
};

const tells: { [N in ServerMessage]: Tell<N>[] } = {
  events: [frame, { from: 414, to: 416, events: [lastCall] }],
  chat: [
    { kind: 'line', line },
    { kind: 'removed', id: 'c81' },
    { kind: 'slow', slowMs: 10_000 },
  ],
  presence: [{ watching: 38 }],
  me: [{ me: buyer }],
  waiting: [{ waiting: 2 }],
  witness: [witness],
  stage: [{ state: 'live', video: true, audio: true, take: 0 }],
  bye: [{ reason: 'not-signed-in' }],
};

export const examples: {
  asks: Record<ClientMessage, readonly unknown[]>;
  answers: Record<ClientMessage, readonly unknown[]>;
  tells: Record<ServerMessage, readonly unknown[]>;
} = { asks, answers, tells };
