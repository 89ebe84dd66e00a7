import { actMessage } from '@qingpai/auction/rules';
import { fromBase64, verifyEd25519 } from '@qingpai/ledger/rules';
import { type Bundle, type Certificate, type LoggedEvent, type Verification } from '@qingpai/wire';
import { type Page } from 'playwright-core';
import { type Market, pot } from '../stories/kit/market.js';
import { axeFinds, type Chromium, overflows } from './kit/chromium.js';
import { DESKTOP, openedForAll } from './kit/opened.js';

let market: Market;
let browser: Chromium;
openedForAll((opened) => ({ market, browser } = opened));

async function leavesOf(showId: string): Promise<LoggedEvent[]> {
  const { leaves } = await market.must<Bundle>('GET', `/api/shows/${showId}/bundle`);
  return leaves.map((leaf) => JSON.parse(leaf) as LoggedEvent);
}

/** Whether the leaf carries a signature of this key over its own body. */
function isSignedBy(leaf: LoggedEvent, key: string, origin: string): boolean {
  const signature = fromBase64(leaf.sig ?? '');
  return signature !== undefined && verifyEd25519(fromBase64(key)!, actMessage(leaf, origin), signature);
}

/** Every key this browser keeps, and whether it could be taken out of it. */
const keptKeys = (page: Page) =>
  page.evaluate<{ isKey: boolean; extractable: boolean }[]>(`new Promise((resolve) => {
    const opening = indexedDB.open('qingpai');
    opening.onsuccess = () => {
      const all = opening.result.transaction('keys').objectStore('keys').getAll();
      all.onsuccess = () => resolve(all.result.map(({ secret }) => (
        { isKey: secret instanceof CryptoKey, extractable: secret.extractable ?? true })));
    };
  })`);

async function seals(page: Page): Promise<void> {
  await page.waitForSelector('.lots');
  await page.locator('.foot-act .go').last().click();
  await page.getByLabel('口头同意过').check();
  await page.locator('.tick').click();
  await page.locator('dialog .go').click();
  await page.waitForSelector('.code-card');
}

async function withdraws(page: Page): Promise<void> {
  await page.locator('.run button', { hasText: '撤拍' }).click();
  await page.locator('.reasons label').first().click();
  await page.locator('dialog .go').click();
  await page.locator('dialog').waitFor({ state: 'detached' });
}

test('host and officer sign with keys of their own that cannot be taken out of their browsers', async () => {
  const [hostToken, officerToken] = await Promise.all([market.host(), market.officer()]);
  const lots = [pot({ floorFen: 5_000 }), pot({ title: '君子兰' })];
  const showId = await market.draft(hostToken, lots);

  const host = await browser.opens(`/host?show=${showId}`, hostToken);
  await seals(host);
  expect(await axeFinds(host)).toEqual([]);
  expect(await keptKeys(host)).toEqual([{ isKey: true, extractable: false }]);

  const officer = await browser.opens(`/township?view=check&at=${showId}`, officerToken, DESKTOP);
  await officer.getByText('本页重算的树根与锁定的一致').waitFor();
  expect(await officer.locator('.compare tbody tr').first().innerText()).toContain('¥50');
  const sign = officer.locator('.sign-row .solid');
  expect([await sign.isDisabled(), await sign.innerText()]).toEqual([true, '还有 2 件没有核对']);
  for (const box of await officer.locator('.compare input').all()) await box.check();
  await sign.click();
  await officer.getByText('已用本机的钥匙签名').waitFor();
  expect(await axeFinds(officer)).toEqual([]);
  expect(await keptKeys(officer)).toEqual([{ isKey: true, extractable: false }]);

  await host.locator('.foot-act .go').click();
  await host.waitForSelector('.run');
  for (let left = lots.length; left > 0; left--) await withdraws(host);
  await host.locator('.run button', { hasText: '收场' }).click();
  await host.locator('dialog .go').click();
  await host.locator('.closed-total').waitFor();

  const leaves = await leavesOf(showId);
  const origin = (leaves[0] as Extract<LoggedEvent, { type: 'log.opened' }>).body.origin;
  const keyOf = (office: string) =>
    leaves.flatMap((leaf) =>
      leaf.type === 'staff.registered' && leaf.body.office === office ? [leaf.body.key] : [],
    );
  const signedBy = (office: string) =>
    leaves
      .filter((leaf) => keyOf(office).some((key) => isSignedBy(leaf, key, origin)))
      .map(({ type }) => type);
  expect(signedBy('host')).toEqual(['show.sealed', 'lot.withdrawn', 'lot.withdrawn', 'show.closed']);
  expect(signedBy('officer')).toEqual(['show.approved']);

  const certificate = await market.must<Certificate>('GET', `/api/shows/${showId}/certificate`);
  expect([certificate.unsignedActs, certificate.lists[0]!.approved]).toEqual([0, true]);
  const { verdict } = await market.must<Verification>('GET', `/api/shows/${showId}/verification`);
  expect(verdict).toBe('ALL_ACCOUNTED_NOT_ALL_SOLD');
}, 60_000);

test('an officer sees who is locked, and nothing of them; it all fits a small phone', async () => {
  const { showId } = await market.openShow([pot()]);
  const { token } = await market.buyer(showId, '林阿妹');
  expect((await market.ask('POST', '/api/me/erase', token, {})).status).toBe(409);
  const officer = await browser.opens('/township?view=locked', await market.officer());
  await officer.locator('.kept').first().waitFor();
  expect(await officer.locator('main').innerText()).not.toMatch(/林阿妹|139\d|139\*/);
  expect(await axeFinds(officer)).toEqual([]);
  expect(await overflows(officer)).toBe(false);
  await officer.goto(`${market.origin}/township?view=check&at=${showId}`);
  await officer.locator('.compare').waitFor();
  expect([await overflows(officer), await axeFinds(officer)]).toEqual([false, []]);
});

test('an officer sees whether the data holds, and looks once more; it fits a small phone', async () => {
  const officer = await browser.opens('/township?view=invariants', await market.officer());
  await officer.locator('.box button').first().click();
  await officer.locator('main tbody tr').nth(29).waitFor();
  const place = await officer.locator('nav [aria-current]').boundingBox();
  expect(place!.x).toBeGreaterThanOrEqual(0);
  expect(place!.x + place!.width).toBeLessThanOrEqual(360);
  expect(await officer.locator('main .badge').first().innerText()).toMatch(/✓ (\d+ 项全部成立|All \d+ hold)/);
  expect(await officer.locator('main tbody .badge:not(.verified)').count()).toBe(0);
  expect([await axeFinds(officer), await overflows(officer)]).toEqual([[], false]);
});
