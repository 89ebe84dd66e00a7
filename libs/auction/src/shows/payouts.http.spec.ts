import { createHash } from 'node:crypto';
import { type ShowMatch, showPayouts, type ShowPayoutsAnswer } from '@qingpai/wire';
import { bidOf, done, quickRules, until } from '../testing/rig.js';
import { type TownshipApp, townshipApp } from '../testing/townshipApp.js';

const rules = { ...quickRules, openForMs: 250, windowMs: 50, extensionMs: 50, lastCallMs: 100 };
const draft = {
  ...{ grade: 'A', unit: '盆', units: 1, startFen: 5_000, floorFen: 0, format: 'english' },
  source: '人工培植',
};
const account = { payee: '林阿福', bank: '周宁农信社泗桥分社', number: '6221 8812 3456 6621' };

let township: TownshipApp;
let host: string;
let officer: string;
let showId: string;

/** 林阿福 sold S1 and S2, 郑大妹 S3, at 50 yuan each; all are paid and the show is closed. Nobody may complain. */
beforeAll(async () => {
  township = await townshipApp();
  ({ host, officer } = township.people);
  const asked = { title: '专场', rules: { ...rules, complaintMs: 0, feePercent: 2 } };
  showId = (await township.post('/api/shows', host, asked)).json().showId;
  for (const [k, growerName] of ['林阿福', '林阿福', '郑大妹'].entries()) {
    const lot = { ...draft, title: `绣球 ${k + 1}`, growerName, village: k < 2 ? '硋窑村' : '坂坑村' };
    await township.post(`/api/shows/${showId}/lots`, host, lot);
  }
  const desk = await township.desks.of(showId);
  await done(desk.command({ by: 'host', name: 'seal' }));
  await done(desk.command({ by: 'host', name: 'open', reason: 'none-configured' }));
  const member = await township.members.sessionOf(
    undefined,
    `Bearer ${await township.buyer('老李', showId)}`,
  );
  const { bidder, id } = await township.store.newcomer(showId, member!.memberId);
  await desk.register({ bidder, id, kind: 'buyer' }, township.store.seat(showId, member!.memberId));
  for (const lot of ['L1', 'L2', 'L3']) {
    await done(desk.command({ by: 'host', name: 'offer', lot }));
    await done(desk.bid(bidOf(5_000, { lot }), { bidder }));
    await until(() => desk.state.lots[lot]!.phase === 'hammered');
  }
  await done(desk.command({ by: 'host', name: 'close' }));
  for (const [k, sale] of ['S1', 'S2', 'S3'].entries()) {
    const txn = `${'BCD'.charAt(k).repeat(43)}=`;
    const body = { sale, amountFen: 5_000, channel: 'cash', txn } as const;
    await done(desk.command({ by: 'officer', name: 'paid', body }));
  }
});
afterAll(() => township.close());

const at = (path: string) => `/api/shows/${showId}/${path}`;
const seen = async (who = officer): Promise<ShowPayoutsAnswer> =>
  showPayouts.parse((await township.get(at('payouts'), who)).json());
const growerNamed = async (name: string) => (await seen()).growers.find((one) => one.name === name)!;
const make = (who: string, growers: string[], channel = 'transfer') =>
  township.post(at('payout-batches'), who, { growers, channel });
const confirm = (who: string, batch: string, rows: object[]) =>
  township.post(at(`payout-batches/${batch}/confirmation`), who, { rows });

test('a grower is owed the hammer less the fee, and can be paid when nobody may complain any more', async () => {
  expect(await growerNamed('林阿福')).toMatchObject({
    ...{ village: '硋窑村', account: null, payableFen: 9_800, inBatchFen: 0, paidFen: 0 },
    sales: [
      { sale: 'S1', hammerFen: 5_000, feeFen: 100, freightFen: 0, amountFen: 4_900, state: 'payable' },
      { sale: 'S2', state: 'payable' },
    ],
  });
});

test('a bank account is kept sealed, shown masked, and no transfer is made without one', async () => {
  const { grower } = await growerNamed('林阿福');
  expect((await make(officer, [grower])).json().code).toBe('no-account');
  expect((await township.put(at(`growers/${grower}/account`), host, account)).statusCode).toBe(204);
  expect((await growerNamed('林阿福')).account).toEqual({
    ...{ payee: '林**', bank: '周宁农信社泗桥分社', number: '**** 6621' },
  });
  const [row] = await township.database.dataSource.query<{ sealed: Buffer }[]>(
    'SELECT sealed FROM grower_accounts',
  );
  expect(row!.sealed.toString('latin1')).not.toContain('6221');
});

test('a batch goes to the bank as a file, is confirmed by a second person, and then stands in the log', async () => {
  const { grower } = await growerNamed('林阿福');
  const made = showPayouts.parse((await make(officer, [grower])).json());
  const batch = made.batches[0]!;
  expect(batch).toMatchObject({
    ...{ mine: true, exports: 0, totalFen: 9_800, madeBy: '老郑' },
    rows: [{ payout: 'P1', amountFen: 9_800, state: 'made', sales: ['S1', 'S2'] }],
  });
  expect((await make(officer, [grower])).json().code).toBe('not-payable');
  const file = await township.post(at(`payout-batches/${batch.id}/bank.csv`), officer);
  expect(file.body).toContain('林阿福,6221881234566621\t,周宁农信社泗桥分社,98.00,货款');
  expect((await township.post(at(`payout-batches/${batch.id}/bank.csv`), host)).statusCode).toBe(403);
  expect((await seen()).batches[0]!.exports).toBe(1);
  const paid = [{ payout: 'P1', reference: 'NX 2026-1130-77' }];
  expect((await confirm(officer, batch.id, paid)).json().code).toBe('same-person');
  expect((await confirm(host, batch.id, paid)).statusCode).toBe(200);
  expect((await confirm(host, batch.id, paid)).json().code).toBe('already-decided');
  expect(await growerNamed('林阿福')).toMatchObject({ payableFen: 0, inBatchFen: 0, paidFen: 9_800 });
  const txn = createHash('sha256').update('NX2026-1130-77').digest('base64');
  const desk = await township.desks.of(showId);
  expect(desk.state.sales.S1!.payout).toMatchObject({ payout: 'P1', txn, amountFen: 4_900, feeFen: 100 });
});

test('a row that the bank turned back is payable again, and a reference counts once', async () => {
  const { grower } = await growerNamed('郑大妹');
  const first = showPayouts.parse((await make(officer, [grower], 'cash')).json()).batches[0]!;
  const { payout } = first.rows[0]!;
  await confirm(host, first.id, [{ payout, failure: 'not-sent' }]);
  expect(await growerNamed('郑大妹')).toMatchObject({ payableFen: 4_900, inBatchFen: 0 });
  const second = showPayouts.parse((await make(officer, [grower], 'cash')).json()).batches[0]!;
  const again = [{ payout: second.rows[0]!.payout, reference: 'NX2026-1130-77' }];
  expect((await confirm(host, second.id, again)).json().code).toBe('reference-used');
  // Money goes back meanwhile: what the batch says is not what is owed any more.
  const desk = await township.desks.of(showId);
  const back = { sale: 'S3', amountFen: 1_000, channel: 'cash', txn: `${'R'.repeat(43)}=` } as const;
  await done(desk.command({ by: 'officer', name: 'refunded', body: back }));
  const rows = [{ payout: second.rows[0]!.payout, reference: '签字表 1' }];
  expect((await confirm(host, second.id, rows)).json().code).toBe('amount-differs');
  await confirm(host, second.id, [{ payout: second.rows[0]!.payout, failure: 'not-sent' }]);
  expect(await growerNamed('郑大妹')).toMatchObject({ payableFen: 3_920 });
});

test('the sheet to sign comes as PDF and XLSX', async () => {
  const pdf = await township.get(at('payout-sheet.pdf?state=all'), host);
  expect(pdf.headers['content-type']).toBe('application/pdf');
  expect(pdf.rawPayload.subarray(0, 5).toString()).toBe('%PDF-');
  const xlsx = await township.get(at('payout-sheet.xlsx?state=paid'), officer);
  expect(xlsx.rawPayload.subarray(0, 2).toString()).toBe('PK');
});

test('nobody else sees what growers get', async () => {
  const { moderator, foreignHost, foreignOfficer, otherHost } = township.people;
  const buyer = await township.buyer('阿梅', showId);
  for (const who of [null, buyer, moderator, foreignHost, foreignOfficer, otherHost]) {
    for (const path of ['payouts', 'payout-sheet.pdf', 'payout-sheet.xlsx'])
      expect([401, 403]).toContain((await township.get(at(path), who)).statusCode);
  }
  expect((await make(host, ['x'.repeat(16)])).statusCode).toBe(403);
});

test('statements are taken line by line, each once, and what does not match the ledger comes first', async () => {
  const day = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  const csv = [
    '交易日期,收入,支出,交易流水号',
    `${day},,98.00,NX 2026-1130-77`,
    `${day},7.00,,NX-ELSE`,
    `昨天,7.00,,NX-DAY`,
  ].join('\r\n');
  const take = () => township.upload(at('statements/bank'), officer, Buffer.from(csv));
  expect((await take()).json()).toEqual({ taken: 2, refused: [{ row: 4, problem: 'no-day' }] });
  expect((await take()).json()).toMatchObject({ taken: 0, refused: [{ row: 2 }, { row: 3 }, { row: 4 }] });
  const match = (await township.get(at('match'), officer)).json<ShowMatch>();
  expect(match).toMatchObject({ differences: 1, statementLines: 2 });
  expect(match.rows[0]).toMatchObject({ state: 'not-in-ledger', statementFen: 700 });
  expect(match.rows.find(({ kind }) => kind === 'paidOut')).toMatchObject({
    ...{ state: 'matched', ledgerFen: -9_800, statementFen: -9_800, recordFen: -9_800, sales: ['S1', 'S2'] },
  });
  expect((await township.get(at('match'), host)).statusCode).toBe(403);
  expect((await township.upload(at('statements/bank'), host, Buffer.from(csv))).statusCode).toBe(403);
});
