import { FakeStripe, WEBHOOK_SECRET } from '@qingpai/payments/testing';
import { type Page } from 'playwright-core';
import { Market, pot, shortRules } from '../stories/kit/market.js';
import { axeFinds, Chromium, overflows } from './kit/chromium.js';
import { wholeShot as shot } from './kit/opened.js';

/** The buyer's pay page, with Stripe's stand-in behind it and without any. */
const secret = { STRIPE_SECRET_KEY: 'sk_test_fake', STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET };
const inWeChat = {
  userAgent: 'Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/107 Mobile MicroMessenger/8.0.47',
};

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

async function givesHisAddress(page: Page): Promise<void> {
  await page.getByLabel('收货人').fill('林小梅');
  await page.getByLabel('手机号').fill('13900000003');
  await page.getByLabel('省份和运费').selectOption('35');
  await page.getByLabel('市、县').fill('宁德市周宁县');
  await page.getByLabel('详细地址').fill('狮城镇兴业路 7 号');
  await page.getByRole('button', { name: '用这个地址' }).click();
  await page.getByText('福建 宁德*** 林** 139****0003').waitFor();
}

/** A show in which one buyer has won two lots. */
async function won(on: Market, grantAloneMaxFen = shortRules.afterSale!.grantAloneMaxFen) {
  const { showId, host } = await on.openShow([pot(), pot({ title: '君子兰' })], {
    ...shortRules,
    openForMs: 900,
    afterSale: { ...shortRules.afterSale!, grantAloneMaxFen },
  });
  const lin = await on.buyer(showId, '小林');
  for (const lot of ['L1', 'L2']) {
    const hammered = host.event('lot.hammered', lot);
    await host.offers(lot, lin);
    await lin.bid(lot, 3_600);
    await hammered;
  }
  return { showId, host, token: lin.token! };
}

test('two lots are paid at once on Stripe’s page, after a tick, and the page says so when he comes back', async () => {
  const { showId, token } = await won(market, 2_000);
  const page = await browser.opens(`/pay/${showId}`, token);
  await page.getByText('共 2 件，一次付清').waitFor();
  await shot(page, 'pay-address');
  expect([await axeFinds(page), await overflows(page)]).toEqual([[], false]);
  await givesHisAddress(page);
  const button = page.getByRole('button', { name: '付 ¥80' });
  await button.waitFor();
  // What holds for living goods comes first, with one tap.
  await page.getByText('请先在上面点“我知道了”').waitFor();
  await page.getByRole('button', { name: '我知道了' }).click();
  await page.getByText(/您在 .* 确认过/).waitFor();
  expect([await button.isDisabled(), stripe.requests.length]).toEqual([true, 0]);
  expect([await axeFinds(page), await overflows(page)]).toEqual([[], false]);
  // What he typed is nowhere on the page any more.
  expect(await page.getByText('兴业路').count()).toBe(0);
  await page.getByRole('checkbox').check();
  await shot(page, 'pay-online');
  await button.click();
  await page.waitForURL(`${stripe.url}/**`);
  // He has left us, knowingly.
  expect(browser.complaints.splice(0).filter((one) => !one.startsWith(`asked ${stripe.url}`))).toEqual([]);
  expect(stripe.pay(page.url())).toBe('paid');
  await page.goto(`${market.origin}/pay/${showId}?back=1`);
  await page.getByText('已付款，谢谢！').waitFor();
  // Who has paid is not told how to pay.
  expect(await page.getByText('线下付款').count()).toBe(0);
  await shot(page, 'pay-done');
  expect(await axeFinds(page)).toEqual([]);
  expect(stripe.charged.length).toBe(1);
  const desktop = { viewport: { width: 1280, height: 800 } };
  const desk = await browser.opens(`/township?view=payments&at=${showId}`, await market.officer(), desktop);
  await desk.getByRole('button', { name: '退款' }).click();
  await desk.getByLabel('退多少（元）').fill('10.5');
  await desk.locator('form.give').getByRole('button', { name: '退款' }).click();
  await desk.getByText('¥10.50').waitFor();
  await shot(desk, 'desk-refund');
  expect([await axeFinds(desk), stripe.givenBackFen()]).toEqual([[], 1_050]);
  // Another part makes it more than one person may give back of a lot: the host says so too.
  await desk.getByRole('button', { name: '退款' }).click();
  await desk.getByLabel('退多少（元）').fill('10');
  await desk.locator('form.give').getByRole('button', { name: '退款' }).click();
  await desk.getByText('1 笔退款（¥10）').waitFor();
  await shot(desk, 'desk-refund-waits');
  expect([await axeFinds(desk), await overflows(desk), stripe.givenBackFen()]).toEqual([[], false, 1_050]);
  const table = await browser.opens(`/after/${showId}`, await market.host());
  await table.getByRole('button', { name: '退款 1' }).click();
  await table.getByText(/ 要退/).waitFor();
  await shot(table, 'host-second-word');
  expect([await axeFinds(table), await overflows(table)]).toEqual([[], false]);
  await table.getByRole('button', { name: '同意退回' }).click();
  await table.getByRole('button', { name: '退款', exact: true }).waitFor();
  expect(stripe.givenBackFen()).toBe(2_050);
}, 60_000);

test('in WeChat it says what does not work there, and paying by hand comes first', async () => {
  const { showId, token } = await won(market);
  const page = await browser.opens(`/pay/${showId}`, token, inWeChat);
  await page.getByText('支付宝打不开').waitFor();
  expect(await page.locator('.methods li').allTextContents()).toEqual([
    '银行卡（Visa、万事达、银联）',
    '微信支付',
  ]);
  expect((await page.locator('h2').allTextContents()).slice(1)).toEqual([
    ...['收货', '鲜活商品的约定', '线下付款', '在线付款'],
  ]);
  await shot(page, 'pay-wechat');
  expect([await axeFinds(page), await overflows(page)]).toEqual([[], false]);
}, 60_000);

test('without Stripe it tells how to pay by hand; what was recorded wrongly can be disputed', async () => {
  const plain = await Market.open();
  try {
    const there = await Chromium.open(plain);
    const { showId, token } = await won(plain);
    const body = { sales: ['S1', 'S2'], amountFen: 7_200, channel: 'wechat', reference: '1' };
    const said = { ...body, freshWord: 'by-phone' };
    await plain.must('POST', `/api/shows/${showId}/payments`, await plain.host(), said);
    const page = await there.opens(`/pay/${showId}`, token);
    await page.getByText('本场只收线下付款').waitFor();
    await page.getByText('收款人已记下，等第二人确认').waitFor();
    expect(await page.getByRole('checkbox').count()).toBe(0);
    await page.getByRole('button', { name: '这笔不对' }).click();
    await shot(page, 'pay-by-hand');
    await page.getByRole('button', { name: '不是我付的' }).click();
    await page.getByText('有异议，等人处理').waitFor();
    const desktop = { viewport: { width: 1280, height: 800 } };
    const desk = await there.opens(`/township?view=payments&at=${showId}`, await plain.officer(), desktop);
    await desk.getByText('线下付款有异议').waitFor();
    await desk.getByText('不是本人付的').waitFor();
    await shot(desk, 'desk-case');
    expect(await axeFinds(desk)).toEqual([]);
    await desk.getByLabel('处理结果').fill('本人来电：家人代付');
    await desk.getByRole('button', { name: '销掉' }).click();
    await desk.getByRole('button', { name: '确认收到' }).waitFor();
    await page.reload();
    await page.getByText('待第二人确认').waitFor();
    expect([await axeFinds(page), await overflows(page)]).toEqual([[], false]);
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByText('Recorded; a second person will confirm it').waitFor();
    await shot(page, 'pay-english');
    expect(there.complaints).toEqual([]);
    await there.close();
  } finally {
    await plain.close();
  }
}, 90_000);

test('an officer records what came for two lots together with its freight, and how living goods were agreed to', async () => {
  const { showId, token } = await won(market);
  const page = await browser.opens(`/pay/${showId}`, token);
  await givesHisAddress(page);
  const desktop = { viewport: { width: 1280, height: 800 } };
  const desk = await browser.opens(`/township?view=payments&at=${showId}`, await market.officer(), desktop);
  await desk.getByRole('button', { name: '记一笔收款' }).click();
  expect(await desk.getByLabel('收到多少').inputValue()).toBe('80');
  await desk.getByLabel('参考号').fill('转账 20261201');
  await desk.getByRole('button', { name: '记下' }).click();
  await desk.getByText('请选买家怎么确认的').waitFor();
  await desk.getByText('电话里听明白').click();
  await shot(desk, 'desk-record');
  expect(await axeFinds(desk)).toEqual([]);
  await desk.getByRole('button', { name: '记下' }).click();
  await desk.locator('dialog').waitFor({ state: 'detached' });
  await desk.getByText('鲜活约定：电话里同意').waitFor();
  await page.reload();
  await page.getByText('收款人已记下，等第二人确认').waitFor();
}, 60_000);

test('after the close the room says what is owed and until when; the host gives longer, and sees who pays what', async () => {
  const { showId, host, token } = await won(market);
  await host.does({ name: 'close' });
  const room = await browser.opens(`/r/${showId}`, token);
  await room.getByText('您拍到 2 件，待付 ¥72').waitFor();
  await shot(room, 'room-owes');
  expect([await axeFinds(room), await overflows(room)]).toEqual([[], false]);
  const page = await browser.opens(`/pay/${showId}`, token);
  await givesHisAddress(page);
  await page.locator('.until').waitFor();
  await shot(page, 'pay-until');
  const desk = await browser.opens(`/host?show=${showId}`, await market.host());
  await desk.locator('.bills summary').first().click();
  await desk.getByText('福建 宁德***').waitFor();
  await shot(desk, 'host-bill');
  expect([await axeFinds(desk), await overflows(desk)]).toEqual([[], false]);
  await desk.getByRole('button', { name: '延期' }).click();
  await desk.getByLabel('转账在路上').check();
  await shot(desk, 'host-extend');
  expect([await axeFinds(desk), await overflows(desk)]).toEqual([[], false]);
  await desk.locator('dialog').getByRole('button', { name: '延期' }).click();
  await desk.getByText('（已延期）').waitFor();
  await page.reload();
  await page.getByText('主播已为您延期').waitFor();
}, 60_000);

test('whoever has not bid yet reads the freight in one line, and place by place when he asks', async () => {
  const { showId, host } = await market.openShow([pot()], { ...shortRules, openForMs: 60_000 });
  const { token } = await market.buyer(showId, '小林');
  await host.does({ name: 'offer', lot: 'L1' });
  const room = await browser.opens(`/r/${showId}`, token!);
  await room.getByText('运费：福建 ¥8').first().waitFor();
  await shot(room, 'room-freight-line');
  await room.getByText('运费：福建 ¥8').first().click();
  await room.getByText('不送').first().waitFor();
  await shot(room, 'room-freight');
  expect([await axeFinds(room), await overflows(room)]).toEqual([[], false]);
}, 60_000);
