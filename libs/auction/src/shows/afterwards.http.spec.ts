import { type Certificate, type ShowRules } from '@qingpai/wire';
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
