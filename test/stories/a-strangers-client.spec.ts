import Ajv, { type ValidateFunction } from 'ajv';
import { io, type Socket } from 'socket.io-client';
import { Market, pot } from './kit/market.js';

/**
 * A client that knows nothing but /asyncapi: which messages there are, what they look like and what answers them. It
 * folds nothing and imports no shape of ours; every message in both directions is held against the published schema.
 */
interface Message {
  name: string;
  payload: { $ref: string };
}
interface Published {
  components: { messages: Record<string, Message>; schemas: object };
  operations: Record<
    string,
    { action: 'send' | 'receive'; messages: { $ref: string }[]; reply?: { messages: { $ref: string }[] } }
  >;
}
const last = (ref: string) => ref.split('/').at(-1)!;

class Stranger {
  readonly heard: { name: string; payload: unknown }[] = [];
  private readonly checks = new Map<string, ValidateFunction>();
  /** By the name of the message: what a client may send, with its answer; what the server tells. */
  private readonly asks = new Map<string, { ask: ValidateFunction; answer: ValidateFunction }>();
  private readonly tells = new Map<string, ValidateFunction>();

  constructor(
    published: Published,
    private readonly socket: Socket,
  ) {
    const ajv = new Ajv({ strict: false }).addSchema({ $id: 'doc', components: published.components });
    const checkOf = (id: string) => {
      const { payload } = published.components.messages[id]!;
      return ajv.compile({ $ref: `doc${payload.$ref}` });
    };
    for (const { action, messages, reply } of Object.values(published.operations)) {
      const id = last(messages[0]!.$ref);
      const { name } = published.components.messages[id]!;
      // AsyncAPI 3 speaks from the server's side: what it receives, a client sends.
      if (action === 'receive') {
        this.asks.set(name, { ask: checkOf(id), answer: checkOf(last(reply!.messages[0]!.$ref)) });
      } else this.tells.set(name, checkOf(id));
    }
    socket.onAny((name: string, payload: unknown) => {
      const check = this.tells.get(name);
      if (!check) throw new Error(`an unpublished message: ${name}`);
      expect([name, check(payload), check.errors]).toEqual([name, true, null]);
      this.heard.push({ name, payload });
    });
  }

  get names() {
    return { asks: [...this.asks.keys()].sort(), tells: [...this.tells.keys()].sort() };
  }

  async says(name: string, payload: object): Promise<Record<string, unknown>> {
    const { ask, answer } = this.asks.get(name)!;
    expect([name, ask(payload), ask.errors]).toEqual([name, true, null]);
    const answered = await this.socket.timeout(5_000).emitWithAck(name, payload);
    expect([name, answer(answered), answer.errors]).toEqual([name, true, null]);
    return answered;
  }
  leaves(): void {
    this.socket.disconnect();
  }
}

let market: Market;
beforeAll(async () => (market = await Market.open()));
afterAll(() => market.close());

async function comes(token: string): Promise<Stranger> {
  const published = await market.must<Published>('GET', '/asyncapi.json');
  const socket = io(market.origin, { transports: ['websocket'], auth: { token }, forceNew: true });
  const stranger = new Stranger(published, socket);
  await new Promise((resolve) => socket.once('connect', () => resolve(null)));
  return stranger;
}

test('a client written from /asyncapi alone joins, bids, is outbid, talks and catches up', async () => {
  const { showId, host } = await market.openShow([pot()], undefined);
  const people = await Promise.all(
    ['阿梅', '阿兰'].map(async (name) => {
      const { token } = await market.buyer(showId, name);
      return comes(token!);
    }),
  );
  const [mei, lan] = people as [Stranger, Stranger];
  expect(mei.names.asks).toEqual([
    ...[
      'answerChance',
      'answerOffer',
      'bid',
      'chat',
      'command',
      'join',
      'moderate',
      'proxy',
      'since',
      'time',
      'withdrawProxy',
    ],
  ]);
  expect(mei.names.tells).toEqual(['bye', 'chat', 'events', 'me', 'presence', 'stage', 'waiting', 'witness']);

  for (const one of people) expect(await one.says('join', { showId })).toMatchObject({ ok: true });
  await host.offers('L1');
  const bid = { lot: 'L1', offering: 1, amountFen: 3_600 };
  expect(await mei.says('bid', { bidId: 'stranger-bid-1', ...bid })).toMatchObject({ verdict: 'accepted' });
  expect(await lan.says('bid', { bidId: 'stranger-bid-2', ...bid })).toMatchObject({
    verdict: 'refused',
    reason: 'not-above-price',
    leastFen: 3_800,
  });
  const over = { ...bid, bidId: 'stranger-bid-3', amountFen: 3_800 };
  expect(await lan.says('bid', over)).toMatchObject({ ok: true });
  // From here on somebody else's word bids for her, up to a maximum that nobody is told.
  const most = { bidId: 'stranger-most-1', lot: 'L1', maxFen: 4_400, secret: `${'A'.repeat(43)}=` };
  expect(await mei.says('proxy', most)).toMatchObject({ ok: true, leading: true });
  expect(await mei.says('withdrawProxy', { lot: 'L1' })).toMatchObject({ reason: 'already-leading' });
  expect(await mei.says('chat', { text: '好花' })).toMatchObject({ ok: true });
  expect(await mei.says('time', {})).toMatchObject({ ok: true });
  expect(await mei.says('since', { from: 0 })).toMatchObject({ ok: true, more: false });
  expect(
    await mei.says('command', { commandId: 'stranger-cmd-1', command: { name: 'close' } }),
  ).toMatchObject({
    ok: false,
    reason: 'not-allowed',
  });
  expect((await host.event('lot.hammered', 'L1')).body).toMatchObject({ unitPriceFen: 4_000 });
  // She heard that she was outbid, from the frames alone.
  const heard = JSON.stringify(mei.heard.filter(({ name }) => name === 'events'));
  expect(heard).toContain('"bid":"stranger-bid-3"');
  expect(heard).not.toContain('stranger-bid-2');
  for (const one of people) one.leaves();
});
