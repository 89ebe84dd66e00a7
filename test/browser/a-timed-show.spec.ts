import { type Page } from 'playwright-core';
import { type Market, pot, shortRules } from '../stories/kit/market.js';
import { axeFinds, type Chromium, overflows } from './kit/chromium.js';
import { openedForAll, shot } from './kit/opened.js';

/** 限时竞价 on two phones: the host opens several lots at once, a buyer goes from one to the other. */
const rules = {
  ...shortRules,
  ...{ openForMs: 40_000, windowMs: 2_000, extensionMs: 2_000, lastCallMs: 3_000 },
  timed: { openMax: 5, staggerMs: 15_000 },
};
const lots = ['绣球 无尽夏', '长寿花', '洋桔梗', '玫瑰', '君子兰', '茶花'].map((title) => pot({ title }));

let market: Market;
let browser: Chromium;
openedForAll((opened) => ({ market, browser } = opened));

const looksRight = async (page: Page, name: string) => {
  await shot(page, name);
  expect([name, await axeFinds(page), await overflows(page)]).toEqual([name, [], false]);
};

test('several lots are opened with one press; a buyer taps one, bids, is beaten, and taps another', async () => {
  const { showId, host } = await market.openShow(lots, rules);
  const lin = await market.buyer(showId, '小林');
  const wu = await market.buyer(showId, '小吴');
  const console = await browser.opens(`/host?show=${showId}`, await market.host());
  await console.locator('.hammer', { hasText: '同时开拍' }).click();
  await looksRight(console, 'timed-choose');
  const offered = host.event('lot.offered', 'L5');
  await console.locator('dialog[open]').getByRole('button', { name: '同时开拍 5 件' }).click();
  await offered;
  await console.locator('.open-list li').nth(4).waitFor();

  const room = await browser.opens(`/r/${showId}`, lin.token);
  const rows = room.locator('.open-lots li button');
  await rows.nth(4).waitFor();
  // The first is in the dock at first; a tap brings another.
  await room.locator('.dock h1', { hasText: '绣球' }).waitFor();
  await rows.nth(1).click();
  await room.locator('.dock h1', { hasText: '长寿花' }).waitFor();
  const mine = host.event('bid.accepted', 'L2');
  await room.locator('.dock .go', { hasText: '出价 ¥36' }).click();
  expect(await mine).toMatchObject({ body: { bidder: lin.me.bidder, amountFen: 3_600 } });
  await rows.nth(1).locator('i.leads', { hasText: '领先' }).waitFor();
  expect(await wu.bid('L3', 3_600)).toMatchObject({ ok: true });
  await rows.nth(2).click();
  const second = host.event('bid.accepted', 'L3');
  await room.locator('.dock .go', { hasText: '出价 ¥38' }).click();
  await second;
  expect(await wu.bid('L3', 4_000)).toMatchObject({ ok: true });
  await rows.nth(2).locator('i.outbid', { hasText: '被超过' }).waitFor();
  await looksRight(room, 'timed-room');
  await looksRight(console, 'timed-host');

  // The last call is of the lot that the host has tapped.
  await console.locator('.open-list li button').nth(2).click();
  const called = host.event('lot.lastCall', 'L3');
  await console.locator('.hammer').click({ delay: 900 });
  await called;
  await rows.nth(2).locator('small', { hasText: '最后一次' }).waitFor();

  // When the lot under the thumb closes, no other comes there by itself.
  await rows.nth(2).click();
  await room.locator('.dock h1', { hasText: '洋桔梗' }).waitFor();
  await host.event('lot.hammered', 'L3');
  await room.locator('.dock', { hasText: '点上面一件，接着出价' }).waitFor();
  await looksRight(room, 'timed-room-closed');
  await room.evaluate("document.documentElement.classList.add('elder')");
  await rows.nth(0).click();
  await looksRight(room, 'timed-room-elder');
}, 90_000);

test('who makes a show chooses between one lot at a time and several', async () => {
  const page = await browser.opens('/host', await market.host());
  await page.getByRole('button', { name: '新建专场' }).click();
  const form = page.locator('dialog[open]');
  await form.getByText('限时竞价：几件同时拍，各自截拍').click();
  await form.getByText('最多同时拍').waitFor();
  await looksRight(page, 'timed-new');
}, 60_000);
