import { z } from 'zod';
import { pictureElsewhere } from './elsewhere.js';
import { loggedEvent } from './events.js';
import { consentWaiver } from './growers.js';
import { stage } from './media.js';
import { receipt, signedHead } from './proofs.js';
import { reasonCodes } from './reasons.js';
import { TIMED_OPEN_MAX } from './rules.js';
import { showState } from './state.js';
import {
  bidId,
  booleanOrNull,
  endOffersReason,
  fen,
  hash,
  leafIndex,
  lotId,
  offerId,
  payExtendReason,
  positiveFen,
  pseudonym,
  role,
  saleId,
  showId,
  signature,
  timeMs,
  unitCount,
  unwitnessedReason,
  voidReason,
  withdrawReason,
  textOrNull,
} from './units.js';

/** A refusal, the same shape on sockets and over HTTP (`detail` there): a stable code and words in two languages. */
export const refusal = z.object({
  ok: z.literal(false),
  reason: z.enum(reasonCodes),
  message: z.object({ zh: z.string(), en: z.string() }),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Refusal = z.infer<typeof refusal>;

// ---------------------------------------------------------------- bids

export const bid = z.strictObject({
  bidId,
  lot: lotId,
  offering: z.int().positive(),
  /** Per unit. Rising lot: what you offer. Clock: the price you pressed. */
  amountFen: positiveFen,
  /** Clock: how many units; default 1. */
  units: unitCount.optional(),
  /** Clock: the run you saw; a press from an older run is refused as stale. */
  run: z.int().nonnegative().optional(),
  /** A bid of more than three steps needs this. A confirmed resend is a new bidId. */
  confirmed: z.literal(true).optional(),
  /** 一口价: buy a rising lot at once, at exactly its buy-now price. */
  buyNow: z.literal(true).optional(),
  /** Which of this bidder's logged bids this is, from 1; each answer tells the next. A signed bid needs it. */
  nth: z.int().positive().optional(),
  /** A head of the log (size, root) that you hold; the receipt then shows that the log still extends it. */
  seen: z.tuple([z.int().positive(), hash]).optional(),
  /**
   * Your device's signature over the bid (see "Signing" in the documentation). Needed once you have registered a key.
   */
  sig: signature.optional(),
});
export type Bid = z.infer<typeof bid>;

export const bidAccepted = z.object({
  ok: z.literal(true),
  bidId,
  verdict: z.literal('accepted'),
  i: leafIndex.describe('leaf of the bid'),
  t: timeMs,
  amountFen: positiveFen,
  units: unitCount.optional(),
  sale: saleId.optional().describe('the sale this bid made at once: a take from a clock, the cap, a buy-now'),
  nth: z.int().positive().describe('the count to use for your next bid'),
  receipt: receipt.optional(),
});
export const bidRefused = refusal.extend({
  bidId: textOrNull,
  verdict: z.literal('refused'),
  i: leafIndex.optional().describe('leaf of the refusal, if it is in the log'),
  beatenBy: leafIndex.optional().describe('leaf of the bid that stands at or above yours'),
  leastFen: positiveFen.optional().describe('the least bid that would be accepted now'),
  nth: z.int().positive().optional().describe('the count to use for your next bid'),
  receipt: receipt.optional().describe('where the refusal is a leaf'),
});
export const bidAnswer = z.discriminatedUnion('ok', [bidAccepted, bidRefused]);
export type BidAnswer = z.infer<typeof bidAnswer>;

// ---------------------------------------------------------------- maximum bids (RULES §2.6, §2.7)

/**
 * 最高出到: the platform bids for you, one step above the others, until this is reached. Before the lot is called it is a
 * pre-bid. The maximum stays on the server; the log holds a commitment to it.
 */
export const proxyAsk = z.strictObject({
  bidId,
  lot: lotId,
  maxFen: positiveFen.describe('per unit, on the increment grid from the start price'),
  secret: hash.describe('32 random bytes of yours, base64: what the commitment is made with'),
  nth: bid.shape.nth,
  seen: bid.shape.seen,
  /** Over the leaf's body ({bid, bidder, lot, max, nth, seen?}, type proxy.placed), as for bids. */
  sig: signature.optional(),
});
export type ProxyAsk = z.infer<typeof proxyAsk>;
export const proxyPlaced = z.object({
  ok: z.literal(true),
  bidId,
  verdict: z.literal('placed'),
  i: leafIndex.describe('leaf of the maximum'),
  t: timeMs,
  nth: z.int().positive().describe('the count to use for your next bid'),
  leading: z.boolean().describe('you lead now; what was bid for you comes in the frames'),
  receipt: receipt.optional(),
});
export const proxyRefused = refusal.extend({
  bidId: textOrNull,
  verdict: z.literal('refused'),
  nth: z.int().positive().optional().describe('the count to use for your next bid'),
});
export const proxyAnswer = z.discriminatedUnion('ok', [proxyPlaced, proxyRefused]);
export type ProxyAnswer = z.infer<typeof proxyAnswer>;
/** Taken back, while you do not lead. */
export const proxyWithdrawal = z.strictObject({
  lot: lotId,
  /** Over the leaf's body ({bid, bidder, lot}, type proxy.withdrawn). */
  sig: signature.optional(),
});
/** A maximum of one's own; nobody else is told how far it goes. */
export const ownProxy = z.object({ lot: lotId, bidId, maxFen: positiveFen });
export type OwnProxy = z.infer<typeof ownProxy>;

// ---------------------------------------------------------------- offers to one person (RULES §4.3)

/** Accepted, the lot is yours at that price; the same answer again gets the same answer. */
export const offerAnswer = z.strictObject({
  offer: offerId,
  accept: z.boolean(),
  /** Over the leaf's body ({bidder, lot, offer, unitPriceFen, units}, type offer.accepted or offer.declined). */
  sig: signature.optional(),
});
export type OfferAnswer = z.infer<typeof offerAnswer>;
export const offerAnswered = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    i: leafIndex.describe('leaf of the answer'),
    sale: saleId.optional().describe('the sale that it made'),
    receipt: receipt.optional(),
  }),
  refusal,
]);
export type OfferAnswered = z.infer<typeof offerAnswered>;

// ---------------------------------------------------------------- second chances (顺位成交, RULES §5)

/** Accepted, the units are yours at your own bid, and your time to pay begins. The same answer again gets the same answer. */
export const chanceAnswer = z.strictObject({
  sale: saleId,
  accept: z.boolean(),
  /** Over the leaf's body ({bidder, lot, sale, unitPriceFen, units}, type sale.accepted or sale.declined). */
  sig: signature.optional(),
});
export type ChanceAnswer = z.infer<typeof chanceAnswer>;

// ---------------------------------------------------------------- host's commands (RULES §6)

export const hostCommand = z.discriminatedUnion('name', [
  /** `withoutConsent`: why, where a grower has not agreed to a floor; without it such a list is not sealed. */
  z.strictObject({ name: z.literal('seal'), withoutConsent: consentWaiver.optional() }),
  z.strictObject({ name: z.literal('open'), reason: unwitnessedReason.optional() }),
  z.strictObject({ name: z.literal('offer'), lot: lotId }),
  /** In a timed show: several lots at once, in this order; all of them or none. */
  z.strictObject({ name: z.literal('offerAll'), lots: z.array(lotId).min(1).max(TIMED_OPEN_MAX) }),
  z.strictObject({ name: z.literal('lastCall'), lot: lotId }),
  z.strictObject({ name: z.literal('setAside'), lot: lotId }),
  z.strictObject({ name: z.literal('pass'), lot: lotId }),
  z.strictObject({ name: z.literal('reoffer'), lot: lotId }),
  z.strictObject({ name: z.literal('withdraw'), lot: lotId, reason: withdrawReason }),
  z.strictObject({ name: z.literal('carry'), lot: lotId }),
  /** Asks nobody further about a lot that waits: the ladder then ends it, or it is yours to pass or carry. */
  z.strictObject({ name: z.literal('endOffers'), lot: lotId, reason: endOffersReason }),
  /** The answer of a person in the hall to what is offered to him. */
  z.strictObject({ name: z.literal('answerOffer'), offer: offerId, accept: z.boolean() }),
  z.strictObject({ name: z.literal('default'), sale: saleId }),
  /** Longer to pay, for this buyer and all that he owes. */
  z.strictObject({
    name: z.literal('extendPay'),
    bidder: pseudonym,
    payBy: timeMs,
    reason: payExtendReason,
  }),
  /** The answer of a person in the hall to a second chance. */
  z.strictObject({ name: z.literal('answerChance'), sale: saleId, accept: z.boolean() }),
  z.strictObject({ name: z.literal('freeze'), lot: lotId }),
  z.strictObject({ name: z.literal('resume'), lot: lotId }),
  z.strictObject({ name: z.literal('undo'), sale: saleId, reason: voidReason }),
  /** A paddle for somebody in the hall or on the telephone. */
  z.strictObject({ name: z.literal('hallPaddle') }),
  /** 代拍: a bid for such a person; marked in the log. */
  z.strictObject({
    name: z.literal('bidFor'),
    bidder: pseudonym,
    lot: lotId,
    offering: z.int().positive(),
    amountFen: positiveFen,
    units: unitCount.optional(),
    confirmed: z.literal(true).optional(),
  }),
  /** The most one bid of this bidder may come to, or no more bidding; without either all is allowed again. */
  z.strictObject({
    name: z.literal('limit'),
    bidder: pseudonym,
    limitFen: fen.optional(),
    banned: z.literal(true).optional(),
  }),
  z.strictObject({ name: z.literal('close') }),
  z.strictObject({ name: z.literal('settle') }),
]);
export type HostCommand = z.infer<typeof hostCommand>;

/** The same commandId gets the same answer for as long as the server runs. */
export const commandMessage = z.strictObject({
  commandId: bidId,
  command: hostCommand,
  /** Of seal, withdraw and close, from who has registered a key: over the leaf that the command makes. */
  sig: signature.optional(),
});
export const commandAnswer = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    events: z.array(loggedEvent).describe('what the command put into the log'),
  }),
  refusal.extend({ lots: z.array(lotId).optional().describe('lots-left: which ones') }),
]);
export type CommandAnswer = z.infer<typeof commandAnswer>;

// ---------------------------------------------------------------- chat

export const chatSay = z.strictObject({ text: z.string().trim().min(1).max(200) });
export const chatLine = z.object({
  id: z.string(),
  atMs: timeMs,
  role,
  paddle: z.int().positive().nullable().describe('paddle number in place of a name'),
  bidder: pseudonym.nullable(),
  text: z.string(),
});
export type ChatLine = z.infer<typeof chatLine>;

export const moderate = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('mute'), bidder: pseudonym }),
  z.strictObject({ act: z.literal('unmute'), bidder: pseudonym }),
  z.strictObject({ act: z.literal('remove'), id: z.string().max(64) }),
  z.strictObject({ act: z.literal('slow'), everyMs: z.int().nonnegative().max(600_000) }),
]);
export type Moderation = z.infer<typeof moderate>;

// ---------------------------------------------------------------- joining, catch-up, time

/** What a room shows of a lot besides the auction: kept beside the log, never in it. */
export const lotCard = z.object({
  lot: lotId,
  growerName: z.string(),
  village: z.string(),
  grade: z.string(),
  source: z.string(),
  photos: z.array(z.string()).describe('addresses of the photos, best first'),
});
export type LotCard = z.infer<typeof lotCard>;

/** A show that ended otherwise than by its close: its log takes nothing more. */
export const showEnd = z.object({
  how: z.enum(['cancelled', 'continued']),
  byShow: showId.nullable().describe('the show that goes on from its log'),
});
export type ShowEnd = z.infer<typeof showEnd>;

export const showCard = z.object({
  showId,
  title: z.string(),
  township: z.string(),
  hostTitle: z.string().describe('驻村干部, 住乡联村队员 …'),
  seller: z.object({
    name: z.string(),
    statement: z.string().describe('自产农副产品, where it applies'),
    address: z.string(),
    contact: z.string(),
    legalMode: z.enum(['licensed', 'seller-priced']),
    licence: textOrNull,
  }),
  startsAtMs: timeMs,
  freight: z.string().describe('freight rule in words, shown before the first bid'),
  payBy: z.string().describe('pay-by rule in words'),
  elsewhere: pictureElsewhere.optional().describe('where the picture is; left out: here, if there is one'),
});
export type ShowCard = z.infer<typeof showCard>;

export const roomMe = z.object({
  role: role.nullable().describe('null: a guest'),
  nickname: textOrNull,
  bidder: pseudonym.nullable(),
  paddle: z.int().positive().nullable(),
  nth: z.int().positive().nullable().describe('the count to use for the next bid'),
  waiting: z.boolean().describe('waits for the host to admit'),
  muted: z.boolean(),
  mutes: z
    .array(z.object({ bidder: pseudonym, paddle: z.int().positive().nullable() }))
    .optional()
    .describe('who is muted in this room, in the order it was done; for those who may change it'),
  proxies: z.array(ownProxy).describe('your maximum bids that still count'),
  owes: z
    .object({
      dueFen: positiveFen.describe('without freight'),
      lots: z.int().positive(),
      payByMs: timeMs.nullable().describe('null: no deadline is sealed'),
    })
    .optional()
    .describe('what you have to pay, once the show is closed; left out where it is nothing'),
});
export type RoomMe = z.infer<typeof roomMe>;

/** How far independent witnesses have cosigned this show's log. Never in a bid's way. */
export const witnessState = z.object({
  witnesses: z.int().nonnegative().describe('how many are configured; 0: nobody witnesses'),
  sealed: booleanOrNull.describe('the sealed head is cosigned; null before sealing'),
  size: leafIndex.nullable().describe('leaves covered by the newest cosigned head'),
  atMs: timeMs.nullable().describe('when that was cosigned'),
  late: z.boolean().describe('待见证: newer leaves wait for longer than they should'),
  alarm: z
    .literal(true)
    .optional()
    .describe('a witness holds a longer or another history than this server: call the operator'),
});
export type WitnessState = z.infer<typeof witnessState>;

export const snapshot = z.object({
  state: showState,
  card: showCard,
  cards: z.array(lotCard),
  /** Short code of the sealed root, e.g. 7F3A·C2D1·09BE; null before sealing. */
  code: textOrNull,
  chat: z.array(chatLine),
  slowMs: z.int().nonnegative(),
  witness: witnessState,
  ended: showEnd.optional().describe('its log takes nothing more although it was not closed'),
});
export type Snapshot = z.infer<typeof snapshot>;

/**
 * One frame: all announced events among the leaves from..to (inclusive). Refusals are left out, so test for
 * gaps on the ranges: a frame fits when `from` ≤ your next index; ask `since` when it is greater.
 */
export const eventsFrame = z.object({
  from: leafIndex,
  to: leafIndex,
  events: z.array(loggedEvent),
  leftOut: z
    .array(z.object({ lot: lotId, offering: z.int().positive(), leaves: z.array(leafIndex) }))
    .optional()
    .describe(
      'accepted bids of a rush that newer ones in this frame have made past: they only add to the number of bids; `since` tells them whole',
    ),
});
export type EventsFrame = z.infer<typeof eventsFrame>;

export const join = z.strictObject({
  showId,
  /** The first leaf index you do not have. Given: the answer carries the events since, not the snapshot. */
  from: leafIndex.optional(),
});
export const joinAnswer = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    me: roomMe,
    serverNowMs: timeMs,
    watching: z.int().nonnegative(),
    head: signedHead,
    witness: witnessState,
    ended: showEnd.optional(),
    stage: stage.optional().describe('live video; left out until somebody has sent'),
    snapshot: snapshot.optional(),
    since: eventsFrame.optional(),
  }),
  refusal,
]);
export type JoinAnswer = z.infer<typeof joinAnswer>;

export const since = z.strictObject({ from: leafIndex });
export const sinceAnswer = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    since: eventsFrame,
    more: z.boolean().describe('ask again from since.to + 1'),
  }),
  refusal,
]);
export const timeAsk = z.strictObject({ sentAtMs: z.number().optional() });
export const timeAnswer = z.object({ ok: z.literal(true), serverNowMs: timeMs });
export const presence = z.object({
  watching: z.int().nonnegative().describe('open sockets in the room, never inflated'),
});
export const meFrame = z.object({
  me: roomMe,
  remind: z
    .literal(true)
    .optional()
    .describe('sent to remind you to pay: at the close, 2 h and 15 min before the deadline'),
});
export const chatFrame = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('line'), line: chatLine }),
  z.object({ kind: z.literal('removed'), id: z.string() }),
  z.object({ kind: z.literal('slow'), slowMs: z.int().nonnegative() }),
]);
export const waitingFrame = z.object({
  waiting: z.int().nonnegative().describe('buyers who wait to be admitted; to hosts only'),
});
export const bye = z.object({ reason: z.enum(reasonCodes) });
export const okAnswer = z.discriminatedUnion('ok', [z.object({ ok: z.literal(true) }), refusal]);

/**
 * Every socket message, in both directions. The gateway parses with it and /asyncapi is generated from it.
 * Each message from the client is answered through the socket.io acknowledgement, malformed ones too.
 */
export const clientMessages = {
  join: {
    payload: join,
    answer: joinAnswer,
    summary: 'Enter a show: a snapshot, or the events since an index.',
  },
  since: { payload: since, answer: sinceAnswer, summary: 'Catch up: announced events from an index on.' },
  bid: {
    payload: bid,
    answer: bidAnswer,
    summary: 'Bid, or take units from a clock. Answered after the commit.',
  },
  proxy: {
    payload: proxyAsk,
    answer: proxyAnswer,
    summary: 'Place a maximum bid, or raise it; before the call of the lot it is a pre-bid.',
  },
  withdrawProxy: {
    payload: proxyWithdrawal,
    answer: z.discriminatedUnion('ok', [z.object({ ok: z.literal(true) }), refusal]),
    summary: 'Take a maximum bid back, while you do not lead.',
  },
  answerOffer: {
    payload: offerAnswer,
    answer: offerAnswered,
    summary: 'Accept or decline what is offered to you alone. Answered after the commit.',
  },
  answerChance: {
    payload: chanceAnswer,
    answer: offerAnswered,
    summary:
      'Accept or decline a second chance: what somebody else did not pay for. Answered after the commit.',
  },
  command: { payload: commandMessage, answer: commandAnswer, summary: "A host's or moderator's command." },
  chat: { payload: chatSay, answer: okAnswer, summary: 'Say something in the room.' },
  moderate: { payload: moderate, answer: okAnswer, summary: 'Mute, unmute, remove a line, slow mode.' },
  time: { payload: timeAsk, answer: timeAnswer, summary: "The server's clock, for the countdown." },
} as const;
export const serverMessages = {
  events: { payload: eventsFrame, summary: 'What the log gained: at most one frame per tick.' },
  chat: { payload: chatFrame, summary: 'A chat line, a removed line, or a change of slow mode.' },
  presence: { payload: presence, summary: 'How many watch.' },
  me: { payload: meFrame, summary: 'What changed about you: admitted, muted, paddle.' },
  waiting: { payload: waitingFrame, summary: 'To hosts and moderators: how many wait to be admitted.' },
  witness: { payload: witnessState, summary: 'How far witnesses have cosigned, when that changes.' },
  stage: { payload: stage, summary: 'Live video begins, is interrupted, comes back or ends.' },
  bye: { payload: bye, summary: 'The server ends this session; reconnecting needs a new sign-in.' },
} as const;
export type ClientMessage = keyof typeof clientMessages;
export type ServerMessage = keyof typeof serverMessages;
