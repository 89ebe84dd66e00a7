import { createHash } from 'node:crypto';
import * as wire from '@qingpai/wire';
import sharp from 'sharp';
import { bidOf, done, quickRules, until } from '../testing/rig.js';
import { type TownshipApp, townshipApp } from '../testing/townshipApp.js';

const rules = { ...quickRules, openForMs: 250, windowMs: 50, extensionMs: 50, lastCallMs: 100 };
const draft = {
  growerName: '硋窑村02号花农',
  village: '硋窑村',
  grade: 'A',
  unit: '盆',
  units: 1,
  startFen: 5_000,
  floorFen: 0,
  format: 'english',
  source: '人工培植',
};

let township: TownshipApp;
let host: string;
let officer: string;
let showId: string;
/** 阿梅 wins S1 to S6 at 50 yuan each, 老李 wins S7; the show is open. */
let [mei, li] = ['', ''];

beforeAll(async () => {
  township = await townshipApp();
  ({ host, officer } = township.people);
  showId = (await township.post('/api/shows', host, { title: '专场', rules })).json().showId;
  for (let n = 1; n <= 8; n += 1) {
    await township.post(`/api/shows/${showId}/lots`, host, { ...draft, title: `绣球 ${n}` });
  }
  const desk = await township.desks.of(showId);
  await done(desk.command({ by: 'host', name: 'seal' }));
  await done(desk.command({ by: 'host', name: 'open', reason: 'none-configured' }));
  [mei, li] = [await township.phoneBuyer('阿梅', '13900000003'), await township.buyer('老李', showId)];
  const [meiBids, liBids] = [await seat(mei), await seat(li)];
  for (let n = 1; n <= 7; n += 1) await sell(`L${n}`, n < 7 ? meiBids : liBids);
});
afterAll(() => township.close());

/** A paddle for the member behind this token. */
async function seat(token: string): Promise<string> {
  const member = await township.members.sessionOf(undefined, `Bearer ${token}`);
  const { memberId } = member!;
  const { bidder, id } = await township.store.newcomer(showId, memberId);
  const desk = await township.desks.of(showId);
  await desk.register({ bidder, id, kind: 'buyer' }, township.store.seat(showId, memberId));
  return bidder;
}

async function sell(lot: string, bidder: string): Promise<void> {
  const desk = await township.desks.of(showId);
  await done(desk.command({ by: 'host', name: 'offer', lot }));
  await done(desk.bid(bidOf(5_000, { lot }), { bidder }));
  await until(() => desk.state.lots[lot]!.phase === 'hammered');
}

const at = (path = '') => `/api/shows/${showId}/payments${path}`;
const body = (sales: string[], reference: string) => ({
  ...{ sales, reference, channel: 'transfer' },
  ...{ amountFen: sales.length * 5_000, freshWord: 'in-person' },
});
const record = (who: string, sales: string[], reference: string, more: object = {}) =>
  township.post(at(), who, { ...body(sales, reference), ...more });
const recorded = async (who: string, sales: string[], reference: string) => {
  const answer = await record(who, sales, reference);
  expect(answer.statusCode).toBe(201);
  return wire.payment.parse(answer.json());
};
const decide = (who: string, id: string, confirm: boolean) =>
  township.post(at(`/${id}/decision`), who, { confirm });
const saleOf = async (sale: string) => (await township.desks.of(showId)).state.sales[sale]!;
const paidLeaves = async () => {
  const desk = await township.desks.of(showId);
  const leaves = Array.from({ length: desk.state.next }, (_, i) => desk.leaf(i)!);
  return leaves.filter(({ type }) => type === 'sale.paid');
};
const myBill = async (who: string) =>
  wire.bill.parse((await township.get(`/api/shows/${showId}/my-bill`, who)).json());
const receipt = () => sharp({ create: { width: 30, height: 50, channels: 3, background: '#fff' } }).jpeg();

describe('a payment by hand of living goods', () => {
  const without = (sales: string[], reference: string) =>
    record(host, sales, reference, { freshWord: undefined });

  it('is recorded once somebody says how their buyer confirmed what holds for them, and tells the second person', async () => {
    expect((await myBill(mei)).fresh).toBe('open');
    expect((await without(['S1'], 'fresh 1')).json().code).toBe('fresh-unconfirmed');
    expect((await record(host, ['S1'], 'fresh 1', { freshWord: 'somehow' })).json().code).toBe('malformed');
    const first = wire.payment.parse(
      (await record(host, ['S1'], 'fresh 1', { freshWord: 'by-phone' })).json(),
    );
    expect(first.freshWord).toBe('by-phone');
    expect((await myBill(mei)).fresh).toBe('said');
    // Once is enough; a record that did not hold says nothing.
    const second = wire.payment.parse((await without(['S2'], 'fresh 2')).json());
    expect(second.freshWord).toBe('no');
    for (const { id } of [first, second]) await decide(officer, id, false);
    expect((await myBill(mei)).fresh).toBe('open');
    expect((await without(['S1'], 'fresh 3')).json().code).toBe('fresh-unconfirmed');
  });
});

describe('a payment by hand', () => {
  it('is recorded by the host, confirmed by the officer, and turns its sales paid in the log', async () => {
    const payment = await recorded(host, ['S1', 'S2'], 'NO. 2026-1124');
    expect(payment).toMatchObject({
      ...{
        sales: ['S1', 'S2'],
        paddle: 1,
        amountFen: 10_000,
        channel: 'transfer',
        reference: 'NO. 2026-1124',
      },
      ...{ state: 'recorded', recordedBy: '小周', decidedBy: null, mine: true, photo: null },
    });
    expect((await saleOf('S1')).phase).toBe('awaiting');
    const confirmed = await decide(officer, payment.id, true);
    expect(wire.payment.parse(confirmed.json())).toMatchObject({
      ...{ state: 'confirmed', decidedBy: '老郑', mine: false },
    });
    expect([(await saleOf('S1')).phase, (await saleOf('S2')).phase]).toEqual(['paid', 'paid']);
    const txn = createHash('sha256').update('NO.2026-1124').digest('base64');
    expect(await paidLeaves()).toMatchObject([
      { by: 'officer', body: { sale: 'S1', amountFen: 5_000, channel: 'transfer', txn } },
      { by: 'officer', body: { sale: 'S2', amountFen: 5_000, channel: 'transfer', txn } },
    ]);
    expect(await myBill(mei)).toMatchObject({ hammerFen: 30_000, paidFen: 10_000, dueFen: 20_000 });
  });

  it('is not confirmed by who recorded it', async () => {
    const { id } = await recorded(host, ['S3'], 'four-eyes');
    expect((await decide(host, id, true)).json().code).toBe('same-person');
    expect((await saleOf('S3')).phase).toBe('awaiting');
    expect((await decide(officer, id, false)).json().state).toBe('rejected');
  });

  it('must come to the bill to the fen, for sales of one buyer that are still due', async () => {
    const codeOf = async (sales: string[], more: object = {}) =>
      (await record(host, sales, 'codes', more)).json().code;
    expect(await codeOf(['S3'], { amountFen: 4_999 })).toBe('amount-differs');
    expect(await codeOf(['S3'], { amountFen: 5_001 })).toBe('amount-differs');
    expect(await codeOf(['S1'])).toBe('already-paid');
    expect(await codeOf(['S99'])).toBe('unknown-sale');
    expect(await codeOf(['S3', 'S7'])).toBe('malformed');
    expect(await codeOf(['S3', 'S3'])).toBe('malformed');
    expect(await codeOf(['S3'], { amountFen: 50.5 })).toBe('malformed');
    expect(await codeOf(['S3'], { channel: 'stripe' })).toBe('malformed');
    expect(await codeOf(['S3'], { state: 'confirmed' })).toBe('malformed');
  });

  it('waits alone: no second one for the same sale, nor with the same reference', async () => {
    const { id } = await recorded(host, ['S3'], 'only one');
    expect((await record(officer, ['S3', 'S4'], 'another')).json().code).toBe('payment-pending');
    expect((await record(officer, ['S4'], ' ＯＮＬＹ one')).json().code).toBe('reference-used');
    await decide(officer, id, false);
    const again = await recorded(officer, ['S3'], 'only one');
    expect((await decide(host, again.id, false)).statusCode).toBe(200);
  });

  it('recorded twice at once is kept once', async () => {
    const answers = await Promise.all([record(host, ['S3'], 'twice'), record(officer, ['S3'], 'twice')]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409]);
    const { id, recordedBy } = answers.find(({ statusCode }) => statusCode === 201)!.json();
    await decide(recordedBy === '小周' ? officer : host, id, false);
  });

  it('is decided once, whoever else tries at the same moment', async () => {
    const before = (await paidLeaves()).length;
    const { id } = await recorded(host, ['S3'], 'decided once');
    const answers = await Promise.all([
      ...[true, false, true].map((confirm) => decide(officer, id, confirm)),
    ]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409, 409]);
    expect((await decide(officer, id, true)).json().code).toBe('already-decided');
    expect((await paidLeaves()).length - before).toBe((await saleOf('S3')).phase === 'paid' ? 1 : 0);
  });

  it('keeps its reference sealed in the database', async () => {
    await recorded(host, ['S4'], 'A-VERY-PRIVATE-NUMBER');
    const rows = await township.database.dataSource.query('SELECT * FROM payments');
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row.reference.includes('PRIVATE')).toBe(false);
  });

  it('of a sale whose hammer was undone cannot be confirmed', async () => {
    const desk = await township.desks.of(showId);
    const { id } = await recorded(host, ['S7'], 'undone');
    await done(desk.command({ by: 'host', name: 'undo', sale: 'S7', reason: 'technical' }));
    expect((await decide(officer, id, true)).json().code).toBe('unknown-sale');
    expect((await decide(officer, id, false)).json().state).toBe('rejected');
    const bill = await myBill(li);
    expect(bill).toMatchObject({ hammerFen: 0, dueFen: 0, sales: [{ sale: 'S7', phase: 'voided' }] });
  });
});

describe('the photo of a receipt', () => {
  it('is encoded anew, hashed into the leaf, and shown to host and officer alone', async () => {
    const { id } = await recorded(host, ['S5'], 'with a photo');
    const file = await receipt()
      .withExif({ IFD3: { GPSLatitudeRef: 'N' } })
      .toBuffer();
    const added = await township.upload(at(`/${id}/photo`), host, file);
    expect(added.json().photo).toBe(at(`/${id}/photo`));
    const shown = await township.get(at(`/${id}/photo`), officer);
    expect(shown.headers).toMatchObject({
      'content-type': 'image/webp',
      'cache-control': 'private, no-store',
    });
    expect((await sharp(shown.rawPayload).metadata()).exif).toBeUndefined();
    await decide(officer, id, true);
    const evidence = createHash('sha256').update(shown.rawPayload).digest('base64');
    expect((await paidLeaves()).at(-1)!.body).toMatchObject({ sale: 'S5', evidence });
    expect(
      (await township.get(`/photos/${Buffer.from(evidence, 'base64').toString('hex')}.webp`, null))
        .statusCode,
    ).toBe(404);
    expect((await township.upload(at(`/${id}/photo`), host, file)).json().code).toBe('already-decided');
  });

  it('that is none, or not there yet, is refused', async () => {
    const { id } = await recorded(host, ['S6'], 'without a photo');
    expect((await township.get(at(`/${id}/photo`), host)).json().code).toBe('not-found');
    expect((await township.upload(at(`/${id}/photo`), host, Buffer.from('<svg/>'))).json().code).toBe(
      'bad-photo',
    );
  });
});

describe('a bill', () => {
  it('is one per buyer and show, its phone masked', async () => {
    const answer = await township.get(`/api/shows/${showId}/bills`, officer);
    const { bills } = wire.billList.parse(answer.json());
    expect(bills.map(({ paddle, nickname, phone }) => [paddle, nickname, phone])).toEqual([
      [1, '阿梅', '139****0003'],
      [2, '老李', null],
    ]);
    expect(bills[0]!.sales.map(({ sale, number }) => [sale, number]).at(0)).toEqual(['S1', '001']);
    for (const bill of bills) expect(bill.hammerFen).toBe(bill.paidFen + bill.dueFen);
  });

  it('is not there for who has no paddle', async () => {
    const other = await township.buyer('过客', showId);
    expect((await township.get(`/api/shows/${showId}/my-bill`, other)).json().code).toBe('no-paddle');
  });
});

test('everybody who may not see or touch money is refused, on every route', async () => {
  const { moderator, otherHost, operator, foreignHost, foreignOfficer } = township.people;
  const [payment] = (await township.get(at(), host)).json().payments as wire.Payment[];
  const id = payment!.id;
  const png = await receipt().toBuffer();
  const routes: [string, (who: string | null) => ReturnType<TownshipApp['get']>][] = [
    ['list', (who) => township.get(at(), who)],
    ['record', (who) => township.post(at(), who, body(['S4'], 'x'))],
    ['decide', (who) => township.post(at(`/${id}/decision`), who, { confirm: true })],
    ['add photo', (who) => township.upload(at(`/${id}/photo`), who, png)],
    ['photo', (who) => township.get(at(`/${id}/photo`), who)],
    ['bills', (who) => township.get(`/api/shows/${showId}/bills`, who)],
  ];
  let refused = 0;
  for (const [name, ask] of routes) {
    for (const who of [null, mei, li, moderator, otherHost, operator, foreignHost, foreignOfficer]) {
      expect([name, (await ask(who)).statusCode]).toEqual([name, who === null ? 401 : 403]);
      refused += 1;
    }
  }
  expect(refused).toBe(48);
  expect((await township.get(`/api/shows/${showId}/my-bill`, host)).statusCode).toBe(403);
  const elsewhere = (await township.post('/api/shows', host, { title: '另一场' })).json().showId;
  for (const path of [`/${id}/photo`, `/${id}/decision`]) {
    const url = `/api/shows/${elsewhere}/payments${path}`;
    const answer = path.endsWith('photo')
      ? township.get(url, host)
      : township.post(url, officer, { confirm: true });
    expect((await answer).json().code).toBe('unknown-payment');
  }
});

test('a payment that cannot be written is not in the log either, and can be confirmed later', async () => {
  const before = (await paidLeaves()).length;
  const [pending] = ((await township.get(at(), host)).json().payments as wire.Payment[]).filter(
    ({ state, sales }) => state === 'recorded' && sales.includes('S6'),
  );
  await township.asOwner('REVOKE UPDATE (state) ON payments FROM qingpai_app');
  expect((await decide(officer, pending!.id, true)).statusCode).toBe(500);
  expect([(await paidLeaves()).length, (await saleOf('S6')).phase]).toEqual([before, 'awaiting']);
  await township.asOwner('GRANT UPDATE (state) ON payments TO qingpai_app');
  expect((await decide(officer, pending!.id, true)).json().state).toBe('confirmed');
  expect([(await paidLeaves()).length, (await saleOf('S6')).phase]).toEqual([before + 1, 'paid']);
});

test('the database itself refuses one person deciding on his own, and rewriting an amount', async () => {
  const { dataSource } = township.database;
  const self = `UPDATE payments SET state = 'confirmed', decided_by = recorded_by, decided_at = now()
    WHERE state = 'recorded'`;
  await expect(dataSource.query(self)).rejects.toThrow('payments_two_persons');
  await expect(dataSource.query('UPDATE payments SET amount_fen = 1')).rejects.toThrow('permission denied');
  await expect(dataSource.query('DELETE FROM payments')).rejects.toThrow('permission denied');
});
