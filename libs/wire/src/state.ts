import { z } from 'zod';
import { payoutBody } from './events.js';
import { showRules } from './rules.js';
import {
  bidderKind,
  bidId,
  claimId,
  claimKind,
  complaintCategory,
  courier,
  declineReason,
  depositId,
  durationMs,
  fen,
  format,
  hash,
  leafIndex,
  lotId,
  lotNumber,
  offerId,
  origin,
  payoutId,
  positiveFen,
  office,
  pseudonym,
  publicKey,
  saleId,
  timeMs,
  unitCount,
  booleanOrNull,
  salePhase,
} from './units.js';

/**
 * The state of a show: what folding its events with `evolve` gives, on the server, in the page and in the
 * verifier. It is plain JSON and wholly public: a snapshot is this object, and snapshot + events = a later
 * snapshot. Floors are not in it.
 */
export const clockState = z.object({
  startFen: positiveFen,
  stepFen: positiveFen,
  tickMs: durationMs,
  startsAt: timeMs,
  /** 0 for the first run of an offering; each restart adds one. A press from an older run is stale. */
  run: z.int().nonnegative(),
  /** After a take the clock stands at the taken price until the tick ends (several takers). */
  heldFen: positiveFen.nullable(),
  /** When the standing clock starts again for the rest; null while it runs. */
  restartsAt: timeMs.nullable(),
  /** The clock stands on its last step, cut to the floor; it ends with this tick. */
  last: z.boolean(),
});

export const bidMark = z.object({
  i: leafIndex,
  t: timeMs,
  bid: bidId,
  bidder: pseudonym,
  amountFen: positiveFen,
  units: unitCount.optional(),
  buyNow: z.literal(true).optional(),
  auto: z.literal(true).optional(),
});

/** A maximum bid that counts, or will when its lot is offered: how far it goes is not in it. */
export const proxyState = z.object({
  bid: bidId,
  bidder: pseudonym,
  max: hash.describe('commitment to the maximum'),
  i: leafIndex.describe('leaf of proxy.placed: of equal maxima the earlier wins'),
});

/** The best bid of one bidder in an offering, where the grower would have sold for it. */
export const runnerUpState = z.object({ bidder: pseudonym, bestFen: positiveFen });

export const offeringState = z.object({
  offering: z.int().positive(),
  format,
  units: unitCount,
  startFen: fen,
  i: leafIndex.describe('leaf of lot.offered'),
  startedAt: timeMs,
  endedAt: timeMs.nullable(),
  /** Rising lot: when it closes; null on a clock. */
  closesAt: timeMs.nullable(),
  firstClosesAt: timeMs.nullable(),
  lastCall: z.boolean(),
  extensions: z.int().nonnegative(),
  frozenAt: timeMs.nullable(),
  /** Current price; null before the first valid bid. */
  priceFen: positiveFen.nullable(),
  leader: pseudonym.nullable(),
  leaderBid: leafIndex.nullable().describe('leaf of the leading bid'),
  floorMet: z.boolean(),
  bids: z.int().nonnegative(),
  bidders: z.array(pseudonym).describe('who bid, in order of the first bid'),
  history: z.array(bidMark).describe('the last 50 accepted bids, oldest first'),
  clock: clockState.nullable(),
  unitsLeft: z.int().nonnegative(),
  result: z.enum(['hammered', 'setAside', 'passed', 'withdrawn', 'voided']).nullable(),
  runnersUp: z
    .array(runnerUpState)
    .optional()
    .describe(
      'whose bids could have bought it, lowest first; kept only where a default gives a second chance',
    ),
});

/** Who pre-bid or bid on a lot, in the order in which it would be offered to them. */
export const interestState = z.object({
  bidder: pseudonym,
  bestFen: fen.describe('his best accepted bid, fen per unit; 0: he only placed a maximum'),
  i: leafIndex.describe('leaf of that bid, or of the maximum'),
});

/** One offer of what is left of a lot to one person. */
export const offerState = z.object({
  offer: offerId,
  cause: z.literal('ladder'),
  bidder: pseudonym,
  units: unitCount,
  unitPriceFen: positiveFen,
  i: leafIndex.describe('leaf of offer.made'),
  expiresAt: timeMs,
  result: z.enum(['standing', 'accepted', 'declined', 'lapsed', 'ended']),
});

/** Lot: draft → sealed → onBlock → hammered | passed | withdrawn | carried; waiting = waits for re-offer. */
export const lotPhase = z.enum([
  'draft',
  'struck',
  'sealed',
  'onBlock',
  'waiting',
  'hammered',
  'passed',
  'withdrawn',
  'carried',
]);

export const lotState = z.object({
  lot: lotId,
  i: leafIndex.describe('the last leaf that describes the lot'),
  list: z.int().positive(),
  number: lotNumber,
  title: z.string(),
  grower: pseudonym,
  unit: z.string(),
  units: unitCount,
  format,
  startFen: fen,
  stepFen: positiveFen.nullable(),
  capFen: positiveFen.nullable(),
  buyNowFen: positiveFen.nullable(),
  referenceFen: positiveFen.nullable(),
  fresh: z.literal(false).optional().describe('no living goods; left out: living goods'),
  floor: hash.nullable().describe('commitment to the floor (有保留价), or null (无保留价)'),
  phase: lotPhase,
  /** One of a bidder at most; none any more when its offering has ended. */
  proxies: z.array(proxyState),
  offerings: z.array(offeringState),
  /** Units by end state; what is left over is neither sold nor ended yet. */
  soldUnits: z.int().nonnegative(),
  passedUnits: z.int().nonnegative(),
  withdrawnUnits: z.int().nonnegative(),
  carriedUnits: z.int().nonnegative(),
  /** Best valid bid below the floor in any offering so far. */
  bestFen: positiveFen.nullable(),
  voided: z.int().nonnegative().describe('hammers undone'),
  /** Kept only where the sealed ladder makes offers. */
  interest: z.array(interestState),
  offers: z.array(offerState),
  offersEnded: z.boolean().describe('nobody else is asked about it'),
});

export const saleState = z.object({
  sale: saleId,
  i: leafIndex.describe('leaf of the hammer'),
  t: timeMs,
  lot: lotId,
  offering: z.int().positive(),
  bidder: pseudonym,
  firstUnit: z.int().positive(),
  units: unitCount,
  unitPriceFen: positiveFen,
  offer: offerId.optional().describe('the offer by which it was sold'),
  replaces: saleId.optional().describe('the sale in default whose units these are'),
  before: z
    .object({
      number: lotNumber,
      title: z.string(),
      unit: z.string(),
      grower: pseudonym,
      fresh: z.literal(false).optional(),
    })
    .optional()
    .describe('taken over from the log before: the lot is one of that log, and counted there'),
  followedBy: z
    .union([saleId, z.literal('carried')])
    .optional()
    .describe('of a sale in default: where its units went; it counts as sold no more'),
  phase: salePhase,
  paidAt: timeMs.nullable(),
  /** The way of the goods, each with its time, ms UTC: packed, then shipped, then received. */
  goods: z
    .object({
      packed: timeMs.optional(),
      shipped: timeMs.optional(),
      received: timeMs.optional(),
      courier: courier.optional(),
      tracking: hash.optional().describe("SHA-256 of the courier's number"),
      cause: z.enum(['buyer', 'courier', 'pickup', 'lapse']).optional(),
      bidder: pseudonym.optional(),
    })
    .optional(),
  refundedFen: fen.describe('given back so far; the phase is `refunded` when it is all of it'),
  freightFen: positiveFen.optional().describe('freight of its buyer that came with its payment'),
  freightBackFen: positiveFen.optional().describe('freight that went back with a refund of it'),
  forfeitFen: positiveFen.optional().describe("of its buyer's deposit, forfeited to its grower"),
  payout: payoutBody
    .extend({
      t: timeMs,
      backFen: fen.optional().describe('of what he owes back: taken, repaid or carried on'),
    })
    .optional()
    .describe('how its grower was paid, and when'),
});

/** A claim as its leaves tell it, each with its time, ms UTC. It is open until it is granted, declined or closed. */
export const claimState = z.object({
  claim: claimId,
  bidder: pseudonym,
  kind: claimKind,
  sale: saleId.optional(),
  units: unitCount.optional(),
  category: complaintCategory.optional(),
  photo: hash.optional(),
  amountFen: positiveFen.optional().describe('proposed, then granted'),
  person: pseudonym.optional().describe('who proposed or answered last'),
  reason: declineReason.optional(),
  filed: timeMs,
  proposed: timeMs.optional(),
  granted: timeMs.optional(),
  declined: timeMs.optional(),
  closed: timeMs.optional(),
  refunded: timeMs.optional().describe('what was granted went back'),
});

/** Units of a sale in default, offered to the next one (顺位成交). */
export const chanceState = z.object({
  sale: saleId.describe('the sale that it becomes when it is accepted'),
  replaces: saleId,
  lot: lotId,
  bidder: pseudonym,
  units: unitCount,
  unitPriceFen: positiveFen,
  i: leafIndex.describe('leaf of sale.offered'),
  expiresAt: timeMs,
  result: z.enum(['standing', 'accepted', 'declined', 'lapsed']),
});

/** 保证金 of a bidder: `amountFen` came in; what is neither forfeited nor released is still held. */
export const depositState = z.object({
  deposit: depositId,
  bidder: pseudonym,
  amountFen: positiveFen,
  forfeitedFen: fen,
  releasedFen: fen,
  returnedFen: fen.describe('of what was released, what went back to him'),
  i: leafIndex.describe('leaf of deposit.held'),
});

export const bidderState = z.object({
  bidder: pseudonym,
  paddle: z.int().positive(),
  kind: bidderKind,
  /** Keys of the bidder's devices; empty: this bidder does not sign. */
  keys: z.array(publicKey),
  device: pseudonym.nullable(),
  limitFen: fen.nullable(),
  banned: z.boolean(),
});

export const sealState = z.object({
  i: leafIndex,
  t: timeMs,
  list: z.int().positive(),
  lots: z.int().nonnegative(),
  units: z.int().nonnegative(),
  catalogue: hash,
  rules: hash,
});

export const staffState = z.object({ person: pseudonym, office, key: publicKey });
export const approvalState = z.object({
  i: leafIndex,
  t: timeMs,
  list: z.int().positive(),
  note: hash,
  key: publicKey,
});

/** A piece of the recording, as `recording.kept` says. */
export const recordingState = z.object({
  segment: z.int().positive(),
  sha256: hash,
  bytes: z.int().positive(),
  fromMs: timeMs,
  toMs: timeMs,
  i: leafIndex,
});

export const showPhase = z.enum(['draft', 'sealed', 'open', 'closed', 'settled']);

export const showState = z.object({
  origin,
  phase: showPhase,
  demo: z.boolean(),
  continues: origin.optional().describe('after a restore: the log before, which this one continues'),
  rules: showRules,
  /** Index the next leaf will have; also: how many leaves are folded into this state. */
  next: leafIndex,
  /** Time of the last leaf. */
  t: timeMs,
  /** The lot on the block, or null; in a timed show the first of those that are open. */
  block: lotId.nullable(),
  /** All lots that are open, in the order of their offering: one at most in a live room. */
  open: z.array(lotId),
  /** The last sale, while its hammer may still be undone. */
  undoable: saleId.nullable(),
  lots: z.record(lotId, lotState),
  bidders: z.record(pseudonym, bidderState),
  sales: z.record(saleId, saleState),
  /** Until when who was given longer to pay may pay. */
  payBys: z.record(pseudonym, timeMs),
  claims: z.record(claimId, claimState).optional(),
  /** 顺位成交, in the order in which they were offered. */
  chances: z.array(chanceState),
  deposits: z.record(depositId, depositState),
  clawbacks: z
    .object({ takenFen: z.record(payoutId, fen), carriedFen: fen })
    .optional()
    .describe('what was taken off each payout, and what was carried on to another show'),
  seals: z.array(sealState),
  /** Who holds an office and signs. */
  staff: z.array(staffState),
  /** 乡镇核对: which lists an officer has compared with the floor. */
  approvals: z.array(approvalState),
  /** The recording's pieces, in the order they were filmed in. */
  recordings: z.array(recordingState).optional(),
  /** Who took the show over, oldest first: they command it beside its host. */
  coHosts: z.array(pseudonym),
  openedAt: timeMs.nullable(),
  witnessed: booleanOrNull,
  closedAt: timeMs.nullable(),
  settledAt: timeMs.nullable(),
});

export type ClockState = z.infer<typeof clockState>;
export type ProxyState = z.infer<typeof proxyState>;
export type BidMark = z.infer<typeof bidMark>;
export type InterestState = z.infer<typeof interestState>;
export type OfferState = z.infer<typeof offerState>;
export type ChanceState = z.infer<typeof chanceState>;
export type DepositState = z.infer<typeof depositState>;
export type OfferingState = z.infer<typeof offeringState>;
export type LotPhase = z.infer<typeof lotPhase>;
export type LotState = z.infer<typeof lotState>;
export type SaleState = z.infer<typeof saleState>;
export type ClaimState = z.infer<typeof claimState>;
export type RecordingState = z.infer<typeof recordingState>;
export type BidderState = z.infer<typeof bidderState>;
export type ShowPhase = z.infer<typeof showPhase>;
export type ShowState = z.infer<typeof showState>;
