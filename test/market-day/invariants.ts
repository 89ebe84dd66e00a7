import {
  type BidAnswer,
  type EventsFrame,
  isAnnounced,
  type LoggedEvent,
  type ShowRules,
} from '@qingpai/wire';
import {
  bidBook,
  evolve,
  evolveBook,
  initialShow,
  judge,
  moneyFactsOf,
  openUnits,
  sealedLots,
} from '@qingpai/auction/rules';
import { isBalanced, journalOf } from '@qingpai/ledger/rules';
import { LOOP_TICK_MS, STALL_MS } from '@qingpai/auction/testing';
import { type BreakableLog } from './breakableLog.js';

/** A promise that was broken: which one, and how. */
export class Broken extends Error {
  constructor(
    readonly invariant: string,
    how: string,
  ) {
    super(`${invariant}: ${how}`);
  }
}

/** What must hold whatever happens (RELIABILITY §5). It looks at the stored log and at what people were told. */
export class Invariants {
  readonly state;
  private readonly book = bidBook();
  private readonly told = new Map<string, BidAnswer>();
  private judged = 0;
  private epochs = 0;

  constructor(
    private readonly log: BreakableLog,
    rules: ShowRules,
  ) {
    this.state = initialShow(rules);
  }

  /** After every step: what was stored since the last look is what the rules allow or demand, both ways. */
  afterStep(): void {
    const { leaves, givenEpochs } = this.log;
    for (; this.judged < leaves.length; this.judged += 1) {
      const leaf = leaves[this.judged]!;
      if (leaf.i !== this.judged)
        throw new Broken('no gap in the log', `leaf ${leaf.i} stands at ${this.judged}`);
      if (leaf.t < this.state.t) throw new Broken('time never goes back', `leaf ${leaf.i}`);
      const finding = judge(this.state, this.book, leaf, this.log.floors);
      if (finding) throw new Broken(`the rules hold (${finding.code})`, JSON.stringify(leaf));
      evolve(this.state, structuredClone(leaf));
      evolveBook(this.book, leaf);
    }
    for (; this.epochs < givenEpochs.length; this.epochs += 1) {
      const before = givenEpochs[this.epochs - 1] ?? 0;
      if (givenEpochs[this.epochs]! <= before) throw new Broken('an epoch never goes back', `${before}`);
    }
  }

  /** An answer is what the log says; and the same bid always has the same answer. */
  answered(bidder: string, answer: BidAnswer, atSocketMs: number): void {
    const { bidId } = answer;
    if (bidId === null || unsettled.has(answer.ok ? '' : answer.reason)) return;
    const before = this.told.get(bidId);
    // A refusal without a leaf is one process's word: another may put it in other words, but it stays a refusal.
    const isPut = before && isLogged(before) && isLogged(answer);
    const isSame = before && (isPut ? verdict(before) === verdict(answer) : before.ok === answer.ok);
    if (before && !isSame) {
      throw new Broken('the same bid has the same answer', `${verdict(before)}, then ${verdict(answer)}`);
    }
    this.told.set(bidId, answer);
    const leaf = answer.i === undefined ? undefined : this.log.leaves[answer.i];
    if (answer.ok && !isBidOf(leaf, 'bid.accepted', bidId, bidder)) {
      throw new Broken(
        'no acknowledged bid is lost',
        `${bidId} was told leaf ${answer.i}, which is ${leaf?.type}`,
      );
    }
    if (!answer.ok && answer.i !== undefined && !isBidOf(leaf, 'bid.refused', bidId, bidder)) {
      throw new Broken('an answer is what the log says', `${bidId} was told refusal ${answer.i}`);
    }
    if (!answer.ok && answer.reason === 'too-late' && leaf) this.fairToTheLast(leaf, atSocketMs);
  }

  /** Who was at the socket before the close is never late because the process stood still. */
  private fairToTheLast({ body }: LoggedEvent, atSocketMs: number): void {
    const { lot, offering } = body as { lot: string; offering: number };
    const of = this.state.lots[lot]?.offerings[offering - 1];
    // On a clock, and at the cap, somebody may have taken all just before.
    if (of?.closesAt == null || of.priceFen === this.state.lots[lot]!.capFen) return;
    if (of.endedAt != null && atSocketMs < of.endedAt - SHORT_STALL_MS && of.result === 'hammered') {
      throw new Broken(
        'a fair bid is never late',
        `at the socket ${of.endedAt - atSocketMs} ms before the hammer`,
      );
    }
  }

  /** What is announced is stored, in its place, and refusals are not in it. */
  announced({ from, to, events }: EventsFrame): void {
    if (to >= this.log.leaves.length)
      throw new Broken('nothing is announced that is not stored', `leaf ${to}`);
    const stored = this.log.leaves.slice(from, to + 1).filter(isAnnounced);
    if (JSON.stringify(stored.map(mark)) !== JSON.stringify(events.map(mark))) {
      throw new Broken('what is announced is what is stored', `${from} to ${to}`);
    }
  }

  /** When all is over and quiet. */
  atEnd(watchers: readonly { state: object; next: number }[], waiting: number): void {
    this.afterStep();
    if (waiting > 0) throw new Broken('every bid is answered', `${waiting} are not`);
    for (const [bidId, answer] of this.told) {
      const logged = this.book.bids.get(bidId);
      if (!answer.ok && logged && logged.reason === null) {
        throw new Broken('never refused for a bid that stands', bidId);
      }
    }
    const { state } = this;
    if (state.phase !== 'open' || sealedLots(state).length === 0)
      throw new Broken('the show is held', state.phase);
    for (const lot of sealedLots(state)) {
      const ended = lot.soldUnits + lot.passedUnits + lot.withdrawnUnits + lot.carriedUnits;
      if (ended + openUnits(lot) !== lot.units) throw new Broken('no lot vanished', lot.lot);
      const live = Object.values(state.sales).filter(
        (sale) => sale.lot === lot.lot && sale.phase !== 'voided',
      );
      const sold = live.reduce((sum, { units }) => sum + units, 0);
      if (sold !== lot.soldUnits) throw new Broken('sold units have one live sale', lot.lot);
      if (lot.phase === 'onBlock') throw new Broken('a lot closes', `${lot.lot} is still on the block`);
    }
    if (!journalOf(moneyFactsOf(state, [...this.log.leaves])).every(isBalanced))
      throw new Broken('books balance', '');
    for (const watcher of watchers) {
      if (watcher.next !== state.next || plain(watcher.state) !== plain(state)) {
        throw new Broken(
          'a page that watched holds the state of the log',
          `at ${watcher.next} of ${state.next}`,
        );
      }
    }
  }
}

/** A standstill that is shorter is not told from a busy moment: nobody gets time back for it. */
const SHORT_STALL_MS = STALL_MS + LOOP_TICK_MS;

const unsettled = new Set(['not-ready', 'too-busy', 'internal', 'slow-down']);
const verdict = (answer: BidAnswer): string =>
  answer.ok ? `accepted ${answer.i} ${answer.amountFen}` : `refused ${answer.reason} ${answer.i ?? ''}`;
const isLogged = (answer: BidAnswer): boolean => answer.i !== undefined;
const isBidOf = (
  leaf: LoggedEvent | undefined,
  type: LoggedEvent['type'],
  bid: string,
  bidder: string,
): boolean =>
  leaf?.type === type && 'bid' in leaf.body && leaf.body.bid === bid && leaf.body.bidder === bidder;
const mark = ({ i, t, type, body }: LoggedEvent) => [i, t, type, body];
/** Refusals move a state's time and size, and pages are not told of them. */
const plain = (state: object): string => JSON.stringify({ ...state, t: 0, next: 0 });
