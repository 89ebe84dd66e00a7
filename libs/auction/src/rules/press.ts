import {
  type BidderState,
  type EventBody,
  type LotState,
  type OfferingState,
  type Reason,
  type ShowRules,
  type ShowState,
} from '@qingpai/wire';
import { type Command, type Secrets } from './command.js';

/** A bid as it arrives, on its way through the checks. */
export type Press = Extract<Command, { name: 'bid' }>;

/** Everything its checks look at. */
export interface Bidding {
  state: ShowState;
  lot: LotState;
  offering: OfferingState;
  bidder: BidderState;
  nowMs: number;
  secrets: Secrets;
}

/** Reasons for which a bid that was understood is refused; each becomes a leaf. */
export type BidReason = EventBody<'bid.refused'>['reason'];

const leaves: ReadonlySet<Reason> = new Set<BidReason>([
  'not-open',
  'frozen',
  'too-late',
  'bidder-not-allowed',
  'own-lot',
  'already-leading',
  'below-start',
  'not-above-price',
  'off-grid',
  'above-cap',
  'buy-now-gone',
  'over-limit',
  'deposit-needed',
  'slip-confirm',
  'clock-stale',
  'above-pressed',
  'units-not-left',
  'below-minimum-take',
]);

/** Whether a refused bid is a `bid.refused` leaf; every other refusal is an answer only (LEDGER §3). */
export const isLeaf = (reason: Reason): reason is BidReason => leaves.has(reason);

/** What every leaf of a bid says, accepted or refused. */
export const pressBody = ({ by, bidder, bid, nth, form }: Press) => ({
  bid: bid.bidId,
  bidder,
  lot: bid.lot,
  offering: bid.offering,
  byModerator: isByHouse({ by }) ? (true as const) : undefined,
  confirmed: bid.confirmed,
  buyNow: bid.buyNow,
  form,
  nth,
  seen: bid.seen,
});

/** Without the fields that are undefined: canonical JSON knows no such value. */
export function present<T extends object>(body: T): T {
  const kept = {} as T;
  for (const key in body) if (body[key] !== undefined) kept[key] = body[key];
  return kept;
}

/**
 * The most one bid may come to, fen (10 000 million yuan): with it every sum over a show stays a whole number that
 * JavaScript holds exactly.
 */
export const BID_TOTAL_MAX_FEN = 1_000_000_000_000;

/** A bid's total may not pass the bidder's limit, nor what whole numbers hold. */
export const isOverLimit = (
  rules: ShowRules,
  bidder: BidderState,
  amountFen: number,
  units: number,
): boolean => amountFen > Math.floor(limitOf(rules, bidder) / units);

/** The most one bid may come to, fen: the bidder's own limit, else the show's. */
export function limitOf({ bidLimitFen, hallLimitFen }: ShowRules, { kind, limitFen }: BidderState): number {
  const ofAll = (kind === 'hall' ? hallLimitFen : undefined) ?? bidLimitFen ?? BID_TOTAL_MAX_FEN;
  return Math.min(limitFen ?? ofAll, BID_TOTAL_MAX_FEN);
}

/** The house bids for people in the hall, and for nobody else. */
export const isByHouse = ({ by }: Pick<Press, 'by'>): boolean => by === 'host' || by === 'moderator';
