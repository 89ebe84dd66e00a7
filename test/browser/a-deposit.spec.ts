import { FakeStripe, WEBHOOK_SECRET } from '@qingpai/payments/testing';
import { type Page } from 'playwright-core';
import { Market, pot, shortRules } from '../stories/kit/market.js';
import { axeFinds, Chromium, overflows } from './kit/chromium.js';
import { shot } from './kit/opened.js';

/** 保证金 from the refused bid to its way back: the buyer's phone, the host's, the officer's desk. */
const rules = {
  ...shortRules,
  ...{ openForMs: 90_000, windowMs: 600, extensionMs: 600, lastCallMs: 600 },
  deposit: { amountFen: 5_000 },
};

const secret = { STRIPE_SECRET_KEY: 'sk_test_fake', STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET };

let stripe: FakeStripe;
let market: Market;
let browser: Chromium;
beforeAll(async () => {
  stripe = await FakeStripe.open();
  market = await Market.open({ ...secret, STRIPE_API: stripe.url });
  browser = await Chromium.open(market);
}, 60_000);
afterAll(async () => {
  await browser.close();
  await market.close();
  await stripe.close();
});
afterEach(() => expect(browser.complaints.splice(0)).toEqual([]));

const wide = { viewport: { width: 1280, height: 900 } };
/** Looks as people do, and so does axe. */
async function looks(page: Page, name: string): Promise<void> {
  await shot(page, name);
  expect(await axeFinds(page)).toEqual([]);
  expect(await overflows(page)).toBe(false);
}

test('a host asks for a deposit when he makes a show', async () => {
  const page = await browser.opens('/host', await market.host());
  await page.getByRole('button', { name: '新建专场' }).click();
  await page.locator('dialog[open] input').first().fill('保证金专场');
  await page.getByText('拍卖规则').click();
  await page.getByLabel('保证金（元）').fill('50');
  await page.getByLabel('只对总价超过多少的出价要求（元）').fill('200');
  await page.getByText('出价前先交，本场交一次').scrollIntoViewIfNeeded();
  await looks(page, 'deposit-rule');
  await page.locator('dialog[open] button[type=submit]').click();
  await page.waitForURL(/show=/);
  const showId = new URL(page.url()).searchParams.get('show')!;
  const { state } = await market.must<{ state: { rules: object } }>('GET', `/api/shows/${showId}`);
  expect(state.rules).toMatchObject({ deposit: { amountFen: 5_000, abovePriceFen: 20_000 } });
}, 60_000);

test('a refused bid leads to the deposit, which is given, confirmed, and comes back', async () => {
  const { showId, host } = await market.openShow([pot({ startFen: 3_600 }), pot({ title: '君子兰' })], rules);
  const lin = await market.buyer(showId, '小林');
  const page = await browser.opens(`/r/${showId}`, lin.token!);
  await page.getByText('出价前先交保证金 ¥50').waitFor();
  await host.does({ name: 'offer', lot: 'L1' });
  await page.getByRole('button', { name: '出价 ¥36' }).waitFor();
  await looks(page, 'deposit-before-the-first-bid');

  // Two steps up: what was chosen is still there afterwards.
  await page.getByRole('button', { name: '多一手' }).click();
  await page.getByRole('button', { name: '出价 ¥38' }).click();
  await page.getByText('没有出成：先交保证金 ¥50').waitFor();
  await looks(page, 'deposit-refused');
  await page.getByText('没有出成：先交保证金 ¥50').click();
  await page.getByText('1号 保证金').waitFor();
  await looks(page, 'deposit-how');

  const desk = await browser.opens(`/host?show=${showId}`, await market.host());
  await desk.waitForSelector('.hammer');
  await desk.getByRole('button', { name: '更多' }).first().click();
  await desk.locator('dialog[open]').getByText('保证金').click();
  await desk.getByText('还没有人交保证金').waitFor();
  await looks(desk, 'deposits-none-yet');
  await desk.getByRole('button', { name: '登记收到' }).click();
  await desk.getByLabel('流水号或收据号').fill('微信 4200-01');
  await desk.getByText('1号 交来 ¥50').waitFor();
  await looks(desk, 'deposits-record');
  await desk.locator('dialog[open]').getByRole('button', { name: '登记', exact: true }).click();
  await desk.getByText('您登记的，要另一个人确认').waitFor();
  await looks(desk, 'deposits-second-person');

  const office = await browser.opens(`/township?view=payments&at=${showId}`, await market.officer(), wide);
  await office.locator('.deposits').getByText('微信 4200-01').waitFor();
  await looks(office, 'deposits-township');
  await office.locator('.deposits').getByRole('button', { name: '确认' }).click();
  await page.getByText('已收，可以出价').first().waitFor();
  await looks(page, 'deposit-held');
  await page.locator('dialog[open]').getByRole('button', { name: '关闭' }).click();
  await page.getByRole('button', { name: '出价 ¥38' }).click();
  await page.getByText('您的 ¥38 已接受').waitFor();

  // Somebody bids more; so he won nothing and it is his again with the close.
  const wu = await market.buyer(showId, '小吴');
  await market.must('POST', `/api/shows/${showId}/deposits`, await market.host(), {
    ...{ bidder: wu.me.bidder, channel: 'cash', reference: 'R-2' },
  });
  const listed = await market.must<{ moves: { id: string; state: string }[] }>(
    'GET',
    `/api/shows/${showId}/deposits`,
    await market.officer(),
  );
  const move = listed.moves.find(({ state }) => state === 'recorded')!;
  await market.must(
    'POST',
    `/api/shows/${showId}/deposits/moves/${move.id}/decision`,
    await market.officer(),
    {
      confirm: true,
    },
  );
  const hammered = host.event('lot.hammered', 'L1');
  expect(await wu.bid('L1', 4_000)).toMatchObject({ ok: true });
  await host.does({ name: 'lastCall', lot: 'L1' });
  await hammered;
  await host.does({ name: 'withdraw', lot: 'L2', reason: 'other' });
  await host.does({ name: 'close' });
  await page.getByText('保证金 ¥50 · 退还中').waitFor();
  await looks(page, 'deposit-going-back');

  const pay = await browser.opens(`/pay/${showId}`, lin.token!);
  await pay.getByText('¥50 正在退还').waitFor();
  await looks(pay, 'deposit-pay-page');

  await office.reload();
  await office.locator('.deposits').getByText('还要退 ¥50').waitFor();
  await office.locator('.deposits').getByRole('button', { name: '登记已退' }).click();
  await office.locator('.deposits').getByLabel('流水号或收据号').fill('退 001');
  await looks(office, 'deposits-township-back');
  await office.locator('.deposits').getByRole('button', { name: '登记', exact: true }).click();
  await office.locator('.deposits').getByText('您登记的，要另一个人确认').waitFor();
  const after = await browser.opens(`/host?show=${showId}`, await market.host());
  await after.getByRole('button', { name: '保证金' }).click();
  await after.getByText('退 001').waitFor();
  await looks(after, 'deposits-after-the-show');
  await after.locator('dialog[open]').getByRole('button', { name: '确认' }).click();
  await page.getByText('保证金 ¥50 · 已退').waitFor();
}, 120_000);

test('given online, it is held when he comes back from the provider’s page', async () => {
  const { showId } = await market.openShow([pot()], rules);
  const lin = await market.buyer(showId, '小林');
  const page = await browser.opens(`/pay/${showId}`, lin.token!);
  await page.getByText('我同意：为了付款，把编号和金额').click();
  await looks(page, 'deposit-online');
  await page.getByRole('button', { name: '交 ¥50' }).click();
  await page.waitForURL(`${stripe.url}/**`);
  // He has left us, knowingly.
  expect(browser.complaints.splice(0).filter((one) => !one.startsWith(`asked ${stripe.url}`))).toEqual([]);
  expect(stripe.pay(page.url())).toBe('paid');
  await page.goto(`${market.origin}/pay/${showId}?back=1`);
  await page.getByText('已收，可以出价').waitFor();
  await looks(page, 'deposit-online-held');
}, 60_000);
