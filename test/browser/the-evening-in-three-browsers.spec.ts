import { join } from 'node:path';
import { type Page } from 'playwright-core';
import { type Market, pot, shortRules } from '../stories/kit/market.js';
import { axeFinds, type Chromium, overflows } from './kit/chromium.js';
import { openedForAll } from './kit/opened.js';

const seed = join(__dirname, '../../apps/market/seed/siqiao-show.csv');
/** Long enough to act by hand, short enough to wait for. */
const rules = { ...shortRules, openForMs: 25_000, windowMs: 2_000, extensionMs: 2_000, lastCallMs: 3_000 };

let market: Market;
let browser: Chromium;
openedForAll((opened) => ({ market, browser } = opened));
const opens: Chromium['opens'] = (...asked) => browser.opens(...asked);

test('a host imports, seals and opens in the page; a lot is called only by a held button', async () => {
  const token = await market.host();
  const showId = await market.draft(token, [], rules);
  const host = await opens(`/host?show=${showId}`, token);
  await host.getByText('导入表格').first().click();
  await host.setInputFiles('dialog input[type=file]', seed);
  await host.getByText('全部通过').waitFor();
  await host.locator('dialog .foot-act button.go').click();
  await host.waitForSelector('.lots');
  expect(await axeFinds(host)).toEqual([]);
  await host.locator('.foot-act .go').last().click();
  await host.getByLabel('口头同意过').check();
  await host.locator('.tick').click();
  await host.locator('dialog .go').click();
  await host.locator('.code-card b', { hasText: /^[0-9A-F]{4}·[0-9A-F]{4}·[0-9A-F]{4}$/ }).waitFor();
  await host.locator('.foot-act .go').click();
  await host.waitForSelector('.hammer');
  expect(await overflows(host)).toBe(false);

  const person = await market.enter(showId, token);
  await person.does({ name: 'offer', lot: 'L3' });
  await host.waitForSelector('.hammer.seal');
  await host.locator('.hammer').click();
  expect(person.state.lots.L3!.offerings[0]!.lastCall).toBe(false);
  const called = person.event('lot.lastCall', 'L3');
  const box = (await host.locator('.hammer').boundingBox())!;
  await host.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await host.mouse.down();
  await host.waitForTimeout(800);
  await host.mouse.up();
  await called;
  expect(await axeFinds(host)).toEqual([]);

  const startMs = Date.now();
  await host.reload();
  await host.waitForSelector('.panel .left');
  expect(Date.now() - startMs).toBeLessThan(10_000);
}, 60_000);

test('two buyers bid against each other: the price, the button and the winner follow the log', async () => {
  const { showId, host } = await market.openShow([pot(), pot({ title: '君子兰' })], rules);
  const tokens = await Promise.all(
    ['小林', '小吴'].map(async (name) => (await market.buyer(showId, name)).token),
  );
  const [lin, wu] = await Promise.all(tokens.map((token) => opens(`/r/${showId}`, token)));
  await host.does({ name: 'offer', lot: 'L1' });
  const button = (page: Page) => page.locator('.bid .go');
  await button(lin!).getByText('出价 ¥36').waitFor();
  expect(await axeFinds(lin!)).toEqual([]);

  // A double tap is one bid.
  await button(lin!).dblclick();
  await button(lin!).getByText('您正领先').waitFor();
  await button(wu!).getByText('出价 ¥38').waitFor();
  await button(wu!).click();
  await button(wu!).getByText('您正领先').waitFor();
  await lin!
    .getByText(/超过了您|超过您|出到/)
    .first()
    .waitFor();
  await button(lin!).getByText('出价 ¥40').waitFor();
  expect(host.state.lots.L1!.offerings[0]!.bids).toBe(2);

  // The line breaks: the page says so, comes back by itself, and has missed nothing.
  await lin!.context().setOffline(true);
  await button(lin!).getByText('正在重连').waitFor({ timeout: 20_000 });
  await lin!.context().setOffline(false);
  await button(lin!).getByText('出价 ¥40').waitFor({ timeout: 20_000 });

  const hammered = host.event('lot.hammered', 'L1');
  await host.does({ name: 'lastCall', lot: 'L1' });
  await hammered;
  await wu!.locator('dialog[open]').waitFor();
  expect(await wu!.evaluate<boolean>("document.activeElement.closest('dialog') !== null")).toBe(true);
  expect(await axeFinds(wu!)).toEqual([]);
  for (const page of [lin!, wu!]) expect(await page.content()).not.toMatch(/(?<!\d)1[3-9]\d{9}(?!\d)/);
}, 90_000);

test('without JavaScript the price stands there and a form bids', async () => {
  const { showId, host } = await market.openShow([pot()], rules);
  const { token } = await market.buyer(showId, '小陈');
  await host.does({ name: 'offer', lot: 'L1' });
  const page = await opens(`/r/${showId}`, token, { javaScriptEnabled: false });
  const accepted = host.event('bid.accepted', 'L1');
  await page.getByRole('button', { name: /出价 ¥36/ }).click();
  expect((await accepted).body).toMatchObject({ amountFen: 3_600, form: true });
}, 30_000);

test('the township reads its totals, and a stranger the certificate, in both languages', async () => {
  const { showId, host } = await market.openShow([pot()], rules);
  const lin = await market.buyer(showId, '小林');
  await host.offers('L1', lin);
  await lin.bid('L1', 3_600);
  await host.does({ name: 'lastCall', lot: 'L1' });
  await host.event('lot.hammered', 'L1');
  await host.does({ name: 'close' });

  const desk = await opens('/township', await market.officer(), { viewport: { width: 1280, height: 800 } });
  await desk.getByText('成交额').first().waitFor();
  await desk.waitForTimeout(1_500);
  expect(await axeFinds(desk)).toEqual([]);

  const certificate = await opens(`/c/${showId}`);
  await certificate.getByText('无一流拍').waitFor();
  await certificate.getByText('全部成交，尚未结算').waitFor({ timeout: 15_000 });
  expect(await axeFinds(certificate)).toEqual([]);
  await certificate.getByRole('button', { name: 'English' }).click();
  await certificate.getByText('Clearance Certificate').first().waitFor();
  expect(await overflows(certificate)).toBe(false);
}, 60_000);

test('nothing runs off a phone of 320 points', async () => {
  const { showId, host } = await market.openShow([pot()], rules);
  await host.does({ name: 'offer', lot: 'L1' });
  const viewport = { width: 320, height: 568 };
  for (const [path, token] of [
    [`/r/${showId}`, undefined],
    [`/host?show=${showId}`, await market.host()],
    [`/c/${showId}`, undefined],
    ['/', undefined],
  ] as const) {
    const page = await opens(path, token, { viewport });
    await page.waitForTimeout(1_200);
    expect([path, await overflows(page)]).toEqual([path, false]);
  }
}, 60_000);
