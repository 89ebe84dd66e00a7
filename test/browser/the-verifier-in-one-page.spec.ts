import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { verifyBundle, verifySeason } from '@qingpai/auction/rules';
import { bundleOf, digested, sealedShow } from '../../libs/auction/src/rules/testing/paperBundle.js';
import { LIN } from '../../libs/auction/src/rules/testing/paperShow.js';
import { PaperSeason, registryPolicy } from '../../libs/auction/src/rules/testing/paperSeason.js';
import { cases, plain, plainShow, policy, signed, verify } from '../tampering/cases.js';
import { axeFinds, overflows } from './kit/chromium.js';

/** The page as a stranger has it: a file on a disk, in a browser without a network. */
const file = join(__dirname, '../../dist/verify/verify.html');
const PAGE_BYTES_MAX = 300_000;
/** On the page and in the worker that it makes of its own text. */
const NO_ED25519 = `
  delete SubtleCrypto.prototype.importKey;
  globalThis.Blob = class extends Blob {
    constructor(parts, options) {
      super(options?.type === 'text/javascript' ? ['delete SubtleCrypto.prototype.importKey;', ...parts] : parts, options);
    }
  };`;

let browser: Browser;
let folder: string;
const complaints: string[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qingpai-page-'));
  const executablePath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].find(
    (path) => path && existsSync(path),
  );
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}, 60_000);
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => expect(complaints.splice(0)).toEqual([]));

async function opens(script?: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 }, offline: true });
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
  page.on('request', (request) => !/^(file|blob):/.test(request.url()) && complaints.push(request.url()));
  if (script) await page.addInitScript(script);
  await page.goto(`file://${file}`);
  return page;
}
/** In the page: the verdict, in the moment when it stands there. Whoever looks now and then sees it half a second late. */
const verdictThatComes = `new Promise((resolve) => {
  const look = () => {
    const shown = document.querySelector('[data-verdict]');
    if (!shown) return;
    watching.disconnect();
    resolve(shown.dataset.verdict);
  };
  const watching = new MutationObserver(look);
  watching.observe(document.body, { childList: true, subtree: true });
  look();
})`;
/** Puts files in, as they are named, and waits for what is said. */
async function says(page: Page, files: Record<string, string>): Promise<string> {
  const paths = Object.entries(files).map(([name, text]) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  });
  // What still stands there is of other files.
  await page.evaluate("document.querySelector('[data-verdict]')?.removeAttribute('data-verdict')");
  await page.setInputFiles('#files', paths);
  return page.evaluate<string>(verdictThatComes);
}

it('is one file below 300 KB that names no other address', () => {
  expect(statSync(file).size).toBeLessThan(PAGE_BYTES_MAX);
  const html = readFileSync(file, 'utf8');
  expect(html).toMatch(
    /Content-Security-Policy" content="default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-/,
  );
  expect(html).not.toMatch(/<(link|img|iframe)\b|\ssrc=/);
  // Nothing in it turns text into code, asks a network, or writes markup.
  expect(html).not.toMatch(
    /\beval\(|\bFunction\(|=\s*Function\b|\bfetch\(|XMLHttpRequest|WebSocket|innerHTML/,
  );
});

it('says all sold, in words, for an honest evening under the keys that somebody kept', async () => {
  const page = await opens();
  expect(await says(page, { 'a.bundle.json': digested(signed), 'my.policy': policy })).toBe(
    'ALL_SOLD_AND_SETTLED',
  );
  expect(await page.locator('.verdict .words').innerText()).toBe('全部成交，已结清');
  expect(await page.locator('.report').getAttribute('class')).toContain('good');
  expect(await page.locator('.grades b').allInnerTexts()).toEqual(['100%', '100%', '100%', '0%']);
  expect(await axeFinds(page)).toEqual([]);
  expect(await overflows(page)).toBe(false);
  await page.getByRole('button', { name: 'English' }).click();
  expect(await page.locator('.verdict .words').innerText()).toBe('all sold and settled');
});

it('is never green without a key file, and says how to get one', async () => {
  const page = await opens();
  expect(await says(page, { 'a.bundle.json': digested(signed) })).toBe('UNTRUSTED');
  expect(await page.locator('.report').getAttribute('class')).not.toContain('good');
  expect(await page.locator('.why').innerText()).toContain('向乡镇当面索取');
});

it('names the leaf that broke, who wrote it, and shows its very bytes', async () => {
  const page = await opens();
  const changed = cases.find(({ code, i }) => code !== undefined && i !== undefined && i > 9)!;
  const text = changed.text();
  expect(await says(page, { 'b.bundle.json': text, 'my.policy': policy })).toBe('INVALID');
  const broken = page.locator('.broken').first();
  const i = Number(await broken.getAttribute('data-leaf'));
  expect(i).toBe(changed.i);
  const leaf = (JSON.parse(text) as { leaves: string[] }).leaves[i]!;
  expect(await broken.locator('pre').innerText()).toBe(leaf);
  expect(await broken.innerText()).toContain((JSON.parse(leaf) as { type: string }).type);
});

it('shows both notes whole where two histories were signed, beside what a phone had kept', async () => {
  const page = await opens();
  const { text, options } = cases.find(({ row }) => row.includes('the square of its receipt survived'))!;
  const files = { 'e.bundle.json': text(), 'my.policy': policy, 'scanned.txt': options!.receipts![0]! };
  expect(await says(page, files)).toBe('EQUIVOCATION');
  const notes = await page.locator('.card li pre').innerText();
  expect(notes.match(/^— market/gm)).toHaveLength(2);
  expect(notes).toContain(files['scanned.txt'].split('\n\n').slice(1).join('\n\n').trim());
  expect(await page.locator('.gates').innerText()).not.toContain('— market');
  expect([await axeFinds(page), await overflows(page)]).toEqual([[], false]);
});

it('names the lot that was not sold, and accuses no leaf of it', async () => {
  const show = sealedShow({ L1: {}, L2: {} });
  show.does(1_000, { name: 'offer', lot: 'L1' });
  show.bid(2_000, LIN, 3_600);
  show.pass(200_000);
  show.does(200_000, { name: 'withdraw', lot: 'L2', reason: 'damaged' });
  show.does(400_000, { name: 'close' });
  const page = await opens();
  expect(await says(page, { 'u.bundle.json': digested(bundleOf(show)), 'my.policy': policy })).toBe(
    'ALL_ACCOUNTED_NOT_ALL_SOLD',
  );
  expect(await page.locator('.broken').count()).toBe(0);
  expect(await page.locator('.report').getAttribute('class')).toContain('wait');
  expect(await page.locator('.report').innerText()).toMatch(/002 绣球（撤拍 1）[^]*002 绣球\s+撤拍/);
  expect(await overflows(page)).toBe(false);
});

it('tells a key file that does not fit from one that is missing', async () => {
  const page = await opens();
  const foreign = cases.find(({ code }) => code === 'key-not-pinned')!.text();
  expect(await says(page, { 'f.bundle.json': foreign, 'my.policy': policy })).toBe('UNTRUSTED');
  expect(await page.locator('.why').innerText()).toContain('不为这个账本担保');
});

it('takes what is dropped on it, and saves word for word what the command prints', async () => {
  const page = await opens();
  const files = { 'd.bundle.json': digested(signed), 'd.policy': policy };
  await page.evaluate(`
    const data = new DataTransfer();
    for (const [name, text] of Object.entries(${JSON.stringify(files)})) data.items.add(new File([text], name));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  `);
  await page.locator('[data-verdict="ALL_SOLD_AND_SETTLED"][data-exit="0"]').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: '保存核验结果' }).click(),
  ]);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const command = join(__dirname, '../../dist/apps/auditor/src/verify.js');
  const args = [command, join(folder, 'd.bundle.json'), '--policy', join(folder, 'd.policy'), '--json'];
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(readFileSync(await download.path(), 'utf8')).toBe(stdout);
  expect(status).toBe(0);
});

it('never takes a damaged copy for a forgery', async () => {
  const page = await opens();
  const cut = digested(plain).slice(0, 4_000);
  expect(await says(page, { 'c.bundle.json': cut, 'my.policy': policy })).toBe('DAMAGED');
  expect(await page.locator('.report').getAttribute('class')).not.toContain('bad');
  expect(await page.locator('.verdict .words').innerText()).toContain('不说明有人作假');
});

it(
  'judges every case of tampering as the command does',
  async () => {
    const page = await opens();
    for (const { row, text, options = {} } of cases) {
      await page.reload();
      const pinned = 'policy' in options ? options.policy : policy;
      const kept = [...(options.known ?? []), ...(options.receipts ?? [])];
      const said = await says(page, {
        'x.bundle.json': text(),
        ...(pinned !== undefined && { 'my.policy': pinned }),
        ...Object.fromEntries(kept.map((one, k) => [`kept-${k}`, one])),
      });
      const expected = verifyBundle(text(), { policy, verify, ...options });
      expect([row, said]).toEqual([row, expected.verdict]);
    }
    // As long as there are cases: each is a page loaded anew.
  },
  cases.length * 1_000,
);

it('judges a season by its registry', async () => {
  const season = new PaperSeason();
  season.registers('20261124-01');
  season.holds(plainShow);
  const text = season.text();
  const page = await opens();
  const { verdict } = verifySeason(text, { policy: registryPolicy, verify });
  expect(await says(page, { 's.season.json': text, 'registry.policy': registryPolicy })).toBe(verdict);
  expect(await page.locator('table').first().innerText()).toContain('20261124-01');
});

it('shows the leaf that broke in one of the shows of a season', async () => {
  const season = new PaperSeason();
  season.registers('20261124-01');
  season.holds(plainShow);
  const changed = cases.find(({ row }) => row.startsWith('a digit changed, and the digest'))!;
  season.bundles.set('20261124-01', changed.text());
  const text = season.text();
  expect(verifySeason(text, { policy: registryPolicy, verify }).verdict).toBe('INVALID');
  const page = await opens();
  expect(await says(page, { 's.season.json': text, 'registry.policy': registryPolicy })).toBe('INVALID');
  expect(await page.locator('.report').innerText()).toContain('20261124-01');
  const found = verifySeason(text, { policy: registryPolicy, verify }).shows[0]!.verification!.findings[0]!;
  expect(await page.locator('.report').innerText()).toContain(found.zh);
});

it('judges the same in a browser that knows no Ed25519, and in one that refuses workers', async () => {
  const neither = 'delete SubtleCrypto.prototype.importKey; delete globalThis.Worker';
  for (const script of [NO_ED25519, 'delete globalThis.Worker', neither]) {
    const page = await opens(script);
    expect(await says(page, { 'a.bundle.json': digested(signed), 'my.policy': policy })).toBe(
      'ALL_SOLD_AND_SETTLED',
    );
  }
});

it('says what it cannot use, and lets go of what is taken away', async () => {
  const page = await opens();
  writeFileSync(join(folder, 'letter.txt'), '您好');
  await page.setInputFiles('#files', join(folder, 'letter.txt'));
  expect(await page.locator('.problem').innerText()).toContain('letter.txt');
  await says(page, { 'a.bundle.json': digested(plain), 'my.policy': policy });
  await page.getByRole('button', { name: '拿掉 my.policy' }).click();
  await page.locator('[data-verdict="UNTRUSTED"]').waitFor();
  await page.getByRole('button', { name: '全部拿掉' }).click();
  expect(await page.locator('.report').count()).toBe(0);
});
