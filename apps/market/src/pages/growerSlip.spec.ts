import { Rooms } from '@qingpai/auction';
import { MembersService } from '@qingpai/members';
import { parseProof, verifyEd25519, verifyProof, parsePolicy, utf8 } from '@qingpai/ledger/rules';
import { type Receipt } from '@qingpai/wire';
import { writeFileSync } from 'node:fs';
import { slipPdf, slipPng } from './slipFiles.js';
import { slipMoney } from './slipMoney.js';
import { peopleAndShow } from '../start/seed.js';
import { type TestMarket, testMarket } from '../testing/market.js';

let market: TestMarket;
let showId: string;
const get = (url: string) =>
  market.app.inject({ method: 'GET', url, headers: { accept: 'text/html', 'accept-language': 'zh-CN' } });

beforeAll(async () => {
  market = await testMarket();
  const { room: path, host: link } = await peopleAndShow(market.app, market.parts.config, market.parts.log);
  showId = path!.split('/').at(-1)!;
  const members = market.app.get(MembersService, { strict: false });
  const { token } = await members.exchangeToken(link.split('#link=')[1]!);
  const host = await members.sessionOf(undefined, `Bearer ${token}`);
  const room = await market.app.get(Rooms, { strict: false }).of(showId);
  expect((await get(`/g/${showId}/L1`)).statusCode).toBe(404); // a draft
  for (const command of [
    { name: 'seal', withoutConsent: 'on-paper' },
    { name: 'open', reason: 'none-configured' },
    { name: 'offer', lot: 'L1' },
  ] as const) {
    const answer = await room.command(host, { commandId: `slip-${command.name}-00`, command });
    if (!answer.ok) throw new Error(answer.reason);
  }
});
afterAll(() => market.close());

test('a slip names the lot, its state and the code, and where its leaf stands', async () => {
  const { body, statusCode } = await get(`/g/${showId}/L2`);
  expect(statusCode).toBe(200);
  expect(body).toMatch(/[0-9A-F]{4}·[0-9A-F]{4}·[0-9A-F]{4}/);
  // The seal's own root is the code: the three are one chain.
  const code = /([0-9A-F]{4}·){2}[0-9A-F]{4}/.exec(body)![0];
  expect(body.split(code)).toHaveLength(3);
  for (const said of ['待拍', '账本序号', `/api/shows/${showId}/receipts/`, '<svg'])
    expect(body).toContain(said);
  expect((await get(`/g/${showId}/L1`)).body).toContain('正在拍');
});

test('the proof on it holds under the key of the show’s policy', async () => {
  const { body } = await get(`/g/${showId}/L2?paper=a4`);
  const index = /receipts\/(\d+)/.exec(body)![1]!;
  const receipt = (await get(`/api/shows/${showId}/receipts/${index}`)).json<Receipt>();
  const policy = parsePolicy((await get(`/api/shows/${showId}/policy`)).body);
  if (!policy.ok) throw new Error(policy.reason);
  const proof = verifyProof(receipt.proof, utf8(receipt.leaf), policy.value.logs, verifyEd25519);
  expect(proof).toMatchObject({ ok: true, value: { index: Number(index) } });
  expect(JSON.parse(receipt.leaf)).toMatchObject({ type: 'lot.catalogued', body: { lot: 'L2' } });
  const parsed = parseProof(receipt.proof);
  expect(parsed.ok && body).toContain(receipt.proof.split('\n')[2]!);
});

test('nothing on it is about a person', async () => {
  const { body } = await get(`/g/${showId}/L1?paper=a4`);
  const room = await market.app.get(Rooms, { strict: false }).of(showId);
  const { cards } = await room.snapshot();
  for (const { growerName } of cards) expect(body).not.toContain(growerName);
  expect(body).not.toMatch(/(?<!\d)1[3-9]\d{9}(?!\d)/);
});

test('lots and shows that are not there are said so', async () => {
  for (const path of [`/g/${showId}/L999`, `/g/${showId}/nothing`, '/g/20200101-01/L1', '/g/x/L1']) {
    expect([path, (await get(path)).statusCode]).toEqual([path, 404]);
  }
});

test('a lot without a sale has no money to tell of, and one with a sale has it as page, PDF and picture', async () => {
  expect((await get(`/g/${showId}/L2/slip.png`)).statusCode).toBe(404);
  const room = await market.app.get(Rooms, { strict: false }).of(showId);
  const { state } = await room.snapshot();
  const sold = structuredClone(state);
  sold.rules.feePercent = 2;
  const sale = {
    sale: 'S1',
    i: 9,
    t: 0,
    lot: 'L2',
    offering: 1,
    bidder: 'x'.repeat(16),
    firstUnit: 1,
    units: 2,
  };
  sold.sales.S1 = { ...sale, unitPriceFen: 5_050, phase: 'paid', paidAt: 0, refundedFen: 100 };
  const lot = sold.lots.L2!;
  const held = slipMoney(sold, lot, 0, 'zh')!;
  expect(held).toMatchObject({
    lines: [{ value: '¥101.00' }, { value: '− ¥1.00' }, { name: '服务费 2%', value: '− ¥2.00' }],
    ...{ yours: { name: '归您', value: '¥98.00' }, when: '专场结束后，过了售后期付给您' },
  });
  sold.closedAt = 0;
  expect(slipMoney(sold, lot, 0, 'zh')!.when).toBe('1970-01-02 08:00 以后付给您（售后期内先保管）');
  expect(slipMoney(sold, lot, 86_400_000, 'en')!.when).toBe('Ready, on its way to you');
  sold.sales.S1.phase = 'defaulted';
  sold.sales.S1.refundedFen = 0;
  expect(slipMoney(sold, lot, 86_400_000, 'zh')).toMatchObject({
    ...{ yours: { value: '¥0.00' }, when: '没有货款；不收您任何费用' },
  });
  const facts = {
    ...{ show: '泗桥乡花卉专场', lot: '拍品 2 绣球 · 无尽夏（大盆）', code: '7F3A·C2D1·09BE', money: held },
    ...{ address: `http://localhost/g/${showId}/L2`, codeName: '核验码', scan: '扫码看最新状态' },
  };
  const [png, pdf] = [await slipPng(facts), await slipPdf(facts)];
  if (process.env.PICTURES_TO) writeFileSync(`${process.env.PICTURES_TO}/slip.png`, png);
  if (process.env.PICTURES_TO) writeFileSync(`${process.env.PICTURES_TO}/slip.pdf`, pdf);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  // Words and square are drawn: an empty picture of this size is far smaller.
  expect(png.length).toBeGreaterThan(20_000);
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
});
