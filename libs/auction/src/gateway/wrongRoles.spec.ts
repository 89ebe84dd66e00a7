import { type Action, grants, type Scope } from '@qingpai/members';
import {
  type ClientMessage,
  clientMessages,
  type HostCommand,
  hostCommand,
  moderate,
  type Role,
  role as roleEnum,
} from '@qingpai/wire';
import { type z } from 'zod';
import { bidOf, done, HASH, lotNamed, quickRules } from '../testing/rig.js';
import { type RoomApp, roomApp, type TestSocket } from '../testing/roomApp.js';

/**
 * Every message of the room, sent by everybody whom the role table does not let: refused with the table's reason, and
 * nothing has happened. Messages, commands and roles are taken from the schemas, so that a new one cannot be forgotten.
 */
const rules = { ...quickRules, openForMs: 600_000, windowMs: 1_000, hardEndMs: 1_200_000 };
let app: RoomApp;
let show: string;

// ---------------------------------------------------------------- what is sent

const lotOf = { lot: 'L1' };
const sale = 'S1';
let ids = 0;
const newId = () => `wrong-${String((ids += 1)).padStart(6, '0')}`;
const leader = () => app.desks.of(show).then(({ state }) => state.lots.L1!.offerings[0]!.leader!);
const price = () => app.desks.of(show).then(({ state }) => state.lots.L1!.offerings[0]!.priceFen!);

type Make<T> = () => T | Promise<T>;
type Named<N extends HostCommand['name']> = Extract<HostCommand, { name: N }>;
const commands: { [N in HostCommand['name']]: Make<Named<N>> } = {
  seal: () => ({ name: 'seal' }),
  open: () => ({ name: 'open', reason: 'none-configured' }),
  offer: () => ({ name: 'offer', lot: 'L2' }),
  offerAll: () => ({ name: 'offerAll', lots: ['L2', 'L3'] }),
  lastCall: () => ({ name: 'lastCall', ...lotOf }),
  setAside: () => ({ name: 'setAside', ...lotOf }),
  pass: () => ({ name: 'pass', ...lotOf }),
  reoffer: () => ({ name: 'reoffer', ...lotOf }),
  withdraw: () => ({ name: 'withdraw', lot: 'L2', reason: 'damaged' }),
  carry: () => ({ name: 'carry', lot: 'L2' }),
  endOffers: () => ({ name: 'endOffers', lot: 'L2', reason: 'other' }),
  answerOffer: () => ({ name: 'answerOffer', offer: 'O1', accept: true }),
  default: () => ({ name: 'default', sale }),
  extendPay: async () => ({
    ...{ name: 'extendPay', bidder: await leader(), payBy: 4_000_000_000_000, reason: 'buyer-asked' },
  }),
  answerChance: () => ({ name: 'answerChance', sale, accept: true }),
  freeze: () => ({ name: 'freeze', ...lotOf }),
  resume: () => ({ name: 'resume', ...lotOf }),
  undo: () => ({ name: 'undo', sale, reason: 'wrong-price' }),
  hallPaddle: () => ({ name: 'hallPaddle' }),
  bidFor: async () => ({
    ...{ name: 'bidFor', bidder: hall, ...lotOf, offering: 1, amountFen: (await price()) + 100 },
  }),
  limit: async () => ({ name: 'limit', bidder: await leader(), banned: true }),
  close: () => ({ name: 'close' }),
  settle: () => ({ name: 'settle' }),
};
type Moderation = z.infer<typeof moderate>;
const moderations: { [A in Moderation['act']]: Make<Moderation> } = {
  mute: async () => ({ act: 'mute', bidder: await leader() }),
  unmute: async () => ({ act: 'unmute', bidder: await leader() }),
  remove: () => ({ act: 'remove', id: line }),
  slow: () => ({ act: 'slow', everyMs: 60_000 }),
};

/** One thing to send. `action` is the role table's; null: open to everybody who watches. */
interface Row {
  what: string;
  event: ClientMessage;
  action: Action | null;
  payload: Make<unknown>;
  /** The same over HTTP. */
  path?: string;
}
const row = (event: ClientMessage, action: Action | null, payload: Make<unknown>, path?: string): Row => ({
  ...{ what: event, event, action, payload },
  ...(path !== undefined && { path }),
});
const rowsOf: Record<ClientMessage, Row[]> = {
  join: [row('join', null, () => ({ showId: show }))],
  since: [row('since', null, () => ({ from: 0 }))],
  time: [row('time', null, () => ({}))],
  bid: [row('bid', 'bid.place', async () => bidOf((await price()) + 100), 'bids')],
  proxy: [
    row(
      ...(['proxy', 'bid.place'] as const),
      async () => ({ bidId: newId(), ...lotOf, maxFen: (await price()) + 500, secret: HASH }),
      'proxies',
    ),
  ],
  withdrawProxy: [row('withdrawProxy', 'bid.place', () => lotOf, 'proxies/withdraw')],
  answerOffer: [row('answerOffer', 'bid.place', () => ({ offer: 'O1', accept: true }), 'offers/answer')],
  answerChance: [row('answerChance', 'bid.place', () => ({ sale: 'S9', accept: true }), 'chances/answer')],
  command: Object.entries(commands).map(([name, make]) => ({
    ...row(
      'command',
      name === 'seal' ? 'show.seal' : 'show.command',
      async () => ({ commandId: newId(), command: await make() }),
      'commands',
    ),
    what: `command ${name}`,
  })),
  chat: [row('chat', 'chat.say', () => ({ text: '大家好' }))],
  moderate: Object.entries(moderations).map(([act, make]) => ({
    ...row('moderate', 'chat.moderate', make),
    what: `moderate ${act}`,
  })),
};
const rows = Object.values(rowsOf).flat();

// ---------------------------------------------------------------- who sends it

type Town = 'siqiao' | 'limen';
interface Person {
  role: Role | null;
  town?: Town;
  isHost?: true;
  waits?: true;
}
const people = {
  'nobody signed in': { role: null },
  'who waits to be admitted': { role: 'buyer', waits: true },
  'a buyer': { role: 'buyer' },
  'a moderator here': { role: 'moderator', town: 'siqiao' },
  'a moderator of another township': { role: 'moderator', town: 'limen' },
  'the host': { role: 'host', town: 'siqiao', isHost: true },
  "the host of another show of this township": { role: 'host', town: 'siqiao' }, // prettier-ignore
  'a host of another township': { role: 'host', town: 'limen' },
  'the officer': { role: 'officer', town: 'siqiao' },
  'an officer of another township': { role: 'officer', town: 'limen' },
  'an operator': { role: 'operator', town: 'siqiao' },
} as const satisfies Record<string, Person>;
type Who = keyof typeof people;
const tokens = {} as Record<Who, string | null>;

/** Read off the printed table, apart from the code that decides. */
function refusalByTable({ role, town, isHost, waits }: Person, action: Action): string | null {
  if (role === null) return 'not-signed-in';
  const scope = (grants[action] as Partial<Record<Role, Scope>>)[role];
  if (scope === undefined) return 'not-allowed';
  if (waits) return 'not-admitted';
  const reaches = { 'all': true, 'self': true, 'own-township': town === 'siqiao', 'own-show': isHost === true }; // prettier-ignore
  return reaches[scope] ? null : 'not-allowed';
}
const wrong = Object.entries(people).flatMap(([who, person]) =>
  rows.flatMap((one) => {
    const reason = one.action === null ? null : refusalByTable(person, one.action);
    return reason === null ? [] : [{ who: who as Who, row: one, reason }];
  }),
);

// ---------------------------------------------------------------- a show under way

let hall: string;
let line: string;
let host: TestSocket;

beforeAll(async () => {
  app = await roomApp();
  show = await app.newShow(rules);
  const limen = await app.members.ensureSeed({
    township: { name: '礼门乡', code: 'limen' },
    people: [
      { role: 'moderator', phone: '13700000021', nickname: '小郭', goTo: '/host' },
      { role: 'officer', phone: '13700000022', nickname: '老孙', goTo: '/township' },
    ],
  });
  const [moderator, officer] = await Promise.all(
    limen.people.map(async ({ link }) => (await app.members.exchangeToken(link.token)).token),
  );
  Object.assign(tokens, {
    'nobody signed in': null,
    'who waits to be admitted': (await app.members.waitFor('等着', show)).token,
    'a buyer': (await app.buyer('小林', show)).token,
    'a moderator here': app.people.moderator,
    'a moderator of another township': moderator,
    'the host': app.people.host,
    'the host of another show of this township': app.people.coHost,
    'a host of another township': app.people.foreignHost,
    'the officer': app.people.officer,
    'an officer of another township': officer,
    'an operator': app.people.operator,
  } satisfies Record<Who, string | null | undefined>);

  host = await inRoom(tokens['the host']);
  await done(app.command(host, { name: 'offer', lot: 'L1' }));
  const paddle = await done(app.command(host, { name: 'hallPaddle' }));
  hall = (paddle.events[0]!.body as { bidder: string }).bidder;
  const buyer = await inRoom((await app.buyer('阿梅', show)).token);
  expect(await buyer.ask('bid', bidOf(1_000))).toMatchObject({ ok: true });
  expect(await buyer.ask('chat', { text: '开始了' })).toEqual({ ok: true });
  line = (await shown()).chat.at(-1)!.id;
});
afterAll(() => app.close());

async function inRoom(token: string | null, showId = show): Promise<TestSocket> {
  const socket = await app.socketOf(token);
  const answer = await socket.ask('join', { showId });
  if (!answer.ok) throw new Error(answer.reason);
  return socket;
}

/** All that a wrong message could have changed: the log as folded, the talk, and what is stored. */
async function shown() {
  const answer = await (await app.socketOf(null)).ask('join', { showId: show });
  if (!answer.ok) throw new Error(answer.reason);
  const { state, chat, slowMs } = answer.snapshot!;
  return { state, chat, slowMs, head: answer.head };
}
const reasonOf = (answer: unknown) => (answer as { reason?: string }).reason ?? 'accepted';

// ---------------------------------------------------------------- nothing is forgotten

describe('the table', () => {
  it('has a row for every message, every command and every act of a moderator', () => {
    expect(Object.keys(rowsOf).sort()).toEqual(Object.keys(clientMessages).sort());
    const named = hostCommand.options.map(({ shape }) => shape.name.value);
    expect(Object.keys(commands).sort()).toEqual([...named].sort());
    const acts = moderate.options.map(({ shape }) => shape.act.value);
    expect(Object.keys(moderations).sort()).toEqual([...acts].sort());
    for (const [event, its] of Object.entries(rowsOf)) expect([event, its.length > 0]).toEqual([event, true]);
  });

  it('has somebody of every role', () => {
    const roles = new Set<Role | null>(Object.values(people).map(({ role }) => role));
    expect(roles).toEqual(new Set([null, ...roleEnum.options]));
  });

  it('sends only what fits its schema, so that nothing is refused for its shape', async () => {
    for (const { what, event, payload } of rows) {
      const parsed = clientMessages[event].payload.safeParse(await payload());
      expect([what, parsed.error?.issues ?? []]).toEqual([what, []]);
    }
  });

  it('lets somebody do everything, and nobody who is not signed in do what needs a role', () => {
    for (const one of rows.filter(({ action }) => action !== null)) {
      const lets = Object.values(people).filter((person) => refusalByTable(person, one.action!) === null);
      expect([one.what, lets.length > 0]).toEqual([one.what, true]);
      expect(wrong.some(({ who, row: its }) => who === 'nobody signed in' && its === one)).toBe(true);
    }
  });
});

// ---------------------------------------------------------------- the matrix

describe('whom the role table does not let', () => {
  const whos = [...new Set(wrong.map(({ who }) => who))];

  it.each(whos)('%s: refused with its reason at both doors, and nothing has happened', async (who) => {
    const socket = await inRoom(tokens[who]);
    const before = await shown();
    for (const { row: one, reason } of wrong.filter((its) => its.who === who)) {
      const bySocket = reasonOf(await socket.emit(one.event, await one.payload()));
      expect([one.what, bySocket]).toEqual([one.what, reason]);
      if (one.path === undefined) continue;
      expect([one.what, await byHttp(one.path, tokens[who], await one.payload())]).toEqual([
        one.what,
        reason,
      ]);
    }
    expect(await shown()).toEqual(before);
  });

  it('before joining, everything but to join and to ask the time is refused, whoever asks', async () => {
    const before = await shown();
    for (const token of [tokens['a buyer'], tokens['the host']]) {
      const socket = await app.socketOf(token);
      for (const { what, event, payload } of rows.filter(({ event }) => !['join', 'time'].includes(event))) {
        expect([what, reasonOf(await socket.emit(event, await payload()))]).toEqual([what, 'unknown-show']);
      }
    }
    expect(await shown()).toEqual(before);
  });

  it('everybody may watch: join, catch up, ask the time', async () => {
    for (const who of Object.keys(people) as Who[]) {
      const socket = await inRoom(tokens[who]);
      for (const { what, event, payload } of rows.filter(({ action }) => action === null)) {
        expect([who, what, reasonOf(await socket.emit(event, await payload()))]).toEqual([
          who,
          what,
          'accepted',
        ]);
      }
    }
  });
});

// ---------------------------------------------------------------- buyers, but not here

describe('buyers who may not bid here', () => {
  const bidding = ['bid', 'proxy', 'withdrawProxy'] as const;
  const sent = async (socket: TestSocket) => {
    const reasons: Record<string, string> = {};
    for (const event of bidding) {
      reasons[event] = reasonOf(await socket.emit(event, await rowsOf[event][0]!.payload()));
    }
    return reasons;
  };

  it('a paddle of another show is none here', async () => {
    const other = await app.newShow(rules);
    const socket = await inRoom((await app.buyer('外场', other)).token);
    const before = await shown();
    expect(await sent(socket)).toEqual({ bid: 'no-paddle', proxy: 'no-paddle', withdrawProxy: 'no-proxy' });
    expect(await shown()).toEqual(before);
  });

  it('a stopped bidder: each bid is told so, and moves no price', async () => {
    const { token, bidder } = await app.buyer('停牌', show);
    const socket = await inRoom(token);
    await done(app.command(host, { name: 'limit', bidder, banned: true }));
    const before = await shown();
    expect(await sent(socket)).toEqual({
      ...{ bid: 'bidder-not-allowed', proxy: 'bidder-not-allowed', withdrawProxy: 'no-proxy' },
    });
    const { state } = await shown();
    expect(state.lots).toEqual(before.state.lots);
    // A bid that was understood and refused is a leaf of its own, so that he can show it.
    expect(state.next).toBe(before.state.next + 1);
  });

  it('the grower of a lot bids on none of his own, nor leaves a maximum', async () => {
    const there = await app.newShow(rules);
    const { token, bidder } = await app.buyer('花农', there);
    const desk = await app.desks.of(there);
    await done(desk.command(lotNamed('L3', { list: 2, grower: bidder })));
    await done(desk.command({ by: 'host', name: 'seal' }));
    await done(desk.command({ by: 'host', name: 'offer', lot: 'L3' }));
    const socket = await inRoom(token, there);
    const maximum = { bidId: newId(), lot: 'L3', maxFen: 2_000, secret: HASH };
    const before = structuredClone(desk.state);
    expect(await socket.ask('proxy', maximum)).toMatchObject({ reason: 'own-lot' });
    expect(await socket.ask('bid', bidOf(1_000, { lot: 'L3' }))).toMatchObject({ reason: 'own-lot' });
    expect(desk.state.lots).toEqual(before.lots);
    expect(desk.state.next).toBe(before.next + 1);
  });

  it('a banned member has no session, so no door at all', async () => {
    const { token, memberId } = await app.buyer('禁入', show);
    await app.members.ban(memberId);
    const before = await shown();
    for (const { what, path, payload } of rows) {
      if (path === undefined) continue;
      expect([what, await byHttp(path, token, await payload())]).toEqual([what, 'not-signed-in']);
    }
    expect(await shown()).toEqual(before);
  });
});

async function byHttp(path: string, token: string | null, payload: unknown): Promise<string> {
  const headers = new Headers({ 'content-type': 'application/json' });
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  const asked = { method: 'POST', headers, body: JSON.stringify(payload) };
  const response = await fetch(`${app.url}/api/shows/${show}/${path}`, asked);
  return reasonOf(await response.json());
}
