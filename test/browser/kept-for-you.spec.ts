import { type Market, pot, shortRules } from '../stories/kit/market.js';
import { axeFinds, type Chromium, overflows } from './kit/chromium.js';
import { openedForAll, shot } from './kit/opened.js';

/** 保不流拍, last but one step: what is left is offered to one person after the other, by thumb and by plain form. */
const rules = {
  ...shortRules,
  furtherOfferings: 0,
  ladder: {
    ...{ pauseMs: 1_000, atLast: 'pass' as const },
    offers: { answerWithinMs: 180_000, perLotMax: 3 },
  },
};

let market: Market;
let browser: Chromium;
openedForAll((opened) => ({ market, browser } = opened));

test('what found no buyer is kept for who bid most, then for the next, who buys it', async () => {
  const dear = { floorFen: 9_000, units: 2 };
  const { showId, host } = await market.openShow([pot(dear)], rules);
  const lin = await market.buyer(showId, '小林');
  const wu = await market.buyer(showId, '小吴');
  const chen = await market.buyer(showId, '小陈');
  await host.does({ name: 'offer', lot: 'L1' });
  await chen.bid('L1', 3_600);
  await wu.bid('L1', 3_800);
  await lin.bid('L1', 4_000);
  const first = await host.event('offer.made', 'L1');
  expect(first.body).toMatchObject({ units: 2, unitPriceFen: 9_000 });

  const [linPage, wuPage] = [
    await browser.opens(`/r/${showId}`, lin.token),
    await browser.opens(`/r/${showId}`, wu.token),
  ];
  for (const page of [linPage, wuPage]) await page.setViewportSize({ width: 360, height: 740 });
  // He alone sees it when he comes back, with what it costs and how long it stands.
  const note = linPage.locator('.offer');
  await note.getByText('为您保留').waitFor();
  await note.getByText(/^2:5\d$/).waitFor();
  await linPage.waitForTimeout(600);
  await shot(linPage, 'kept-for-you');
  expect(await axeFinds(linPage)).toEqual([]);
  expect(await overflows(linPage)).toBe(false);
  expect(await wuPage.locator('.offer').count()).toBe(0);
  await wuPage.getByText('1 绣球 无尽夏 稍后返场').waitFor();
  await shot(wuPage, 'others-are-asked');

  // The host sees whom it is offered to, and how long.
  const hostPage = await browser.opens(`/host?show=${showId}`, await market.host());
  await hostPage.setViewportSize({ width: 360, height: 740 });
  await hostPage.getByText(/正问买家 1 件/).waitFor();
  await shot(hostPage, 'host-asking');
  await hostPage.locator('.hammer').click();
  await hostPage.getByText(/正问 .*：¥180，还剩 2:/).waitFor();
  await shot(hostPage, 'host-asking-list');
  expect(await axeFinds(hostPage)).toEqual([]);
  await hostPage.getByRole('button', { name: '不再问' }).click();
  await hostPage.getByText('正在问的那位也不再保留').waitFor();
  await shot(hostPage, 'host-ask-nobody');

  // He declines; the next sees it although his page was away, and buys.
  await note.getByRole('button', { name: '不要了' }).click();
  await note.waitFor({ state: 'detached' });
  await wuPage.reload();
  const sold = host.event('lot.hammered', 'L1');
  await wuPage.locator('.offer').getByRole('button', { name: '¥180 买下' }).click();
  expect((await sold).body).toMatchObject({ offer: 'O2', unitPriceFen: 9_000, units: 2 });
  await wuPage.getByText('您拍得了').waitFor();
  await shot(wuPage, 'kept-and-bought');

  // Both phones signed their answers; a stranger's verifier has nothing against it.
  const { leaves } = await market.must<{ leaves: string[] }>('GET', `/api/shows/${showId}/bundle`);
  const answers = leaves.filter((leaf) => /"type":"offer\.(accepted|declined)"/.test(leaf));
  expect(answers.map((leaf) => (JSON.parse(leaf) as { sig?: string }).sig?.length)).toEqual([88, 88]);
  const { findings } = await market.must<{ findings: object[] }>('GET', `/api/shows/${showId}/verification`);
  expect(findings).toEqual([]);
  expect(await host.does({ name: 'close' })).toMatchObject([{ body: { soldUnits: 2, hammerFen: 18_000 } }]);
}, 120_000);

test('without JavaScript a plain form accepts it, and the same form again changes nothing', async () => {
  const { showId, host } = await market.openShow([pot({ floorFen: 9_000 })], rules);
  const lin = await market.buyer(showId, '小林');
  await host.does({ name: 'offer', lot: 'L1' });
  await lin.bid('L1', 3_600);
  await host.event('offer.made', 'L1');
  const send = async (path: string, form?: Record<string, string>) => {
    const answer = await fetch(`${market.origin}${path}`, {
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
      headers: { cookie: `qp_session=${lin.token}`, origin: market.origin },
    });
    return { status: answer.status, text: await answer.text() };
  };
  const page = await send(`/r/${showId}`);
  expect(page.text).toContain('为您保留：1 绣球 无尽夏');
  expect(page.text).toContain('¥90 买下');
  const sold = host.event('lot.hammered', 'L1');
  const form = { offer: 'O1', answer: 'accept', lang: 'zh' };
  expect(await send(`/r/${showId}/offer`, form)).toMatchObject({ status: 200 });
  expect((await sold).body).toMatchObject({ offer: 'O1', unitPriceFen: 9_000 });
  expect((await send(`/r/${showId}/offer`, form)).text).toContain('已买下');
  expect(await send(`/r/${showId}/offer`, { ...form, answer: 'decline' })).toMatchObject({ status: 409 });
}, 60_000);
