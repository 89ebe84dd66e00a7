import { authorMessage, toBase64, utf8 } from '@qingpai/ledger/rules';
import { sha256 } from '@noble/hashes/sha2.js';
import { type Bid, type LoggedEvent, type ShowState } from '@qingpai/wire';
import { type DecidedEvent } from './command.js';
import { present } from './press.js';
import { entry } from './show.js';

type BidLeaf = Extract<LoggedEvent, { type: 'bid.accepted' | 'bid.refused' }>;

/** What a bidder signs: what was asked, since nobody can sign what is still to be decided. */
export interface SignedBid {
  bid: string;
  bidder: string;
  lot: string;
  offering: number;
  /** Per unit, fen; on a clock the price that was pressed. */
  amountFen: number;
  nth: number;
  /** Clock only, and only when more than one. */
  units?: number;
  /** Clock only. */
  run?: number;
  confirmed?: true;
  /** Rising lot only: bought at its buy-now price. */
  buyNow?: true;
  seen?: [number, string];
}

/**
 * The signed part of a bid as it is sent. On a rising lot there are no units and no run.
 * @param nth the bidder's count for this bid
 */
export function signedBid(bid: Bid, bidder: string, nth: number, isClock: boolean): SignedBid {
  const { bidId, lot, offering, amountFen, units, run, confirmed, buyNow, seen } = bid;
  const body = { bid: bidId, bidder, lot, offering, amountFen, nth, confirmed, seen };
  return present({ ...body, ...(isClock ? { units: units === 1 ? undefined : units, run } : { buyNow }) });
}

/** The same, made again from the leaf. */
export function signedBidOf({ body }: BidLeaf, isClock: boolean): SignedBid {
  const { bid, bidder, lot, offering, nth, units, run, confirmed, buyNow, seen } = body;
  const amountFen = ('pressedFen' in body ? body.pressedFen : undefined) ?? body.amountFen;
  const asked = { bidId: bid, lot, offering, amountFen, units, run, confirmed, buyNow, seen };
  return signedBid(asked, bidder, nth, isClock);
}

/** The bytes under a bid's signature: "qingpai/event/v1\n" ‖ JCS({body, show, type: "bid"}). */
export const bidMessage = (body: SignedBid, show: string): Uint8Array =>
  authorMessage({ body, show, type: 'bid' });

/** What an officer signs for a list: that the sealed catalogue was compared with the floor. */
export function approvalStatement(of: {
  origin: string;
  list: number;
  lots: number;
  units: number;
  /** Root of the catalogue, base64, as in `show.sealed`. */
  catalogue: string;
}): string {
  return [
    'qingpai/approval/v1',
    '我已将锁定清单与保留价逐件核对。I have compared the sealed catalogue with the floor.',
    `origin ${of.origin}`,
    `list ${of.list}`,
    `lots ${of.lots}`,
    `units ${of.units}`,
    `catalogue ${of.catalogue}`,
    '',
  ].join('\n');
}

/** SHA-256 of the statement, base64: `note` in the leaf. */
export const approvalNote = (statement: string): string => toBase64(sha256(utf8(statement)));

const signedActs: ReadonlySet<string> = new Set(['show.sealed', 'lot.withdrawn', 'show.closed']);

type Answer = Extract<
  DecidedEvent,
  { type: 'offer.accepted' | 'offer.declined' | 'sale.accepted' | 'sale.declined' }
>;
/** What one person answers to an offer or a second chance: his own word, or the house's for the hall. */
export const isAnswer = <E extends DecidedEvent>(event: E): event is E & Answer =>
  /^(offer|sale)\.(accepted|declined)$/.test(event.type);

/** An act of the house that its author answers for by a signature, once the office has a key. */
export const isSignedAct = ({ type }: Pick<DecidedEvent, 'type'>): boolean => signedActs.has(type);

/**
 * Keys of which one must have signed this act of the house, given the state before it; none: it goes unsigned. An
 * approval is always signed, by the very key it names; a maximum bid, and the answer to an offer, by a key of its bidder,
 * who has one.
 */
export function keysToSign({ staff, bidders }: ShowState, event: DecidedEvent): string[] {
  if (event.type === 'show.approved') return [event.body.key];
  if (event.type === 'proxy.placed' || event.type === 'proxy.withdrawn') {
    return entry(bidders, event.body.bidder)?.keys ?? [];
  }
  if (isAnswer(event)) {
    const { bidder, byModerator } = event.body;
    const isByForm = 'form' in event.body && event.body.form;
    return isByForm || byModerator ? [] : (entry(bidders, bidder)?.keys ?? []);
  }
  if (!isSignedAct(event)) return [];
  return staff.filter(({ office }) => office === event.by).map(({ key }) => key);
}

/** The bytes under the signature of such an act: those of the leaf it makes. */
export const actMessage = ({ type, body }: Pick<DecidedEvent, 'type' | 'body'>, show: string): Uint8Array =>
  authorMessage({ body, show, type });
