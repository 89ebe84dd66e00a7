import { journalOf } from '@qingpai/ledger/rules';
import { type ShowRules } from '@qingpai/wire';
import { moneyFactsOf } from './books.js';
import { certificateOf } from './certificate.js';
import { initialShow } from './show.js';
import { dueAtMs } from './due.js';
import { evolve } from './evolve.js';
import { CHEN, GROWER, HALL, HASH, LIN, PaperShow, WU } from './testing/paperShow.js';

/** 顺位成交: what follows when a buyer does not pay. */

const DAY_MS = 86_400_000;
const CLOSED = 100_000;
const LATE = CLOSED + DAY_MS;
const rules = (differs: Partial<NonNullable<ShowRules['secondChance']>> = {}): Partial<ShowRules> => ({
  secondChance: { answerWithinMs: 60_000, perSaleMax: 3, atLast: 'carry', ...differs },
});

/** LIN has L1 for ¥42; WU bid ¥40 and CHEN ¥38 before him. Closed, and not paid. */
function unpaid(
  differs: Partial<ShowRules> = rules(),
  paper: { units?: number; floorFen?: number } = {},
): PaperShow {
  const lot = { ...paper, ...(paper.floorFen && { floor: HASH }) };
  const show = new PaperShow({ lots: { L1: lot }, rules: differs });
  show.does(10_000, { name: 'offer', lot: 'L1' });
  show.bid(11_000, CHEN, 3_800);
  show.bid(12_000, WU, 4_000);
  show.bid(13_000, LIN, 4_200);
  show.pass(CLOSED);
  show.does(CLOSED, { name: 'close' });
  return show;
}
function inDefault(...of: Parameters<typeof unpaid>): PaperShow {
  const show = unpaid(...of);
  show.does(LATE, { name: 'default', sale: 'S1' });
  show.pass(LATE + 10);
  return show;
}
const answer = (show: PaperShow, atMs: number, sale: string, accept: boolean, by: string) =>
  show.ask(atMs, { name: 'answerChance', sale, accept }, by);
const pay = (show: PaperShow, atMs: number, sale: string) => {
  const { units, unitPriceFen } = show.state.sales[sale]!;
  const txn = `${sale.padEnd(43, 'A')}=`;
  show.does(atMs, { name: 'paid', body: { sale, amountFen: units * unitPriceFen, channel: 'cash', txn } });
};

/** Two pots, each to LIN before WU, and the show is closed. */
function twoSold(): PaperShow {
  const show = new PaperShow({ lots: { L1: {}, L2: {} }, rules: rules() });
  for (const [k, lot] of ['L1', 'L2'].entries()) {
    show.does(10_000 + k * 100_000, { name: 'offer', lot });
    show.bid(11_000 + k * 100_000, WU, 3_600);
    show.bid(12_000 + k * 100_000, LIN, 3_800);
    show.pass(100_000 + k * 100_000);
  }
  show.does(300_000, { name: 'close' });
  return show;
}

describe('what somebody did not pay for', () => {
  it('is offered to who came next, at his own bid, as soon as it is in default and not before', () => {
    const show = unpaid();
    expect(dueAtMs(show.state, show)).toBeNull();
    show.does(LATE, { name: 'default', sale: 'S1' });
    show.pass(LATE + 10);
    expect(show.said('sale.offered')).toEqual([
      {
        ...{ sale: 'S2', replaces: 'S1', lot: 'L1', bidder: WU, units: 1, unitPriceFen: 4_000 },
        expiresAt: LATE + 1 + 60_000,
      },
    ]);
    expect(Object.keys(show.state.sales)).toEqual(['S1']);
  });

  it('is his when he accepts, with a time to pay of his own', () => {
    const show = inDefault();
    expect(answer(show, LATE + 1_000, 'S2', true, WU).ok).toBe(true);
    expect(show.state.sales).toMatchObject({
      S1: { phase: 'defaulted', followedBy: 'S2' },
      S2: { phase: 'awaiting', bidder: WU, firstUnit: 1, units: 1, unitPriceFen: 4_000, replaces: 'S1' },
    });
    expect(show.lot()).toMatchObject({ soldUnits: 1, carriedUnits: 0, phase: 'hammered' });
    expect(show.reason(LATE + 999 + DAY_MS, { name: 'default', sale: 'S2' })).toBe('still-payable');
    pay(show, LATE + 2_000 + DAY_MS, 'S2');
    const [settled] = show.does(LATE + 3_000 + DAY_MS, { name: 'settle' });
    expect(settled!.body).toMatchObject({ soldUnits: 1, paidFen: 4_000, defaultedFen: 4_200 });
  });

  it('goes to the next when he declines, and to the next when he does not answer, then to the next show', () => {
    const show = inDefault(rules(), { units: 3 });
    expect(answer(show, LATE + 1_000, 'S2', false, WU).ok).toBe(true);
    show.pass(LATE + 1_001);
    expect(show.said('sale.offered').at(-1)).toMatchObject({
      sale: 'S3',
      replaces: 'S1',
      bidder: CHEN,
      unitPriceFen: 3_800,
    });
    show.pass(LATE + DAY_MS);
    expect(show.types(-2 + show.leaves.length)).toEqual(['sale.lapsed', 'lot.carried']);
    expect(show.said('lot.carried')).toEqual([{ lot: 'L1', units: 3, sale: 'S1' }]);
    expect(show.lot()).toMatchObject({ phase: 'carried', soldUnits: 0, carriedUnits: 3 });
    expect(show.state.sales.S1).toMatchObject({ phase: 'defaulted', followedBy: 'carried' });
    const [settled] = show.does(LATE + 2 * DAY_MS, { name: 'settle' });
    expect(settled!.body).toEqual({
      ...{
        soldUnits: 0,
        passedUnits: 0,
        withdrawnUnits: 0,
        carriedUnits: 3,
        paidFen: 0,
        defaultedFen: 12_600,
      },
    });
  });

  it('waits by name where the rules do not carry it, and the show can still be settled', () => {
    const show = inDefault(rules({ atLast: 'wait', perSaleMax: 1 }));
    expect(show.reason(LATE + 20, { name: 'settle' })).toBe('sales-open');
    answer(show, LATE + 1_000, 'S2', false, WU);
    show.pass(LATE + 2 * DAY_MS);
    expect(show.said('sale.offered')).toHaveLength(1);
    show.does(LATE + 2 * DAY_MS, { name: 'settle' });
    expect(show.lot()).toMatchObject({ soldUnits: 1, phase: 'hammered' });
  });

  it('goes on down the line when the second one does not pay either; who is in default is asked nothing more', () => {
    const show = inDefault();
    answer(show, LATE + 1_000, 'S2', true, WU);
    show.does(LATE + 1_000 + DAY_MS, { name: 'default', sale: 'S2' });
    show.pass(LATE + 1_002 + DAY_MS);
    expect(show.said('sale.offered').at(-1)).toMatchObject({ sale: 'S3', replaces: 'S2', bidder: CHEN });
    answer(show, LATE + 1_500 + DAY_MS, 'S3', true, CHEN);
    expect(show.state.sales).toMatchObject({
      S1: { followedBy: 'S2' },
      S2: { followedBy: 'S3' },
      S3: { replaces: 'S2' },
    });
    expect(show.lot().soldUnits).toBe(1);
  });

  it('of several defaults of one moment each is offered by itself, in the order of the sales', () => {
    const show = twoSold();
    show.does(300_000 + DAY_MS, { name: 'default', sale: 'S2' });
    show.does(300_000 + DAY_MS, { name: 'default', sale: 'S1' });
    show.pass(300_010 + DAY_MS);
    expect(show.said('sale.offered')).toMatchObject([
      { sale: 'S3', replaces: 'S1', bidder: WU },
      { sale: 'S4', replaces: 'S2', bidder: WU },
    ]);
  });

  it('is offered only after a chance that lapses at that very moment has lapsed', () => {
    const show = twoSold();
    show.does(300_000 + DAY_MS, { name: 'default', sale: 'S1' });
    show.pass(300_001 + DAY_MS);
    const { expiresAt } = show.state.chances[0]!;
    show.does(expiresAt - 1, { name: 'default', sale: 'S2' });
    show.pass(expiresAt + 10);
    const since = show.leaves.slice(-3).map(({ type, t }) => [type, t - expiresAt]);
    expect(since).toEqual([
      ['sale.lapsed', 0],
      ['lot.carried', 1],
      ['sale.offered', 2],
    ]);
  });

  it('is offered to nobody below the floor, who may not bid, or beyond his limit', () => {
    const floored = inDefault(rules(), { floorFen: 3_900 });
    answer(floored, LATE + 1_000, 'S2', false, WU);
    floored.pass(LATE + 1_100);
    expect(floored.types().slice(-2)).toEqual(['sale.declined', 'lot.carried']);
    for (const limit of [{ banned: true as const }, { limitFen: 3_000 }]) {
      const show = new PaperShow({ lots: { L1: {} }, rules: rules() });
      show.does(10_000, { name: 'offer', lot: 'L1' });
      show.bid(11_000, WU, 3_600);
      show.bid(12_000, LIN, 3_800);
      show.does(13_000, { name: 'limit', bidder: WU, ...limit });
      show.pass(CLOSED);
      show.does(CLOSED, { name: 'close' });
      show.does(LATE, { name: 'default', sale: 'S1' });
      show.pass(LATE + 10);
      expect(show.types().at(-1)).toBe('lot.carried');
    }
  });

  it('from a falling clock has no runner-up, and is carried at once; the rest of the lot stays sold', () => {
    const show = new PaperShow({
      lots: { L1: { format: 'dutch', units: 2, startFen: 2_000, stepFen: 200 } },
      rules: rules(),
    });
    show.does(10_000, { name: 'offer', lot: 'L1' });
    show.bid(11_600, LIN, 1_800, { run: 0, units: 1 });
    show.bid(11_700, WU, 1_800, { run: 0, units: 1 });
    show.pass(CLOSED);
    show.does(CLOSED, { name: 'close' });
    show.does(LATE, { name: 'default', sale: 'S1' });
    show.pass(LATE + 10);
    expect(show.said('sale.offered')).toEqual([]);
    expect(show.lot()).toMatchObject({ phase: 'carried', soldUnits: 1, carriedUnits: 1 });
  });

  it('stays in default where the rules know no second chance, as it always did', () => {
    const show = inDefault({});
    expect(show.types().at(-1)).toBe('sale.defaulted');
    expect(show.offering().runnersUp).toBeUndefined();
    show.does(LATE + 20, { name: 'settle' });
  });
});

describe('a second chance', () => {
  it('is answered by who was asked alone, once, and in time', () => {
    const show = inDefault();
    const refused = (atMs: number, sale: string, by: string) => {
      const decision = answer(show, atMs, sale, true, by);
      return decision.ok ? null : decision.reason;
    };
    expect(refused(LATE + 20, 'S2', CHEN)).toBe('not-allowed');
    expect(refused(LATE + 20, 'S2', 'host')).toBe('not-allowed');
    expect(refused(LATE + 20, 'S9', WU)).toBe('not-found');
    expect(refused(LATE + 20, 'S2', WU)).toBeNull();
    expect(refused(LATE + 30, 'S2', WU)).toBe('offer-over');
    const late = inDefault();
    expect(answer(late, LATE + 60_001, 'S2', true, WU)).toMatchObject({ ok: false, reason: 'offer-over' });
  });

  it('of somebody in the hall is answered by the house', () => {
    const show = new PaperShow({ lots: { L1: {} }, rules: rules(), draft: true });
    show.register(HALL, 'hall');
    show.does(0, { name: 'seal', catalogue: HASH });
    show.does(0, { name: 'open' });
    show.does(10_000, { name: 'offer', lot: 'L1' });
    const bid = { bidId: 'hall-0001', lot: 'L1', offering: 1, amountFen: 3_600 };
    show.does(11_000, { name: 'bid', bidder: HALL, bid, nth: 1 }, 'moderator');
    show.bid(12_000, LIN, 3_800);
    show.pass(CLOSED);
    show.does(CLOSED, { name: 'close' });
    show.does(LATE, { name: 'default', sale: 'S1' });
    expect(answer(show, LATE + 20, 'S2', true, HALL)).toMatchObject({ ok: false, reason: 'not-allowed' });
    expect(answer(show, LATE + 20, 'S2', true, 'moderator').ok).toBe(true);
    expect(show.said('sale.accepted')).toMatchObject([{ bidder: HALL, byModerator: true }]);
  });

  it('leaves the grower with one claim: the old one is taken back, the new one is what is owed now', () => {
    const show = inDefault();
    answer(show, LATE + 1_000, 'S2', true, WU);
    const journal = journalOf(moneyFactsOf(show.state, show.leaves));
    expect(journal.map(({ kind, sale, reverses }) => [kind, sale, reverses])).toEqual([
      ['hammered', 'S1', undefined],
      ['defaulted', 'S1', 1],
      ['hammered', 'S2', undefined],
    ]);
    const owed = journal
      .flatMap(({ lines }) => lines)
      .findLast(({ account }) => account === `grower:${GROWER}:payable`);
    expect(owed?.afterFen).toBe(-4_000);
  });

  it('stands in the certificate beside the default it follows, and counts once', () => {
    const show = inDefault();
    answer(show, LATE + 1_000, 'S2', true, WU);
    pay(show, LATE + 2_000, 'S2');
    const certificate = certificateOf(show.state.rules, show.leaves);
    expect(certificate).toMatchObject({
      ...{ soldUnits: 1, hammerFen: 4_000, paidFen: 4_000 },
      firstPass: { units: 0, of: 1 },
      afterReoffer: { units: 1, of: 1 },
      paid: { units: 1, of: 1 },
      defaults: [{ sale: 'S1', number: '001', units: 1, unitPriceFen: 4_200, next: 'sold' }],
      secondChances: { made: 1, soldUnits: 1 },
    });
    expect(certificate.lots[0]).toMatchObject({ hammerFen: 4_000, attempts: [{ soldUnits: 1 }] });
  });

  it('carried at last, the units are sold no more, and the default is still told', () => {
    const show = inDefault(rules({ perSaleMax: 1 }));
    show.pass(LATE + DAY_MS);
    expect(certificateOf(show.state.rules, show.leaves)).toMatchObject({
      ...{ soldUnits: 0, carriedUnits: 1, hammerFen: 0 },
      firstPass: { units: 0 },
      defaults: [{ sale: 'S1', next: 'carried' }],
      unsold: [{ lot: 'L1', units: 1, phase: 'carried' }],
    });
  });

  it('is folded by a page as by the server', () => {
    const show = inDefault();
    answer(show, LATE + 1_000, 'S2', true, WU);
    const page = show.leaves.reduce(evolve, initialShow(show.state.rules));
    expect(page).toEqual(show.state);
  });
});
