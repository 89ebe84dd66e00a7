import { randomUUID } from 'node:crypto';
import { type ShowPayoutsAnswer } from '@qingpai/wire';
import { type Page } from 'playwright-core';
import { type Market, pot, shortRules } from '../stories/kit/market.js';
import { axeFinds, type Chromium, overflows } from './kit/chromium.js';
import { openedForAll, wholeShot as shot } from './kit/opened.js';

/** On a phone of 360 points: what sealing means, how a payment by hand is taken, and what a grower owes back. */
let market: Market;
let browser: Chromium;
openedForAll((opened) => ({ market, browser } = opened));

const isWell = async (page: Page) =>
  expect([await axeFinds(page), await overflows(page)]).toEqual([[], false]);

test('the seal sheet counts lots, says what cannot be undone, and seals once the host has ticked and said why', async () => {
  const token = await market.host();
  const showId = await market.draft(token, [pot({ floorFen: 5_000, units: 2 }), pot({ title: '君子兰' })]);
  const page = await browser.opens(`/host?show=${showId}`, token);
  await page.waitForSelector('.lots');
  await page.locator('.foot-act .go').last().click();
  const sheet = page.getByRole('dialog');
  await sheet.getByText('还有 1 件的花农没有同意').waitFor();
  expect(await sheet.locator('.counts').innerText()).toMatch(/2\s*件拍品\s*3\s*份\s*1\s*件有底价/);
  expect(await sheet.locator('.means li').count()).toBe(4);
  const seal = sheet.locator('.go');
  expect([await seal.innerText(), await seal.getAttribute('aria-disabled')]).toEqual([
    '先勾选上面一行',
    'true',
  ]);
  await shot(page, 'seal-sheet');
  await isWell(page);
  await sheet.locator('.tick').click();
  // Ticked, and no reason given: it seals nothing yet.
  expect([await seal.innerText(), await seal.getAttribute('aria-disabled')]).toEqual([
    '锁定 2 件，3 份',
    'true',
  ]);
  await sheet.getByLabel('签过纸面同意').check();
  await shot(page, 'seal-sheet-ready');
  await seal.click();
  await page.waitForSelector('.code-card');
}, 60_000);

test('a payment for living goods asks how their buyer agreed; what went back after the payout is owed by its grower', async () => {
  const rules = { ...shortRules, openForMs: 900, feePercent: 2 };
  const { showId, host } = await market.openShow([pot()], rules);
  const lin = await market.buyer(showId, '小林');
  const hammered = host.event('lot.hammered', 'L1');
  await host.offers('L1', lin);
  await lin.bid('L1', 3_600);
  await hammered;
  await host.does({ name: 'close' });

  const [hostToken, officer] = await Promise.all([market.host(), market.officer()]);
  const desk = await browser.opens(`/host?show=${showId}`, hostToken);
  await desk.locator('summary', { hasText: '小林' }).click();
  await desk.getByRole('button', { name: '登记付款' }).click();
  const sheet = desk.getByRole('dialog');
  await sheet.getByText('买家怎么确认的？').waitFor();
  await sheet.getByLabel('现金').check();
  await sheet.getByPlaceholder('用来对账，每笔只能用一次').fill('收据 1');
  await sheet.locator('button.go').click();
  await sheet.getByText('请选买家怎么确认的').waitFor();
  await shot(desk, 'payment-sheet-living');
  await isWell(desk);
  await sheet.getByLabel('当面听明白、同意了').check();
  await sheet.locator('button.go').click();
  await sheet.waitFor({ state: 'detached' });
  await desk.getByText('鲜活约定：当面同意').waitFor();
  await shot(desk, 'payment-recorded-living');

  const path = `/api/shows/${showId}`;
  const { payments } = await market.must<{ payments: { id: string }[] }>('GET', `${path}/payments`, officer);
  await market.must('POST', `${path}/payments/${payments[0]!.id}/decision`, officer, { confirm: true });
  const { growers } = await market.must<ShowPayoutsAnswer>('GET', `${path}/payouts`, officer);
  const batch = { growers: [growers[0]!.grower], channel: 'cash' };
  const made = await market.must<ShowPayoutsAnswer>('POST', `${path}/payout-batches`, officer, batch);
  const [{ id, rows }] = made.batches as [ShowPayoutsAnswer['batches'][number]];
  const paid = { rows: rows.map(({ payout }) => ({ payout, reference: '签字表 1' })) };
  await market.must('POST', `${path}/payout-batches/${id}/confirmation`, hostToken, paid);
  const back = { refund: randomUUID(), sale: 'S1', amountFen: 1_000, channel: 'cash', reference: 'OUT-1' };
  await market.must('POST', `${path}/hand-refunds`, hostToken, back);

  const page = await browser.opens(`/township?view=payouts&at=${showId}`, officer);
  const box = page.locator('section.box', { hasText: '花农应退回的款' });
  await box.getByText('泗桥村08号花农').waitFor();
  // ¥10 less the fee that the township gives back itself.
  expect(await box.locator('.owing b').innerText()).toContain('9.80');
  await box.scrollIntoViewIfNeeded();
  await shot(page, 'clawback-box');
  await isWell(page);
  await box.getByLabel('金额（元）').fill('9.81');
  await box.locator('.owing input[minlength="4"]').fill('BACK-0001');
  await box.getByRole('button', { name: '登记收回' }).click();
  await box.getByRole('alert').waitFor();
  await box.getByLabel('金额（元）').fill('4.80');
  await box.getByRole('button', { name: '登记收回' }).click();
  await box.getByText('待另一人确认').waitFor();
  // Whoever recorded it does not confirm it.
  expect(await box.getByRole('button', { name: '确认收到' }).count()).toBe(0);
  await shot(page, 'clawback-box-recorded');
  const told = await market.must<ShowPayoutsAnswer>('GET', `${path}/payouts`, hostToken);
  const decision = `${path}/clawbacks/${told.repayments[0]!.id}/decision`;
  await market.must('POST', decision, hostToken, { confirm: true });
  await page.reload();
  await box.getByText('已入账').waitFor();
  expect(await box.locator('.owing b').innerText()).toContain('5');
  await box.getByRole('button', { name: '转下一场扣' }).click();
  await box.locator('.owing').waitFor({ state: 'detached' });
  await shot(page, 'clawback-box-carried');
  await isWell(page);
}, 120_000);
