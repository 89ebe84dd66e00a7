import { type Market, pot, shortRules } from '../stories/kit/market.js';
import { axeFinds, type Chromium, overflows } from './kit/chromium.js';
import { openedForAll, shot } from './kit/opened.js';

/** Maximum bids, pre-bids and the buy-now price, by thumb. */
const rules = { ...shortRules, openForMs: 60_000, windowMs: 2_000, extensionMs: 2_000, lastCallMs: 3_000 };

let market: Market;
let browser: Chromium;
openedForAll((opened) => ({ market, browser } = opened));

test('a maximum set by thumb bids for its owner, who alone is told how far it goes', async () => {
  const { showId, host } = await market.openShow(
    [pot({ buyNowFen: 20_000 }), pot({ title: '君子兰' })],
    rules,
  );
  const lin = await market.buyer(showId, '小林');
  const wu = await market.buyer(showId, '小吴');
  const page = await browser.opens(`/r/${showId}`, lin.token);
  await host.does({ name: 'offer', lot: 'L1' });

  await page.getByRole('button', { name: '自动加价' }).click();
  const sheet = page.locator('dialog[open]');
  await sheet.getByText('上限只有您看得见').waitFor();
  expect(await axeFinds(page)).toEqual([]);
  await sheet.getByRole('button', { name: '＋10 手' }).click();
  await shot(page, 'most-sheet');
  const most = (await sheet.locator('output').textContent())!.trim();
  await sheet.getByRole('button', { name: `最高出到 ${most}` }).click();
  await sheet.getByText(`已设好，最高出到 ${most}`).waitFor();
  await shot(page, 'most-set');
  await sheet.getByRole('button', { name: '关闭' }).click();
  await page.locator('.bid .go').getByText('您正领先').waitFor();

  // Somebody else bids; the phone says what was bid in its owner's name.
  const raised = host.event('bid.accepted', 'L1');
  await wu.bid('L1', 3_800);
  expect((await raised).body).toMatchObject({ amountFen: 3_800 });
  await page.getByText('已替您自动加到 ¥40，上限仅您可见').waitFor();
  await page.getByText(`自动加价中，最高到 ${most}（仅您可见）`).waitFor();
  await shot(page, 'most-raised');
  expect(await axeFinds(page)).toEqual([]);
  expect(await overflows(page)).toBe(false);

  // The other sees the bid, and nothing of the maximum.
  const other = await browser.opens(`/r/${showId}`, wu.token);
  await other.locator('.bid .go').getByText('出价 ¥42').waitFor();
  expect(await other.content()).not.toContain('最高到');

  // The phone signed it, and a stranger's verifier has nothing against it.
  const { leaves } = await market.must<{ leaves: string[] }>('GET', `/api/shows/${showId}/bundle`);
  const placed = leaves.find((leaf) => leaf.includes('"type":"proxy.placed"'));
  expect(JSON.parse(placed!)).toMatchObject({ body: { lot: 'L1' }, sig: expect.stringMatching(/^.{88}$/) });
  const { findings } = await market.must<{ findings: object[] }>('GET', `/api/shows/${showId}/verification`);
  expect(findings).toEqual([]);
}, 90_000);

test('a lot is bought at once by a button that asks once more', async () => {
  const { showId, host } = await market.openShow([pot({ buyNowFen: 20_000 })], rules);
  const lin = await market.buyer(showId, '小林');
  const page = await browser.opens(`/r/${showId}`, lin.token);
  await host.does({ name: 'offer', lot: 'L1' });
  const hammered = host.event('lot.hammered', 'L1');
  await page.getByRole('button', { name: '一口价 ¥200 直接拿下' }).click();
  await shot(page, 'buy-now');
  expect(await axeFinds(page)).toEqual([]);
  await page.getByRole('button', { name: '¥200 拿下' }).last().click();
  expect((await hammered).body).toMatchObject({ unitPriceFen: 20_000 });
  await page.getByText('您拍得了').waitFor();
}, 60_000);

test('before its call a lot takes a pre-bid from the list', async () => {
  const { showId, host } = await market.openShow([pot(), pot({ title: '君子兰' })], rules);
  const lin = await market.buyer(showId, '小林');
  const page = await browser.opens(`/r/${showId}`, lin.token);
  await page
    .getByText(/全部|清单/)
    .first()
    .click();
  const sheet = page.locator('dialog[open]');
  await sheet.getByRole('button', { name: '预出价' }).first().click();
  await page.locator('dialog[open]').getByText('一开拍就替您出').waitFor();
  await shot(page, 'pre-bid');
  await page.locator('dialog[open] .go').click();
  await page.getByText('已设好').waitFor();
  const bid = host.event('bid.accepted', 'L1');
  await host.does({ name: 'offer', lot: 'L1' });
  expect((await bid).body).toMatchObject({ amountFen: 3_600, auto: true });
}, 60_000);
