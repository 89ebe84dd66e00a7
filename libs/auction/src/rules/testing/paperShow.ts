import {
  type BidderKind,
  defaultRules,
  type EventBody,
  type EventType,
  type LoggedEvent,
  type LotState,
  type OfferingState,
  type Reason,
  type ShowRules,
  type ShowState,
} from '@qingpai/wire';
import {
  type BidBook,
  bidBook,
  type Command,
  decide,
  type DecidedEvent,
  decideDue,
  type Decision,
  dueAtMs,
  evolve,
  evolveBook,
  initialShow,
  judge,
  nextNth,
} from '../index.js';

/** A hash where the test does not care which. */
export const HASH = `${'A'.repeat(43)}=`;
export const GROWER = 'grower-aaaaaaaaa';
export const LIN = 'lin-aaaaaaaaaaaa';
export const WU = 'wu-aaaaaaaaaaaaa';
export const CHEN = 'chen-aaaaaaaaaaa';
export const HOST = 'host-aaaaaaaaaaa';

/** A lot in a test: what differs from a pot of hydrangea at ¥36 without a floor. */
export type PaperLot = Partial<EventBody<'lot.catalogued'>> & { floorFen?: number };

const pot = (lot: string, { floorFen = 0, ...differs }: PaperLot = {}): EventBody<'lot.catalogued'> => ({
  list: 1,
  lot,
  number: lot.slice(1).padStart(3, '0'),
  title: '绣球',
  grower: GROWER,
  unit: '盆',
  units: 1,
  format: 'english',
  startFen: 3_600,
  floor: floorFen > 0 ? HASH : null,
  ...differs,
});

type HostAsk = Command extends infer C ? (C extends { by: unknown } ? Omit<C, 'by'> : never) : never;

export interface PaperOptions {
  rules?: Partial<ShowRules>;
  /** Lots of the main list, by id; the show is sealed and opened with them. */
  lots?: Record<string, PaperLot>;
  /** Leave the show a draft. */
  draft?: true;
}

/**
 * A show on paper: a desk without clock, database or line. It stamps what is asked as told, lets happen whatever is due
 * before, and has every leaf judged at once, with the floors and without them: what is decided must be found right.
 */
export class PaperShow {
  readonly state: ShowState;
  readonly book: BidBook = bidBook();
  readonly leaves: LoggedEvent[] = [];
  readonly floors = new Map<string, number>();
  private bids = 0;

  constructor({ rules, lots = {}, draft }: PaperOptions = {}) {
    this.state = initialShow({ ...defaultRules, ...rules });
    const origin = 'market.example/shows/20261124-01';
    this.does(0, { name: 'openLog', body: { origin, witnesses: [] } });
    for (const bidder of [LIN, WU, CHEN]) this.register(bidder);
    this.register(HOST, 'host');
    for (const [lot, paper] of Object.entries(lots)) this.describe(0, lot, paper);
    if (draft) return;
    this.does(0, { name: 'seal', catalogue: HASH });
    this.does(0, { name: 'open' });
  }

  // ---------------------------------------------------------------- asking

  register(bidder: string, kind: BidderKind = 'buyer'): void {
    this.does(this.state.t, { name: 'register', bidder, id: HASH, kind });
  }
  describe(atMs: number, lot: string, paper: PaperLot = {}): Decision {
    return this.ask(atMs, {
      name: 'catalogue',
      lot: pot(lot, { list: this.state.seals.length + 1, ...paper }),
      floorFen: paper.floorFen ?? 0,
    });
  }
  amend(atMs: number, lot: string, paper: PaperLot): Decision {
    return this.ask(atMs, { name: 'amend', lot: pot(lot, paper), floorFen: paper.floorFen ?? 0 });
  }

  /** Asks as the host (or as `by`); whatever is due by then happens before. */
  ask(atMs: number, asked: HostAsk, by: Command['by'] = 'host'): Decision {
    this.pass(atMs);
    const decision = decide(this.state, { by, ...asked } as Command, atMs, this);
    this.log(decision.events, atMs);
    if (decision.ok && (asked.name === 'catalogue' || asked.name === 'amend')) {
      this.floors.set(asked.lot.lot, asked.floorFen);
    }
    return decision;
  }
  /** Asks for what must be granted; answers the leaves it made. */
  does(atMs: number, asked: HostAsk, by?: Command['by']): LoggedEvent[] {
    this.pass(atMs);
    const from = this.leaves.length;
    const decision = this.ask(atMs, asked, by);
    if (!decision.ok) throw new Error(`${asked.name} was refused: ${decision.reason}`);
    return this.leaves.slice(from);
  }
  /** Why it was refused, or null. */
  reason(atMs: number, asked: HostAsk): Reason | null {
    const decision = this.ask(atMs, asked);
    return decision.ok ? null : decision.reason;
  }

  /** A bid on what is on the block (or on what `more` names); null when it was accepted, else the reason. */
  bid(
    atMs: number,
    bidder: string,
    amountFen: number,
    more: {
      lot?: string;
      offering?: number;
      units?: number;
      run?: number;
      confirmed?: true;
      id?: string;
    } = {},
  ): Reason | null {
    const decision = this.press(atMs, bidder, amountFen, more);
    return decision.ok ? null : decision.reason;
  }
  press(
    atMs: number,
    bidder: string,
    amountFen: number,
    more: {
      lot?: string;
      offering?: number;
      units?: number;
      run?: number;
      confirmed?: true;
      id?: string;
    } = {},
  ): Decision {
    this.pass(atMs);
    this.bids += 1;
    const {
      lot = this.state.block ?? 'L1',
      id = `bid-${String(this.bids).padStart(6, '0')}`,
      ...rest
    } = more;
    const offering = this.state.lots[lot]?.offerings.length || 1;
    const bid = { bidId: id, lot, offering, amountFen, ...rest };
    return this.ask(atMs, { name: 'bid', bidder, bid, nth: nextNth(this.book, bidder) }, bidder);
  }

  /** Lets time pass: whatever is due by then happens, each thing at its own time. */
  pass(toMs: number): void {
    for (let dueAt = dueAtMs(this.state, this); dueAt !== null && dueAt <= toMs;) {
      const atMs = Math.max(this.state.t, dueAt);
      this.log(decideDue(this.state, atMs, this), atMs);
      dueAt = dueAtMs(this.state, this);
    }
  }

  private log(events: readonly DecidedEvent[], t: number): void {
    for (const event of events) {
      const leaf: LoggedEvent = { ...event, i: this.state.next, t };
      for (const floors of [undefined, this.floors]) {
        const finding = judge(this.state, this.book, leaf, floors);
        if (finding) throw new Error(`${JSON.stringify(leaf)} is found wrong: ${finding.code} ${finding.en}`);
      }
      evolve(this.state, leaf);
      evolveBook(this.book, leaf);
      this.leaves.push(leaf);
    }
  }

  // ---------------------------------------------------------------- looking

  lot(lot = 'L1'): LotState {
    const found = this.state.lots[lot];
    if (!found) throw new Error(`no lot ${lot}`);
    return found;
  }
  offering(lot = 'L1'): OfferingState {
    const last = this.lot(lot).offerings.at(-1);
    if (!last) throw new Error(`${lot} was never offered`);
    return last;
  }
  /** Bodies of the leaves of a type, in order. */
  said<T extends EventType>(type: T): EventBody<T>[] {
    return this.leaves.filter((leaf) => leaf.type === type).map(({ body }) => body as EventBody<T>);
  }
  /** Types of the leaves since an index. */
  types(from = 0): EventType[] {
    return this.leaves.slice(from).map(({ type }) => type);
  }
}
