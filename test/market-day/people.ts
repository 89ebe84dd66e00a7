import {
  amountAboveFen,
  clockPriceFen,
  evolve,
  initialShow,
  leastBidFen,
  mayBeOfferedAgain,
} from '@qingpai/auction/rules';
import {
  type Bid,
  type BidAnswer,
  type EventsFrame,
  type HostCommand,
  type ShowRules,
  type ShowState,
} from '@qingpai/wire';
import { type Chance } from '../tampering/chance.js';

/** How messages travel: some are lost, some come twice, and each takes its own time. */
export interface Network {
  send(deliver: () => void): void;
}

/** A page: it folds frames, and asks for what it missed. */
export class Watcher {
  readonly state: ShowState;
  constructor(
    rules: ShowRules,
    private readonly ask: (from: number, answer: (frame: EventsFrame) => void) => void,
  ) {
    this.state = initialShow(rules);
  }
  get next(): number {
    return this.state.next;
  }
  handle(frame: EventsFrame): void {
    if (frame.from > this.state.next) return this.heal();
    for (const event of frame.events)
      if (event.i >= this.state.next) evolve(this.state, structuredClone(event));
    this.state.next = Math.max(this.state.next, frame.to + 1);
  }
  heal(): void {
    this.ask(this.state.next, (frame) => {
      if (frame.from <= this.state.next) this.handle(frame);
    });
  }
}

const bidEveryMs = 400;
const askAgainMs = 900;

export interface BuyerPort {
  chance: Chance;
  later(run: () => void, afterMs: number): void;
  state(): ShowState;
  nowMs(): number;
  /** Asks the server; there may never be an answer. */
  ask(bid: Bid, bidder: string, answer: (answer: BidAnswer) => void): void;
  most(lot: string, maxFen: number, bidder: string): void;
  isOver(): boolean;
}

/** A buyer with one bid in flight, who asks again with the same id until he is answered. Some are rude. */
export class Buyer {
  waiting: Bid | null = null;
  private count = 0;

  constructor(
    readonly bidder: string,
    private readonly port: BuyerPort,
  ) {
    this.soon();
  }

  private soon(): void {
    const { chance } = this.port;
    this.port.later(() => this.act(), 20 + chance.below(bidEveryMs * 2));
  }

  private act(): void {
    const { port } = this;
    if (port.isOver() && !this.waiting) return;
    if (!this.waiting && port.chance.maybe(0.12)) this.sayMost();
    else if (!this.waiting) this.wish();
    this.soon();
  }

  private sayMost(): void {
    const { chance } = this.port;
    const state = this.port.state();
    const lot = state.lots[chance.one(Object.keys(state.lots).concat(state.block ?? []))];
    if (!lot) return;
    const offering =
      lot.phase === 'onBlock' ? lot.offerings.at(-1)! : { startFen: lot.startFen, priceFen: null };
    const least = leastBidFen(state.rules, lot, offering);
    this.port.most(lot.lot, amountAboveFen(state.rules, lot, least, chance.below(12)), this.bidder);
  }

  private wish(): void {
    const { chance } = this.port;
    const state = this.port.state();
    const lot = state.lots[state.block ?? chance.one(Object.keys(state.lots))];
    const offering = lot?.offerings.at(-1);
    if (!lot || !offering) return;
    const fair = offering.clock
      ? clockPriceFen(offering.clock, this.port.nowMs())
      : amountAboveFen(
          state.rules,
          lot,
          leastBidFen(state.rules, lot, offering),
          chance.one([0, 0, 0, 0, 1, 2, 6]),
        );
    const rude = chance.maybe(0.15);
    const amountFen = Math.max(1, fair + (rude ? chance.one([-100, -1, 1, 50, 100_000]) : 0));
    this.count += 1;
    this.waiting = {
      ...{ bidId: `${this.bidder}-${this.count}`, lot: lot.lot, amountFen },
      offering: Math.max(1, lot.offerings.length - (chance.maybe(0.03) ? 1 : 0)),
      ...(offering.clock && { units: 1 + chance.below(2), run: offering.clock.run }),
      ...(chance.maybe(0.3) && { confirmed: true as const }),
    };
    this.ask();
  }

  private ask(): void {
    const bid = this.waiting;
    if (!bid) return;
    this.port.ask(bid, this.bidder, (answer) => {
      const settles = answer.ok || !['not-ready', 'too-busy', 'internal'].includes(answer.reason);
      if (settles && this.waiting === bid) this.waiting = null;
    });
    this.port.later(() => this.waiting === bid && this.ask(), askAgainMs);
  }
}

/** What a host does next, by what the page shows. Null: nothing now. */
export function hostWish(state: ShowState, chance: Chance): HostCommand | null {
  const lots = Object.values(state.lots);
  if (state.block !== null) {
    const lot = state.block;
    const offering = state.lots[lot]!.offerings.at(-1)!;
    if (offering.frozenAt !== null) return { name: 'resume', lot };
    const dice = chance.next();
    if (dice < 0.25) return { name: 'lastCall', lot };
    if (dice < 0.32) return { name: 'freeze', lot };
    if (dice < 0.37) return { name: 'setAside', lot };
    return null;
  }
  if (state.undoable !== null && chance.maybe(0.1))
    return { name: 'undo', sale: state.undoable, reason: 'technical' };
  const sealed = lots.find(({ phase }) => phase === 'sealed');
  if (sealed) return { name: 'offer', lot: sealed.lot };
  const waiting = lots.find(({ phase }) => phase === 'waiting');
  if (!waiting) return null;
  const { lot } = waiting;
  if (waiting.offerings.at(-1)?.result === 'voided' && mayBeOfferedAgain(state.rules, waiting))
    return { name: 'offer', lot };
  if (mayBeOfferedAgain(state.rules, waiting)) return { name: 'reoffer', lot };
  return chance.maybe(0.5) ? { name: 'pass', lot } : { name: 'carry', lot };
}

export const isOver = (state: ShowState): boolean =>
  state.block === null &&
  Object.values(state.lots).every(({ phase }) => !['sealed', 'waiting', 'onBlock'].includes(phase));
