import { type BidAnswer } from '@qingpai/wire';
import { Market, pot } from './kit/market.js';

let market: Market;
beforeAll(async () => (market = await Market.open()));
afterAll(() => market.close());

test('a slip lets one buyer in, once', async () => {
  const { showId, host } = await market.openShow([pot()]);
  const made = await market.must<{ slips: { token: string }[] }>(
    'POST',
    `/api/shows/${showId}/slips`,
    host.token,
    {
      count: 1,
    },
  );
  const { token: slip } = made.slips[0]!;
  const body = { token: slip, nickname: '小林' };
  const { token } = await market.must<{ token: string }>('POST', '/api/sign-in/slip', undefined, body);
  await market.must('POST', `/api/shows/${showId}/join`, token, {});
  const lin = await market.enter(showId, token);
  expect(lin.me).toMatchObject({ role: 'buyer', nickname: '小林', paddle: 1 });
  expect((await market.ask('POST', '/api/sign-in/slip', undefined, body)).status).toBe(401);
});

test('who waits is admitted by the host with one tap, and can bid only then', async () => {
  const { showId, host } = await market.openShow([pot()]);
  const { token } = await market.must<{ token: string }>('POST', `/api/shows/${showId}/wait`, undefined, {
    nickname: '小吴',
  });
  await host.offers('L1');
  const wu = await market.enter(showId, token);
  expect(wu.me.waiting).toBe(true);
  expect(await wu.bid('L1', 3_600)).toMatchObject({ ok: false, reason: 'not-admitted' });
  const { waiting } = await market.must<{ waiting: { member: string }[] }>(
    'GET',
    `/api/shows/${showId}/waiting`,
    host.token,
  );
  await market.must('POST', `/api/shows/${showId}/admit`, host.token, { member: waiting[0]!.member });
  await market.must('POST', `/api/shows/${showId}/join`, token, {});
  expect(await wu.bid('L1', 3_600)).toMatchObject({ ok: true });
});

test('a guest watches and cannot bid; a host cannot bid in his own show; a buyer cannot command', async () => {
  const { showId, host } = await market.openShow([pot()]);
  const lin = await market.buyer(showId, '小林');
  const guest = await market.enter(showId);
  await host.offers('L1', lin, guest);
  expect(guest.state.block).toBe('L1');
  expect(await guest.bid('L1', 3_600)).toMatchObject({ ok: false, reason: 'not-signed-in' });
  expect(await host.bid('L1', 3_600)).toMatchObject({ ok: false, reason: 'not-allowed' });
  expect(await lin.command({ name: 'close' })).toMatchObject({ ok: false, reason: 'not-allowed' });
});

test('a form without JavaScript bids, and the same form sent twice is one bid', async () => {
  const { showId, host } = await market.openShow([pot()]);
  const lin = await market.buyer(showId, '小林');
  await host.offers('L1', lin);
  const page = await (
    await fetch(`${market.origin}/r/${showId}`, { headers: { cookie: `qp_session=${lin.token}` } })
  ).text();
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '';
  expect(page).toContain('出价 ¥36');
  const form = new URLSearchParams(
    ['bidId', 'lot', 'offering', 'amountFen', 'lang'].map((name): [string, string] => [name, field(name)]),
  );
  const sent = () =>
    fetch(`${market.origin}/r/${showId}/bid`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: `qp_session=${lin.token}`, origin: market.origin },
      body: form,
    });
  expect((await sent()).status).toBeLessThan(400);
  expect((await sent()).status).toBeLessThan(400);
  const { body } = await host.event('lot.hammered', 'L1');
  expect(body).toMatchObject({ bidder: lin.me.bidder, unitPriceFen: 3_600 });
  expect(host.state.lots.L1!.offerings[0]!.bids).toBe(1);
});

test('every message that is malformed, foreign or late gets a stable reason', async () => {
  const { showId, host } = await market.openShow([pot()]);
  const lin = await market.buyer(showId, '小林');
  await host.offers('L1', lin);
  const reasonOf = async (name: string, payload: unknown) =>
    (await lin.ask<BidAnswer & { reason?: string }>(name, payload) as { reason?: string }).reason;
  expect(await reasonOf('bid', null)).toBe('malformed');
  expect(await reasonOf('bid', { bidId: 'x' })).toBe('malformed');
  expect(await reasonOf('bid', { bidId: 'story-foreign-1', lot: 'L9', offering: 1, amountFen: 100 })).toBe('unknown-lot');
  expect(await reasonOf('no-such-message', {})).toBe('unknown-event');
  expect(await reasonOf('join', { showId: '20200101-01' })).toBe('unknown-show');
  expect(await reasonOf('command', { commandId: 'story-command-1', command: { name: 'seal' } })).toBe('not-allowed');
}); // prettier-ignore
