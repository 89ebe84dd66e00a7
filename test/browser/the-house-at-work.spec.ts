import { type Page } from 'playwright-core';
import { type Market, pot, shortRules } from '../stories/kit/market.js';
import { axeFinds, type Chromium, overflows } from './kit/chromium.js';
import { openedForAll, shot } from './kit/opened.js';

/** What the host's page does besides calling lots: bids for the hall, people, the code for a co-host, the rules. */
const rules = { ...shortRules, openForMs: 60_000, windowMs: 2_000, extensionMs: 2_000, lastCallMs: 3_000 };

let market: Market;
let browser: Chromium;
openedForAll((opened) => ({ market, browser } = opened));

const settings = async (page: Page, item: string) => {
  await page.getByRole('button', { name: '更多' }).first().click();
  await page.locator('dialog[open]').getByText(item).click();
};

test('a person in the hall gets a paddle and a bid from the host’s thumb', async () => {
  const { showId, host } = await market.openShow([pot(), pot({ title: '君子兰' })], rules);
  const page = await browser.opens(`/host?show=${showId}`, await market.host());
  await host.does({ name: 'offer', lot: 'L1' });
  await page.waitForSelector('.hammer');
  await settings(page, '现场代拍');
  await page.getByRole('button', { name: '发一块现场号牌' }).click();
  await page.getByRole('button', { name: '替他出 ¥36' }).waitFor();
  await shot(page, 'hall');
  expect(await axeFinds(page)).toEqual([]);
  const bid = host.event('bid.accepted', 'L1');
  await page.getByRole('button', { name: '替他出 ¥36' }).click();
  expect(await bid).toMatchObject({ by: 'host', body: { byModerator: true, amountFen: 3_600 } });
  await page.getByText('正领先').first().waitFor();
  expect(await overflows(page)).toBe(false);
}, 60_000);

test('the host stops a bidder and lets him bid again', async () => {
  const { showId, host } = await market.openShow([pot()], rules);
  const lin = await market.buyer(showId, '小林');
  const page = await browser.opens(`/host?show=${showId}`, await market.host());
  await host.does({ name: 'offer', lot: 'L1' });
  await page.waitForSelector('.hammer');
  await page
    .locator('button', { hasText: /在场|人/ })
    .first()
    .click();
  await page.getByRole('button', { name: '停止出价' }).first().click();
  await page.getByRole('button', { name: '恢复出价' }).waitFor();
  await shot(page, 'people');
  expect(await axeFinds(page)).toEqual([]);
  expect(await lin.bid('L1', 3_600)).toMatchObject({ reason: 'bidder-not-allowed' });
  await page.getByRole('button', { name: '恢复出价' }).click();
  await page.getByRole('button', { name: '停止出价' }).waitFor();
  expect(await lin.bid('L1', 3_600)).toMatchObject({ ok: true });
}, 60_000);

test('who was muted is still listed when the page comes back, and is let speak again from there', async () => {
  const { showId } = await market.openShow([pot()], rules);
  const lin = await market.buyer(showId, '小林');
  expect(await lin.ask('chat', { text: '加微信便宜' })).toMatchObject({ ok: true });
  const page = await browser.opens(`/host?show=${showId}`, await market.host());
  await page.getByRole('button', { name: '聊天' }).first().click();
  await page.locator('.talk-line', { hasText: '加微信便宜' }).click();
  await page.getByRole('button', { name: '禁言', exact: true }).click();
  await page.getByText('已禁言 1 人').waitFor();
  expect(await lin.ask('chat', { text: '还在' })).toMatchObject({ reason: 'muted' });
  await page.locator('.talk-line', { hasText: '加微信便宜' }).click();
  await page.getByRole('button', { name: '删掉这句' }).click();

  await page.reload();
  await page.getByRole('button', { name: '聊天' }).first().click();
  await page.getByText('已禁言 1 人').waitFor();
  expect(await page.locator('.talk').getByText('加微信便宜').count()).toBe(0);
  await page.getByText('已禁言 1 人').click();
  await shot(page, 'muted');
  expect([await overflows(page), await axeFinds(page)]).toEqual([false, []]);
  await page.locator('.mutes').getByRole('button', { name: '解除禁言' }).click();
  await page.getByText('已禁言 1 人').waitFor({ state: 'detached' });
  expect(await lin.ask('chat', { text: '谢谢' })).toMatchObject({ ok: true });
}, 60_000);

test('the page shows the code with which another goes on', async () => {
  const { showId } = await market.openShow([pot()], rules);
  const page = await browser.opens(`/host?show=${showId}`, await market.host());
  await page.waitForSelector('.hammer');
  await settings(page, '换手机 / 接管');
  await page.locator('.take-code', { hasText: /^\d{3} \d{3}$/ }).waitFor();
  await shot(page, 'take-over');
  expect(await axeFinds(page)).toEqual([]);
  expect(await overflows(page)).toBe(false);
}, 60_000);

test('the rules of a new show can be chosen, and are what is sealed', async () => {
  const page = await browser.opens('/host', await market.host());
  await page.getByRole('button', { name: '新建专场' }).click();
  await page.locator('dialog[open] input').first().fill('夜市专场');
  await page.getByText('拍卖规则').click();
  await page.getByText('自动返场降价拍，仍没卖出转下场').click();
  await page.locator('dialog[open] select').selectOption('120');
  await shot(page, 'rules');
  expect(await axeFinds(page)).toEqual([]);
  await page.locator('dialog[open] button[type=submit]').click();
  await page.waitForURL(/show=/);
  const showId = new URL(page.url()).searchParams.get('show')!;
  const { state } = await market.must<{ state: { rules: object } }>('GET', `/api/shows/${showId}`);
  expect(state.rules).toMatchObject({ openForMs: 120_000, ladder: { atLast: 'carry', pauseMs: 10_000 } });
}, 60_000);

test('the freight of a new show is filled in province by province, shown as buyers will read it, and sealed so', async () => {
  const page = await browser.opens('/host', await market.host());
  await page.getByRole('button', { name: '新建专场' }).click();
  const sheet = page.locator('dialog[open]');
  await sheet.locator('input').first().fill('夜市专场');
  await sheet.getByText('拍卖规则').click();
  await sheet.getByText('自己定').click();
  await sheet.getByText('运费：福建 ¥8，其他 ¥12–¥25').waitFor();
  await sheet.getByLabel('一般运费').fill('15');
  await sheet.getByRole('button', { name: '加一行' }).click();
  const row = sheet.locator('.zone').nth(3);
  await row.locator('.picker').waitFor();
  await sheet.locator('button[type=submit]').click();
  await row.getByText('至少选一个省').waitFor();
  await row.getByText('要填金额，包邮填 0').waitFor();
  await row.getByLabel('运费').fill('30');
  // It is taken out of where it stood.
  await row.getByRole('checkbox', { name: '西藏' }).click();
  await row.getByRole('checkbox', { name: '海南' }).click();
  await shot(page, 'freight-picker');
  expect(await axeFinds(page)).toEqual([]);
  await row.getByRole('button', { name: '选好了' }).click();
  await row.getByRole('button', { name: '海南、西藏' }).waitFor();
  await sheet.getByLabel('满多少免运费').fill('');
  const words = '运费：福建 ¥8，其他 ¥12–¥30；新疆、台湾、香港、澳门不送；可自提；合并只收一次';
  await sheet.getByText(words).waitFor();
  await shot(page, 'freight-words');
  expect(await axeFinds(page)).toEqual([]);
  expect(await overflows(page)).toBe(false);
  await sheet.locator('button[type=submit]').click();
  await page.waitForURL(/show=/);
  const showId = new URL(page.url()).searchParams.get('show')!;
  const told = await market.must<{ card: { freight: string }; state: { rules: { freight: object } } }>(
    'GET',
    `/api/shows/${showId}`,
  );
  expect(told.card.freight).toBe(words);
  expect(told.state.rules.freight).toMatchObject({
    ...{ elsewhereFen: 1_500, notServed: ['65', '71', '81', '82'] },
    zones: [{}, {}, {}, { provinces: ['46', '54'], feeFen: 3_000 }],
  });
}, 60_000);
