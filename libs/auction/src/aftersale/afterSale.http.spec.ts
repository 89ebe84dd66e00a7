import { paymentsInvariants } from '@qingpai/payments';
import * as wire from '@qingpai/wire';
import sharp from 'sharp';
import writeXlsxFile from 'write-excel-file/node';
import { tableOf } from '../catalogue/table.js';
import { bidOf, done, quickRules, until } from '../testing/rig.js';
import { type TownshipApp, townshipApp } from '../testing/townshipApp.js';
import { afterSaleInvariants } from './invariants.js';

const rules = { ...quickRules, openForMs: 250, windowMs: 50, extensionMs: 50, lastCallMs: 100 };
const draft = {
  ...{ growerName: '硋窑村02号花农', village: '硋窑村', grade: 'A', unit: '盆', units: 1 },
  ...{ startFen: 7_200, floorFen: 0, format: 'english', source: '人工培植' },
};
const place = {
  ...{ how: 'parcel', name: '陈梅', phone: '13900000003' },
  ...{ province: '35', city: '宁德市', address: '蕉城区某路1号' },
};

let township: TownshipApp;
let host: string;
let officer: string;
let showId: string;
/** 阿梅 wins S1 and S2 and pays; 老李 wins S3 and pays; S4 is hers and not paid. */
let [mei, li] = ['', ''];
let bidders: { mei: string; li: string };

beforeAll(async () => {
  township = await townshipApp();
  ({ host, officer } = township.people);
  showId = (await township.post('/api/shows', host, { title: '专场', rules })).json().showId;
  for (const n of [1, 2, 3, 4]) {
    await township.post(`/api/shows/${showId}/lots`, host, { ...draft, title: `绣球 ${n}`, fresh: n !== 2 });
  }
  const desk = await township.desks.of(showId);
  await done(desk.command({ by: 'host', name: 'seal' }));
  await done(desk.command({ by: 'host', name: 'open', reason: 'none-configured' }));
  [mei, li] = [await township.phoneBuyer('阿梅', '13900000003'), await township.buyer('老李', showId)];
  bidders = { mei: await seat(mei), li: await seat(li) };
  const winners = [bidders.mei, bidders.mei, bidders.li, bidders.mei];
  for (const [k, bidder] of winners.entries()) {
    const lot = `L${k + 1}`;
    await done(desk.command({ by: 'host', name: 'offer', lot }));
    await done(desk.bid(bidOf(7_200, { lot }), { bidder }));
    await until(() => desk.state.lots[lot]!.phase === 'hammered');
  }
  for (const [reference, sales] of [
    ['IN-1', ['S1', 'S2']],
    ['IN-2', ['S3']],
  ] as const) {
    const money = { sales, amountFen: 7_200 * sales.length, channel: 'transfer', reference };
    const paid = { ...money, freshWord: 'in-person' };
    const { id } = (await township.post(`/api/shows/${showId}/payments`, host, paid)).json();
    await township.post(`/api/shows/${showId}/payments/${id}/decision`, officer, { confirm: true });
  }
  const told = await township.put(`/api/shows/${showId}/my-parcel`, mei, { parcel: place });
  expect(told.statusCode).toBe(200);
});
afterAll(() => township.close());

async function seat(token: string): Promise<string> {
  const { memberId } = (await township.members.sessionOf(undefined, `Bearer ${token}`))!;
  const { bidder, id } = await township.store.newcomer(showId, memberId);
  const desk = await township.desks.of(showId);
  await desk.register({ bidder, id, kind: 'buyer' }, township.store.seat(showId, memberId));
  return bidder;
}
const at = (path: string) => `/api/shows/${showId}/${path}`;
const codeOf = async (answer: ReturnType<TownshipApp['post']>) => (await answer).json().code;
const parcels = async () => wire.parcelList.parse((await township.get(at('parcels'), host)).json()).parcels;
const myParcel = async (who: string) => wire.myGoods.parse((await township.get(at('my-parcel'), who)).json());
const claims = async (who: string) =>
  wire.claimList.parse((await township.get(at('claims'), who)).json()).claims;
const answer = (who: string, claim: string, said: wire.ClaimAnswer) =>
  township.post(at(`claims/${claim}/answer`), who, { answer: said });
const photo = () =>
  sharp({ create: { width: 30, height: 50, channels: 3, background: '#a33' } })
    .jpeg()
    .toBuffer();
const damaged = async (who: string, sale: string, units = 1) =>
  township.upload(at(`my-parcel/damaged/${sale}/${units}`), who, await photo());

it('one parcel per buyer, with where it is to go, and what is not paid for stays', async () => {
  const [first, second] = await parcels();
  expect(first).toMatchObject({
    ...{ paddle: 1, nickname: '阿梅', phone: '139****0003', step: 'paid' },
    address: { name: '陈梅', phone: '139****0003' },
  });
  expect(first!.lines.map(({ sale, step, fresh }) => [sale, step, fresh])).toEqual([
    ['S1', 'paid', true],
    ['S2', 'paid', false],
    ['S4', 'unpaid', true],
  ]);
  expect(second).toMatchObject({ paddle: 2, address: null, step: 'paid' });
});

it('the sheet for the courier has addresses in the clear, and comes back with numbers, row by row', async () => {
  const sheet = (await township.get(at('parcels/sheet.csv'), officer)).body;
  expect(sheet).toContain('1,陈梅,13900000003,福建宁德市蕉城区某路1号,1 绣球 1；2 绣球 2,2');
  const back =
    '号牌,快递公司,快递单号\n1,中通快递,zto 123 4567\n9,顺丰,SF1234567\n2,中通,ZTO1234567\n2,圆通,？？\n';
  const report = wire.trackingReport.parse(
    (await township.upload(at('parcels/tracking'), host, Buffer.from(back))).json(),
  );
  expect(report).toMatchObject({ accepted: 1, refused: 3 });
  expect(report.rows.map(({ row, problems }) => [row, ...problems.map(({ column }) => column)])).toEqual([
    [2],
    [3, '号牌'],
    [4, '快递单号'],
    [5, '快递单号'],
  ]);
  const [first] = await parcels();
  expect(first).toMatchObject({
    step: 'shipped',
    lines: [{ courier: 'zto', tracking: 'ZTO1234567' }, {}, {}],
  });
  const bare = await township.upload(at('parcels/tracking'), host, Buffer.from('单号\n1\n'));
  expect(bare.json().missingColumns).toEqual(['号牌', '快递公司', '快递单号']);
});

it('a number in small letters or with spaces is the same number, and belongs to one buyer', async () => {
  const ship = (tracking: string) =>
    township.post(at('parcels/shipped'), host, { bidder: bidders.li, courier: 'zto', tracking });
  expect(await codeOf(ship('zto1234567'))).toBe('tracking-used');
  expect(await codeOf(ship('x'))).toBe('malformed');
});

it('the same sheet goes to Excel and comes back from it, with a number of twenty digits', async () => {
  const taken = await township.get(at('parcels/sheet.xlsx'), host);
  expect(taken.headers['content-disposition']).toContain('qingpai-parcels.xlsx');
  const [names, ...rows] = (await tableOf(taken.rawPayload)).cells;
  expect(rows.map(([paddle]) => paddle)).toEqual(['2']);
  const filled = rows.map((row) => [...row.slice(0, 6), '邮政 EMS', '00340434161094021501']);
  const file = await writeXlsxFile([names!, ...filled]).toBuffer();
  const report = (await township.upload(at('parcels/tracking'), officer, file)).json();
  expect(report).toMatchObject({ encoding: 'xlsx', accepted: 1, refused: 0 });
  const [, second] = await parcels();
  expect(second!.lines).toMatchObject([{ courier: 'ems', tracking: '00340434161094021501' }]);
  const again = { bidder: bidders.li, courier: 'zto', tracking: 'ZTO-7654322' };
  expect(await codeOf(township.post(at('parcels/shipped'), host, again))).toBe('already-shipped');
  expect((await tableOf((await township.get(at('parcels/sheet.xlsx'), host)).rawPayload)).cells).toEqual([
    names,
  ]);
});

it('the buyer says that it came, and his parcel tells until when damage may be shown', async () => {
  expect((await myParcel(mei)).parcel).toMatchObject({ step: 'shipped' });
  expect(await codeOf(damaged(mei, 'S1'))).toBe('not-received');
  const told = wire.myGoods.parse((await township.post(at('my-parcel/received'), mei)).json());
  expect(told.parcel!.lines.map(({ step }) => step)).toEqual(['received', 'received', 'unpaid']);
  expect(told.claimWithinMs).toBe(86_400_000);
  expect(await codeOf(township.post(at('my-parcel/received'), mei))).toBe('not-shipped');
});

it('坏损包赔: a photo, a part granted, and the money that goes back for it', async () => {
  expect(await codeOf(damaged(mei, 'S3'))).toBe('unknown-sale');
  const told = wire.myGoods.parse((await damaged(mei, 'S1')).json());
  expect(told.claims).toMatchObject([{ claim: 'C1', kind: 'damaged', state: 'open', units: 1 }]);
  expect(await codeOf(damaged(mei, 'S1'))).toBe('already-claimed');
  const [claim] = await claims(host);
  expect(claim).toMatchObject({ paddle: 1, number: '001', amountFen: 7_200 });
  expect(claim!.answerByMs - claim!.filedAtMs).toBe(86_400_000);
  const seen = await township.get(claim!.photo!, host);
  expect([seen.statusCode, seen.headers['content-type']]).toEqual([200, 'image/webp']);
  expect((await township.get(claim!.photo!, mei)).statusCode).toBe(200);
  expect((await township.get(claim!.photo!, li)).statusCode).toBe(404);

  const granted = await answer(host, 'C1', { act: 'grant', amountFen: 1_050 });
  expect(granted.json().claims[0]).toMatchObject({ state: 'granted', grantedFen: 1_050 });
  const payback = (body: object) => township.post(at('claims/C1/payback'), host, body);
  expect(await codeOf(payback({}))).toBe('malformed');
  expect((await payback({ channel: 'wechat', reference: 'OUT-1' })).json().claims[0]).toMatchObject({
    state: 'paidBack',
  });
  expect(await codeOf(payback({ channel: 'wechat', reference: 'OUT-2' }))).toBe('already-decided');
  const desk = await township.desks.of(showId);
  expect(desk.state.sales.S1).toMatchObject({ phase: 'paid', refundedFen: 1_050 });
});

it('goods that do not live go back whole by two persons, living ones do not', async () => {
  const unwanted = (sale: string) =>
    township.post(at('my-parcel/unwanted'), mei, { key: `return-${sale}`, sale, units: 1 });
  expect(await codeOf(unwanted('S1'))).toBe('living-goods');
  expect((await unwanted('S2')).statusCode).toBe(200);
  const again = wire.myGoods.parse((await unwanted('S2')).json());
  expect(again.claims.filter(({ kind }) => kind === 'unwanted')).toHaveLength(1);
  expect((await answer(host, 'C2', { act: 'grant', amountFen: 7_200 })).statusCode).toBe(200);
  expect((await claims(host)).find(({ claim }) => claim === 'C2')).toMatchObject({
    state: 'proposed',
    mine: true,
  });
  expect(await codeOf(answer(host, 'C2', { act: 'grant', amountFen: 7_200 }))).toBe('same-person');
  expect((await answer(officer, 'C2', { act: 'grant', amountFen: 7_200 })).statusCode).toBe(200);
  const paid = await township.post(at('claims/C2/payback'), officer, {
    channel: 'transfer',
    reference: 'OUT-3',
  });
  expect(paid.statusCode).toBe(200);
});

it('a complaint keeps its words from everybody else, is answered, and closed by a person', async () => {
  const complaint = { key: 'complaint-1', category: 'service', text: '没有人接电话' };
  await township.post(at('my-parcel/complaints'), li, complaint);
  const told = wire.myGoods.parse((await township.post(at('my-parcel/complaints'), li, complaint)).json());
  expect(told.claims).toMatchObject([{ claim: 'C3', answers: [{ by: 'buyer', text: '没有人接电话' }] }]);
  await answer(officer, 'C3', { act: 'say', text: '已联系，抱歉' });
  expect(await codeOf(township.post(at('my-parcel/claims/C3/words'), mei, { text: '不是我的' }))).toBe(
    'unknown-claim',
  );
  await township.post(at('my-parcel/claims/C3/words'), li, { text: '好的' });
  expect(await codeOf(answer(host, 'C3', { act: 'decline', reason: 'other' }))).toBe('already-decided');
  await answer(host, 'C3', { act: 'close' });
  const [mine] = (await myParcel(li)).claims;
  expect(mine).toMatchObject({ state: 'closed' });
  expect(mine!.answers.map(({ by, text }) => [by, text])).toEqual([
    ['buyer', '没有人接电话'],
    ['house', '已联系，抱歉'],
    ['buyer', '好的'],
  ]);
  const stored = await township.database.dataSource.query('SELECT words FROM claim_words');
  for (const { words } of stored as { words: Buffer }[]) expect(words.toString()).not.toMatch(/电话|抱歉/);
});

it('a buyer confirms once what holds for living goods; the first word counts', async () => {
  expect((await myParcel(mei)).freshWordAtMs).toBeNull();
  const first = wire.myGoods.parse((await township.post(at('my-parcel/fresh'), mei)).json()).freshWordAtMs;
  const second = wire.myGoods.parse((await township.post(at('my-parcel/fresh'), mei)).json()).freshWordAtMs;
  expect(first).not.toBeNull();
  expect(second).toBe(first);
});

it('is for who may: host and officer of this show, and each buyer for himself', async () => {
  const { moderator, otherHost, foreignHost, foreignOfficer } = township.people;
  for (const who of [moderator, otherHost, foreignHost, foreignOfficer, mei, null]) {
    const status = who === null ? 401 : 403;
    for (const path of ['parcels', 'parcels/sheet.csv', 'parcels/sheet.xlsx', 'claims']) {
      expect((await township.get(at(path), who)).statusCode).toBe(status);
    }
    const pack = { bidders: [bidders.mei] };
    expect((await township.post(at('parcels/packed'), who, pack)).statusCode).toBe(status);
    const close = { answer: { act: 'close' } };
    expect((await township.post(at('claims/C3/answer'), who, close)).statusCode).toBe(status);
  }
  for (const who of [host, officer]) expect((await township.get(at('my-parcel'), who)).statusCode).toBe(403);
  const stranger = await township.phoneBuyer('过客', '13900000009');
  expect(await codeOf(township.get(at('my-parcel'), stranger))).toBe('no-paddle');
});

it('what is on record is in the log, and the other way round', async () => {
  for (const { name, sql } of [...afterSaleInvariants, ...paymentsInvariants]) {
    expect([name, await township.database.dataSource.query(sql)]).toEqual([name, []]);
  }
});

const planted: Record<(typeof afterSaleInvariants)[number]['name'], string> = {
  'a parcel on record is in the log, and the other way round': `
    INSERT INTO shipments SELECT show_id, 'x', bidder, courier, tracking, sealed_for FROM shipments LIMIT 1`,
  'a claim on record is in the log, and the other way round': `
    INSERT INTO claims SELECT show_id, 'C99', member_id, NULL FROM claims LIMIT 1`,
  'every claim is answered in its time': `
    UPDATE shows SET rules = jsonb_set(rules, '{afterSale,answerWithinMs}', '-86400000')`,
};
it.each(Object.entries(planted))('its violation is seen: %s', async (name, sql) => {
  if (name.startsWith('every')) {
    await township.post(at('my-parcel/complaints'), li, {
      key: 'complaint-9',
      category: 'other',
      text: '？',
    });
  }
  const one = afterSaleInvariants.find((invariant) => invariant.name === name)!;
  await township.asOwner(sql);
  expect(await township.database.dataSource.query(one.sql)).toHaveLength(1);
});
