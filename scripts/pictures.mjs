import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { findChromium } from './chromium.mjs';
import { ensureBuilt, ensureInstalled, root } from './ground.mjs';

// `node scripts/pictures.mjs`: takes the pictures of README.md anew, from an evening in its middle on the real server.
if (!(await ensureInstalled()) || !(await ensureBuilt())) process.exit(1);
const { api, enter, signInByCode } = await import('./demo/people.mjs');
const { evening } = await import('./demo/evening.mjs');
const { startServer } = await import('./demo/server.mjs');
const { tempersOf } = await import('./demo/tempers.mjs');
const require = createRequire(import.meta.url);
const rules = require(join(root, 'dist/libs/auction/src/rules/index.js'));
const { defaultRules } = require(join(root, 'dist/libs/wire/src/index.js'));

const SOLD_BEFORE = 20;
const BUYERS = 12;
const outDir = join(root, 'docs/pictures');
const dataDir = join(root, '.data/pictures');
const quick = {
  ...defaultRules,
  // Longer than all the pictures take on a busy machine: nothing closes by itself meanwhile.
  openForMs: 180_000,
  windowMs: 500,
  extensionMs: 500,
  lastCallMs: 500,
  clock: { ...defaultRules.clock, tickMs: 160 },
};

rmSync(dataDir, { recursive: true, force: true });
mkdirSync(outDir, { recursive: true });
const server = await startServer(root, dataDir);
const found = await findChromium();
const browser = await chromium.launch({
  executablePath: found.path,
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  await takePictures(api(server.address));
} finally {
  await browser.close();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

async function takePictures(http) {
  let counter = 0;
  const ids = () => `pictures-${String(++counter).padStart(6, '0')}`;
  const hostToken = await signInByCode(http, server, '13800000001');
  const officerToken = await signInByCode(http, server, '13800000002');
  const { showId } = await http.post('/api/shows', { title: '泗桥鲜花助农专场', rules: quick }, hostToken);
  const form = new FormData();
  const csv = readFileSync(join(root, 'apps/market/seed/siqiao-show.csv'));
  form.append('file', new Blob([csv], { type: 'text/csv' }), 'siqiao-show.csv');
  const { importId } = await http.upload(`/api/shows/${showId}/import`, form, hostToken);
  await http.post(`/api/shows/${showId}/import/confirm`, { importId }, hostToken);
  const person = { address: server.address, showId, rules, ids };
  const host = await enter({ ...person, token: hostToken });
  await host.syncClock();
  await host.command({ name: 'seal', withoutConsent: 'on-paper' });
  const buyers = [];
  for (let at = 0; at < BUYERS; at++) {
    const token = await signInByCode(http, server, `139${20_000_000 + at}`, `买家${at + 1}`);
    await http.post(`/api/shows/${showId}/join`, {}, token);
    buyers.push(await enter({ ...person, token }));
  }
  // Whose page is shown bids nothing by himself: from then on his phone signs, and this program has not his key.
  const looker = await signInByCode(http, server, '13930000000', '小林');
  await http.post(`/api/shows/${showId}/join`, {}, looker);
  await host.command({ name: 'open', reason: 'none-configured' });

  const lots = Object.values(host.state.lots).sort((a, b) => (a.number < b.number ? -1 : 1));
  const tempers = tempersOf('2020', lots, buyers, false);
  const played = evening({ host, buyers, tempers, rules, http, showId, ids, say: () => {} });
  for (const { lot } of lots.slice(0, SOLD_BEFORE)) await played.callLot(lot);

  // One lot on the block, bids on it, people talking.
  const now = lots
    .slice(SOLD_BEFORE)
    .find(({ format, title }) => format === 'english' && title.startsWith('绣球'));
  const [offered] = await host.command({ name: 'offer', lot: now.lot });
  await host.reached(offered.i + 1);
  for (let at = 0; at < 9; at++) {
    const offering = host.state.lots[now.lot].offerings.at(-1);
    const amountFen = rules.leastBidFen(quick, now, offering);
    const answer = await buyers[at % 3].bid({ lot: now.lot, offering: offering.offering, amountFen });
    if (answer.ok) await host.reached(answer.i + 1);
  }
  await buyers[4].ask('chat', { text: '这盆带几个花苞？' });
  await host.ask('chat', { text: '七个，开三个，镜头拉近给大家看' });
  await buyers[6].ask('chat', { text: '去年买过，包装很稳' });

  const { bills } = await http.get(`/api/shows/${showId}/bills`, hostToken);
  for (const bill of bills.slice(0, 6)) {
    const body = {
      sales: bill.sales.map(({ sale }) => sale),
      amountFen: bill.dueFen,
      channel: 'transfer',
      reference: `2020-${bill.paddle}`,
      freshWord: 'by-phone',
    };
    const { id } = await http.post(`/api/shows/${showId}/payments`, body, hostToken);
    await http.post(`/api/shows/${showId}/payments/${id}/decision`, { confirm: true }, officerToken);
  }

  await picture('room', `/r/${showId}`, looker, { width: 390, height: 844 });
  await picture('host', `/host?show=${showId}`, hostToken, { width: 390, height: 844 });
  await picture('township', '/township', officerToken, { width: 1280, height: 800 });

  for (const { lot } of lots.slice(SOLD_BEFORE)) {
    if (lot === now.lot)
      await host
        .command({ name: 'lastCall', lot })
        .then(() => host.event(({ type }) => type === 'lot.hammered' || type === 'lot.setAside'));
    else await played.callLot(lot);
  }
  await played.bringBack();
  await host.command({ name: 'close' });
  await picture('certificate', `/c/${showId}`, null, { width: 900, height: 1270 });
  for (const one of [host, ...buyers]) one.leave();
}

async function picture(name, path, token, viewport) {
  const context = await browser.newContext({ viewport, deviceScaleFactor: 1.5, locale: 'zh-CN' });
  if (token) {
    await context.addCookies([
      { name: 'qp_session', value: token, url: server.address, httpOnly: true, sameSite: 'Lax' },
    ]);
  }
  const page = await context.newPage();
  await page.goto(server.address + path);
  await page.waitForTimeout(3_500);
  const png = await page.screenshot();
  await sharp(png)
    .png({ palette: true, colours: 256, effort: 9 })
    .toFile(join(outDir, `${name}.png`));
  await context.close();
  console.log(`docs/pictures/${name}.png`);
}
