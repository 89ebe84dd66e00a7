import { moneyFactsOf } from '@qingpai/auction/rules';
import { isBalanced, type JournalEntry, journalOf } from '@qingpai/ledger/rules';
import { type LoggedEvent } from '@qingpai/wire';
import { balancesOf, type KeptBooks, tenInvariants } from './tenInvariants.js';
import { type Debt, randomEvening } from './testing/evening.js';
import { type Seeded, seeded } from './testing/seeded.js';
import { tallyOf } from './testing/tally.js';

/**
 * The books at the end of a month. A month is many evenings, each with books of its own; what growers owe goes on from one
 * to another. Everything is asked of the rules, and every leaf is judged both ways as it is made.
 */
const SEED = 20_261_130;
const EVENINGS = 500;
const ORDERS = 20;
/** In the last ones nothing is carried on: there is nowhere to carry it to. */
const LAST = 50;

const debts: Debt[] = [];
const month: KeptBooks[] = [];
beforeAll(() => {
  const chance = seeded(SEED);
  for (let nth = 1; nth <= EVENINGS; nth += 1) {
    const { state, leaves } = randomEvening(chance, nth, ORDERS, debts, nth <= EVENINGS - LAST);
    month.push({ state, events: leaves, entries: journalOf(moneyFactsOf(state, leaves)) });
  }
}, 300_000);

const failing = (books: KeptBooks) => tenInvariants(books).filter(({ holds }) => holds !== 'yes');
const sumsOf = (entries: readonly JournalEntry[]) => {
  const sums = balancesOf(entries.flatMap(({ lines }) => lines));
  return Object.fromEntries([...sums].filter(([, fen]) => fen !== 0));
};
const talliedOf = ({ state, events }: KeptBooks, before: number) =>
  Object.fromEntries(tallyOf(events.slice(0, before), state.rules.feePercent ?? 0));
const every = <T extends LoggedEvent['type']>(type: T) =>
  month.flatMap(({ events }) => events.filter((leaf) => leaf.type === type)) as Extract<
    LoggedEvent,
    { type: T }
  >[];

describe('month-end of 10 000 random orders balances', () => {
  it('and they are 10 000, of every kind', () => {
    const orders = month.map(({ state }) => new Set(Object.values(state.sales).map(({ bidder }) => bidder)).size);
    expect(orders.reduce((sum, one) => sum + one, 0)).toBe(EVENINGS * ORDERS);
    const kinds = [
      ...(['sale.paid', 'sale.refunded', 'sale.voided', 'sale.defaulted', 'sale.accepted'] as const),
      ...(['pay.extended', 'lot.carried', 'payout.made', 'deposit.held', 'deposit.forfeited'] as const),
      ...(['deposit.returned', 'clawback.taken', 'clawback.repaid', 'clawback.carried'] as const),
    ];
    for (const kind of kinds) expect([kind, every(kind).length > 100]).toEqual([kind, true]);
    const channels = new Set(every('sale.paid').map(({ body }) => body.channel));
    expect(channels.size).toBe(5);
    expect(every('sale.paid').filter(({ body }) => body.freightFen).length).toBeGreaterThan(1_000);
    expect(every('sale.refunded').filter(({ body }) => body.freightFen).length).toBeGreaterThan(100);
    expect(every('payout.made').filter(({ body }) => body.feeFen).length).toBeGreaterThan(1_000);
    // Freight that came another way than the last of the goods went back, and what of it stayed at the provider.
    const alone = every('sale.refunded').filter(({ body }) => body.amountFen === 0);
    expect(new Set(alone.map(({ body }) => body.channel)).size).toBe(5);
    expect(alone.length).toBeGreaterThan(30);
    const comeOver = month.flatMap(({ entries }) => entries.filter(({ kind }) => kind === 'settled'));
    expect(comeOver.length).toBeGreaterThan(3);
  });

  it('entry by entry, and I1 to I10 hold of every evening', () => {
    for (const books of month) {
      expect(books.entries.filter((entry) => !isBalanced(entry))).toEqual([]);
      expect(failing(books)).toEqual([]);
    }
  });

  it('account by account with a tally that knows nothing of entries, whenever one looks', () => {
    const chance = seeded(SEED);
    for (const books of month) {
      const { events, entries } = books;
      for (const size of [chance.from(1, events.length), chance.from(1, events.length), events.length]) {
        expect(sumsOf(entries.filter(({ i }) => i < size))).toEqual(talliedOf(books, size));
      }
    }
  });

  it('and nobody was paid out more than came in: of a sale, to a grower, in an evening', () => {
    for (const books of month) {
      const flows = flowsOf(books);
      for (const by of [flows.bySale, flows.byGrower, new Map([['all', flows.all]])]) {
        expect([...by].filter(([, { inFen, outFen }]) => outFen > inFen)).toEqual([]);
      }
    }
  });

  it('and nothing is left on accounts that money or debts only pass through', () => {
    for (const { entries } of month) {
      const left = Object.keys(sumsOf(entries)).filter((account) => !/^(bank:escrow|platform:fee|freight:payable|clawbacks:carried)$/.test(account));
      expect(left).toEqual([]);
    }
    const all = month.flatMap(({ entries }) => entries);
    expect(sumsOf(all)['clawbacks:carried']).toBeUndefined();
    expect(debts.filter(({ amountFen }) => amountFen > 0)).toEqual([]);
    expect(debts.length).toBeGreaterThan(100);
    // What is in the bank is the township's share and the carriers' freight, to the fen.
    const sums = sumsOf(all);
    expect(sums['bank:escrow']).toBe(-sums['platform:fee']! - sums['freight:payable']!);
  });

  it('and would not if an entry were missing, twice there, or a fen of one another', () => {
    const chance = seeded(SEED);
    for (const books of month.slice(0, 60)) {
      for (const [how, breaks] of Object.entries(breakages)) {
        const entries = structuredClone(books.entries) as JournalEntry[];
        breaks(entries, chance);
        expect([how, failing({ ...books, entries }).length > 0]).toEqual([how, true]);
        expect([how, sumsOf(entries)]).not.toEqual([how, talliedOf(books, books.events.length)]);
      }
    }
  });
}); // prettier-ignore

/** What somebody might do to the books in the database; each is seen by the ten rules, and by the tally alone. */
const breakages: Record<string, (entries: JournalEntry[], chance: Seeded) => void> = {
  missing: (entries, { from }) => void entries.splice(from(0, entries.length - 1), 1),
  twice: (entries, { one }) => void entries.push(one(entries)),
  'a fen of one line': (entries, { one }) => void (one(one(entries).lines).amountFen += 1),
  'a fen of both sides': (entries, { one }) => {
    const [debit, credit] = one(entries).lines;
    for (const line of [debit!, credit!]) line.amountFen += 1;
  },
  'another account': (entries, { one }) => void (one(one(entries).lines).account = 'suspense'),
};

/** What is carried on comes in too, in another evening: that it did is a test of its own. */
const comesIn = new Set<LoggedEvent['type']>([
  'sale.paid',
  'deposit.held',
  'clawback.taken',
  'clawback.repaid',
  'clawback.carried',
]);
const goesOut = new Set<LoggedEvent['type']>(['sale.refunded', 'deposit.returned', 'payout.made']);
interface Flow {
  inFen: number;
  outFen: number;
}
/** What came in, beside freight, and what went out again to anybody, from the leaves alone. */
function flowsOf({ state, events }: KeptBooks) {
  const all: Flow = { inFen: 0, outFen: 0 };
  const bySale = new Map<string, Flow>();
  const byGrower = new Map<string, Flow>();
  const add = (sale: string, way: keyof Flow, fen: number) => {
    const { grower } = state.lots[state.sales[sale]!.lot]!;
    for (const flow of [at(bySale, sale), at(byGrower, grower)]) flow[way] += fen;
  };
  for (const { type, body } of events) {
    if (type === 'sale.paid') add(body.sale, 'inFen', body.amountFen);
    if (type === 'deposit.forfeited') add(body.sale, 'inFen', body.amountFen);
    if (type === 'payout.made') add(body.sale, 'outFen', body.amountFen + (body.feeFen ?? 0));
    if (comesIn.has(type)) all.inFen += (body as { amountFen: number }).amountFen;
    if (goesOut.has(type)) all.outFen += (body as { amountFen: number }).amountFen;
  }
  return { all, bySale, byGrower };
} // prettier-ignore

function at(flows: Map<string, Flow>, key: string): Flow {
  const flow = flows.get(key) ?? { inFen: 0, outFen: 0 };
  flows.set(key, flow);
  return flow;
}
