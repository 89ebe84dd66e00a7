import { paymentsInvariants } from '@qingpai/payments';
import { type ShowMatch, showPayouts, type ShowPayoutsAnswer } from '@qingpai/wire';
import { brokenInvariants } from '../store/invariants.js';
import { bidOf, done, quickRules, until } from '../testing/rig.js';
import { type TownshipApp, townshipApp } from '../testing/townshipApp.js';

const rules = {
  ...{ ...quickRules, openForMs: 250, windowMs: 50, extensionMs: 50, lastCallMs: 100, payWithinMs: 0 },
  ...{ complaintMs: 0, feePercent: 2, growerDues: 'settled', deposit: { amountFen: 2_000 } },
};
const draft = {
  ...{ grade: 'A', unit: '盆', units: 1, startFen: 5_000, floorFen: 0, format: 'english' },
  ...{ source: '人工培植', village: '硋窑村', growerName: '林阿福' },
};

let township: TownshipApp;
let host: string;
let officer: string;
beforeAll(async () => {
  township = await townshipApp();
  ({ host, officer } = township.people);
});
afterAll(() => township.close());

const txn = (letter: string) => `${letter.repeat(43)}=`;

/** A closed show of 林阿福 alone, each lot sold at ¥50 to a buyer of its own. */
async function closedShow(title: string, paid: readonly string[]) {
  const { showId } = (await township.post('/api/shows', host, { title, rules })).json<{ showId: string }>();
  const lots = ['L1', 'L2'];
  for (const lot of lots) await township.post(`/api/shows/${showId}/lots`, host, { ...draft, title: lot });
  const desk = await township.desks.of(showId);
  await done(desk.command({ by: 'host', name: 'seal' }));
  await done(desk.command({ by: 'host', name: 'open', reason: 'none-configured' }));
  for (const [k, lot] of lots.entries()) {
    const bidder = `buyer-${k}-aaaaaaaaaa`.slice(0, 16);
    await desk.register({ bidder, id: txn('A'), kind: 'buyer' });
    const body = { bidder, amountFen: 2_000, channel: 'wechat', txn: txn('DE'.charAt(k)) } as const;
    await done(desk.command({ by: 'officer', name: 'holdDeposit', body }));
    await done(desk.command({ by: 'host', name: 'offer', lot }));
    await done(desk.bid(bidOf(5_000, { lot }), { bidder }));
    await until(() => desk.state.lots[lot]!.phase === 'hammered');
  }
  await done(desk.command({ by: 'host', name: 'close' }));
  for (const sale of paid) {
    const body = { sale, amountFen: 5_000, channel: 'cash', txn: txn('FG'.charAt(paid.indexOf(sale))) } as const;
    await done(desk.command({ by: 'officer', name: 'paid', body }));
  }
  return officesOf(showId);
} // prettier-ignore

/** What people do with a show, and what they see of it. */
async function officesOf(showId: string) {
  const desk = await township.desks.of(showId);
  const at = (path: string) => `/api/shows/${showId}/${path}`;
  const seen = async (): Promise<ShowPayoutsAnswer> =>
    showPayouts.parse((await township.get(at('payouts'), officer)).json());
  const grower = async () => (await seen()).growers[0]!;
  const pay = async (reference: string) => {
    const { grower: id } = await grower();
    const made = await township.post(at('payout-batches'), officer, { growers: [id], channel: 'cash' });
    const [batch] = showPayouts.parse(made.json()).batches;
    const rows = [{ payout: batch!.rows[0]!.payout, reference }];
    const told = await township.post(at(`payout-batches/${batch!.id}/confirmation`), host, { rows });
    expect(told.statusCode).toBe(200);
    return { row: batch!.rows[0]! };
  };
  const refund = (sale: string, amountFen: number, letter: string) =>
    done(
      desk.command({
        by: 'officer',
        name: 'refunded',
        body: { sale, amountFen, channel: 'cash', txn: txn(letter) },
      }),
    );
  return { showId, desk, at, seen, grower, pay, refund };
} // prettier-ignore

const broken = async () => [
  ...(await brokenInvariants(township.database.dataSource.manager)),
  ...(await brokenOf(paymentsInvariants)),
];
async function brokenOf(all: readonly { name: string; sql: string }[]): Promise<string[]> {
  const names: string[] = [];
  for (const { name, sql } of all)
    if ((await township.database.dataSource.query<object[]>(sql)).length > 0) names.push(name);
  // Payments of this file stand in the log alone: they are made at the desk.
  return names.filter((name) => name.includes('growers'));
}

it('a forfeited deposit is paid out to the grower, whole, in his batch and on his sheet', async () => {
  const show = await closedShow('没收', ['S2']);
  await done(show.desk.command({ by: 'host', name: 'default', sale: 'S1' }));
  await until(() => show.desk.state.deposits.D2!.releasedFen === 2_000, 5_000);
  expect(await show.grower()).toMatchObject({
    ...{ payableFen: 6_900, clawbackFen: 0 },
    sales: [
      { sale: 'S1', forfeitFen: 2_000, feeFen: 0, amountFen: 2_000, state: 'payable' },
      { sale: 'S2', forfeitFen: 0, feeFen: 100, amountFen: 4_900, state: 'payable' },
    ],
  });
  const back = { deposit: 'D2', amountFen: 2_000, channel: 'wechat', txn: txn('T') } as const;
  await done(show.desk.command({ by: 'officer', name: 'returnDeposit', body: back }));
  expect((await show.desk.command({ by: 'host', name: 'settle' })).ok).toBe(false);
  const above = `UPDATE sales SET payout = 'P9', paid_out_fen = 2001, payout_fee_fen = 0, paid_out_at_ms = 1
    WHERE show_id = '${show.showId}' AND sale = 'S1'`;
  await expect(township.asOwner(above)).rejects.toThrow(/above what came in|paid_out_came_in/);
  const { row } = await show.pay('签字表 1');
  expect(row).toMatchObject({ amountFen: 6_900, takenFen: 0, sales: ['S1', 'S2'] });
  const [stored] = await township.database.dataSource.query<{ paid_out_fen: number; forfeited_fen: number }[]>(
    `SELECT paid_out_fen, forfeited_fen FROM sales WHERE show_id = $1 AND sale = 'S1'`,
    [show.showId],
  );
  expect(stored).toEqual({ paid_out_fen: 2_000, forfeited_fen: 2_000 });
  expect(await broken()).toEqual([]);
}); // prettier-ignore

it('what he owes back comes off his next payout, which a second person confirms', async () => {
  const show = await closedShow('扣回', ['S1']);
  const first = await show.pay('签字表 2');
  expect(first.row.amountFen).toBe(4_900);
  await show.refund('S1', 1_000, 'R');
  expect(await show.grower()).toMatchObject({ clawbackFen: 980, payableFen: 0, offFen: 0 });
  const body = { sale: 'S2', amountFen: 5_000, channel: 'cash', txn: txn('H') } as const;
  await done(show.desk.command({ by: 'officer', name: 'paid', body }));
  expect(await show.grower()).toMatchObject({ clawbackFen: 980, payableFen: 4_900, offFen: 980 });
  const second = await show.pay('签字表 3');
  expect(second.row).toMatchObject({ amountFen: 3_920, takenFen: 980, sales: ['S2'] });
  expect(await show.grower()).toMatchObject({ clawbackFen: 0, offFen: 0, takenFen: 980 });
  expect(show.desk.state.sales.S1!.payout).toMatchObject({ amountFen: 4_900, backFen: 980 });
  const match = (await township.get(show.at('match'), officer)).json<ShowMatch>();
  expect(match.rows.filter(({ kind }) => kind === 'paidOut').map(({ ledgerFen }) => ledgerFen)).toEqual([
    -4_900, -3_920,
  ]);
  expect(await broken()).toEqual([]);
});

it('or he gives it back himself: one person records it, another confirms, and it stands in the log', async () => {
  const show = await closedShow('退回', ['S1']);
  await show.pay('签字表 4');
  await show.refund('S1', 1_000, 'S');
  const record = (amountFen: number, reference: string, who = host) =>
    township.post(show.at('clawbacks'), who, { sale: 'S1', amountFen, channel: 'transfer', reference });
  expect((await record(981, 'BACK-0001')).json().code).toBe('clawback-above-owed');
  expect((await record(980, '签字表 4')).json().code).toBe('reference-used');
  const told = showPayouts.parse((await record(500, 'BACK-0001')).json());
  expect(told.repayments).toMatchObject([{ sale: 'S1', amountFen: 500, state: 'recorded', mine: true }]);
  expect(told.growers[0]!.clawbackFen).toBe(480);
  const decide = (who: string, confirm: boolean) =>
    township.post(show.at(`clawbacks/${told.repayments[0]!.id}/decision`), who, { confirm });
  expect((await decide(host, true)).json().code).toBe('same-person');
  expect((await decide(officer, true)).statusCode).toBe(200);
  expect((await decide(officer, true)).json().code).toBe('already-decided');
  expect(show.desk.state.sales.S1!.payout!.backFen).toBe(500);
  const match = (await township.get(show.at('match'), officer)).json<ShowMatch>();
  expect(match.rows).toContainEqual(
    expect.objectContaining({ kind: 'paid', ledgerFen: 500, recordFen: 500, sales: ['S1'] }),
  );
  expect(await broken()).toEqual([]);
});

it('or it is carried on by name, and comes off his next payout of another show, once', async () => {
  const show = await closedShow('结转', ['S1']);
  await show.pay('签字表 5');
  await show.refund('S1', 5_000, 'U');
  const { grower } = await show.grower();
  const carry = (who: string) => township.post(show.at('clawbacks/carry'), who, { grower });
  expect((await carry(host)).statusCode).toBe(403);
  expect((await carry(officer)).json().code).toBe('clawback-takeable');
  await done(show.desk.command({ by: 'host', name: 'default', sale: 'S2' }));
  await show.pay('签字表 6').then(({ row }) => expect(row).toMatchObject({ amountFen: 0, takenFen: 2_000 }));
  expect((await carry(officer)).statusCode).toBe(200);
  expect((await carry(officer)).json().code).toBe('clawback-none');
  expect(await show.grower()).toMatchObject({ clawbackFen: 0, carriedFen: 0 });

  const next = await closedShow('下一场', ['S1']);
  expect(await next.grower()).toMatchObject({ carriedFen: 2_900, payableFen: 4_900, offFen: 2_900 });
  const { grower: id } = await next.grower();
  const made = await township.post(next.at('payout-batches'), officer, { growers: [id], channel: 'cash' });
  const [batch] = showPayouts.parse(made.json()).batches;
  expect(batch!.rows[0]).toMatchObject({ amountFen: 2_000, takenFen: 2_900 });
  expect(await next.grower()).toMatchObject({ carriedFen: 0 });
  const failed = [{ payout: batch!.rows[0]!.payout, failure: 'not-sent' }];
  await township.post(next.at(`payout-batches/${batch!.id}/confirmation`), host, { rows: failed });
  expect(await next.grower()).toMatchObject({ carriedFen: 2_900 });
  const again = await next.pay('签字表 7');
  expect(again.row).toMatchObject({ amountFen: 2_000, takenFen: 2_900 });
  expect(await next.grower()).toMatchObject({ carriedFen: 0, takenFen: 2_900 });
  const taken = next.desk.since(0).since.events.find(({ type }) => type === 'clawback.taken');
  expect(taken!.body).toMatchObject({ debt: `${show.desk.state.origin}#S1`, amountFen: 2_900 });
  expect(await broken()).toEqual([]);
});

it('nobody else records, confirms or carries on', async () => {
  const show = await closedShow('无关', ['S1']);
  const { moderator, foreignHost, foreignOfficer, otherHost } = township.people;
  const buyer = await township.buyer('阿梅', show.showId);
  const ask = { sale: 'S1', amountFen: 1, channel: 'cash', reference: 'NOBODY' };
  for (const who of [null, buyer, moderator, foreignHost, foreignOfficer, otherHost]) {
    for (const [path, body] of [['clawbacks', ask], ['clawbacks/carry', { grower: 'x'.repeat(16) }], [`clawbacks/${crypto.randomUUID()}/decision`, { confirm: true }]] as const)
      expect([401, 403]).toContain((await township.post(show.at(path), who, body)).statusCode);
  }
}); // prettier-ignore

it('and a restore loses nothing of it: the log that goes on pays nobody twice, and what is left comes off there', async () => {
  const show = await closedShow('恢复', ['S1']);
  await show.pay('签字表 90');
  await show.refund('S1', 1_000, 'U');
  const repaid = { sale: 'S1', amountFen: 500, channel: 'transfer', reference: 'BACK-0090' };
  const told = showPayouts.parse((await township.post(show.at('clawbacks'), host, repaid)).json());
  const decision = show.at(`clawbacks/${told.repayments[0]!.id}/decision`);
  expect((await township.post(decision, officer, { confirm: true })).statusCode).toBe(200);
  const went = await township.post(show.at('continue'), host);
  const next = await officesOf(went.json<{ showId: string }>().showId);
  for (const name of ['seal', 'open', 'close'] as const) {
    const reason = name === 'open' ? { reason: 'none-configured' as const } : {};
    await done(next.desk.command({ by: 'host', name, ...reason } as Parameters<typeof next.desk.command>[0]));
  }
  expect(await next.grower()).toMatchObject({
    ...{ clawbackFen: 480, payableFen: 0 },
    sales: [
      { sale: 'S1', state: 'paid', payout: 'P1', amountFen: 3_920, clawbackFen: 480, takenFen: 500 },
      { sale: 'S2', state: 'unpaid' },
    ],
  });
  const body = { sale: 'S2', amountFen: 5_000, channel: 'cash', txn: txn('V') } as const;
  await done(next.desk.command({ by: 'officer', name: 'paid', body }));
  const { row } = await next.pay('签字表 91');
  expect(row).toMatchObject({ payout: 'P2', amountFen: 4_420, takenFen: 480, sales: ['S2'] });
  expect(await next.grower()).toMatchObject({ clawbackFen: 0, paidFen: 8_820 });
  expect(await broken()).toEqual([]);
});
