import { Rooms } from '@qingpai/auction';
import { MembersService } from '@qingpai/members';
import { parseProof, verifyEd25519, verifyProof, parsePolicy, utf8 } from '@qingpai/ledger/rules';
import { type Receipt } from '@qingpai/wire';
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
    { name: 'seal' },
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
