import { sha256 } from '@noble/hashes/sha2.js';
import { fromBase64, toBase64 } from '@qingpai/ledger/rules';
import {
  type BidderState,
  type LotState,
  type OfferingState,
  type ProxyState,
  type Reason,
  type ShowRules,
  type ShowState,
} from '@qingpai/wire';
import { type Command, type DecidedEvent, type Decision, type ProxySecret, type Secrets } from './command.js';
import { happens, refuse } from './decision.js';
import { lacksDeposit } from './deposits.js';
import { extensionAfter } from './english.js';
import { floorMetAt, floorOf } from './floor.js';
import { amountAboveFen, leastBidFen, stepsBetween } from './increments.js';
import { hammer } from './sales.js';
import { isOverLimit, limitOf, present } from './press.js';
import { bidderIn, entry, type OnBlock } from './show.js';

/**
 * Maximum bids (自动加价, RULES §2.6) and pre-bids (§2.7). The maximum stays on the server; the log holds
 * C = SHA256^m(s), m being its steps on the grid above the start price. An automatic bid at step k carries
 * `reach` = SHA256^(m−k)(s): hashed k times it gives C, so anybody sees that the maximum reaches this step, and
 * nobody sees how far it goes (LEDGER §2).
 */

/** Steps from the start price to a maximum: hashing them is what the verifier pays for each automatic bid. */
export const PROXY_STEPS_MAX = 1_000;

type Of<N extends Command['name']> = Extract<Command, { name: N }>;

/** SHA-256 applied `times` times. */
function hashed(bytes: Uint8Array, times: number): Uint8Array {
  let hash = bytes;
  for (let n = 0; n < times; n += 1) hash = sha256(hash);
  return hash;
}

/** The commitment to a maximum, base64. @param secret 32 random bytes of the phone's @param steps the maximum above the start price, on the grid */
export const proxyCommitment = (secret: Uint8Array, steps: number): string => toBase64(hashed(secret, steps));

/** Whether `reach` (base64) shows that the committed maximum lies at `steps` above the start price, or higher. */
export function reaches(max: string, steps: number, reach: string): boolean {
  const bytes = fromBase64(reach);
  return bytes?.length === 32 && steps <= PROXY_STEPS_MAX && toBase64(hashed(bytes, steps)) === max;
}

/** The id of the automatic bid at this step of a proxy; no client may choose one like it. */
export const autoBidId = ({ i }: Pick<ProxyState, 'i'>, steps: number): string => `auto-${i}-${steps}`;
export const isAutoBidId = (id: string): boolean => /^auto-\d/.test(id);

/** The steps of a lot's grid from its start price up to an amount; null: not on it. */
export const stepsOfFen = (
  rules: ShowRules,
  lot: Pick<LotState, 'stepFen' | 'startFen'>,
  amountFen: number,
): number | null => stepsBetween(rules, lot, lot.startFen, amountFen);

// ---------------------------------------------------------------- placing and taking back

/** A maximum is placed, in place of an earlier one of the same bidder; on an open lot it counts at once. */
export function placeProxy(
  state: ShowState,
  command: Of<'proxy'>,
  nowMs: number,
  secrets: Secrets,
): Decision {
  const { by, bidder: id, proxy, nth } = command;
  const lot = entry(state.lots, proxy.lot);
  const bidder = bidderIn(state, id);
  if (!lot || lot.phase === 'draft' || lot.phase === 'struck') return refuse('unknown-lot');
  if (!bidder) return refuse('no-paddle');
  const offering = lot.phase === 'onBlock' ? lot.offerings.at(-1)! : null;
  const reason =
    checkPlace(lot, offering, bidder, nowMs) ??
    (lacksDeposit(state, id, null) ? 'deposit-needed' : null) ??
    checkMaximum(state, lot, offering, bidder, proxyOf(secrets, proxy.bidId));
  if (reason) return refuse(reason);
  const { bidId: bid, max, seen } = proxy;
  const placed: DecidedEvent = {
    type: 'proxy.placed',
    body: present({ bid, bidder: id, lot: lot.lot, max, nth, seen }),
    by,
  };
  if (!offering) return { ok: true, events: [placed] };
  const others = lot.proxies.filter((one) => one.bidder !== id);
  const proxies = [...others, { bid, bidder: id, max, i: state.next }];
  const stirred = { ...lot, proxies };
  return {
    ok: true,
    events: [placed, ...autoBids({ state, lot: stirred, offering, nowMs, secrets })],
  };
}

function checkPlace(
  lot: LotState,
  offering: OfferingState | null,
  bidder: BidderState,
  nowMs: number,
): Reason | null {
  const isOpen = offering === null ? lot.phase === 'sealed' : offering.clock === null;
  if (lot.format !== 'english' || !isOpen) return 'no-proxy-here';
  if (offering && offering.frozenAt !== null) return 'frozen';
  if (offering && nowMs >= (offering.closesAt ?? 0)) return 'too-late';
  if (bidder.banned || bidder.kind === 'hall') return 'bidder-not-allowed';
  if (bidder.kind === 'host' || bidder.bidder === lot.grower) return 'own-lot';
  return null;
}

/** @param secret null: the verifier does not know it, and does not ask */
function checkMaximum(
  { rules }: ShowState,
  lot: LotState,
  offering: OfferingState | null,
  bidder: BidderState,
  secret: ProxySecret | null,
): Reason | null {
  if (secret === null) return null;
  const { maxFen } = secret;
  const steps = stepsOfFen(rules, lot, maxFen);
  const place = offering ?? { startFen: lot.startFen, priceFen: null };
  if (place.priceFen !== null && maxFen <= place.priceFen) return 'not-above-price';
  if (maxFen < leastBidFen(rules, lot, place)) return 'below-start';
  if (steps === null || steps > PROXY_STEPS_MAX) return 'off-grid';
  if (lot.capFen !== null && maxFen > lot.capFen) return 'above-cap';
  if (isOverLimit(rules, bidder, maxFen, offering?.unitsLeft ?? lot.units)) return 'over-limit';
  return null;
}

/** Only before it counts: who leads, or would by his maximum, has bid, and a bid cannot be taken back. */
export function withdrawProxy(state: ShowState, { by, bidder, lot: id }: Of<'withdrawProxy'>): Decision {
  const lot = entry(state.lots, id);
  if (!lot) return refuse('unknown-lot');
  const proxy = lot.proxies.find((one) => one.bidder === bidder);
  if (!proxy) return refuse('no-proxy');
  const offering = lot.phase === 'onBlock' ? lot.offerings.at(-1) : undefined;
  if (offering?.leader === bidder) return refuse('already-leading');
  return happens(by, { type: 'proxy.withdrawn', body: { bid: proxy.bid, bidder, lot: id } });
}

/** What the server holds of a proxy; null where nothing is known of any (the verifier). */
function proxyOf({ proxies }: Secrets, bid: string): ProxySecret | null {
  if (!proxies) return null;
  const secret = proxies.get(bid);
  if (!secret) throw new Error(`bug: nothing is known of the proxy ${bid}`);
  return secret;
}

// ---------------------------------------------------------------- what they bid

/** A lot on which somebody has just bid, placed a maximum, or which is offered now. */
export interface Stirred extends OnBlock {
  state: ShowState;
  nowMs: number;
  secrets: Secrets;
}

interface Contender {
  proxy: ProxyState;
  secret: ProxySecret;
  /** What it goes up to: the maximum, or the bidder's limit when that is lower; on the grid. */
  upToFen: number;
}

/**
 * The automatic bids that follow (RULES §2.6): the price comes to the second-highest maximum and one step, and not
 * above the highest; of equal ones the earlier wins. First the runner-up goes as far as it can, then the winner tops it:
 * every one of them proves that its maximum reaches there. A maximum at or above the floor lifts the price to the
 * floor. At the cap the hammer falls at once. None, where nothing is known of the maxima (the verifier).
 */
export function autoBids(stirred: Stirred): DecidedEvent[] {
  const { state, lot, offering } = stirred;
  const { rules } = state;
  const contenders = contendersOf(stirred);
  const [winner] = contenders;
  if (!winner) return [];
  const leastFen = leastBidFen(rules, lot, offering);
  const isLeader = winner.proxy.bidder === offering.leader;
  const leaderFen = offering.leader !== null && !isLeader ? (offering.priceFen ?? 0) : 0;
  if (!isLeader && winner.upToFen < leastFen) return [];
  // Who leads by hand and has no maximum stands at his bid; nobody can tie with it, since it is below the least bid.
  const second = contenders.slice(1).find(({ upToFen }) => upToFen >= leastFen);
  const beatenFen = Math.max(second?.upToFen ?? 0, leaderFen);
  const wantedFen = priceAgainst(stirred, winner, { isLeader, beatenFen, isContested: second !== undefined });
  const priceFen = liftedFen(stirred, winner, wantedFen);
  if (priceFen === null) return [];
  const belowFen = second && highestOnGrid(rules, lot, Math.min(second.upToFen, priceFen - 1));
  const bids = [
    ...(second && belowFen != null && belowFen >= leastFen ? [autoBid(stirred, second, belowFen)] : []),
    autoBid(stirred, winner, priceFen),
  ];
  if (priceFen !== lot.capFen) return extended(stirred, bids);
  const hammered = hammer(state, stirred, winner.proxy.bidder, offering.unitsLeft, priceFen);
  return [...(bids.length > 1 ? extended(stirred, bids) : bids), { ...hammered, by: 'platform' }];
}

/** The first accepted bid of a moment extends the lot; those after it find it extended. */
function extended(stirred: Stirred, bids: readonly DecidedEvent[]): DecidedEvent[] {
  const [first, ...rest] = bids;
  const extension = extensionAfter(stirred.state.rules, stirred, stirred.nowMs);
  return first ? [first, ...(extension ? [extension] : []), ...rest] : [];
}

/**
 * The automatic bid of a maximum that is exactly what somebody bids by hand now, if none goes higher. Null: there is
 * none; and a bid at the cap buys at once, whoever made it.
 */
export function tiedBid(stirred: Stirred, amountFen: number): DecidedEvent[] | null {
  if (amountFen === stirred.lot.capFen) return null;
  const [highest] = contendersOf(stirred);
  return highest?.upToFen === amountFen ? extended(stirred, [autoBid(stirred, highest, amountFen)]) : null;
}

/** Highest first; of equal ones the earlier. Whoever may not bid any more is left out. */
function contendersOf({ state, lot, offering, secrets }: Stirred): Contender[] {
  return lot.proxies
    .flatMap((proxy): Contender[] => {
      const bidder = bidderIn(state, proxy.bidder);
      const secret = proxyOf(secrets, proxy.bid);
      if (!bidder || bidder.banned || !secret) return [];
      const limitFen = Math.floor(limitOf(state.rules, bidder) / offering.unitsLeft);
      const upToFen = highestOnGrid(state.rules, lot, Math.min(secret.maxFen, limitFen));
      return upToFen === null ? [] : [{ proxy, secret, upToFen }];
    })
    .sort((a, b) => b.upToFen - a.upToFen || a.proxy.i - b.proxy.i);
}

/** Where the price comes to between the maxima; null: it stays. */
function priceAgainst(
  { state, lot, offering }: Stirred,
  winner: Contender,
  { isLeader, beatenFen, isContested }: { isLeader: boolean; beatenFen: number; isContested: boolean },
): number | null {
  if (isLeader && !isContested) return null;
  const { rules } = state;
  const topped = beatenFen > 0 ? amountAboveFen(rules, lot, beatenFen, 1) : leastBidFen(rules, lot, offering);
  return Math.min(topped, winner.upToFen);
}

/** The least amount at or above the floor, if the winner's maximum reaches it and the price has not. */
function liftedFen({ state, lot, offering, secrets }: Stirred, { upToFen }: Contender, fen: number | null) {
  const floorFen = floorOf(secrets, lot);
  const standsFen = fen ?? offering.priceFen ?? 0;
  if (floorFen === 0 || standsFen >= floorFen || upToFen < floorFen) return fen;
  return leastFromFen(state.rules, lot, floorFen);
}

/** The least amount of the lot's grid that is not below this one. */
export function leastFromFen(rules: ShowRules, lot: LotState, fromFen: number): number {
  let fen = leastBidFen(rules, lot, { startFen: lot.startFen, priceFen: null });
  while (fen < fromFen) fen = amountAboveFen(rules, lot, fen, 1);
  return fen;
}

/** The highest amount of the lot's grid that is not above this one; null: there is none. */
function highestOnGrid(rules: ShowRules, lot: LotState, upToFen: number): number | null {
  let fen = leastBidFen(rules, lot, { startFen: lot.startFen, priceFen: null });
  if (fen > upToFen) return null;
  for (;;) {
    const next = amountAboveFen(rules, lot, fen, 1);
    if (next > upToFen) return fen;
    fen = next;
  }
}

function autoBid(
  { state, lot, offering, secrets }: Stirred,
  { proxy, secret }: Contender,
  amountFen: number,
): DecidedEvent {
  const [steps, ofMaximum] = [amountFen, secret.maxFen].map((fen) => stepsOfFen(state.rules, lot, fen));
  if (steps == null || ofMaximum == null) throw new Error('bug: a maximum that is off the grid');
  const floorMet = floorMetAt(secrets, lot, amountFen);
  const reach = toBase64(hashed(secret.secret, ofMaximum - steps));
  return {
    type: 'bid.accepted',
    body: autoBody({ lot, offering }, proxy, { amountFen, steps, reach, floorMet }),
    by: 'platform',
  };
}

/** The leaf of an automatic bid, made again by whoever judges it. */
export const autoBody = (
  { lot, offering }: OnBlock,
  proxy: ProxyState,
  {
    amountFen,
    steps,
    reach,
    floorMet,
  }: { amountFen: number; steps: number; reach: string; floorMet: true | undefined },
) =>
  present({
    bid: autoBidId(proxy, steps),
    ...{ bidder: proxy.bidder, lot: lot.lot, offering: offering.offering, amountFen },
    ...{ auto: true as const, reach, floorMet, nth: 0 },
  });
