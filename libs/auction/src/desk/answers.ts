import { refusalOf } from '@qingpai/platform';
import { type Bid, type BidAnswer, type CommandAnswer, type Reason, type Refusal } from '@qingpai/wire';
import { ANSWERS_PER_BIDDER_MAX, COMMAND_ANSWERS_MAX } from './limits.js';

/** These settle nothing: asked again with the same id, a bid or command is looked at anew. */
const unsettled: ReadonlySet<Reason> = new Set<Reason>(['not-ready', 'too-busy', 'internal']);
export const settles = (answer: { ok: true } | Refusal): boolean =>
  answer.ok || !unsettled.has(answer.reason);

export type RefusedBid = Extract<BidAnswer, { ok: false }>;

export function refusedBid(
  bidId: string | null,
  reason: Reason,
  more: Partial<Pick<RefusedBid, 'i' | 'beatenBy' | 'leastFen' | 'nth'>> = {},
): RefusedBid {
  return { ...refusalOf(reason), verdict: 'refused', bidId, ...defined(more) };
}

/** Without the keys that have no value: an answer repeated from the log must equal the first, key by key. */
function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}

/** What makes two bids the same bid; `nth` is left out, it may be filled in by the desk. */
export const bidKey = (bid: Bid): string =>
  JSON.stringify([bid.lot, bid.offering, bid.amountFen, bid.units, bid.run, bid.confirmed, bid.buyNow]);

interface Kept<A> {
  key: string;
  answer: A;
}

/** Keeps the newest entries. */
class Newest<A> {
  private readonly kept = new Map<string, Kept<A>>();
  constructor(private readonly max: number) {}

  get(id: string): Kept<A> | undefined {
    return this.kept.get(id);
  }
  set(id: string, one: Kept<A>): void {
    this.kept.delete(id);
    this.kept.set(id, one);
    if (this.kept.size <= this.max) return;
    const [oldest] = this.kept.keys();
    this.kept.delete(oldest!);
  }
  delete(id: string): void {
    this.kept.delete(id);
  }
}

/**
 * Refusals as they were told, so that the same id gets the same answer. Those that are leaves can be found in the
 * log as well; the others live here only, and a bounded number per bidder, so that a flood forgets only its own.
 */
export class RefusedBids {
  private readonly byBidder = new Map<string, Newest<RefusedBid>>();

  find(bidder: string, bidId: string): Kept<RefusedBid> | undefined {
    return this.byBidder.get(bidder)?.get(bidId);
  }

  keep(bidder: string, bid: Bid, answer: RefusedBid): void {
    if (!settles(answer)) return;
    let kept = this.byBidder.get(bidder);
    if (!kept) this.byBidder.set(bidder, (kept = new Newest(ANSWERS_PER_BIDDER_MAX)));
    kept.set(bid.bidId, { key: bidKey(bid), answer });
  }
}

/** The same commandId gets the same answer for as long as the server runs (and it is among the newest). */
export class CommandAnswers {
  private readonly kept = new Newest<Promise<CommandAnswer>>(COMMAND_ANSWERS_MAX);

  /** Runs the command unless its id is known; the same id with another body is `id-reused`. */
  once(id: string, body: unknown, run: () => Promise<CommandAnswer>): Promise<CommandAnswer> {
    // Whether a witness has signed by now is what the server adds, and may have changed since it was asked first.
    const key = JSON.stringify(body, (name, value: unknown) => (name === 'witnessed' ? undefined : value));
    const known = this.kept.get(id);
    if (known) return known.key === key ? known.answer : Promise.resolve(refusalOf('id-reused'));
    const answer = run().then((told) => {
      if (!settles(told)) this.kept.delete(id);
      return told;
    });
    this.kept.set(id, { key, answer });
    return answer;
  }
}
