import { type Page } from 'playwright-core';
import sharp from 'sharp';
import { type Market, pot, shortRules } from '../stories/kit/market.js';
import { axeFinds, type Chromium, overflows } from './kit/chromium.js';
import { openedForAll, wholeShot as shot } from './kit/opened.js';

/** Parcels, damage in three taps, a complaint, and the lists that are printed. */
let market: Market;
let browser: Chromium;
openedForAll((opened) => ({ market, browser } = opened));

const isWell = async (page: Page) =>
  expect([await axeFinds(page), await overflows(page)]).toEqual([[], false]);

test('from the packing table to the buyer: shipped, received, broken in three taps, made good', async () => {
  const { showId, host } = await market.openShow([pot(), pot({ title: '君子兰' })], {
    ...shortRules,
    openForMs: 900,
  });
  const lin = await market.buyer(showId, '小林');
  for (const lot of ['L1', 'L2']) {
    const hammered = host.event('lot.hammered', lot);
    await host.offers(lot, lin);
    await lin.bid(lot, 3_600);
    await hammered;
  }
  const buyer = await browser.opens(`/pay/${showId}`, lin.token!);
  await buyer.getByRole('link', { name: '我的包裹' }).click();
  await buyer.getByText('付款后就打包').waitFor();
  const money = { sales: ['S1', 'S2'], amountFen: 7_200, channel: 'wechat', reference: 'IN-1' };
  const body = { ...money, freshWord: 'by-phone' };
  const { id } = (await market.must('POST', `/api/shows/${showId}/payments`, await market.host(), body)) as {
    id: string;
  };
  await market.must('POST', `/api/shows/${showId}/payments/${id}/decision`, await market.officer(), {
    confirm: true,
  });

  const table = await browser.opens(`/after/${showId}`, await market.host());
  await table.getByText('1 个包裹').waitFor();
  await shot(table, 'packing-table');
  await isWell(table);
  const [sheet] = await Promise.all([
    table.waitForEvent('download'),
    table.getByRole('link', { name: '给快递的表（Excel）' }).click(),
  ]);
  expect(sheet.suggestedFilename()).toBe('qingpai-parcels.xlsx');
  for (const list of ['packing', 'picking', 'slips?paper=58', 'slips?paper=80']) {
    const printed = await browser.opens(`/print/${showId}/${list}`, await market.host());
    await printed.getByText('君子兰').first().waitFor();
    await shot(printed, `print-${list.replace('?paper=', '-')}`);
    expect(await axeFinds(printed)).toEqual([]);
  }
  await table.getByRole('button', { name: '打好包了' }).click();
  await table.getByText('已打包').first().waitFor();
  await table.getByLabel('快递单号').last().fill('zto 1234567');
  await table.getByRole('button', { name: '发货' }).click();
  await table.getByRole('button', { name: '快递说送到了' }).waitFor();

  await buyer.reload();
  await buyer.getByText('中通 ZTO1234567').waitFor();
  await shot(buyer, 'parcel-shipped');
  await isWell(buyer);
  await buyer.getByRole('button', { name: '收到了' }).click();
  await buyer.getByText('都收到了').waitFor();
  await shot(buyer, 'parcel-received');

  const broken = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#a33' } })
    .jpeg()
    .toBuffer();
  await buyer.getByRole('button', { name: '坏了' }).first().click();
  await buyer
    .locator('input[type=file]')
    .setInputFiles({ name: 'p.jpg', mimeType: 'image/jpeg', buffer: broken });
  await shot(buyer, 'parcel-broken');
  await isWell(buyer);
  await buyer.getByRole('button', { name: '发给主播' }).click();
  await buyer.getByText('等答复').waitFor();
  await buyer.getByRole('button', { name: '我知道了' }).click();
  await buyer.getByText('确认过').waitFor();

  await table.reload();
  await table.getByRole('button', { name: '售后 1' }).click();
  await table.getByText('还有 23 小时').waitFor();
  await table.getByRole('img', { name: '坏损照片' }).waitFor();
  await shot(table, 'claims');
  await isWell(table);
  await table.getByLabel('赔多少（元）').fill('10.5');
  await table.getByRole('button', { name: '同意', exact: true }).click();
  await table.getByLabel('退款参考号').fill('OUT-1');
  await table.getByRole('button', { name: '已转给买家 ¥10.50' }).click();
  await table.getByText('已退款').waitFor();
  await table.getByRole('button', { name: '退款', exact: true }).click();
  await table.getByText('已入账本').waitFor();
  await shot(table, 'refunds');
  await isWell(table);

  await buyer.reload();
  await buyer.getByText('同意赔 ¥10.50').waitFor();
  await buyer.getByRole('button', { name: '我要投诉' }).click();
  await buyer.getByLabel('说说经过').fill('叶子也有点黄');
  await buyer.getByRole('button', { name: '提交投诉' }).click();
  await buyer.getByText('叶子也有点黄').waitFor();
  await shot(buyer, 'parcel-complaint');
  await isWell(buyer);
  await buyer.getByRole('button', { name: 'English' }).click();
  await buyer.getByText('Paid back').waitFor();
  await shot(buyer, 'parcel-english');
}, 120_000);
