import { type CommandAnswer, type ShowRules } from '@qingpai/wire';
import { quickRules } from '../testing/rig.js';
import { type RoomApp, roomApp } from '../testing/roomApp.js';

/** What the house does besides calling lots: bids for the hall, limits, and a console that changes hands. */
const rules: ShowRules = { ...quickRules, openForMs: 60_000, hallLimitFen: 2_000 };
let app: RoomApp;
beforeAll(async () => {
  app = await roomApp();
});
afterAll(() => app.close());

async function evening() {
  const showId = await app.newShow(rules, ['L1', 'L2']);
  const host = await app.socketOf(app.people.host);
  await host.ask('join', { showId });
  const desk = await app.desks.of(showId);
  return { showId, host, desk };
}
const done = (answer: CommandAnswer) => {
  if (!answer.ok) throw new Error(answer.reason);
  return answer.events;
};
async function http(method: 'GET' | 'POST', path: string, token: string | null, body?: object) {
  const headers = {
    ...(token !== null && { authorization: `Bearer ${token}` }),
    ...(body && { 'content-type': 'application/json' }),
  };
  const response = await fetch(`${app.url}/api/shows/${path}`, {
    ...{ method, headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as { code?: string } };
}

it('the house bids for a person in the hall under a paddle of his own, marked, and up to a limit', async () => {
  const { host, desk } = await evening();
  await app.command(host, { name: 'offer', lot: 'L1' });
  const [leaf] = done(await app.command(host, { name: 'hallPaddle' }));
  if (leaf?.type !== 'bidder.registered') throw new Error('no paddle');
  const { bidder, kind, paddle } = leaf.body;
  expect({ kind, paddle }).toEqual({ kind: 'hall', paddle: 1 });
  const bidFor = (amountFen: number) =>
    app.command(host, { name: 'bidFor', bidder, lot: 'L1', offering: 1, amountFen, confirmed: true });
  const [bid] = done(await bidFor(1_000));
  expect(bid).toMatchObject({ type: 'bid.accepted', by: 'host', body: { bidder, byModerator: true } });
  expect(await bidFor(1_200)).toMatchObject({ reason: 'already-leading' });
  expect(desk.state.lots['L1']!.offerings[0]!.leader).toBe(bidder);
  const second = done(await app.command(host, { name: 'hallPaddle' }))[0]!;
  expect(second.body).toMatchObject({ paddle: 2 });
  const other = (second.body as { bidder: string }).bidder;
  const above = {
    name: 'bidFor',
    bidder: other,
    lot: 'L1',
    offering: 1,
    amountFen: 2_100,
    confirmed: true,
  } as const;
  expect(await app.command(host, above)).toMatchObject({ reason: 'over-limit' });
});

it('the house bids for nobody who has a phone', async () => {
  const { showId, host } = await evening();
  await app.command(host, { name: 'offer', lot: 'L1' });
  const { bidder } = await app.buyer('小林', showId);
  const command = { name: 'bidFor', bidder, lot: 'L1', offering: 1, amountFen: 1_000 } as const;
  expect(await app.command(host, command)).toMatchObject({ reason: 'bidder-not-allowed' });
});

it('a bidder is limited, or sent away from bidding, from then on', async () => {
  const { showId, host } = await evening();
  await app.command(host, { name: 'offer', lot: 'L1' });
  const { bidder, token } = await app.buyer('小林', showId);
  const lin = await app.socketOf(token);
  await lin.ask('join', { showId });
  let n = 0;
  const bid = (amountFen: number) =>
    lin.ask('bid', { bidId: `limited-${(n += 1)}`, lot: 'L1', offering: 1, amountFen, confirmed: true });
  done(await app.command(host, { name: 'limit', bidder, limitFen: 1_100 }));
  expect(await bid(1_200)).toMatchObject({ reason: 'over-limit' });
  expect(await bid(1_100)).toMatchObject({ ok: true });
  done(await app.command(host, { name: 'limit', bidder, banned: true }));
  expect(await bid(2_000)).toMatchObject({ reason: 'bidder-not-allowed' });
  expect(
    await lin.ask('command', { commandId: 'by-a-buyer', command: { name: 'limit', bidder } }),
  ).toMatchObject({
    reason: 'not-allowed',
  });
});

it('a co-host takes over by the code on the host’s page: the lot freezes, he lets it go on, the code is used up', async () => {
  const { showId, host, desk } = await evening();
  await app.command(host, { name: 'offer', lot: 'L1' });
  const { body } = await http('GET', `${showId}/take-over`, app.people.host);
  expect(body.code).toMatch(/^\d{6}$/);
  const co = app.people.coHost;
  const coSocket = await app.socketOf(co);
  await coSocket.ask('join', { showId });
  const resume = () => app.command(coSocket, { name: 'resume', lot: 'L1' });
  expect(await resume()).toMatchObject({ reason: 'not-allowed' });
  const ask = (code: string) => ({ code, reason: 'phone-died' });
  const wrong = body.code === '000000' ? '000001' : '000000';
  expect(await http('POST', `${showId}/take-over`, co, ask(wrong))).toMatchObject({ status: 401 });

  const began = performance.now();
  expect(await http('POST', `${showId}/take-over`, co, ask(body.code!))).toMatchObject({ status: 200 });
  expect(desk.state.lots['L1']!.offerings[0]!.frozenAt).not.toBeNull();
  expect(await resume()).toMatchObject({ ok: true });
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(desk.state.lots['L1']!.offerings[0]!.frozenAt).toBeNull();
  expect(await app.command(coSocket, { name: 'lastCall', lot: 'L1' })).toMatchObject({ ok: true });
  expect(await http('POST', `${showId}/take-over`, co, ask(body.code!))).toMatchObject({ status: 401 });
});

it('the code is for the house only, and not to be guessed', async () => {
  const { showId } = await evening();
  const { token } = await app.buyer('小林', showId);
  for (const asker of [null, token, app.people.foreignHost, app.people.officer]) {
    expect((await http('GET', `${showId}/take-over`, asker)).status).toBeGreaterThanOrEqual(401);
    const tried = await http('POST', `${showId}/take-over`, asker, { code: '123456', reason: 'handover' });
    expect(tried.status).toBeGreaterThanOrEqual(401);
  }
  const tries: number[] = [];
  for (let n = 0; n < 8; n += 1) {
    const code = String(100_000 + n);
    tries.push(
      (await http('POST', `${showId}/take-over`, app.people.moderator, { code, reason: 'handover' })).status,
    );
  }
  expect(tries.at(-1)).toBe(429);
});

it('whoever asks is told the short code of the list alone, the same as with the whole show', async () => {
  const { showId } = await evening();
  const asked = await http('GET', `${showId}/code`, null);
  const whole = (await http('GET', showId, null)).body;
  expect(asked).toEqual({ status: 200, body: { code: whole.code } });
  expect(whole.code).toMatch(/^[0-9A-F]{4}(.[0-9A-F]{4}){2}$/);
  expect((await http('GET', '20200101-01/code', null)).status).toBe(404);
});
