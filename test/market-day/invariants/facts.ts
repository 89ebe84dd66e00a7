import { type BidderKind, type EventBody, type LoggedEvent, type ShowRules } from '@qingpai/wire';
import { type Clock } from '../../tampering/naive/past.js';

/**
 * What the leaves say, folded once more and without the rules: whatever is wrong there must not be wrong here too.
 * Nothing is judged; a leaf that means nothing is passed over.
 */
export interface Round {
  offering: number;
  startFen: number;
  closesAt: number | null;
  /** Past this no bid extends. */
  hardEndMs: number;
  frozenAt: number | null;
  priceFen: number | null;
  last: Extract<LoggedEvent, { type: 'bid.accepted' }> | null;
  unitsLeft: number;
  clock: Clock | null;
  offeredI: number;
}
export interface LotFacts {
  said: EventBody<'lot.catalogued'>;
  isSealed: boolean;
  isStruck: boolean;
  rounds: number;
  round: Round | null;
  ended: { passed: number; withdrawn: number; carried: number };
}
export interface SaleFacts {
  sale: string;
  lot: string;
  bidder: string;
  firstUnit: number;
  units: number;
  totalFen: number;
  isPaid: boolean;
  isOver: 'voided' | 'defaulted' | null;
  /** When it was struck or accepted. */
  t: number;
  offering: number;
  /** In default, and its units are somebody else's by now, or of the next show. */
  isFollowed: boolean;
  /** It has the units of one in default. */
  replaces: string | null;
  backFen: number;
  /** Of its buyer's deposit, its grower's. */
  forfeitFen: number;
  goods: GoodsFacts;
  payout: PayoutFacts | null;
}
interface GoodsFacts {
  packedAt: number | null;
  shippedAt: number | null;
  receivedAt: number | null;
  tracking: string | null;
}
/** What a grower got, and what of it he does not owe any more: taken, repaid or carried on; the last brings no money. */
interface PayoutFacts {
  amountFen: number;
  clawedFen: number;
  comeBackFen: number;
}
export interface ClaimFacts {
  claim: string;
  sale: string | null;
  units: number;
  state: 'filed' | 'proposed' | 'granted' | 'refunded' | 'declined' | 'closed';
  /** Proposed or granted last, and by whom. */
  amountFen: number;
  person: string;
}
/** 保证金 of a bidder. */
export interface DepositFacts {
  deposit: string;
  bidder: string;
  amountFen: number;
  forfeitedFen: number;
  releasedFen: number;
  returnedFen: number;
}
/** What somebody did not pay for, offered to who came next. */
export type Second = EventBody<'sale.offered'> & { isOver: boolean };
/** One offer to one person. */
export type Asking = EventBody<'offer.made'> & { isOver: boolean };
interface Person {
  kind: BidderKind;
  limitFen: number | null;
  banned: boolean;
}

export class Facts {
  size = 0;
  t = 0;
  phase: 'draft' | 'sealed' | 'open' | 'closed' | 'settled' = 'draft';
  closedAt = 0;
  last: LoggedEvent | null = null;
  readonly lots = new Map<string, LotFacts>();
  readonly sales = new Map<string, SaleFacts>();
  readonly people = new Map<string, Person>();
  readonly deposits = new Map<string, DepositFacts>();
  readonly claims = new Map<string, ClaimFacts>();
  /** Offers to one person, by their id. */
  readonly asked = new Map<string, Asking>();
  /** Second chances, by the sale that each would become. */
  readonly seconds = new Map<string, Second>();
  /** Offerings that ran as a falling clock. */
  readonly clocks = new Set<string>();
  /** What each bid at most in an offering of a rising lot, fen, by `lot/offering`. */
  readonly bestOf = new Map<string, Map<string, number>>();
  /** What each bid at most on a lot, fen; 0: a maximum only. The earlier of equal ones stands first. */
  readonly wanted = new Map<string, Map<string, number>>();
  /** Ids of bids and maximum bids, and each bidder's last count. */
  readonly ids = new Set<string>();
  readonly counts = new Map<string, number>();
  /** What must be the very next leaf. */
  owed: { type: LoggedEvent['type']; closesAt?: number } | null = null;

  constructor(
    readonly rules: ShowRules,
    readonly floors: ReadonlyMap<string, number>,
  ) {}

  /** Sales of a lot that stand; a default is one of them, until its units are somebody else's or carried. */
  standing(lot: string): SaleFacts[] {
    return [...this.sales.values()].filter(
      (sale) => sale.lot === lot && sale.isOver !== 'voided' && !sale.isFollowed,
    );
  }
  openUnits(lot: LotFacts): number {
    const { passed, withdrawn, carried } = lot.ended;
    const sold = this.standing(lot.said.lot).reduce((sum, { units }) => sum + units, 0);
    return lot.said.units - sold - passed - withdrawn - carried;
  }
  get sealed(): LotFacts[] {
    return [...this.lots.values()].filter((lot) => lot.isSealed);
  }
  floorOf(lot: string): number {
    return this.floors.get(lot) ?? 0;
  }
  limitOf(bidder: string): number {
    const person = this.people.get(bidder);
    const { hallLimitFen, bidLimitFen } = this.rules;
    const ofAll = (person?.kind === 'hall' ? hallLimitFen : undefined) ?? bidLimitFen ?? Infinity;
    return person?.limitFen ?? ofAll;
  }

  fold(leaf: LoggedEvent): void {
    this.owed = null;
    this.take(leaf);
    this.size += 1;
    this.t = leaf.t;
    this.last = leaf;
  }

  private take(leaf: LoggedEvent): void {
    const { type, body, t } = leaf;
    const lot = 'lot' in body ? this.lots.get(body.lot) : undefined;
    const round = lot?.round ?? null;
    switch (type) {
      case 'bidder.registered':
        if (!this.people.has(body.bidder))
          this.people.set(body.bidder, { kind: body.kind, limitFen: null, banned: false });
        return;
      case 'bidder.limited': {
        const person = this.people.get(body.bidder);
        if (person) Object.assign(person, { limitFen: body.limitFen ?? null, banned: body.banned ?? false });
        return;
      }
      case 'lot.catalogued':
      case 'lot.amended':
        this.lots.set(body.lot, {
          ...{ said: body, isSealed: false, isStruck: false, rounds: 0, round: null },
          ended: { passed: 0, withdrawn: 0, carried: 0 },
        });
        return;
      case 'lot.struck':
        if (lot) lot.isStruck = true;
        return;
      case 'show.sealed':
        for (const one of this.lots.values()) one.isSealed ||= !one.isStruck && one.said.list === body.list;
        if (this.phase === 'draft') this.phase = 'sealed';
        return;
      case 'show.opened':
        this.phase = 'open';
        return;
      case 'show.closed':
        this.phase = 'closed';
        this.closedAt = t;
        return;
      case 'show.settled':
        this.phase = 'settled';
        return;
      case 'proxy.placed':
        this.ids.add(body.bid);
        this.counts.set(body.bidder, body.nth);
        this.want(body.lot, body.bidder, 0);
        return;
      case 'lot.offered':
        if (lot) this.offer(lot, leaf);
        return;
      case 'bid.accepted':
        this.ids.add(body.bid);
        this.want(body.lot, body.bidder, body.amountFen);
        this.best(`${body.lot}/${body.offering}`, body.bidder, body.amountFen);
        if (!body.auto) this.counts.set(body.bidder, body.nth);
        if (round && lot) this.bid(lot, round, leaf);
        return;
      case 'bid.refused':
        this.ids.add(body.bid);
        this.counts.set(body.bidder, body.nth);
        return;
      case 'lot.extended':
        if (round?.closesAt == null) return;
        if (body.cause !== 'bid') round.hardEndMs += body.closesAt - round.closesAt;
        round.closesAt = body.closesAt;
        return;
      case 'lot.lastCall':
        if (round) round.closesAt = body.closesAt;
        return;
      case 'lot.frozen':
        if (round) round.frozenAt = t;
        return;
      case 'lot.resumed':
        if (round) this.resume(round, t);
        return;
      case 'clock.restarted':
        if (round?.clock) {
          const { startFen, startsAt, cause } = body;
          const run = round.clock.run + (cause === 'takes' ? 1 : 0);
          const last = cause === 'floor';
          Object.assign(round.clock, { startFen, startsAt, heldFen: null, restartsAt: null, last, run });
        }
        return;
      case 'clock.shifted':
        if (round?.clock) round.clock.startsAt += body.byMs;
        return;
      case 'lot.hammered':
        this.hammer(leaf);
        return;
      case 'lot.setAside':
        if (lot) lot.round = null;
        return;
      case 'offer.made':
        this.asked.set(body.offer, { ...body, isOver: false });
        return;
      case 'offer.accepted':
      case 'offer.declined':
      case 'offer.lapsed':
      case 'offers.ended': {
        const asking = this.asked.get(body.offer ?? '');
        if (asking) asking.isOver = true;
        if (type === 'offer.accepted') this.owed = { type: 'lot.hammered' };
        return;
      }
      case 'lot.passed':
        if (lot) this.end(lot, 'passed', body.units);
        return;
      case 'lot.withdrawn':
        if (lot) this.end(lot, 'withdrawn', body.units);
        return;
      case 'sale.offered':
        this.seconds.set(body.sale, { ...body, isOver: false });
        return;
      case 'sale.accepted':
      case 'sale.declined':
      case 'sale.lapsed': {
        const second = this.seconds.get(body.sale);
        if (second) second.isOver = true;
        if (second && type === 'sale.accepted') this.changeHands(second, t);
        return;
      }
      case 'lot.carried':
        if (lot) this.end(lot, 'carried', body.units);
        if (body.sale !== undefined) this.follow(body.sale);
        return;
      case 'deposit.held': {
        const { deposit, bidder, amountFen } = body;
        const none = { forfeitedFen: 0, releasedFen: 0, returnedFen: 0 };
        this.deposits.set(deposit, { deposit, bidder, amountFen, ...none });
        return;
      }
      case 'deposit.forfeited':
      case 'deposit.released':
      case 'deposit.returned': {
        const of = this.deposits.get(body.deposit);
        if (of) of[`${type.slice(8) as 'forfeited' | 'released' | 'returned'}Fen`] += body.amountFen;
        const lost = type === 'deposit.forfeited' ? this.sales.get(body.sale) : undefined;
        if (lost) lost.forfeitFen += body.amountFen;
        return;
      }
      case 'claim.filed':
      case 'claim.proposed':
      case 'claim.granted':
      case 'claim.declined':
      case 'claim.closed':
        this.claim(leaf);
        return;
      default:
        this.money(leaf);
    }
  }

  private want(lot: string, bidder: string, fen: number): void {
    const wanted = this.wanted.get(lot) ?? new Map<string, number>();
    this.wanted.set(lot, wanted);
    if (wanted.has(bidder) && wanted.get(bidder)! >= fen) return;
    wanted.delete(bidder); // what he wants now is the later
    wanted.set(bidder, fen);
  }

  private best(place: string, bidder: string, fen: number): void {
    const best = this.bestOf.get(place) ?? new Map<string, number>();
    this.bestOf.set(place, best.set(bidder, Math.max(fen, best.get(bidder) ?? 0)));
  }

  private follow(sale: string): SaleFacts | undefined {
    const before = this.sales.get(sale);
    if (before) before.isFollowed = true;
    return before;
  }

  private changeHands({ sale, replaces, bidder, units, unitPriceFen }: Second, t: number): void {
    const before = this.follow(replaces);
    if (!before) return;
    const { lot, offering, firstUnit } = before;
    this.sales.set(sale, {
      ...{ sale, lot, offering, bidder, firstUnit, units, totalFen: units * unitPriceFen, t, replaces },
      ...{ isPaid: false, isOver: null, isFollowed: false, ...untouched() },
    });
  }

  private offer(lot: LotFacts, { i, body }: Extract<LoggedEvent, { type: 'lot.offered' }>): void {
    const { offering, startFen, closesAt = null, clock, units } = body;
    lot.rounds += 1;
    if (clock) this.clocks.add(`${lot.said.lot}/${offering}`);
    lot.ended.passed = 0; // what passed comes back
    lot.round = {
      ...{ offering, startFen, closesAt, frozenAt: null, priceFen: null, last: null, unitsLeft: units },
      hardEndMs: (closesAt ?? 0) + this.rules.hardEndMs,
      clock: clock ? { ...clock, run: 0, heldFen: null, restartsAt: null, last: false } : null,
      offeredI: i,
    };
  }

  private bid(lot: LotFacts, round: Round, leaf: Extract<LoggedEvent, { type: 'bid.accepted' }>): void {
    const { t, body } = leaf;
    const { rules } = this;
    round.priceFen = body.amountFen;
    round.last = leaf;
    const { clock } = round;
    if (clock) {
      clock.heldFen ??= body.amountFen;
      this.owed = { type: 'lot.hammered' };
      return;
    }
    if (body.buyNow || body.amountFen === lot.said.capFen) {
      this.owed = { type: 'lot.hammered' };
      return;
    }
    const { closesAt } = round;
    if (closesAt === null || rules.suddenDeath || closesAt - t > rules.windowMs) return;
    const wished = Math.max(closesAt, Math.min(round.hardEndMs, t + rules.extensionMs));
    if (wished > closesAt) this.owed = { type: 'lot.extended', closesAt: wished };
  }

  private resume(round: Round, t: number): void {
    const stoodMs = t - (round.frozenAt ?? t);
    round.frozenAt = null;
    if (round.closesAt !== null) {
      round.closesAt += stoodMs;
      round.hardEndMs += stoodMs;
    }
    if (round.clock) round.clock.startsAt += stoodMs;
  }

  private hammer({ t, body }: Extract<LoggedEvent, { type: 'lot.hammered' }>): void {
    const { sale, lot, offering, bidder, firstUnit, units, unitPriceFen } = body;
    this.sales.set(sale, {
      ...{ sale, lot, bidder, firstUnit, units, totalFen: units * unitPriceFen },
      ...{ isPaid: false, isOver: null, t, offering, isFollowed: false, replaces: null, ...untouched() },
    });
    const of = this.lots.get(lot);
    if (!of?.round) return;
    of.round.unitsLeft -= units;
    if (of.round.unitsLeft <= 0) of.round = null;
  }

  private end(lot: LotFacts, how: keyof LotFacts['ended'], units: number): void {
    lot.ended[how] += units;
    lot.round = null;
  }

  private money(leaf: LoggedEvent): void {
    if (!('sale' in leaf.body) || leaf.body.sale === undefined) return;
    const sale = this.sales.get(leaf.body.sale);
    if (!sale) return;
    if (leaf.type === 'sale.voided') sale.isOver = 'voided';
    if (leaf.type === 'sale.defaulted') sale.isOver = 'defaulted';
    if (leaf.type === 'sale.paid') sale.isPaid = true;
    if (leaf.type === 'sale.refunded') {
      sale.backFen += leaf.body.amountFen;
      const claim = this.claims.get(leaf.body.claim ?? '');
      if (claim) claim.state = 'refunded';
    }
    if (leaf.type === 'sale.packed') sale.goods.packedAt = leaf.t;
    if (leaf.type === 'sale.shipped')
      Object.assign(sale.goods, { shippedAt: leaf.t, tracking: leaf.body.tracking });
    if (leaf.type === 'sale.received') sale.goods.receivedAt = leaf.t;
    if (leaf.type === 'payout.made') {
      sale.payout ??= { amountFen: 0, clawedFen: 0, comeBackFen: 0 };
      sale.payout.amountFen += leaf.body.amountFen;
    }
    if (!sale.payout) return;
    const isBack = leaf.type === 'clawback.taken' || leaf.type === 'clawback.repaid';
    if (isBack) sale.payout.comeBackFen += leaf.body.amountFen;
    if (isBack || leaf.type === 'clawback.carried') sale.payout.clawedFen += leaf.body.amountFen;
  }
  private claim({ type, body }: Extract<LoggedEvent, { type: `claim.${string}` }>): void {
    if (type === 'claim.filed') {
      const { claim, sale = null, units = 0 } = body;
      this.claims.set(claim, { claim, sale, units, state: 'filed', amountFen: 0, person: '' });
      return;
    }
    const claim = this.claims.get(body.claim);
    if (!claim) return;
    const state = type.slice(6) as ClaimFacts['state'];
    Object.assign(claim, {
      state,
      person: body.person,
      ...('amountFen' in body && { amountFen: body.amountFen }),
    });
  }
}

/** Of a sale that has just been made. */
const untouched = (): Pick<SaleFacts, 'backFen' | 'forfeitFen' | 'goods' | 'payout'> => ({
  ...{ backFen: 0, forfeitFen: 0, payout: null },
  goods: { packedAt: null, shippedAt: null, receivedAt: null, tracking: null },
});
