import { type Certificate, type ShowRules } from '@qingpai/wire';
import { brokenInvariants } from '../store/invariants.js';
import { done, quickRules, until } from '../testing/rig.js';
import { type RoomApp, roomApp } from '../testing/roomApp.js';

/** Nobody has time to pay, and nobody to complain. */
const rules: ShowRules = { ...quickRules, payWithinMs: 0, complaintMs: 0 };
let app: RoomApp;
beforeAll(async () => {
  app = await roomApp();
});
afterAll(() => app.close());

it('a sale that nobody paid is in default by a word of the host, after the close, and stays in the certificate', async () => {
  const showId = await app.newShow(rules, ['L1', 'L2']);
  const host = await app.socketOf(app.people.host);
  await host.ask('join', { showId });
  const desk = await app.desks.of(showId);
  const buyer = await app.socketOf((await app.buyer('小林', showId)).token);
  await buyer.ask('join', { showId });
  for (const [k, lot] of ['L1', 'L2'].entries()) {
    await app.command(host, { name: 'offer', lot });
    await buyer.ask('bid', { bidId: `afterwards-${k}`, lot, offering: 1, amountFen: 1_000 });
    await until(() => Object.keys(desk.state.sales).length === k + 1, 5_000);
  }
  expect(await app.command(host, { name: 'default', sale: 'S1' })).toMatchObject({ reason: 'wrong-phase' });
  await app.command(host, { name: 'close' });
  expect(await app.command(host, { name: 'default', sale: 'S1' })).toMatchObject({ ok: true });
  expect(await app.command(host, { name: 'default', sale: 'S1' })).toMatchObject({ reason: 'already-paid' });

  const txn = (letter: string) => `${letter.repeat(43)}=`;
  const money = (amountFen: number, letter: string) =>
    ({ sale: 'S2', amountFen, channel: 'cash', txn: txn(letter) }) as const;
  await done(desk.command({ by: 'officer', name: 'paid', body: money(1_000, 'B') }));
  await done(desk.command({ by: 'officer', name: 'refunded', body: money(400, 'C') }));
  expect(await desk.command({ by: 'officer', name: 'refunded', body: money(601, 'D') })).toMatchObject({
    reason: 'refund-above-paid',
  });
  await done(desk.command({ by: 'officer', name: 'refunded', body: money(600, 'E') }));
  expect(await app.command(host, { name: 'settle' })).toMatchObject({ ok: true });

  const rows: unknown = await app.database.dataSource.query(
    'SELECT sale, phase, refunded_fen::int FROM sales WHERE show_id = $1 ORDER BY sale',
    [showId],
  );
  expect(rows).toEqual([
    { sale: 'S1', phase: 'defaulted', refunded_fen: 0 },
    { sale: 'S2', phase: 'refunded', refunded_fen: 1_000 },
  ]);
  const certificate = (await (
    await fetch(`${app.url}/api/shows/${showId}/certificate`)
  ).json()) as Certificate;
  expect(certificate).toMatchObject({ soldUnits: 2, paidFen: 1_000, paid: { units: 0 } });
  const judged = (await (await fetch(`${app.url}/api/shows/${showId}/verification`)).json()) as object;
  expect(judged).toMatchObject({ verdict: 'ALL_SOLD_AND_SETTLED', findings: [] });
});

it('what somebody did not pay for goes to who came next, over the socket, and to the next show when nobody takes it', async () => {
  const secondChance = { answerWithinMs: 60_000, perSaleMax: 1, atLast: 'carry' as const };
  const showId = await app.newShow({ ...rules, secondChance }, ['L1', 'L2']);
  const host = await app.socketOf(app.people.host);
  await host.ask('join', { showId });
  const desk = await app.desks.of(showId);
  const people = await Promise.all(
    ['小林', '小吴'].map(async (name) => {
      const { token } = await app.buyer(name, showId);
      const socket = await app.socketOf(token);
      await socket.ask('join', { showId });
      return { socket, token };
    }),
  );
  for (const [k, lot] of ['L1', 'L2'].entries()) {
    await app.command(host, { name: 'offer', lot });
    for (const [n, { socket }] of [...people].reverse().entries())
      await socket.ask('bid', { bidId: `second-${k}-${n}`, lot, offering: 1, amountFen: 1_000 + 100 * n });
    await until(() => Object.keys(desk.state.sales).length === k + 1, 5_000);
  }
  await app.command(host, { name: 'close' });
  for (const sale of ['S1', 'S2'])
    expect(await app.command(host, { name: 'default', sale })).toMatchObject({ ok: true });
  await until(() => desk.state.chances.length === 2, 5_000);
  const [lin, wu] = people;
  const taking = { sale: 'S3', accept: true };
  expect(await lin!.socket.ask('answerChance', taking)).toMatchObject({ ok: false, reason: 'not-allowed' });
  const taken = await wu!.socket.ask('answerChance', taking);
  expect(taken).toMatchObject({
    ok: true,
    sale: 'S3',
    receipt: { leaf: expect.stringContaining('sale.accepted') },
  });
  // The same answer again is the same answer; over HTTP as well.
  const again = await fetch(`${app.url}/api/shows/${showId}/chances/answer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${wu!.token}` },
    body: JSON.stringify(taking),
  });
  expect(await again.json()).toMatchObject({ ok: true, i: (taken as { i: number }).i, sale: 'S3' });
  expect(await wu!.socket.ask('answerChance', { sale: 'S4', accept: false })).toMatchObject({ ok: true });
  await until(() => desk.state.lots.L2!.phase === 'carried', 5_000);

  const rows: unknown = await app.database.dataSource.query(
    'SELECT sale, lot, phase, followed_by FROM sales WHERE show_id = $1 ORDER BY sale',
    [showId],
  );
  expect(rows).toEqual([
    { sale: 'S1', lot: 'L1', phase: 'defaulted', followed_by: 'S3' },
    { sale: 'S2', lot: 'L2', phase: 'defaulted', followed_by: 'carried' },
    { sale: 'S3', lot: 'L1', phase: 'awaiting', followed_by: null },
  ]);
  expect(await brokenInvariants(app.database.dataSource.manager)).toEqual([]);
  await expect(
    app.database.dataSource.query('UPDATE sales SET followed_by = NULL WHERE show_id = $1', [showId]),
  ).rejects.toThrow('a_unit_is_sold_once');
  const judged = (await (await fetch(`${app.url}/api/shows/${showId}/verification`)).json()) as object;
  expect(judged).toMatchObject({ verdict: 'ALL_ACCOUNTED_NOT_ALL_SOLD' });
});
