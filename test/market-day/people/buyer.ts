import { amountAboveFen, leastBidFen, standingOffers } from '@qingpai/auction/rules';
import { type Bid, type BidAnswer, type ShowState } from '@qingpai/wire';
import { type Chance } from '../../tampering/chance.js';
import { press } from './bids.js';
import { oneOf } from './host.js';

const ASK_AGAIN_MS = 900;

export interface BuyerPort {
  chance: Chance;
  later(run: () => void, afterMs: number): void;
  state(): ShowState;
  nowMs(): number;
  /** Asks the server; there may never be an answer. */
  ask(bid: Bid, bidder: string, answer: (answer: BidAnswer) => void): void;
  most(lot: string, maxFen: number, bidder: string): void;
  answerOffer(offer: string, accept: boolean, bidder: string): void;
  answerChance(sale: string, accept: boolean, bidder: string): void;
  isOver(): boolean;
}

/** A buyer with one bid in flight, who asks again with the same id until he is answered. Some are rude. */
export class Buyer {
  waiting: Bid | null = null;
  private count = 0;

  constructor(
    readonly bidder: string,
    private readonly port: BuyerPort,
    /** The impatient ask often. */
    private readonly everyMs: number,
  ) {
    this.soon();
  }

  private soon(): void {
    this.port.later(() => this.act(), 20 + this.port.chance.below(this.everyMs * 2));
  }

  private act(): void {
    const { port } = this;
    if (port.isOver() && !this.waiting) return;
    if (port.state().phase === 'closed') this.answerChance();
    this.answerOffer();
    if (!this.waiting && port.chance.maybe(0.12)) this.sayMost();
    else if (!this.waiting) this.wish();
    this.soon();
  }

  /** What is offered to him, when he sees it; a rude one answers for others too, or once more. */
  private answerOffer(): void {
    const { chance } = this.port;
    const standing = standingOffers(this.port.state());
    if (standing.length === 0 || chance.maybe(0.9)) return;
    const his = standing.find(({ offer }) => offer.bidder === this.bidder);
    const asked = chance.maybe(0.1) ? chance.one(standing) : his;
    if (asked) this.port.answerOffer(asked.offer.offer, chance.maybe(0.6), this.bidder);
  }

  /** What somebody else did not pay for; a rude one answers for others too, or once more. */
  private answerChance(): void {
    const { chance } = this.port;
    const { chances } = this.port.state();
    if (chances.length === 0 || chance.maybe(0.7)) return;
    const his = chances.find(({ bidder, result }) => bidder === this.bidder && result === 'standing');
    const asked = chance.maybe(0.1) ? chance.one(chances) : his;
    if (asked) this.port.answerChance(asked.sale, chance.maybe(0.6), this.bidder);
  }

  private sayMost(): void {
    const { chance } = this.port;
    const state = this.port.state();
    const lot = state.lots[chance.one(Object.keys(state.lots).concat(state.open))];
    if (!lot) return;
    const offering =
      lot.phase === 'onBlock' ? lot.offerings.at(-1)! : { startFen: lot.startFen, priceFen: null };
    const least = leastBidFen(state.rules, lot, offering);
    this.port.most(lot.lot, amountAboveFen(state.rules, lot, least, chance.below(12)), this.bidder);
  }

  private wish(): void {
    const { chance } = this.port;
    const state = this.port.state();
    const lot = state.lots[oneOf(chance, state.open) ?? chance.one(Object.keys(state.lots))];
    const offering = lot?.offerings.at(-1);
    if (!lot || !offering) return;
    const pressed = press({ state, lot, offering, chance, nowMs: this.port.nowMs() });
    if (!pressed) return;
    this.count += 1;
    const bidId = `${this.bidder}-${this.count}`;
    this.waiting = { bidId, lot: lot.lot, offering: lot.offerings.length, ...pressed };
    this.ask();
  }

  /** Though he was answered: the page was opened anew, or he does not trust it. */
  private askOnceMore(bid: Bid): void {
    const { port } = this;
    port.later(() => port.ask(bid, this.bidder, () => undefined), port.chance.below(2_000));
  }

  private ask(): void {
    const bid = this.waiting;
    if (!bid) return;
    this.port.ask(bid, this.bidder, (answer) => {
      const settles = answer.ok || !['not-ready', 'too-busy', 'internal'].includes(answer.reason);
      if (!settles || this.waiting !== bid) return;
      this.waiting = null;
      if (this.port.chance.maybe(0.3)) this.askOnceMore(bid);
    });
    this.port.later(() => this.waiting === bid && this.ask(), ASK_AGAIN_MS);
  }
}
