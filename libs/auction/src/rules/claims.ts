import { type ClaimState, type EventBody, type Reason, type SaleState, type ShowState } from '@qingpai/wire';
import { type Command, type Decision } from './command.js';
import { happens, refuse } from './decision.js';
import { saleTotalFen } from './sales.js';
import { entry } from './show.js';
import { soldLot } from './takenOver.js';

type Of<N extends Command['name']> = Extract<Command, { name: N }>;
type Filed = Omit<EventBody<'claim.filed'>, 'claim'>;

/** Claims of one buyer that nobody has answered yet; more at once only keep people busy. */
export const CLAIMS_OPEN_MAX = 20;

export const isOpenClaim = ({ granted, declined, closed }: ClaimState): boolean =>
  (granted ?? declined ?? closed) === undefined;

const claimsOf = (state: ShowState): ClaimState[] => Object.values(state.claims ?? {});
const claimsOfSale = (state: ShowState, sale: string): ClaimState[] =>
  claimsOf(state).filter((claim) => claim.sale === sale);

/** 坏损包赔, goods sent back, or a complaint: by the buyer, about what is his, within its time. */
export function fileClaim(state: ShowState, { by, body }: Of<'fileClaim'>, nowMs: number): Decision {
  if (!state.rules.afterSale) return refuse('wrong-phase');
  if (!entry(state.bidders, body.bidder)) return refuse('no-paddle');
  const open = claimsOf(state).filter((claim) => claim.bidder === body.bidder && isOpenClaim(claim));
  if (open.length >= CLAIMS_OPEN_MAX) return refuse('slow-down');
  const sale = body.sale === undefined ? undefined : entry(state.sales, body.sale);
  if (body.sale !== undefined && sale?.bidder !== body.bidder) return refuse('unknown-sale');
  const refusal =
    body.kind === 'complaint' ? ofComplaint(state, body, nowMs) : ofGoods(state, body, sale, nowMs);
  if (refusal !== null) return refuse(refusal);
  const claim = `C${claimsOf(state).length + 1}`;
  return happens(by, { type: 'claim.filed', body: { claim, ...body } });
}

/** Until a sealed time after the close, or after his last goods came if that is later. */
export function complainUntilMs(state: ShowState, bidder: string): number {
  if (state.closedAt === null) return Infinity;
  const came = Object.values(state.sales).map(
    (sale) => (sale.bidder === bidder && sale.goods?.received) || 0,
  );
  return Math.max(state.closedAt, ...came) + state.rules.complaintMs;
}

function ofComplaint(state: ShowState, { bidder, category, units }: Filed, nowMs: number): Reason | null {
  if (category === undefined || units !== undefined) return 'malformed';
  return nowMs < complainUntilMs(state, bidder) ? null : 'claim-late';
}

function ofGoods(state: ShowState, body: Filed, sale: SaleState | undefined, nowMs: number): Reason | null {
  const { kind, units, category, photo } = body;
  if (!sale || units === undefined || category !== undefined) return 'malformed';
  if (kind === 'damaged' && photo === undefined) return 'malformed';
  if (sale.goods?.received === undefined) return 'not-received';
  const { claimWithinMs, returnWithinMs } = state.rules.afterSale!;
  if (kind === 'unwanted' && soldLot(state, sale).fresh !== false) return 'living-goods';
  const withinMs = kind === 'damaged' ? claimWithinMs : returnWithinMs;
  if (nowMs >= sale.goods.received + withinMs) return 'claim-late';
  const standing = claimsOfSale(state, sale.sale).filter(({ declined }) => declined === undefined);
  const claimed = standing.reduce((sum, claim) => sum + (claim.units ?? 0), units);
  return claimed > sale.units ? 'already-claimed' : null;
}

/** Granted of this sale and not gone back yet, fen. */
export const owedFen = (state: ShowState, sale: string): number =>
  claimsOfSale(state, sale).reduce(
    (sum, { granted, refunded, amountFen }) =>
      sum + (granted !== undefined && refunded === undefined ? amountFen! : 0),
    0,
  );

/**
 * One person grants what is small, of one sale in all; above it he proposes, and a second who grants the same makes it
 * good. Another amount is a proposal of its own.
 */
export function grantClaim(state: ShowState, command: Of<'grantClaim'>): Decision {
  const { by, claim: id, amountFen, person } = command;
  const claim = entry(state.claims ?? {}, id);
  if (!claim) return refuse('unknown-claim');
  if (!isOpenClaim(claim)) return refuse('already-decided');
  const sale = entry(state.sales, claim.sale ?? '');
  if (sale?.phase !== 'paid') return refuse('not-paid');
  const allFen = sale.refundedFen + owedFen(state, sale.sale) + amountFen;
  if (allFen > saleTotalFen(sale)) return refuse('refund-above-paid');
  const isProposed = claim.proposed !== undefined && claim.amountFen === amountFen;
  if (allFen > state.rules.afterSale!.grantAloneMaxFen) {
    if (!isProposed) return happens(by, { type: 'claim.proposed', body: { claim: id, amountFen, person } });
    if (claim.person === person) return refuse('same-person');
  }
  return happens(by, { type: 'claim.granted', body: { claim: id, amountFen, person } });
}

export function declineClaim(state: ShowState, { by, body }: Of<'declineClaim'>): Decision {
  const claim = entry(state.claims ?? {}, body.claim);
  if (!claim) return refuse('unknown-claim');
  if (!isOpenClaim(claim) || claim.kind === 'complaint') return refuse('already-decided');
  return happens(by, { type: 'claim.declined', body });
}

/** A complaint ends by a word of a person, not by its time. */
export function closeClaim(state: ShowState, { by, body }: Of<'closeClaim'>): Decision {
  const claim = entry(state.claims ?? {}, body.claim);
  if (!claim) return refuse('unknown-claim');
  if (!isOpenClaim(claim) || claim.kind !== 'complaint') return refuse('already-decided');
  return happens(by, { type: 'claim.closed', body });
}

/**
 * Why this money may not go back; null when it may. For a claim it is what was granted, once; otherwise it leaves what
 * is still owed.
 */
export function refusalOfRefund(
  state: ShowState,
  sale: SaleState,
  { claim: id, amountFen }: EventBody<'sale.refunded'>,
): Reason | null {
  if (id === undefined) {
    const restFen = saleTotalFen(sale) - sale.refundedFen - owedFen(state, sale.sale);
    return amountFen > restFen ? 'refund-above-paid' : null;
  }
  const claim = entry(state.claims ?? {}, id);
  if (claim?.sale !== sale.sale || claim.granted === undefined) return 'unknown-claim';
  if (claim.refunded !== undefined) return 'already-decided';
  return claim.amountFen === amountFen ? null : 'amount-differs';
}

/** What keeps a show from being settled after the sale; null: nothing. */
export function leftAfterSale(state: ShowState, nowMs: number): Reason | null {
  const sales = Object.values(state.sales);
  if (sales.some(isUnderway)) return 'goods-underway';
  if (claimsOf(state).some(isOpenClaim)) return 'claims-open';
  if (sales.some(({ sale }) => owedFen(state, sale) > 0)) return 'refunds-owed';
  return sales.some((sale) => isClaimable(state, sale, nowMs)) ? 'complaint-time' : null;
}

/** Whether its money may still have to go back: its goods travel, or may be claimed for, or are, or it was granted. */
export const mayGoBack = (state: ShowState, sale: SaleState, nowMs: number): boolean =>
  isUnderway(sale) ||
  isClaimable(state, sale, nowMs) ||
  owedFen(state, sale.sale) > 0 ||
  claimsOfSale(state, sale.sale).some(isOpenClaim);

/** His goods have come, and the time to show damage runs. */
function isClaimable({ rules }: ShowState, { goods }: SaleState, nowMs: number): boolean {
  const withinMs = rules.afterSale?.claimWithinMs ?? 0;
  return goods?.received !== undefined && nowMs < goods.received + withinMs;
}

/** Packed goods whose money went back stay at home. */
const isUnderway = ({ phase, goods }: SaleState): boolean =>
  goods !== undefined && goods.received === undefined && (phase === 'paid' || goods.shipped !== undefined);
