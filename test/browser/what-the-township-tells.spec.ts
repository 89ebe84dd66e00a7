import { type Market, pot, shortRules } from '../stories/kit/market.js';
import { axeFinds, type Chromium, overflows } from './kit/chromium.js';
import { DESKTOP, openedForAll, wholeShot } from './kit/opened.js';

let market: Market;
let browser: Chromium;
openedForAll((opened) => ({ market, browser } = opened));

test('an officer reads the day’s report, opens an issue and closes it out, on a phone, at a desk and on one A4 page', async () => {
  const token = await market.officer();
  const empty = await browser.opens('/township?view=report', token);
  await empty.getByText('还没有锁定过清单的专场').waitFor();
  await wholeShot(empty, 'report-empty');
  expect([await overflows(empty), await axeFinds(empty)]).toEqual([false, []]);

  const { showId, host } = await market.openShow([pot(), pot({ title: '君子兰' })], {
    ...shortRules,
    openForMs: 1_000,
  });
  const buyer = await market.signer(showId, '小林');
  const hammered = host.event('lot.hammered', 'L1');
  await host.offers('L1', buyer);
  expect(await buyer.bid('L1', 3_600)).toMatchObject({ ok: true });
  await hammered;
  await host.does({ name: 'withdraw', lot: 'L2', reason: 'damaged' });
  await host.does({ name: 'close' });

  const desk = await browser.opens('/township?view=report', token, DESKTOP);
  await desk.getByText('君子兰').waitFor();
  expect(await desk.locator('.report').innerText()).toMatch(/撤拍 002 君子兰 · 1 份 · 损坏/);
  expect(await desk.locator('.parts .box').first().innerText()).toMatch(/成交额\s+¥36/);
  await desk.getByText('过完这一天').waitFor();
  await desk.getByPlaceholder('写明什么问题').fill('三号棚没有电');
  await desk.getByPlaceholder('谁负责').fill('供电所');
  await desk.getByLabel('期限').fill('2099-12-31');
  await desk.getByLabel('关于哪一场').selectOption(showId);
  await desk.getByPlaceholder('拍品号').fill('2');
  await desk.getByRole('button', { name: '加一条' }).click();
  await desk.getByText('三号棚没有电').waitFor();
  expect(await desk.locator('.issues li').innerText()).toMatch(
    /供电所 负责 · 2099-12-31 前解决\s+.+ · 拍品 002/,
  );
  await desk.getByRole('button', { name: '销号' }).click();
  await desk.getByPlaceholder('怎么解决的').fill('接了备用电源');
  await wholeShot(desk, 'report-desk');
  await desk.getByRole('button', { name: '确认销号' }).click();
  await desk.getByText('接了备用电源').waitFor();
  expect(await axeFinds(desk)).toEqual([]);

  const pdf = await desk.pdf({ format: 'A4', printBackground: true });
  expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
  await desk.emulateMedia({ media: 'print' });
  await wholeShot(desk, 'report-paper');

  const phone = await browser.opens('/township?view=report', token);
  await phone.getByText('接了备用电源').waitFor();
  await wholeShot(phone, 'report-phone');
  expect([await overflows(phone), await axeFinds(phone)]).toEqual([false, []]);
}, 120_000);

test('an officer signs the report of a day that is over, corrects it, and the sheet says who signed and where its hash stands', async () => {
  const token = await market.officer();
  const yesterday = new Date(Date.now() + 8 * 3_600_000 - 86_400_000).toISOString().slice(0, 10);
  const page = await browser.opens(`/township?view=report&at=${yesterday}`, token);
  await page.getByPlaceholder('这一天要说明的').fill('停电半小时，\n改到今天拍');
  await page.getByRole('button', { name: '签发', exact: true }).click();
  const said = page.locator('.said');
  await said.getByText('✓ 已签发，第 1 版').waitFor();
  await page.getByRole('button', { name: '更正' }).click();
  await page.getByPlaceholder('这一天要说明的').fill('停电一小时，改到今天拍');
  await wholeShot(page, 'report-correcting');
  await page.getByRole('button', { name: '签发更正' }).click();
  await said.getByText('✓ 已签发，第 2 版').waitFor();
  await said.getByText('以前签发的 1 版').click();
  expect(await said.innerText()).toMatch(
    /停电一小时[^]*第 2 版[^]*钥匙、登记簿中的哈希 [0-9A-F]{4}·[^]*停电半小时/,
  );
  await wholeShot(page, 'report-signed');
  expect([await overflows(page), await axeFinds(page)]).toEqual([false, []]);

  const desk = await browser.opens(`/township?view=report&at=${yesterday}`, token, DESKTOP);
  await desk.locator('.said').getByText('停电一小时').first().waitFor();
  expect((await desk.pdf({ format: 'A4' })).toString('latin1').match(/\/Type\s*\/Page\b/g)).toHaveLength(1);
  await wholeShot(desk, 'report-signed-desk');
}, 120_000);
