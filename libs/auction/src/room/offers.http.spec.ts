import { type ShowRules } from '@qingpai/wire';
import { done, lotNamed, quickRules, until } from '../testing/rig.js';
import { type RoomApp, roomApp } from '../testing/roomApp.js';
import { brokenInvariants } from '../store/invariants.js';

const rules: ShowRules = {
  ...quickRules,
  furtherOfferings: 0,
  ladder: { pauseMs: 0, atLast: 'pass', offers: { answerWithinMs: 60_000, perLotMax: 3 } },
};
let app: RoomApp;
beforeAll(async () => {
  app = await roomApp();
});
afterAll(() => app.close());

/** L1 has a floor of ¥15 that nobody met: Lin bid ¥11, Wu ¥10, and the lot was set aside. */
async function evening() {
  const showId = await app.newShow(rules, ['L9']);
  const desk = () => app.desks.of(showId);
  const host = await app.socketOf(app.people.host);
  await host.ask('join', { showId });
  await app.command(host, { name: 'withdraw', lot: 'L9', reason: 'other' });
  const { commitment, beside } = app.store.sealFloor(showId, 'L1', 1_450);
  const described = lotNamed('L1', { list: 2, floor: commitment });
  await done((await desk()).command({ ...described, floorFen: 1_450 } as typeof described, beside));
  await done((await desk()).command({ by: 'host', name: 'seal' }));
  const people = await Promise.all(['小林', '老吴'].map((name) => app.buyer(name, showId)));
  const [lin, wu] = await Promise.all(
    people.map(async (one) => ({ ...one, socket: await app.socketOf(one.token) })),
  );
  for (const { socket } of [lin!, wu!]) await socket.ask('join', { showId });
  await app.command(host, { name: 'offer', lot: 'L1' });
  const bid = { lot: 'L1', offering: 1 };
  await done(wu!.socket.ask('bid', { ...bid, bidId: 'by-hand-0001', amountFen: 1_000 }));
  await done(lin!.socket.ask('bid', { ...bid, bidId: 'by-hand-0002', amountFen: 1_100 }));
  const offers = async () => (await desk()).state.lots['L1']!.offers;
  const { state } = await desk();
  await until(() => state.lots['L1']!.offers.length === 1, 4_000);
  return { showId, desk, host, lin: lin!, wu: wu!, offers };
}

it('who bid most is asked first, whatever happens to the server; the same answer again gets the same answer', async () => {
  const { showId, desk, host, lin, wu, offers } = await evening();
  expect(await offers()).toMatchObject([{ bidder: lin.bidder, unitPriceFen: 1_500, result: 'standing' }]);
  expect(await wu.socket.ask('answerOffer', { offer: 'O1', accept: true })).toMatchObject({
    reason: 'not-allowed',
  });
  expect(await app.command(host, { name: 'pass', lot: 'L1' })).toMatchObject({ reason: 'offer-stands' });
  // As after a restart: nothing is left in memory.
  await app.desks.retire(showId);
  const declined = await lin.socket.ask('answerOffer', { offer: 'O1', accept: false });
  expect(declined).toMatchObject({ ok: true, receipt: { leaf: expect.stringContaining('offer.declined') } });
  expect(await lin.socket.ask('answerOffer', { offer: 'O1', accept: false })).toMatchObject({
    ok: true,
    i: declined.ok && declined.i,
  });
  expect(await lin.socket.ask('answerOffer', { offer: 'O1', accept: true })).toMatchObject({
    reason: 'offer-over',
  });
  const { state } = await desk();
  await until(() => state.lots['L1']!.offers.length === 2, 4_000);
  const accepted = await wu.socket.ask('answerOffer', { offer: 'O2', accept: true });
  expect(accepted).toMatchObject({ ok: true, sale: 'S1' });
  expect(state.sales['S1']).toMatchObject({ bidder: wu.bidder, unitPriceFen: 1_500, offer: 'O2' });
  await app.command(host, { name: 'close' });
  const judged = (await (await fetch(`${app.url}/api/shows/${showId}/verification`)).json()) as object;
  expect(judged).toMatchObject({ verdict: 'ALL_ACCOUNTED_NOT_ALL_SOLD' });
  expect(await brokenInvariants(app.database.dataSource.manager)).toEqual([]);
}, 30_000);

it('over HTTP it is the same desk, and the host may ask nobody further', async () => {
  const { showId, desk, host, lin } = await evening();
  const send = async (body: object) => {
    const answer = await fetch(`${app.url}/api/shows/${showId}/offers/answer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${lin.token}` },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as object };
  };
  expect(await send({ offer: 'O9', accept: true })).toMatchObject({
    status: 404,
    body: { reason: 'not-found' },
  });
  expect(await send({ offer: 'nonsense' })).toMatchObject({ status: 400, body: { reason: 'malformed' } });
  await app.command(host, { name: 'endOffers', lot: 'L1', reason: 'show-must-end' });
  expect(await send({ offer: 'O1', accept: true })).toMatchObject({
    status: 409,
    body: { reason: 'offer-over' },
  });
  const { state } = await desk();
  await until(() => state.lots['L1']!.phase === 'passed', 4_000);
}, 30_000);
