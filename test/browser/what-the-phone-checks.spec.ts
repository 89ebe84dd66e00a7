import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  COSIGNATURE_V1,
  ED25519,
  formatVkey,
  fromBase64,
  publicKeyOf,
  verifierKey,
  verifyEd25519,
} from '@qingpai/ledger/rules';
import { bidMessage, signedBidOf } from '@qingpai/auction/rules';
import { type LoggedEvent, type Receipt, type ReceiptsFile, type Verification } from '@qingpai/wire';
import { type Page } from 'playwright-core';
import { type Person } from '../stories/kit/person.js';
import { Market, pot, shortRules } from '../stories/kit/market.js';
import { axeFinds, Chromium, overflows } from './kit/chromium.js';
import { openedForAll } from './kit/opened.js';
import { readQr } from './kit/qrReader.js';

const rules = { ...shortRules, openForMs: 60_000, windowMs: 2_000, extensionMs: 2_000, lastCallMs: 3_000 };
const FIRST_LOAD_MAX_BYTES = 60 * 1024;
const verifier = join(__dirname, '../../dist/apps/auditor/src/verify.js');

let market: Market;
let browser: Chromium;
openedForAll((opened) => ({ market, browser } = opened));

const button = (page: Page) => page.locator('.bid .go').first();
const record = (page: Page) => page.locator('.dock .say, .dock .record').first();
async function opensCheck(page: Page): Promise<void> {
  await page.locator('.pill.proof').click();
  await page.locator('dialog .code-box').waitFor();
}

/** A show with one lot on the block, and somebody with a paddle who comes by phone. */
async function evening() {
  const { showId, host } = await market.openShow([pot(), pot({ title: '君子兰' })], rules);
  const { token } = await market.buyer(showId, '小林');
  await host.does({ name: 'offer', lot: 'L1' });
  return { showId, host, token: token! };
}

/** Whether a key that the log registered for the bidder signed this leaf. Rooms are told bids without signatures. */
async function isSigned({ state, showId }: Person, { i, body }: BidAccepted): Promise<boolean> {
  const { leaf } = await market.must<Receipt>('GET', `/api/shows/${showId}/receipts/${i}`);
  const event = JSON.parse(leaf) as BidAccepted;
  const message = bidMessage(signedBidOf(event, false), state.origin);
  const signature = fromBase64(event.sig ?? '');
  const { keys } = state.bidders[body.bidder]!;
  return signature !== undefined && keys.some((key) => verifyEd25519(fromBase64(key)!, message, signature));
}
type BidAccepted = Extract<LoggedEvent, { type: 'bid.accepted' }>;
const forgedKey = (name: string): string =>
  formatVkey(verifierKey(name, ED25519, publicKeyOf(new Uint8Array(32).fill(5))));

test('a bid is signed by the phone’s own key, its receipt is checked, and the next one names the head', async () => {
  const { showId, host, token } = await evening();
  const page = await browser.opens(`/r/${showId}`, token);
  await button(page).getByText('出价 ¥36').waitFor();
  const first = host.event('bid.accepted', 'L1');
  await button(page).click();
  await record(page).getByText('已记录 ✓').waitFor();
  const bid = await first;
  expect(await isSigned(host, bid)).toBe(true);

  const rival = await market.buyer(showId, '小吴');
  const beaten = host.event('bid.accepted', 'L1');
  await rival.bid('L1', 3_800);
  await beaten;
  const second = host.event('bid.accepted', 'L1');
  await button(page).getByText('出价 ¥40').click();
  const { body } = await second;
  expect(body.nth).toBe(2);
  expect(body.seen![0]).toBe(bid.i + 1);
  await record(page).getByText('已记录 ✓').waitFor();

  await opensCheck(page);
  await page.getByText('这台手机核对了 2 条记录，都对得上').waitFor();
  expect(await axeFinds(page)).toEqual([]);
  await page.locator('.record-row').first().click();
  await page.locator('dialog .square').waitFor();
  expect([await axeFinds(page), await overflows(page)]).toEqual([[], false]);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: '存成文件' }).click(),
  ]);
  const kept = JSON.parse(readFileSync(await file.path(), 'utf8')) as { format: string; receipts: Receipt[] };
  expect(kept).toMatchObject({ format: 'qingpai/receipts/v1', origin: host.state.origin });
  expect(JSON.parse(kept.receipts[0]!.leaf)).toMatchObject({ body: { nth: 2 } });

  // The key, the receipts and the head are still there after a reload, also without a connection.
  await page.reload();
  await button(page).waitFor();
  // What comes after the button (the page's later parts) has come, too.
  await page.waitForLoadState('networkidle');
  await page.context().setOffline(true);
  await opensCheck(page);
  await page.getByText('这台手机核对了 2 条记录，都对得上').waitFor();
  await page.context().setOffline(false);
  expect(host.state.bidders[bid.body.bidder]!.keys).toHaveLength(1);
}, 60_000);

test('a receipt leaves the phone as a square and as a file, and the judge takes either', async () => {
  const { showId, token } = await evening();
  const page = await browser.opens(`/r/${showId}`, token, { deviceScaleFactor: 3 });
  await button(page).getByText('出价 ¥36').waitFor();
  const get = async (path: string) => {
    const answer = await market.must<string | object>('GET', `/api/shows/${showId}/${path}`);
    return typeof answer === 'string' ? answer : JSON.stringify(answer);
  };
  const before = await get('bundle');
  await button(page).click();
  await record(page).getByText('已记录 ✓').waitFor();
  await opensCheck(page);
  await page.locator('.record-row').first().click();
  const square = await readQr(await page.locator('dialog .square').screenshot());
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: '存成文件' }).click(),
  ]);
  const file = readFileSync(await download.path(), 'utf8');
  const leafIn = (text: string) => (JSON.parse(text) as ReceiptsFile).receipts[0]!.leaf;
  expect(leafIn(square)).toBe(leafIn(file));

  const folder = mkdtempSync(join(tmpdir(), 'qingpai-receipts-'));
  const judges = (bundle: string, receipts: string) => {
    const files = { 'bundle.json': bundle, 'receipts.json': receipts };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const args = ['bundle.json', '--policy', 'policy.txt', '--receipts', 'receipts.json', '--json'];
    const { stdout } = spawnSync(process.execPath, [verifier, ...args], { cwd: folder, encoding: 'utf8' });
    const { verdict, notes } = JSON.parse(stdout) as Verification;
    return [verdict, notes.some(({ code }) => code === 'receipt-ignored')];
  };
  writeFileSync(join(folder, 'policy.txt'), await get('policy'));
  // While a show is open its bundle may be some seconds old.
  let now = before;
  while (!now.includes('bid.accepted')) {
    now = await get('bundle');
    await page.waitForTimeout(500);
  }
  for (const receipt of [square, file]) {
    expect(judges(now, receipt)).toEqual(['INCOMPLETE', false]);
    // Who shows a log without the bid is found out by either, and nobody by one that was touched.
    expect(judges(before, receipt)).toEqual(['STALE', false]);
    expect(judges(before, receipt.replace('3600', '9600'))).toEqual(['INCOMPLETE', true]);
  }
  rmSync(folder, { recursive: true });
}, 90_000);

test('where the browser has neither Ed25519 nor workers the bid is signed and checked all the same', async () => {
  const { showId, host, token } = await evening();
  const page = await browser.opens(`/r/${showId}`, token, {}, (one) =>
    one.addInitScript(() => {
      Object.defineProperty(crypto, 'subtle', { value: undefined });
      Object.defineProperty(globalThis, 'Worker', { value: undefined });
    }),
  );
  await button(page).getByText('出价 ¥36').waitFor();
  const accepted = host.event('bid.accepted', 'L1');
  await button(page).click();
  await record(page).getByText('已记录 ✓').waitFor();
  expect(await isSigned(host, await accepted)).toBe(true);
}, 60_000);

test('an answer with an altered receipt turns red, and the evidence survives a reload', async () => {
  const { showId, token } = await evening();
  const page = await browser.opens(`/r/${showId}`, token, {}, (one) =>
    one.routeWebSocket(/socket\.io/, (socket) => {
      const server = socket.connectToServer();
      // One digit of one hash on the way from the leaf to the root.
      server.onMessage((message) =>
        socket.send(
          String(message).includes('"receipt"')
            ? String(message).replace(
                /(index \d+\\n.)(.)/,
                (_, before: string, sign: string) => before + (sign === 'A' ? 'B' : 'A'),
              )
            : message,
        ),
      );
    }),
  );
  await button(page).getByText('出价 ¥36').waitFor();
  await button(page).click();
  await page.locator('.link.red').waitFor();
  await record(page).getByText('记录不一致').waitFor();
  expect(await axeFinds(page)).toEqual([]);
  await page.locator('.link.red').click();
  await page.locator('.verdict.bad').getByText('在账本里对不上号').waitFor();
  expect([await axeFinds(page), await overflows(page)]).toEqual([[], false]);

  await page.reload();
  await page.locator('.link.red').click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: '存证据' }).click(),
  ]);
  const { evidence } = JSON.parse(readFileSync(await file.path(), 'utf8')) as {
    evidence: { fault: string; vkey: string; found: { receipt: Receipt } }[];
  };
  expect(evidence).toMatchObject([{ fault: 'not-in-log', found: { sent: { bid: { amountFen: 3_600 } } } }]);
}, 60_000);

test('a policy with another key than the first turns red', async () => {
  const { showId, token } = await evening();
  const page = await browser.opens(`/r/${showId}`, token);
  await button(page).getByText('出价 ¥36').click();
  await record(page).getByText('已记录 ✓').waitFor();
  const mine = await page.evaluate<string>(
    `fetch('/api/shows/${showId}/policy').then((answer) => answer.text())`,
  );
  // A well-formed file that names this log with a key made a moment ago.
  const forged = mine.replace(/^log (\S+?)\+\S+/m, (_, name: string) => `log ${forgedKey(name)}`);
  await page.route(/\/policy$/, (route) => route.fulfill({ contentType: 'text/plain', body: forged }));
  await page.reload();
  await page.locator('.link.red').click();
  await page.locator('.verdict.bad').getByText('账本换了一枚章').waitFor();
}, 60_000);

test('a head that the server denies turns red; the same wish goes out again without it', async () => {
  const { showId, host, token } = await evening();
  const page = await browser.opens(`/r/${showId}`, token, {}, (one) =>
    one.routeWebSocket(/socket\.io/, (socket) => {
      const server = socket.connectToServer();
      // As if this phone held a head of another history: one letter of its root is another.
      socket.onMessage((message) =>
        server.send(
          String(message).replace(
            /("seen":\[\d+,".)(.)/,
            (_, before: string, sign: string) => before + (sign === 'A' ? 'B' : 'A'),
          ),
        ),
      );
    }),
  );
  await button(page).getByText('出价 ¥36').waitFor();
  await opensCheck(page);
  await page.locator('.for-auditors summary').click();
  await page.locator('.for-auditors dd', { hasText: /^\d+ 条/ }).waitFor();
  await page.locator('.sheet-close').click();
  const accepted = host.event('bid.accepted', 'L1');
  await button(page).click();
  const bid = await accepted;
  expect(bid.body.seen).toBeUndefined();
  expect(await isSigned(host, bid)).toBe(true);
  await page.locator('.link.red').click();
  await page.locator('.verdict.bad').getByText('服务器不认它以前签过的账本').waitFor();
}, 60_000);

test('two people who share a phone sign with keys of their own', async () => {
  const { showId, host, token } = await evening();
  const page = await browser.opens(`/r/${showId}`, token);
  const first = host.event('bid.accepted', 'L1');
  await button(page).getByText('出价 ¥36').click();
  const one = await first;
  await record(page).getByText('已记录 ✓').waitFor();

  const wu = await market.buyer(showId, '小吴');
  const cookie = { name: 'qp_session', value: wu.token!, httpOnly: true, sameSite: 'Lax' as const };
  await page.context().addCookies([{ ...cookie, url: market.origin }]);
  await page.reload();
  const second = host.event('bid.accepted', 'L1');
  await button(page).getByText('出价 ¥38').click();
  const other = await second;
  await record(page).getByText('已记录 ✓').waitFor();
  expect(other.body.bidder).not.toBe(one.body.bidder);
  expect([await isSigned(host, one), await isSigned(host, other)]).toEqual([true, true]);
  // Each sees the records of his own bids only.
  await opensCheck(page);
  await page.getByText('这台手机核对了 1 条记录，都对得上').waitFor();
}, 60_000);

test('a second phone of the same buyer registers a key of its own and checks the first one’s bids', async () => {
  const { showId, host, token } = await evening();
  const phone = await browser.opens(`/r/${showId}`, token);
  const first = host.event('bid.accepted', 'L1');
  await button(phone).getByText('出价 ¥36').click();
  const { body } = await first;
  await record(phone).getByText('已记录 ✓').waitFor();
  const tablet = await browser.opens(`/r/${showId}`, token);
  await record(tablet).getByText('已记录 ✓').waitFor();

  const rival = await market.buyer(showId, '小吴');
  const beaten = host.event('bid.accepted', 'L1');
  await rival.bid('L1', 3_800);
  await beaten;
  const second = host.event('bid.accepted', 'L1');
  await button(tablet).getByText('出价 ¥40').click();
  const bid = await second;
  await record(tablet).getByText('已记录 ✓').waitFor();
  expect([bid.body.nth, await isSigned(host, bid)]).toEqual([2, true]);
  expect(host.state.bidders[body.bidder]!.keys).toHaveLength(2);

  // Both have counted on: neither has to be told.
  const third = host.event('bid.accepted', 'L1');
  await rival.bid('L1', 4_200);
  await third;
  const fourth = host.event('bid.accepted', 'L1');
  await button(phone).getByText('出价 ¥44').click();
  expect((await fourth).body.nth).toBe(3);
}, 60_000);

test('a take from a falling clock is signed with its units, and its receipt checked', async () => {
  const clock = { ...rules, clock: { ...rules.clock, tickMs: 20_000 } };
  const falling = pot({ title: '洋桔梗', format: 'dutch', units: 6, startFen: 9_000, floorFen: 0 });
  const { showId, host } = await market.openShow([falling], clock);
  const { token } = await market.buyer(showId, '小林');
  await host.does({ name: 'offer', lot: 'L1' });
  const page = await browser.opens(`/r/${showId}`, token);
  await page.locator('.units label', { hasText: '2' }).first().click();
  const accepted = host.event('bid.accepted', 'L1');
  await button(page)
    .getByText(/要 2 盆/)
    .click();
  const bid = await accepted;
  expect(bid.body).toMatchObject({ units: 2, nth: 1 });
  await record(page).getByText('已记录 ✓').waitFor();
  const { leaf } = await market.must<Receipt>('GET', `/api/shows/${showId}/receipts/${bid.i}`);
  expect(JSON.parse(leaf)).toMatchObject({ sig: expect.any(String) as string });
}, 60_000);

test('what waits for a witness is said quietly beside the code', async () => {
  const { showId, token } = await evening();
  const page = await browser.opens(`/r/${showId}`, token, {}, (one) =>
    one.routeWebSocket(/socket\.io/, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((message) =>
        socket.send(
          String(message).replace(
            // In the answer to joining, and in what is told when it changes.
            /"witness"([:,])\{[^}]*\}/g,
            '"witness"$1{"witnesses":1,"sealed":true,"size":7,"atMs":1795500000000,"late":true}',
          ),
        ),
      );
    }),
  );
  await page.locator('.pill.proof', { hasText: '待见证' }).waitFor();
  expect([await axeFinds(page), await overflows(page)]).toEqual([[], false]);
  await opensCheck(page);
  for (const said of ['清单已见证', '已见证前 7 条', '新的记录待见证']) await page.getByText(said).waitFor();
}, 60_000);

test('a show that did not wait for its witness says so', async () => {
  const absent = verifierKey(
    'township.example/away',
    COSIGNATURE_V1,
    publicKeyOf(new Uint8Array(32).fill(7)),
  );
  const alone = await Market.open({ OWN_WITNESS: 'no', WITNESSES: `${formatVkey(absent)} -` });
  const chromium = await Chromium.open(alone);
  try {
    const showId = await alone.draft(await alone.host(), [pot()], rules);
    const host = await alone.enter(showId, await alone.host());
    await host.does({ name: 'seal', withoutConsent: 'on-paper' });
    await host.does({ name: 'open', reason: 'witness-off' });
    const page = await chromium.opens(`/r/${showId}`, (await alone.buyer(showId, '小林')).token);
    await page.locator('.pill.proof', { hasText: '待见证' }).waitFor();
    await opensCheck(page);
    for (const said of ['主播没等见证就开场', '清单待见证']) await page.getByText(said).waitFor();
    expect(chromium.complaints).toEqual([]);
  } finally {
    await chromium.close();
    await alone.close();
  }
}, 90_000);

test('the check fits a phone of 320 points in large type, and speaks English', async () => {
  const { showId, token } = await evening();
  const page = await browser.opens(`/r/${showId}`, token, { viewport: { width: 320, height: 640 } });
  await button(page).getByText('出价 ¥36').click();
  await record(page).getByText('已记录 ✓').waitFor();
  await page.locator('.rail button').last().click();
  await page.getByRole('switch', { name: /长辈版/ }).click();
  await page.getByText('语言 Language').click();
  await page.locator('.sheet-close').click();
  await opensCheck(page);
  await page.getByText('This phone has checked 1 record').waitFor();
  expect([await axeFinds(page), await overflows(page)]).toEqual([[], false]);
  await page.locator('.record-row').first().click();
  await page.locator('dialog .square').waitFor();
  expect([await axeFinds(page), await overflows(page)]).toEqual([[], false]);
}, 60_000);

test('a grower’s slip says what became of the lot, on one piece of each paper', async () => {
  const { showId, host } = await evening();
  const lin = await market.buyer(showId, '小林');
  await lin.bid('L1', 3_600);
  const hammered = host.event('lot.hammered', 'L1');
  await host.does({ name: 'lastCall', lot: 'L1' });
  await hammered;
  for (const [paper, widthMm] of [
    ['58', 58],
    ['80', 80],
  ] as const) {
    const page = await browser.opens(`/g/${showId}/L1?paper=${paper}`);
    await page.getByText('已成交').waitFor();
    await page.locator('.slip-price', { hasText: '¥36' }).waitFor();
    expect([await axeFinds(page), await overflows(page)]).toEqual([[], false]);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
    const [, width] = /\/MediaBox \[0 0 ([\d.]+) /.exec(pdf)!;
    expect(Math.round((Number(width) / 72) * 25.4)).toBe(widthMm);
    expect(pdf.match(/\/Type \/Page\b/g)).toHaveLength(1);
  }
}, 60_000);

test('what is fetched before the first bid stays within 60 KB', () => {
  const web = join(__dirname, '../../dist/web');
  const html = readFileSync(join(web, 'room.html'), 'utf8');
  const files = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1]!);
  const bytes = files.reduce((sum, file) => sum + statSync(join(web, `${file}.gz`)).size, 0);
  expect(files.length).toBeGreaterThan(3);
  expect(bytes).toBeLessThan(FIRST_LOAD_MAX_BYTES);
});
