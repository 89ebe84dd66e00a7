import { type Market, pot, shortRules } from '../stories/kit/market.js';
import { axeFinds, type Chromium, overflows } from './kit/chromium.js';
import { openedForAll } from './kit/opened.js';

/** Two defaults: no more bidding (RULES §5). He may watch, is told why, and an officer lifts it for a reason. */
const rules = { ...shortRules, payWithinMs: 0 };

let market: Market;
let browser: Chromium;
openedForAll((opened) => ({ market, browser } = opened));

/** He wins a lot of a new show and does not pay. */
async function leavesUnpaid(token: string): Promise<void> {
  const { showId, host } = await market.openShow([pot()], rules);
  await market.must('POST', `/api/shows/${showId}/join`, token, {});
  const lai = await market.enter(showId, token);
  const hammered = host.event('lot.hammered', 'L1');
  await host.offers('L1', lai);
  expect(await lai.bid('L1', 3_600)).toMatchObject({ ok: true });
  await hammered;
  // The server says it by itself once the time is over, which is at once here; the host may be quicker.
  const defaulted = host.event('sale.defaulted');
  await host.does({ name: 'close' });
  await host.command({ name: 'default', sale: 'S1' });
  await defaulted;
}

test('who left the bills of two shows unpaid is told why he may only watch, until an officer lifts it', async () => {
  const token = await market.signIn('13966660001', '老赖');
  const running = await market.openShow([pot()], { ...rules, openForMs: 60_000 });
  await market.must('POST', `/api/shows/${running.showId}/join`, token, {});
  const seated = await market.enter(running.showId, token);
  await leavesUnpaid(token);
  const stopped = running.host.event('bidder.limited');
  await leavesUnpaid(token);
  expect(await stopped).toMatchObject({ by: 'platform', body: { bidder: seated.me.bidder, banned: true } });
  await running.host.does({ name: 'offer', lot: 'L1' });
  expect(await seated.bid('L1', 3_600)).toMatchObject({ reason: 'bidder-not-allowed' });
  const freed = running.host.command({ name: 'limit', bidder: seated.me.bidder! });
  expect(await freed).toMatchObject({ ok: false, reason: 'two-defaults' });

  const { showId, host } = await market.openShow([pot()], { ...rules, openForMs: 60_000 });
  await host.does({ name: 'offer', lot: 'L1' });
  const page = await browser.opens(`/r/${showId}`, token);
  await page.getByRole('button', { name: '领号牌，出价 ¥36' }).click();
  await page.getByText('在本乡两场拍到没有付款，不能再出价；可以观看').waitFor();
  const folder = process.env.PICTURES_TO;
  if (folder) await page.screenshot({ path: `${folder}/two-defaults.png` });
  expect([await axeFinds(page), await overflows(page)]).toEqual([[], false]);

  const wide = { viewport: { width: 1280, height: 900 } };
  const office = await browser.opens(`/township?view=payments&at=${showId}`, await market.officer(), wide);
  const box = office.locator('.barred');
  await box.getByRole('button', { name: '恢复出价' }).click();
  await box.getByText('后来付清了').click();
  if (folder) await box.screenshot({ path: `${folder}/two-defaults-lift.png` });
  expect([await axeFinds(office), await overflows(office)]).toEqual([[], false]);
  await box.getByRole('button', { name: '恢复', exact: true }).click();
  await box.getByText('已恢复').waitFor();
  expect((await market.ask('POST', `/api/shows/${showId}/join`, token, {})).status).toBe(200);
}, 120_000);
