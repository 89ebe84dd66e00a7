import { type DecidedEvent } from './command.js';
import {
  type Bid,
  type BidAnswer,
  type EventBody,
  type LoggedEvent,
  type Reason,
  ruleWords,
  type ShowState,
} from '@qingpai/wire';
import { type FloorRange } from './floorClaims.js';
import { type Jump } from './replayAuto.js';
import { present } from './press.js';
import { entry } from './show.js';
import { soldLot } from './takenOver.js';

/** A bid as the log holds it: enough to give the same answer again, and to see that an id is used for another bid. */
export interface LoggedBid {
  bid: string;
  bidder: string;
  lot: string;
  offering: number;
  i: number;
  t: number;
  nth: number;
  /** Fen per unit: bid; on a clock the price it was sold at, or at which it was refused. */
  amountFen: number;
  /** Clock: the price that was pressed. */
  pressedFen?: number;
  units?: number;
  run?: number;
  confirmed?: true;
  buyNow?: true;
  /** The sale this bid made at once: a take, the cap, a buy-now. */
  sale?: string;
  /** Null: accepted. */
  reason: EventBody<'bid.refused'>['reason'] | null;
}

/** A maximum bid as the log holds it. */
export interface LoggedProxy {
  bidder: string;
  lot: string;
  max: string;
  i: number;
  t: number;
  nth: number;
}

/**
 * What the log knows beside the state of the show: verdicts of bids by id, counts by bidder, payments. It is folded from the
 * leaves when a show is taken over, so no index is needed (LEDGER §3). Maps, since ids are chosen by clients.
 */
export interface BidBook {
  bids: Map<string, LoggedBid>;
  /** `nth` of each bidder's last logged bid. */
  nths: Map<string, number>;
  /** Logged refusals, by bidder, lot and offering. */
  refusals: Map<string, number>;
  /** The newest accepted bid, while no leaf has followed it. */
  last: LoggedBid | null;
  /** The newest leaf. */
  previous: LoggedEvent | null;
  /** Maximum bids by id, as they were placed. */
  proxies: Map<string, LoggedProxy>;
  /** An automatic bid whose reason the next leaf has to give; kept by who judges. */
  jump: Jump | null;
  /** The first sale, or the deposit, each payment (hash of its reference) was logged for; one payment may cover several of a buyer. */
  txns: Map<string, string>;
  /** References of money that moved in the log before and was told again: they stand for nothing else. */
  txnsBefore: Set<string>;
  /** Nothing is told again any more. */
  hasLots: boolean;
  /** What judged leaves have told of floors that are not opened, by lot. */
  floors: Map<string, FloorRange>;
}

export const bidBook = (): BidBook => ({
  bids: new Map(),
  nths: new Map(),
  refusals: new Map(),
  last: null,
  previous: null,
  proxies: new Map(),
  jump: null,
  txns: new Map(),
  txnsBefore: new Set(),
  hasLots: false,
  floors: new Map(),
});

/** Folds one event, in place, and returns the book. Events that are no bids leave it as it is. */
export function evolveBook(book: BidBook, event: LoggedEvent): BidBook {
  const { last } = book;
  book.last = null;
  book.previous = event;
  if (event.type === 'bid.accepted') {
    book.last = enter(book, event, null);
  } else if (event.type === 'proxy.placed') {
    const { bid, bidder, lot, max, nth } = event.body;
    book.proxies.set(bid, { bidder, lot, max, i: event.i, t: event.t, nth });
    book.nths.set(bidder, nth);
  } else if (event.type === 'bid.refused') {
    enter(book, event, event.body.reason);
    const key = refusalKey(event.body);
    book.refusals.set(key, (book.refusals.get(key) ?? 0) + 1);
  } else if (event.type === 'lot.hammered' && last?.t === event.t) {
    // At one moment with the bid: the bid itself made the sale, no close did.
    last.sale = event.body.sale;
  } else if (event.type === 'lot.catalogued' || event.type === 'show.sealed') {
    book.hasLots = true;
  } else if (isMoney(event) && !book.txns.has(txnKey(event))) {
    if (!book.hasLots) book.txnsBefore.add(event.body.txn);
    book.txns.set(txnKey(event), 'sale' in event.body ? event.body.sale : event.body.deposit);
  }
  return book;
}

type MoneyEvent = Extract<
  DecidedEvent,
  {
    type:
      'sale.paid' | 'sale.refunded' | 'payout.made' | 'clawback.repaid' | 'deposit.held' | 'deposit.returned';
  }
>;
const isMoney = <E extends Pick<LoggedEvent, 'type'>>(event: E): event is E & MoneyEvent =>
  Object.hasOwn(ways, event.type);

/** Money in, money back, money to a grower and money back from him are four transfers: each has its own reference. */
const ways = {
  ...{
    'sale.paid': '',
    'deposit.held': '',
    'sale.refunded': '-',
    'deposit.returned': '-',
    'payout.made': '>',
    'clawback.repaid': '<',
  },
} as const;
const txnKey = ({ type, body }: MoneyEvent): string => ways[type] + body.txn;

/** Whether the reference was used for the money of somebody else, or for money that went the other way. */
export function isTxnReused(book: BidBook, state: ShowState, event: DecidedEvent): boolean {
  if (!isMoney(event)) return false;
  const { txn } = event.body;
  if (book.hasLots && book.txnsBefore.has(txn)) return true;
  const others = Object.values(ways).filter((way) => way !== ways[event.type]);
  if (others.some((way) => book.txns.has(way + txn))) return true;
  const used = book.txns.get(txnKey(event));
  if (used === undefined) return false;
  // The transfer of a deposit is for nothing else.
  if (!('sale' in event.body) || !Object.hasOwn(state.sales, used)) return true;
  const before = state.sales[used];
  // Of one grower, by one payout.
  if (event.type === 'payout.made')
    return before !== undefined && before.payout?.payout !== event.body.payout;
  const now = entry(state.sales, event.body.sale);
  // A grower may give back for several sales at once.
  if (event.type === 'clawback.repaid')
    return (
      before !== undefined &&
      now !== undefined &&
      soldLot(state, before).grower !== soldLot(state, now).grower
    );
  return before !== undefined && now !== undefined && before.bidder !== now.bidder;
}

function enter(
  book: BidBook,
  { i, t, body }: Extract<LoggedEvent, { type: 'bid.accepted' | 'bid.refused' }>,
  reason: LoggedBid['reason'],
): LoggedBid {
  const { bid, bidder, lot, offering, nth, amountFen, units, run, confirmed, buyNow } = body;
  const pressedFen = 'pressedFen' in body ? body.pressedFen : undefined;
  const logged = present({
    ...{ bid, bidder, lot, offering, i, t, nth, amountFen, pressedFen, units, run, confirmed, buyNow },
    reason,
  });
  book.bids.set(bid, logged);
  // Automatic bids are not the device's: they do not count.
  if (nth > 0) book.nths.set(bidder, nth);
  return logged;
}

/** Bids and maximum bids share one set of ids. */
export const isKnownId = (book: BidBook, id: string): boolean => book.bids.has(id) || book.proxies.has(id);

/** The count a bidder's next logged bid carries, from 1 without gaps. */
export const nextNth = (book: BidBook, bidder: string): number => (book.nths.get(bidder) ?? 0) + 1;

type Place = Pick<LoggedBid, 'bidder' | 'lot' | 'offering'>;
const refusalKey = ({ bidder, lot, offering }: Place): string => `${bidder} ${lot} ${offering}`;

/** How many refusals of this bidder on this offering the log holds; it takes `refusalsLoggedMax`, then `slow-down`. */
export const refusalsLogged = (book: BidBook, place: Place): number =>
  book.refusals.get(refusalKey(place)) ?? 0;

/**
 * The answer a bid got that is in the log, or null if its id is not. The same id with another body, or from another
 * bidder, is `id-reused`. What helped the next bid when it was refused (`beatenBy`, `leastFen`) is not in the log.
 */
export function answerOf(book: BidBook, bid: Bid, bidder: string): BidAnswer | null {
  const logged = book.bids.get(bid.bidId);
  if (!logged) return null;
  if (!isSameBid(logged, bid, bidder)) return refusedAnswer(bid.bidId, 'id-reused');
  const { i, t, amountFen, units, sale, reason } = logged;
  const nth = logged.nth + 1;
  if (reason) return { ...refusedAnswer(bid.bidId, reason), i, nth };
  const { bidId } = bid;
  const answer: BidAnswer = { ok: true, verdict: 'accepted', bidId, i, t, amountFen, units, sale, nth };
  return present(answer);
}

const refusedAnswer = (bidId: string, reason: Reason): Extract<BidAnswer, { ok: false }> => ({
  ok: false,
  verdict: 'refused',
  bidId,
  reason,
  message: ruleWords(reason),
});

/** A rising lot ignores units and run, so they do not tell two bids apart there. */
function isSameBid(logged: LoggedBid, bid: Bid, bidder: string): boolean {
  return (
    logged.bidder === bidder &&
    logged.lot === bid.lot &&
    logged.offering === bid.offering &&
    (logged.pressedFen ?? logged.amountFen) === bid.amountFen &&
    logged.confirmed === bid.confirmed &&
    logged.buyNow === bid.buyNow &&
    (logged.units === undefined || logged.units === (bid.units ?? 1)) &&
    (logged.run === undefined || logged.run === bid.run)
  );
}
