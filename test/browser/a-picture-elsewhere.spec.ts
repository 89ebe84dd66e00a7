import { type Page } from 'playwright-core';
import { type Market, pot } from '../stories/kit/market.js';
import { axeFinds, type Chromium, overflows } from './kit/chromium.js';
import { openedForAll } from './kit/opened.js';

/** 画面在别的平台: the host says so when she makes the show, the buyer is told where to watch and bids here. */
let market: Market;
let browser: Chromium;
openedForAll((opened) => ({ market, browser } = opened));

const looksRight = async (page: Page, name: string) => {
  // A sheet comes up first.
  await page.evaluate(
    "Promise.allSettled((document.querySelector('dialog[open]')?.getAnimations() ?? []).map((one) => one.finished))",
  );
  const folder = process.env.PICTURES_TO;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
  expect([name, await axeFinds(page), await overflows(page)]).toEqual([name, [], false]);
};

test('a host measures the delay of another platform, and her room points there while bids stay here', async () => {
  const token = await market.host();
  const page = await browser.opens('/host', token);
  await page.getByRole('button', { name: '新建专场' }).click();
  const sheet = page.locator('dialog[open]');
  await sheet.getByLabel('专场名称').fill('绣球专场');
  await sheet.getByText('画面在别的平台').click();
  await sheet.getByLabel('平台叫什么').fill('视频号');
  const link = sheet.getByLabel('那边直播间的链接');
  await link.fill('http://live.example.com/room/7');

  // Three taps; how long they took is the delay, whatever this machine is busy with.
  await sheet.getByRole('button', { name: '测一测慢几秒' }).click();
  await sheet.getByRole('button', { name: '开始数数' }).click();
  for (let nth = 0; nth < 3; nth += 1) {
    await sheet.getByRole('button', { name: '记住现在这个数' }).click();
    if (nth === 1) {
      await sheet.getByRole('button', { name: '看到了' }).scrollIntoViewIfNeeded();
      await looksRight(page, 'elsewhere-test');
    }
    await sheet.getByRole('button', { name: '看到了' }).click();
  }
  await sheet.getByText('测好了').waitFor();
  expect(Number(await sheet.getByLabel('那边的画面慢几秒').inputValue())).toBeGreaterThan(0);
  await sheet.getByLabel('那边的画面慢几秒').fill('6');
  await sheet.getByText('各加长 6 秒').waitFor();
  await looksRight(page, 'elsewhere-form');

  const make = sheet.getByRole('button', { name: '建专场', exact: true });
  await make.click();
  await sheet.getByText('链接要以 https:// 开头').waitFor();
  await link.fill('https://live.example.com/room/7');
  await make.click();
  await page.waitForURL(/show=/);
  const showId = new URL(page.url()).searchParams.get('show')!;
  await market.must('POST', `/api/shows/${showId}/lots`, token, pot());
  const host = await market.enter(showId, token);
  await host.does({ name: 'seal', withoutConsent: 'on-paper' });

  // Before going on air: where the picture is, and what to paste there.
  await page.locator('.checks li', { hasText: '画面在视频号' }).waitFor();
  await looksRight(page, 'elsewhere-sealed');
  await page.getByRole('button', { name: '房间二维码' }).click();
  await page.locator('dialog[open] pre', { hasText: '约慢 6 秒' }).waitFor();
  await looksRight(page, 'elsewhere-qr');
  await host.does({ name: 'open', reason: 'none-configured' });
  await host.does({ name: 'offer', lot: 'L1' });

  const buyer = await market.buyer(showId, '小林');
  const room = await browser.opens(`/r/${showId}`, buyer.token);
  const card = room.locator('.elsewhere');
  await card.getByText('画面在视频号').waitFor();
  await card.getByText('约慢 6 秒，出价以本页为准').waitFor();
  const way = card.getByRole('link');
  expect(await way.getAttribute('href')).toBe('https://live.example.com/room/7');
  expect(await way.getAttribute('rel')).toBe('noopener noreferrer');
  await looksRight(room, 'elsewhere-room');
}, 120_000);

test('in a timed show it stands above the open lots', async () => {
  const token = await market.host();
  const { showId } = await market.must<{ showId: string }>('POST', '/api/shows', token, {
    title: '限时专场',
    rules: { openForMs: 60_000, timed: { openMax: 5, staggerMs: 10_000 } },
    elsewhere: { name: '视频号', delayMs: 6_000 },
  });
  for (const title of ['绣球', '长寿花', '茶花'])
    await market.must('POST', `/api/shows/${showId}/lots`, token, pot({ title }));
  const host = await market.enter(showId, token);
  await host.does({ name: 'seal', withoutConsent: 'on-paper' });
  await host.does({ name: 'open', reason: 'none-configured' });
  for (const lot of ['L1', 'L2', 'L3']) await host.does({ name: 'offer', lot });
  const buyer = await market.buyer(showId, '小林');
  const room = await browser.opens(`/r/${showId}`, buyer.token);
  const card = room.locator('.open-lots .elsewhere');
  await card.getByText('约慢 6 秒，出价以本页为准').waitFor();
  expect(await card.getByRole('link').count()).toBe(0);
  await looksRight(room, 'elsewhere-timed');
}, 120_000);
