import { type RoomMe, type ShowRules } from '@qingpai/wire';
import { done, quickRules, until } from '../testing/rig.js';
import { type RoomApp, roomApp } from '../testing/roomApp.js';
import { Rooms } from './rooms.js';

const rules: ShowRules = { ...quickRules, payWithinMs: 86_400_000 };
let app: RoomApp;
beforeAll(async () => {
  app = await roomApp();
});
afterAll(() => app.close());

test('who owes something is reminded on every page that he has open, and nobody else', async () => {
  const showId = await app.newShow(rules, ['L1']);
  const desk = await app.desks.of(showId);
  const [lin, wu] = [await app.buyer('小林', showId), await app.buyer('老吴', showId)];
  const pages = await Promise.all([lin, lin, wu].map(({ token }) => app.socketOf(token)));
  for (const page of pages) await page.ask('join', { showId });
  await done(desk.command({ by: 'host', name: 'offer', lot: 'L1' }));
  await done(pages[0]!.ask('bid', { lot: 'L1', offering: 1, bidId: 'by-hand-0001', amountFen: 1_000 }));
  await until(() => desk.state.lots['L1']!.phase === 'hammered', 10_000);
  const remind = async () => (await app.app.get(Rooms).of(showId)).remindToPay(lin.bidder!);
  const reminded = () =>
    pages.map((page) => page.news<{ me: RoomMe; remind?: true }>('me').filter((one) => one.remind));

  await remind();
  expect(reminded().map((news) => news.length)).toEqual([0, 0, 0]);
  await done(desk.command({ by: 'host', name: 'close' }));
  await remind();
  await until(() => reminded()[1]!.length === 1, 10_000);
  expect(reminded().map((news) => news.length)).toEqual([1, 1, 0]);
  const owes = { dueFen: 1_000, lots: 1, payByMs: desk.state.closedAt! + 86_400_000 };
  expect(reminded()[0]![0]!.me.owes).toEqual(owes);

  // Who comes later sees it there; who owes nothing, nothing.
  const [later, other] = await Promise.all([lin, wu].map(({ token }) => app.socketOf(token)));
  expect(await later!.ask('join', { showId })).toMatchObject({ me: { owes } });
  const answer = await other!.ask('join', { showId });
  expect(answer.ok && 'owes' in answer.me).toBe(false);
});
