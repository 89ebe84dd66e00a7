import {
  booksRootOf,
  clawbackFen,
  feeOfFen,
  freightDueOf,
  freightHeldFen,
  growerOf,
  growersFen,
  keptFen,
  leastBidFen,
  moneyFactsOf,
  type ParcelChoice,
  payoutStateOf,
  saleTotalFen,
} from '@qingpai/auction/rules';
import { defaultFreight, type EventBody, provinceCodes, type SaleState } from '@qingpai/wire';
import { PaperShow } from '../../../../auction/src/rules/testing/paperShow.js';
import { type Seeded } from './seeded.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const OFFICER = 'officer';
export const GROWERS = Array.from({ length: 8 }, (_, k) => `grower-${k}`.padEnd(16, 'a'));
const byHand = ['transfer', 'cash', 'wechat', 'alipay'] as const;
const channels = [...byHand, 'stripe', 'stripe', 'stripe'] as const;
type Channel = (typeof channels)[number];
const served = provinceCodes.filter((code) => !defaultFreight.notServed.includes(code));

/** What a grower owes back in another show of the month. */
export interface Debt {
  debt: string;
  grower: string;
  amountFen: number;
}

/**
 * One evening from its catalogue to its settlement, as chance has it: everything is asked of the rules, and what they
 * refuse throws. Each buyer has one order: all that he won, paid at once or in two parts, or not at all.
 * @param debts carried on from evenings before; what is taken off here is taken off there, what is carried on is added
 */
export function randomEvening(
  chance: Seeded,
  nth: number,
  orders: number,
  debts: Debt[],
  mayCarry: boolean,
): PaperShow {
  const evening = new Evening(chance, nth, orders, debts, mayCarry);
  evening.sell();
  evening.collect();
  evening.giveBack(0.2);
  evening.chase();
  evening.giveBack(0.02);
  evening.payGrowers(0.6);
  evening.giveBack(0.08);
  evening.payGrowers(1);
  evening.giveBack(0.02);
  evening.clawBack();
  evening.settle();
  return evening.show;
}

class Evening {
  readonly show: PaperShow;
  private readonly buyers: string[];
  private readonly parcels = new Map<string, ParcelChoice>();
  /** How the money of a sale, a buyer's freight or a bidder's deposit came; so it goes back. */
  private readonly cameBy = new Map<string, Channel>();
  private readonly freightBy = new Map<string, Channel>();
  private t = 1_000;
  private references = 0;
  private payouts = 0;

  constructor(
    private readonly chance: Seeded,
    nth: number,
    orders: number,
    private readonly debts: Debt[],
    private readonly mayCarry: boolean,
  ) {
    const hasDeposit = chance.maybe(0.3);
    this.show = new PaperShow({
      draft: true,
      opened: { origin: `market.example/shows/november-${nth}` },
      rules: {
        ...{ freight: defaultFreight, feePercent: chance.one([0, 3, 10]), growerDues: 'settled' },
        secondChance: { answerWithinMs: 6 * HOUR_MS, perSaleMax: 2, atLast: chance.one(['carry', 'wait']) },
        ...(hasDeposit && { deposit: { amountFen: chance.one([2_000, 20_000]) } }),
      },
    });
    this.buyers = Array.from({ length: orders }, (_, k) => `buyer-${nth}-${k}`.padEnd(16, 'a'));
    for (const buyer of this.buyers) this.show.register(buyer);
  }

  // ---------------------------------------------------------------- the evening

  /** Everybody wins something, on the whole in no order; a hammer is undone now and then. */
  sell(): void {
    const { chance, show } = this;
    const wins = [...this.buyers, ...this.buyers.filter(() => chance.maybe(0.4))];
    wins.forEach((_, k) => this.describe(`L${k + 1}`));
    show.does(0, { name: 'seal', catalogue: `${'A'.repeat(43)}=` });
    if (show.state.rules.deposit) for (const buyer of this.buyers) this.holdDeposit(buyer);
    show.does(this.t, { name: 'open' });
    wins.forEach((buyer, k) => this.hammer(`L${k + 1}`, buyer));
    show.does(this.later(), { name: 'close' });
  }
  private describe(lot: string): void {
    const { chance } = this;
    const [startFen, stepFen] = [chance.from(100, 6_000), chance.from(1, 400)];
    const described = this.show.describe(0, lot, {
      ...{ grower: chance.one(GROWERS), units: chance.one([1, 1, 1, 2, 5]) },
      ...{ startFen, stepFen, buyNowFen: startFen + stepFen * chance.from(3, 20) },
    });
    if (!described.ok) throw new Error(`${lot} was refused: ${described.reason}`);
  }
  private holdDeposit(bidder: string): void {
    const { amountFen } = this.show.state.rules.deposit!;
    const channel = this.chance.one(channels);
    this.cameBy.set(bidder, channel);
    this.show.does(this.t, { name: 'holdDeposit', body: { bidder, amountFen, channel, txn: this.txn() } });
  }
  /** Bought at once, perhaps over the bids of others, who come next when it is not paid. */
  private hammer(lot: string, buyer: string): void {
    const { chance, show } = this;
    show.does(this.later(), { name: 'offer', lot });
    if (chance.maybe(0.35)) {
      for (const other of [chance.one(this.buyers), chance.one(this.buyers)]) {
        show.bid(this.t, other, leastBidFen(show.state.rules, show.lot(lot), show.offering(lot)));
      }
    }
    const refused = show.bid(this.later(), buyer, show.lot(lot).buyNowFen!, { buyNow: true });
    if (refused) throw new Error(`nobody bought ${lot}: ${refused}`);
    if (!chance.maybe(0.01) || lot === 'L1') return;
    show.does(this.t, { name: 'undo', sale: show.state.undoable!, reason: 'buyer-mistake' });
    show.does(this.t, { name: 'pass', lot });
  }

  // ---------------------------------------------------------------- who pays

  collect(): void {
    for (const buyer of this.buyers) {
      if (this.chance.maybe(0.88)) this.pay(buyer, this.owedBy(buyer));
    }
  }
  /** All at once, or some now and some later, by another channel. */
  private pay(buyer: string, owed: readonly SaleState[]): void {
    const split = this.chance.maybe(0.4) ? 1 : owed.length;
    for (const part of [owed.slice(0, split), owed.slice(split)]) this.payPart(buyer, part);
  }
  private payPart(buyer: string, owed: readonly SaleState[]): void {
    const { state } = this.show;
    const channel = this.chance.one(channels);
    const due = freightDueOf(state, buyer, this.parcelOf(buyer));
    for (const [k, sale] of owed.entries()) {
      const isLast = k === owed.length - 1 && due.state === 'due';
      const body = { sale: sale.sale, amountFen: saleTotalFen(sale), channel, txn: this.txn() };
      this.show.does(this.later(), {
        name: 'paid',
        body: { ...body, ...(isLast && { freightFen: due.feeFen }) },
      });
      this.cameBy.set(sale.sale, channel);
      if (isLast) this.freightBy.set(buyer, channel);
    }
  }
  private parcelOf(buyer: string): ParcelChoice {
    const { chance } = this;
    const parcel: ParcelChoice =
      this.parcels.get(buyer) ??
      (chance.maybe(0.1) ? { pickUp: true } : { pickUp: false, province: chance.one(served) });
    this.parcels.set(buyer, parcel);
    return parcel;
  }

  /** Who has not paid is in default, or given longer; what he leaves is offered to who came next, until all is said. */
  chase(): void {
    const { chance, show } = this;
    for (const buyer of this.buyers) {
      if (this.owedBy(buyer).length === 0 || !chance.maybe(0.1)) continue;
      const payBy = show.state.closedAt! + 2 * DAY_MS;
      show.does(this.later(), { name: 'extendPay', bidder: buyer, payBy, reason: 'buyer-asked' });
      this.pay(buyer, this.owedBy(buyer));
    }
    for (let round = 0; round < 6; round += 1) {
      this.t += DAY_MS;
      for (const { sale } of this.sales('awaiting')) show.does(this.t, { name: 'default', sale });
      show.pass((this.t += 1_000));
      for (const { sale, bidder, result } of [...show.state.chances]) {
        if (result !== 'standing' || chance.maybe(0.2)) continue;
        show.does(this.later(), { name: 'answerChance', sale, accept: chance.maybe(0.7) }, bidder);
        if (this.owedBy(bidder).length > 0 && chance.maybe(0.8)) this.pay(bidder, this.owedBy(bidder));
      }
    }
  }

  // ---------------------------------------------------------------- what goes back

  /** Of so many orders: a part of one sale, one sale, or all, and then the freight. */
  giveBack(share: number): void {
    for (const buyer of this.buyers) {
      const paid = this.sales('paid').filter(({ bidder }) => bidder === buyer);
      if (paid.length === 0 || !this.chance.maybe(share)) continue;
      const how = this.chance.one(['part', 'one', 'all', 'all', 'all'] as const);
      for (const sale of how === 'all' ? paid : [this.chance.one(paid)]) {
        const restFen = saleTotalFen(sale) - sale.refundedFen;
        this.refund(sale, how === 'part' ? this.chance.from(1, restFen) : restFen);
      }
    }
  }
  private refund({ sale, bidder }: SaleState, amountFen: number): void {
    const { state } = this.show;
    const staysFen = this.sales('paid')
      .filter((one) => one.bidder === bidder)
      .reduce((sum, one) => sum + keptFen(one), -amountFen);
    const channel = this.cameBy.get(sale)!;
    const freightFen = staysFen === 0 ? freightHeldFen(state, bidder) : 0;
    const goesAlong = freightFen > 0 && this.freightBy.get(bidder) === channel;
    this.goesBack(sale, amountFen, channel, goesAlong ? freightFen : 0);
    if (freightFen > 0 && !goesAlong) this.freightGoesBack(sale, bidder, freightFen);
  }
  /** It came another way than the last of the goods went: alone the way it came, by hand after all, or people keep it. */
  private freightGoesBack(sale: string, bidder: string, freightFen: number): void {
    const { chance } = this;
    const cameBy = this.freightBy.get(bidder)!;
    if (chance.maybe(cameBy === 'stripe' ? 0.6 : 0.3)) return;
    const channel = chance.maybe(0.8) ? cameBy : chance.one(byHand);
    this.goesBack(sale, 0, channel, freightFen);
  }
  private goesBack(sale: string, amountFen: number, channel: Channel, freightFen: number): void {
    const body = { sale, amountFen, channel, txn: this.txn(), ...(freightFen > 0 && { freightFen }) };
    this.show.does(this.later(), { name: 'refunded', body });
  }

  // ---------------------------------------------------------------- growers

  /** So much of what is payable, one transfer to each grower; what he owes back comes off it. */
  payGrowers(share: number): void {
    for (const grower of GROWERS) {
      const payable = this.sales().filter(
        (sale) =>
          growerOf(this.show.state, sale) === grower &&
          payoutStateOf(this.show.state, sale, this.t) === 'payable' &&
          this.chance.maybe(share),
      );
      if (payable.length > 0) this.payGrower(grower, payable);
    }
  }
  private payGrower(grower: string, payable: readonly SaleState[]): void {
    const { state } = this.show;
    this.later();
    const paid = {
      payout: `P${(this.payouts += 1)}`,
      grower,
      channel: this.chance.one(byHand),
      txn: this.txn(),
    };
    let payoutFen = 0;
    for (const sale of payable) {
      const [amountFen, feeFen] = [growersFen(state.rules, sale), feeOfFen(state.rules, keptFen(sale))];
      const body = { ...paid, sale: sale.sale, amountFen, ...(feeFen > 0 && { feeFen }) };
      this.show.does(this.t, { name: 'payOut', body }, OFFICER);
      payoutFen += amountFen;
    }
    this.takeBack(paid.payout, grower, payoutFen);
  }
  /** Of this evening first, then what was carried on from others; now and then something is left for later. */
  private takeBack(payout: string, grower: string, payoutFen: number): void {
    const before = this.debts.filter((one) => one.grower === grower && one.amountFen > 0);
    const owed = [
      ...this.owing(grower).map(({ sale }) => ({ what: { sale }, owedFen: this.owedBack(sale) })),
      ...before.map(({ debt, amountFen }) => ({ what: { debt }, owedFen: amountFen })),
    ];
    let leftFen = payoutFen;
    for (const { what, owedFen } of owed) {
      const amountFen = Math.min(leftFen, owedFen);
      if (amountFen === 0 || this.chance.maybe(0.1)) continue;
      this.show.does(this.t, { name: 'takeBack', body: { payout, grower, ...what, amountFen } }, OFFICER);
      if ('debt' in what) before.find(({ debt }) => debt === what.debt)!.amountFen -= amountFen;
      leftFen -= amountFen;
    }
  }
  private owing = (grower: string): SaleState[] =>
    this.sales().filter((sale) => growerOf(this.show.state, sale) === grower && this.owedBack(sale.sale) > 0);
  private owedBack = (sale: string): number =>
    clawbackFen(this.show.state.rules, this.show.state.sales[sale]!);

  /** Nothing more comes to them: they give it back, in one or two parts, or it is carried on. */
  clawBack(): void {
    const { state } = this.show;
    const owing = GROWERS.flatMap((grower) => this.owing(grower).map(({ sale }) => ({ sale, grower })));
    for (const { sale, grower } of owing) {
      if (this.mayCarry && this.chance.maybe(0.5)) {
        const amountFen = this.owedBack(sale);
        this.show.does(this.later(), { name: 'carryClawback', body: { sale, grower, amountFen } }, OFFICER);
        this.debts.push({ debt: `${state.origin}#${sale}`, grower, amountFen });
        continue;
      }
      const part = this.chance.maybe(0.3) ? this.chance.from(1, this.owedBack(sale)) : 0;
      for (const amountFen of [part, this.owedBack(sale) - part].filter((fen) => fen > 0)) {
        const body: EventBody<'clawback.repaid'> = {
          ...{ sale, grower, amountFen, channel: this.chance.one(byHand), txn: this.txn() },
        };
        this.show.does(this.later(), { name: 'repayClawback', body }, OFFICER);
      }
    }
  }

  // ---------------------------------------------------------------- the end

  settle(): void {
    const { show } = this;
    show.pass((this.t += 1_000_000));
    for (const { deposit, bidder, releasedFen } of Object.values(show.state.deposits)) {
      if (releasedFen === 0) continue;
      const body = { deposit, amountFen: releasedFen, channel: this.cameBy.get(bidder)!, txn: this.txn() };
      show.does(this.later(), { name: 'returnDeposit', body });
    }
    const books = booksRootOf(moneyFactsOf(show.state, show.leaves));
    show.does(this.later(), { name: 'settle', books });
  }

  private sales(phase?: SaleState['phase']): SaleState[] {
    return Object.values(this.show.state.sales).filter((sale) => phase === undefined || sale.phase === phase);
  }
  private owedBy = (buyer: string): SaleState[] =>
    this.sales('awaiting').filter(({ bidder }) => bidder === buyer);
  private later(): number {
    return (this.t += 100);
  }
  private txn(): string {
    return `${String((this.references += 1)).padStart(43, '0')}=`;
  }
}
