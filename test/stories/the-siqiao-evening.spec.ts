import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyBundle } from '@qingpai/auction/rules';
import {
  type Bill,
  type Certificate,
  type ImportReport,
  type Payment,
  type TownshipTotals,
  type Verification,
} from '@qingpai/wire';
import { Market, shortRules } from './kit/market.js';
import { type Person } from './kit/person.js';

const root = join(__dirname, '../..');
const csv = readFileSync(join(root, 'apps/market/seed/siqiao-show.csv'));
let market: Market;
let folder: string;
beforeAll(async () => {
  market = await Market.open();
  folder = mkdtempSync(join(tmpdir(), 'qingpai-auditor-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await market.close();
});

async function importFile(host: string, showId: string, bytes: Buffer): Promise<ImportReport> {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(bytes)], { type: 'text/csv' }), 'siqiao.csv');
  return market.must('POST', `/api/shows/${showId}/import`, host, form);
}

test('a file with bad rows imports nothing and says of each what is wrong; mended, all of it', async () => {
  const host = await market.host();
  const showId = await market.draft(host, []);
  const bad = csv
    .toString('utf8')
    .replace('001,洋桔梗 香槟色 30枝,吴山村04号花农,吴山村,B,桶,6,134.00', '001,洋桔梗 香槟色 30枝,吴山村04号花农,吴山村,B,桶,六,134.00')
    .replace('长寿花 混色 十盆装,泗桥村04号花农,泗桥村,A,箱,1,0.00,0.00', '长寿花 混色 十盆装,泗桥村04号花农,泗桥村,A,箱,1,0.00,20.00');
  const report = await importFile(host, showId, Buffer.from(bad));
  expect(report).toMatchObject({ importId: null, accepted: 62, refused: 2 });
  const refused = report.rows.filter(({ accepted }) => !accepted);
  expect(refused.map(({ row, problems }) => [row, problems[0]!.column])).toEqual([
    [2, '数量'],
    [7, expect.stringMatching(/底价|起拍价/)],
  ]);
  const mended = await importFile(host, showId, csv);
  expect(mended).toMatchObject({ accepted: 64, refused: 0, units: 89, encoding: 'utf-8-bom' });
  const done = await market.must('POST', `/api/shows/${showId}/import/confirm`, host, { importId: mended.importId });
  expect(done).toEqual({ lots: 64, units: 89 });
}, 30_000); // prettier-ignore

/** A host's thumb is not faster than the limit on commands. */
const breath = () => new Promise((resolve) => setTimeout(resolve, 110));

/** The lots that are called; the rest goes by the host's word, as on an evening that ends early. */
const CALLED = 6;

async function playEvening(host: Person, buyers: Person[]): Promise<void> {
  const lots = Object.values(host.state.lots).sort((a, b) => (a.number < b.number ? -1 : 1));
  const rising = lots.filter(({ format }) => format === 'english');
  for (const { lot, startFen } of rising.slice(0, CALLED)) {
    await host.offers(lot, ...buyers);
    const isOver = Promise.race([host.event('lot.hammered', lot), host.event('lot.setAside', lot)]);
    // High enough to meet any floor of the list, in one confirmed bid.
    const [one, two] = buyers;
    expect(await one!.bid(lot, Math.max(startFen, 100))).toMatchObject({ ok: true });
    const offering = host.state.lots[lot]!.offerings[0]!;
    await two!.reached(offering.i + 2);
    const more = await two!.bid(lot, 60_000, { confirmed: true });
    expect(more).toMatchObject({ ok: true });
    await host.does({ name: 'lastCall', lot });
    await isOver;
  }
  for (const { lot } of rising.slice(CALLED)) {
    await breath();
    await host.does({ name: 'withdraw', lot, reason: 'grower-request' });
  }
  for (const { lot, format } of lots) {
    if (format === 'dutch') await breath().then(() => host.does({ name: 'carry', lot }));
  }
  for (const { lot, phase } of Object.values(host.state.lots)) {
    if (phase === 'waiting') await host.does({ name: 'pass', lot });
  }
}

test('an evening from the spreadsheet to the certificate: every figure is the same wherever it stands', async () => {
  const [hostToken, officer] = await Promise.all([market.host(), market.officer()]);
  const showId = await market.draft(hostToken, [], shortRules);
  const { importId } = await importFile(hostToken, showId, csv);
  await market.must('POST', `/api/shows/${showId}/import/confirm`, hostToken, { importId });
  const host = await market.enter(showId, hostToken);
  await host.does({ name: 'seal', withoutConsent: 'on-paper' });
  const late = await market.ask<object>('POST', `/api/shows/${showId}/lots`, hostToken, {});
  expect(late.status).toBeGreaterThanOrEqual(400);
  const buyers = [await market.buyer(showId, '小林'), await market.buyer(showId, '小吴')];
  await host.does({ name: 'open', reason: 'none-configured' });
  await playEvening(host, buyers);
  await host.does({ name: 'close' });

  // Paid by hand: recorded by the host, confirmed by the officer and by nobody else.
  const { bills } = await market.must<{ bills: Bill[] }>('GET', `/api/shows/${showId}/bills`, hostToken);
  const bill = bills.find(({ dueFen }) => dueFen > 0)!;
  const sales = bill.sales.map(({ sale }) => sale);
  const money = { sales, amountFen: bill.dueFen, channel: 'transfer', reference: '2020-0321-01' };
  const record = { ...money, freshWord: 'by-phone' };
  const wrong = await market.ask('POST', `/api/shows/${showId}/payments`, hostToken, {
    ...record,
    amountFen: 1,
  });
  expect(wrong).toMatchObject({ status: 422, answer: { code: 'amount-differs' } });
  const { id } = await market.must<Payment>('POST', `/api/shows/${showId}/payments`, hostToken, record);
  const decision = `/api/shows/${showId}/payments/${id}/decision`;
  expect(await market.ask('POST', decision, hostToken, { confirm: true })).toMatchObject({
    status: 403,
    answer: { code: 'same-person' },
  });
  await market.must('POST', decision, officer, { confirm: true });

  const certificate = await market.must<Certificate>('GET', `/api/shows/${showId}/certificate`);
  expect(certificate).toMatchObject({ sealedLots: 64, sealedUnits: 89, openUnits: 0 });
  const { soldUnits, passedUnits, withdrawnUnits, carriedUnits } = certificate;
  expect(soldUnits + passedUnits + withdrawnUnits + carriedUnits).toBe(89);
  expect(certificate.paid.units).toBeGreaterThan(0);
  expect(certificate.checkpoints.map(({ at }) => at)).toEqual(expect.arrayContaining(['sealed', 'closed']));

  // The township sees the same sums, and its file holds exactly the filtered rows.
  const totals = await market.must<TownshipTotals>('GET', `/api/township/totals?show=${showId}`, officer);
  expect([totals.hammerFen, totals.paidFen, totals.lots]).toEqual([
    certificate.hammerFen,
    certificate.paidFen,
    64,
  ]);
  const file = await market.must<string>('GET', `/api/township/lots.csv?show=${showId}`, officer);
  expect(
    file.split('\n').filter((line) => /^"?\d{4}-\d{2}-\d{2}/.test(line.replace('\uFEFF', ''))),
  ).toHaveLength(64);
  expect((await market.ask('GET', '/api/township/totals', hostToken)).status).toBe(403);

  await judged(showId, officer);
}, 90_000);

/** The server, the shared rules and the command say the same of the same bundle. */
async function judged(showId: string, officer: string): Promise<void> {
  const [bundle, officers] = await Promise.all([
    market.must<object>('GET', `/api/shows/${showId}/bundle`),
    market.must<object>('GET', `/api/shows/${showId}/bundle/officer`, officer),
  ]);
  const policy = await market.must<string>('GET', `/api/shows/${showId}/policy`);
  const verdict = 'ALL_ACCOUNTED_NOT_ALL_SOLD';
  expect(verifyBundle(JSON.stringify(bundle), { policy }).verdict).toBe(verdict);
  const opened = verifyBundle(JSON.stringify(officers), { policy });
  expect([opened.verdict, opened.gates.find(({ gate }) => gate === 'replay')!.en]).toEqual([
    verdict,
    expect.stringContaining('floors checked'),
  ]);
  const byServer = await market.must<Verification>('GET', `/api/shows/${showId}/verification`);
  expect(byServer.verdict).toBe(verdict);

  const [at, pinned] = [join(folder, 'bundle.json'), join(folder, 'policy')];
  writeFileSync(at, JSON.stringify(bundle));
  writeFileSync(pinned, policy);
  const command = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, 'dist/apps/auditor/src/verify.js'), ...args], {
      encoding: 'utf8',
    });
  const told = command(at, '--policy', pinned);
  expect([told.status, told.stdout.trim().split('\n').at(-1)]).toEqual([20, verdict]);
  expect(command(at).status).toBe(80);
  expect(command(join(folder, 'nothing.json')).status).toBe(2);
  writeFileSync(at, JSON.stringify(bundle).replace('绣球', '秀球'));
  expect(command(at, '--policy', pinned).status).toBe(70);
  // No name, phone or nickname stands in what is handed to strangers.
  const personal = /(?<!\d)1[3-9]\d{9}(?!\d)|小林|小吴|号花农/.exec(JSON.stringify(bundle));
  expect(personal).toBeNull();
}

test('the verifier says how it is called', () => {
  const verify = join(root, 'dist/apps/auditor/src/verify.js');
  expect(() => execFileSync(process.execPath, [verify], { stdio: 'pipe' })).toThrow(/usage/);
});
