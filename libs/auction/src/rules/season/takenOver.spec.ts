import { journalOf } from '@qingpai/ledger/rules';
import { type Certificate } from '@qingpai/wire';
import {
  certificateOf,
  clawbackFen,
  isTxnReused,
  moneyFactsOf,
  togetherWith,
  verifyContinued,
} from '../index.js';
import { digested, sealedShow } from '../testing/paperBundle.js';
import {
  bothBundles,
  endedWith,
  goesOnWith,
  headOf,
  interruptedShow,
  letter,
  paidOutShow,
  policyOfBoth,
  restPaidIn,
} from '../testing/paperContinued.js';
import { originOf } from '../testing/paperSeason.js';
import { LIN, paperKey, PaperShow, WU } from '../testing/paperShow.js';

const judged = (before: PaperShow, next: PaperShow) => {
  const [past, now] = bothBundles(before, next).map(digested);
  return verifyContinued([now!, past!], { policy: policyOfBoth });
};
const cash = (sale: string, amountFen: number, of: string) => ({
  body: { sale, amountFen, channel: 'cash' as const, txn: letter(of) },
});

describe('a sale of a log that was continued', () => {
  it('goes on under its number, its lot and its buyer, as it stood', () => {
    const { state } = goesOnWith(interruptedShow());
    expect(state.sales.S1).toMatchObject({
      ...{ lot: 'L1', bidder: LIN, phase: 'paid', refundedFen: 600, unitPriceFen: 3_600 },
      before: { number: '001', title: '绣球', unit: '盆' },
    });
    expect(state.sales.S1!.goods).toEqual({ packed: 111_000 });
    expect(state.sales.S2).toMatchObject({ lot: 'L3', bidder: WU, units: 2, phase: 'awaiting' });
    // What is sold here goes on from there.
    expect(Object.keys(state.sales)).toEqual(['S1', 'S2', 'S3', 'S4']);
    expect(state.bidders[WU]!.paddle).toBe(2);
  });

  it('is paid, sent, given back and paid out here, and both logs are all sold and settled', () => {
    const before = interruptedShow();
    const next = goesOnWith(before);
    expect(judged(before, next)).toMatchObject({ verdict: 'ALL_SOLD_UNSETTLED', findings: [] });
    endedWith(next);
    const both = judged(before, next);
    expect(both).toMatchObject({ verdict: 'ALL_SOLD_AND_SETTLED', exitCode: 0, findings: [] });
    expect(both.notes.map(({ code }) => code)).not.toContain('sales-left-behind');
  });

  it('is paid with others of its buyer by one payment, and its grower by one transfer', () => {
    const next = goesOnWith(interruptedShow());
    for (const [sale, amountFen] of [['S2', 4_000], ['S3', 3_600], ['S4', 10_800]] as const) {
      expect(next.reason(next.state.t, { name: 'paid', ...cash(sale, amountFen, 'Z') })).toBeNull();
    }
    const atMs = next.state.t + 3_600_000;
    for (const [sale, amountFen] of [['S2', 4_000], ['S3', 3_600]] as const) {
      const { body } = cash(sale, amountFen, 'P');
      const made = { ...body, channel: 'cash' as const, payout: 'P1', grower: 'grower-aaaaaaaaa' };
      expect(next.reason(atMs, { name: 'payOut', body: made }, 'officer')).toBeNull();
    }
    // What was paid before was paid under its own reference, which stands for nothing else.
    const again = { type: 'sale.paid', by: 'host', ...cash('S4', 10_800, 'B') } as const;
    expect(isTxnReused(next.book, next.state, again)).toBe(true);
    // Not for more of the same sale either.
    const sameSale = { type: 'sale.refunded', by: 'host', ...cash('S1', 1_000, 'C') } as const;
    expect(isTxnReused(next.book, next.state, sameSale)).toBe(true);
  }); // prettier-ignore

  it('is paid once over both, and never more of it goes back than came', () => {
    const next = goesOnWith(interruptedShow());
    expect(next.reason(next.state.t, { name: 'paid', ...cash('S1', 3_600, 'Z') })).toBe('already-paid');
    expect(next.reason(next.state.t, { name: 'refunded', ...cash('S1', 3_001, 'Z') })).toBe(
      'refund-above-paid',
    );
    expect(next.reason(next.state.t, { name: 'refunded', ...cash('S1', 3_000, 'Z') })).toBeNull();
  });

  it('that is not paid in time is put in default by name, and nobody is asked in his place', () => {
    const before = interruptedShow();
    const rules = { secondChance: { answerWithinMs: 60_000, perSaleMax: 3, atLast: 'carry' as const } };
    Object.assign(before.state.rules, rules);
    const next = goesOnWith(before);
    expect(next.reason(next.state.t, { name: 'default', sale: 'S2' })).toBe('still-payable');
    next.does(next.state.t + 3_600_000, { name: 'default', sale: 'S2' });
    next.pass(next.state.t + 10_000);
    expect(next.state.chances).toEqual([]);
    const { defaults } = certificateOf(next.state.rules, next.leaves);
    expect(defaults).toMatchObject([{ sale: 'S2', number: '003', title: '绣球', units: 2 }]);
  });

  it('is undone by nobody, and its lot is described by nobody', () => {
    const next = goesOnWith(interruptedShow(), {});
    expect(next.reason(next.state.t, { name: 'undo', sale: 'S1', reason: 'technical' })).not.toBeNull();
    const draft = sealedShow({}, { opened: { origin: originOf('20261124-02'), continues: headOf(next) }, takesOver: next }); // prettier-ignore
    expect(draft.state.sales.S1!.before).toBeDefined();
    expect(draft.describe(draft.state.t, 'L1')).toMatchObject({ ok: false, reason: 'malformed' });
  });

  it('is taken over for a buyer whom the log was told of, and for nobody else', () => {
    const before = interruptedShow();
    const next = new PaperShow({
      draft: true,
      opened: { origin: originOf('20261124-01'), continues: headOf(before) },
    });
    const [body] = goesOnWith(before).said('sale.takenOver');
    const takes = (bidder: string) =>
      next.reason(0, { name: 'takeOverSale', body: { ...body!, bidder } }, 'platform');
    expect(takes('nobody-aaaaaaaaa')).toBe('no-paddle');
    expect(takes(LIN)).toBeNull();
  });

  it('is told with its buyer once, however many phones he brought', () => {
    const before = interruptedShow();
    for (const phone of ['one', 'two']) before.register(LIN, 'buyer', paperKey(phone));
    const next = goesOnWith(before);
    expect(next.said('bidder.registered').filter(({ bidder }) => bidder === LIN)).toHaveLength(1);
    expect(next.state.bidders[LIN]).toMatchObject({ paddle: 1, keys: [] });
  });

  it('is taken over only where a log goes on from another, and before its first lot', () => {
    const { leaves } = goesOnWith(interruptedShow());
    const [body] = leaves.flatMap((leaf) => (leaf.type === 'sale.takenOver' ? leaf.body : []));
    if (!body) throw new Error('nothing was taken over');
    const alone = sealedShow({ L1: {} });
    expect(alone.reason(0, { name: 'takeOverSale', body }, 'platform')).toBe('wrong-phase');
    const next = goesOnWith(interruptedShow());
    expect(next.reason(next.state.t, { name: 'takeOverSale', body }, 'platform')).toBe('wrong-phase');
  });
});

describe('the books and the certificate', () => {
  it('carry over: what was hammered, paid and given back stands in both, and the rest in the new ones', () => {
    const before = interruptedShow();
    const next = endedWith(goesOnWith(before));
    const kindsOf = (show: PaperShow) =>
      journalOf(moneyFactsOf(show.state, show.leaves)).map(({ kind, sale }) => `${sale} ${kind}`);
    const old = ['S1 hammered', 'S1 paid', 'S1 refunded', 'S2 hammered'];
    expect(kindsOf(before)).toEqual(old);
    expect(kindsOf(next)).toEqual([
      ...old,
      ...['S3 hammered', 'S4 hammered', 'S2 paid', 'S3 paid', 'S4 paid'],
    ]);
    const receivable = journalOf(moneyFactsOf(next.state, next.leaves))
      .flatMap(({ lines }) => lines)
      .findLast(({ account }) => account === `buyer:${WU}:receivable`)!;
    expect(receivable.afterFen).toBe(0);
  });

  it('count a sale where its lot was sealed, and say apart what became of those taken over', () => {
    const next = endedWith(goesOnWith(interruptedShow()));
    const facts = certificateOf(next.state.rules, next.leaves);
    const own: Partial<Certificate> = { sealedUnits: 4, soldUnits: 4, hammerFen: 14_400, paidFen: 14_400 };
    expect(facts).toMatchObject(own);
    expect(facts.takenOver).toEqual({
      ...{ sales: 2, units: 3, hammerFen: 7_600, paidFen: 7_600, paidUnits: 3 },
      ...{ deliveredUnits: 1, defaultedUnits: 0 },
    });
  });
});

describe('both logs counted together', () => {
  it('have each unit once, and each sale as it stands now', () => {
    const before = interruptedShow();
    const facts = (show: PaperShow) => certificateOf(show.state.rules, show.leaves);
    const open = togetherWith(facts(before), facts(goesOnWith(before)));
    expect(open).toMatchObject({
      logs: 2,
      units: 7,
      soldUnits: 7,
      openUnits: 0,
      hammerFen: 22_000,
      paidUnits: 1,
    });
    const ended = endedWith(goesOnWith(before));
    expect(togetherWith(facts(before), facts(ended))).toEqual({
      ...{
        logs: 2,
        units: 7,
        soldUnits: 7,
        passedUnits: 0,
        withdrawnUnits: 0,
        carriedUnits: 0,
        openUnits: 0,
      },
      ...{ hammerFen: 22_000, paidFen: 22_000, paidUnits: 7, deliveredUnits: 1 },
    });
  });
});

describe('a show in which every lot had its end before the restore', () => {
  it('goes on with an empty list, for its sales alone', () => {
    const before = interruptedShow();
    before.pass(300_000);
    before.does(300_000, { name: 'withdraw', lot: 'L3', reason: 'damaged' });
    const next = endedWith(goesOnWith(before, {}));
    expect(next.state.seals).toMatchObject([{ lots: 0, units: 0 }]);
    const both = judged(before, next);
    // Three pots were withdrawn before: the verdict is over both.
    expect([both.verdict, both.findings]).toEqual(['ALL_ACCOUNTED_NOT_ALL_SOLD', []]);
  });
});

describe('an evening whose growers were paid before the restore', () => {
  it('goes on knowing what they got, what they owe back, who did not pay and who came next', () => {
    const before = paidOutShow();
    const { state, leaves } = goesOnWith(before, {});
    expect(state.sales).toMatchObject({
      S1: {
        phase: 'defaulted',
        followedBy: 'S4',
        forfeitFen: 3_000,
        payout: { payout: 'P1', amountFen: 3_000 },
      },
      S2: { phase: 'refunded', payout: { payout: 'P1', amountFen: 3_240, backFen: 3_000 } },
      S3: { phase: 'paid', payout: { payout: 'P2' } },
      S4: { phase: 'paid', bidder: WU },
    });
    expect(clawbackFen(state.rules, state.sales.S2!)).toBe(240);
    expect(state.sales.S4!.payout).toBeUndefined();
    const { takenOver } = certificateOf(state.rules, leaves);
    expect(takenOver).toMatchObject({ sales: 3, units: 3, paidUnits: 2, defaultedUnits: 0 });
  });

  it('pays nobody twice; what is owed comes off the next payout, and both logs are all sold and settled', () => {
    const before = paidOutShow();
    const next = goesOnWith(before, {});
    const atMs = next.state.t + 3_600_000;
    next.pass(atMs);
    const grower = 'grower-aaaaaaaaa';
    const out = { payout: 'P3', grower, channel: 'cash' as const, txn: letter('Q') };
    const made = (sale: string) =>
      next.reason(atMs, { name: 'payOut', body: { ...out, sale, amountFen: 3_240, feeFen: 360 } }, 'officer');
    expect([made('S1'), made('S2'), made('S3'), made('S4')]).toEqual([...Array(3).fill('paid-out'), null]);
    const again = restPaidIn(goesOnWith(before, {}));
    const { verdict, findings } = judged(before, again);
    expect([verdict, findings]).toEqual(['ALL_SOLD_AND_SETTLED', []]);
  });
});
