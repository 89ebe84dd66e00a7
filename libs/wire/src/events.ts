import { z } from 'zod';
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
  endOffersReason,
  fen,
  format,
  hash,
  leafIndex,
  lotId,
  lotNumber,
  offerId,
  office,
  origin,
  payExtendReason,
  payoutId,
  positiveFen,
  pseudonym,
  publicKey,
  releaseReason,
  saleId,
  signature,
  takeOverReason,
  timeMs,
  unitCount,
  unwitnessedReason,
  voidReason,
  withdrawReason,
} from './units.js';

/**
 * The union of all events (LEDGER §3). An event is the `type` and `body` of a leaf; the leaf adds who (`by`),
 * when (`t`), where (`show`, `i`) and the version. Whatever changes `decide` is one of these.
 */
/** Money that moved for a sale. */
const money = z.strictObject({
  sale: saleId,
  amountFen: positiveFen,
  channel: z.enum(['transfer', 'cash', 'wechat', 'alipay', 'stripe']),
  /** SHA-256 of the transfer's reference: a reference is personal, its hash is not. */
  txn: hash,
  /** SHA-256 of the receipt's photo as stored, where there is one. */
  evidence: hash.optional(),
  /**
   * 运费 that moved with it, beside `amountFen`: once per buyer, with the last sale of a payment; back, all of it, with the
   * last refund, or after it.
   */
  freightFen: positiveFen.optional(),
});

/** A grower was paid for one sale; the leaves of one transfer to him share its payout and its reference. */
export const payoutBody = z.strictObject({
  payout: payoutId,
  sale: saleId,
  grower: pseudonym,
  amountFen: positiveFen.describe(
    'what the grower got: paid − given back − fee; of a sale in default what was forfeited to him',
  ),
  /** The township's share by the sealed rule; left out where it is nothing. */
  feeFen: positiveFen.optional(),
  channel: z.enum(['transfer', 'cash', 'wechat', 'alipay']),
  /** SHA-256 of the bank's reference, or of the signed sheet's. */
  txn: hash,
  /** SHA-256 of the bank's confirmation or the signed sheet as kept, where there is one. */
  evidence: hash.optional(),
});

/**
 * 扣回: what a grower owes back, since money of a sale went back after he had been paid for it. It is taken off a payout of
 * his (the transfer is less by it), of this show's sale or of one that another show carried on, `<origin>#<sale>`.
 */
const takenBody = z.union([
  z.strictObject({ payout: payoutId, grower: pseudonym, sale: saleId, amountFen: positiveFen }),
  z.strictObject({
    payout: payoutId,
    grower: pseudonym,
    debt: z.string().regex(/^[^#]{1,180}#S[1-9][0-9]*$/),
    amountFen: positiveFen,
  }),
]);

/** Money of a deposit that moved. */
const depositMoney = { deposit: depositId, ...money.omit({ sale: true }).shape };

/** What was offered to one person, as he answers it. */
const answer = z.strictObject({
  offer: offerId,
  lot: lotId,
  bidder: pseudonym,
  units: unitCount,
  unitPriceFen: positiveFen,
  /** For a person in the hall or on the telephone, by the house. */
  byModerator: z.literal(true).optional(),
  /** Through the plain form, without JavaScript: it carries no author's signature. */
  form: z.literal(true).optional(),
});

/** What became free by a default, offered to the next one, as he answers it. */
const chanceAnswer = z.strictObject({
  sale: saleId,
  lot: lotId,
  bidder: pseudonym,
  units: unitCount,
  unitPriceFen: positiveFen,
  /** For a person in the hall or on the telephone, by the house. */
  byModerator: z.literal(true).optional(),
});

const bodies = {
  'log.opened': z.strictObject({
    origin,
    witnesses: z.array(z.string().max(200)).max(16),
    demo: z.literal(true).optional(),
    /** The township's registry log, which lists this show. */
    township: origin.optional(),
    /** After a restore: the head of the log that this one goes on from. */
    continues: z.strictObject({ origin, size: z.int().positive(), root: hash }).optional(),
  }),
  'bidder.registered': z.strictObject({
    bidder: pseudonym,
    /**
     * A per-show key of the bidder's device. Whoever has one signs every bid but those by plain form. Another device
     * of the same bidder registers its own key with a leaf of its own: same bidder, same paddle.
     */
    key: publicKey.optional(),
    /** Which device, as a per-show pseudonym: the platform's word, so that sales to one device can be counted apart. */
    device: pseudonym.optional(),
    /** Commitment to the identity: SHA256("qingpai/commit/v1\n"‖salt32‖JCS(identity)). */
    id: hash,
    kind: bidderKind,
    /** 号牌, unique in the show. */
    paddle: z.int().positive().max(99_999),
  }),
  /** A key of someone who holds an office; from here on the holders of this office sign (LEDGER §2). */
  'staff.registered': z.strictObject({ person: pseudonym, office, key: publicKey }),
  'bidder.limited': z.strictObject({
    bidder: pseudonym,
    limitFen: fen.optional(),
    banned: z.literal(true).optional(),
  }),
  'lot.catalogued': z.strictObject({
    list: z.int().positive(),
    lot: lotId,
    number: lotNumber,
    title: z.string().min(1).max(80),
    grower: pseudonym,
    unit: z.string().min(1).max(8),
    units: unitCount,
    format,
    startFen: fen,
    stepFen: positiveFen.optional(),
    /** 封顶价 of a rising lot, per unit: whoever reaches it has the lot at once. On the grid, not below the floor. */
    capFen: positiveFen.optional(),
    /** 一口价 of a rising lot, per unit: buys at once, until the first bid reaches it. */
    buyNowFen: positiveFen.optional(),
    /** 参考价; it sets where a re-offer's clock starts, so it is part of what is sealed. */
    referenceFen: positiveFen.optional(),
    /** SHA256("qingpai/floor/v1\n"‖salt32‖JCS({floorFen,lot})), or null where the lot has no floor. */
    floor: hash.nullable(),
    /** False: no living goods, so they may be sent back (RULES §5). Left out: living goods. */
    fresh: z.literal(false).optional(),
    /** Carried from another show: `<origin>#<lot>`. */
    from: z.string().max(200).optional(),
  }),
  'lot.struck': z.strictObject({ lot: lotId }),
  'show.sealed': z.strictObject({
    list: z.int().positive(),
    /** None: a log that goes on from another in which every lot had its end, so that only its sales are left. */
    lots: z.int().nonnegative(),
    units: z.int().nonnegative(),
    /** RFC 6962 root over the last leaf of each unstruck lot of the list, by lot number. */
    catalogue: hash,
    /** SHA-256 of the canonical JSON of the rules. */
    rules: hash,
  }),
  /** `note`: SHA-256 of the statement the officer signed (`approvalStatement`); `key`: the officer's own. */
  'show.approved': z.strictObject({ list: z.int().positive(), note: hash, key: publicKey }),
  'show.opened': z.union([
    z.strictObject({ witnessed: z.literal(true) }),
    z.strictObject({ witnessed: z.literal(false), reason: unwitnessedReason }),
  ]),
  /**
   * A maximum bid (最高出到), or a pre-bid while the lot waits for its call. Counts among the bidder's bids (`nth`), is
   * signed by the device's key, and takes the place of an earlier one of the same bidder on this lot.
   */
  'proxy.placed': z.strictObject({
    bid: bidId,
    bidder: pseudonym,
    lot: lotId,
    /** SHA-256 applied m times to the phone's 32 secret bytes; the maximum lies m steps above the start price. */
    max: hash,
    nth: z.int().positive(),
    seen: z.tuple([z.int().nonnegative(), hash]).optional(),
  }),
  /** Only while its bidder does not lead. `bid`: the id of the proxy. */
  'proxy.withdrawn': z.strictObject({ bid: bidId, bidder: pseudonym, lot: lotId }),
  'lot.offered': z.strictObject({
    lot: lotId,
    /** The k-th time this lot is offered, from 1. */
    offering: z.int().positive(),
    format,
    units: unitCount,
    startFen: fen,
    /** Rising lot: when it closes. */
    closesAt: timeMs.optional(),
    /** Falling clock. No floor is in it. */
    clock: z
      .strictObject({ startFen: positiveFen, stepFen: positiveFen, tickMs: durationMs, startsAt: timeMs })
      .optional(),
  }),
  'bid.accepted': z.strictObject({
    bid: bidId,
    bidder: pseudonym,
    lot: lotId,
    offering: z.int().positive(),
    /** Per unit. On a clock: the clock's price on arrival, never above the pressed one. */
    amountFen: positiveFen,
    /** Clock only: the price the buyer pressed. */
    pressedFen: positiveFen.optional(),
    /** Clock only: the run of the clock the press belongs to, if the client named it. */
    run: z.int().nonnegative().optional(),
    firstUnit: z.int().positive().optional(),
    units: unitCount.optional(),
    byModerator: z.literal(true).optional(),
    confirmed: z.literal(true).optional(),
    /** Bought at the lot's 一口价: the hammer is the next leaf. */
    buyNow: z.literal(true).optional(),
    /** 自动加价: made by the platform for a proxy, with `bid` auto-<leaf of the proxy>-<step>; nobody signs it. */
    auto: z.literal(true).optional(),
    /** Of an automatic bid: hashed as often as it lies steps above the start price, it gives the proxy's `max`. */
    reach: hash.optional(),
    /** With this bid the price stands at or above the floor (已达); absent on lots without a floor and below it. */
    floorMet: z.literal(true).optional(),
    /** Entered through the plain form, without JavaScript: it carries no author's signature. */
    form: z.literal(true).optional(),
    nth: z.int().nonnegative().describe('0: an automatic bid, which the device did not send'),
    seen: z.tuple([z.int().nonnegative(), hash]).optional(),
  }),
  'bid.refused': z.strictObject({
    bid: bidId,
    bidder: pseudonym,
    lot: lotId,
    offering: z.int().positive(),
    amountFen: fen,
    run: z.int().nonnegative().optional(),
    units: unitCount.optional(),
    byModerator: z.literal(true).optional(),
    confirmed: z.literal(true).optional(),
    buyNow: z.literal(true).optional(),
    form: z.literal(true).optional(),
    nth: z.int().positive(),
    seen: z.tuple([z.int().nonnegative(), hash]).optional(),
    reason: z.enum([
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
    ]),
  }),
  'lot.extended': z.strictObject({
    lot: lotId,
    offering: z.int().positive(),
    closesAt: timeMs,
    cause: z.enum(['bid', 'stall', 'dark', 'resume']),
  }),
  'lot.lastCall': z.strictObject({ lot: lotId, offering: z.int().positive(), closesAt: timeMs }),
  'lot.frozen': z.strictObject({
    lot: lotId,
    offering: z.int().positive(),
    /** What stood on the clock: ms to the close, or to the falling clock's next step. */
    left: durationMs,
  }),
  'lot.resumed': z.strictObject({ lot: lotId, offering: z.int().positive(), left: durationMs }),
  'clock.restarted': z.strictObject({
    lot: lotId,
    offering: z.int().positive(),
    /** takes: some units were taken; floor: the last step is cut to the floor (RULES §3). */
    cause: z.enum(['takes', 'floor']),
    startFen: positiveFen,
    startsAt: timeMs,
    unitsLeft: unitCount,
  }),
  /** Nobody could be heard for so long: the run goes on from where it stood. It stays the same run. */
  'clock.shifted': z.strictObject({
    lot: lotId,
    offering: z.int().positive(),
    cause: z.enum(['stall', 'dark']),
    byMs: z.int().positive().describe('milliseconds; never more than since the leaf before'),
  }),
  'lot.hammered': z.strictObject({
    lot: lotId,
    offering: z.int().positive(),
    sale: saleId,
    bidder: pseudonym,
    firstUnit: z.int().positive(),
    units: unitCount,
    unitPriceFen: positiveFen,
    /** Sold by an offer that was accepted just before. */
    offer: offerId.optional(),
  }),
  'lot.setAside': z.strictObject({
    lot: lotId,
    offering: z.int().positive(),
    units: unitCount,
    bestFen: fen.optional(),
  }),
  'lot.passed': z.strictObject({
    lot: lotId,
    offering: z.int().positive(),
    units: unitCount,
    bestFen: fen.optional(),
  }),
  'lot.withdrawn': z.strictObject({ lot: lotId, units: unitCount, reason: withdrawReason }),
  'lot.carried': z.strictObject({
    lot: lotId,
    units: unitCount,
    to: origin.optional(),
    /** The sale in default whose units these are: only after the show was closed. */
    sale: saleId.optional(),
  }),
  /**
   * What is left of a lot, offered to one person. The price is his own best bid where that is not below the floor, else
   * the least amount of the lot's grid that is not.
   */
  'offer.made': z.strictObject({
    offer: offerId,
    cause: z.literal('ladder').describe('why it is made: the ladder (保不流拍)'),
    lot: lotId,
    bidder: pseudonym,
    units: unitCount,
    unitPriceFen: positiveFen,
    expiresAt: timeMs,
  }),
  /** The hammer is the next leaf. */
  'offer.accepted': answer,
  'offer.declined': answer,
  /** Not answered in time. */
  'offer.lapsed': z.strictObject({ offer: offerId, lot: lotId }),
  /** Nobody else is asked about this lot; an offer that stands ends with it. */
  'offers.ended': z.strictObject({
    lot: lotId,
    offer: offerId.optional(),
    reason: z
      .enum([...endOffersReason.options, 'over-limit'])
      .describe('over-limit: by the platform, since the price is above the limits of all who are left'),
  }),
  'sale.voided': z.strictObject({ sale: saleId, reason: voidReason }),
  /**
   * After a restore: a sale of the log before goes on in this one, under its own number. What had been paid, given back
   * and sent by then follows as the same leaves again, in their order, before the first lot is described.
   */
  'sale.takenOver': z.strictObject({
    sale: saleId,
    /** As the log before has it. */
    lot: lotId,
    offering: z.int().positive(),
    bidder: pseudonym,
    firstUnit: z.int().positive(),
    units: unitCount,
    unitPriceFen: positiveFen,
    /** Of the lot, as it was sealed there. */
    number: lotNumber,
    title: z.string().min(1).max(80),
    unit: z.string().min(1).max(8),
    grower: pseudonym,
    fresh: z.literal(false).optional(),
  }),
  'sale.paid': money,
  /** Money went back, the whole or a part of what was paid. */
  'sale.refunded': money.extend({
    amountFen: fen.describe('0: freight alone, after all goods went back another way than it came'),
    /** The claim that is made good by it, whole. */
    claim: claimId.optional(),
  }),
  /** Not paid when the time to pay was over. It stays in the certificate; the grower's claim ends with it. */
  'sale.defaulted': z.strictObject({ sale: saleId }),
  /** The house gives this buyer longer for all that he has not paid; until then none of it is in default. */
  'pay.extended': z.strictObject({ bidder: pseudonym, payBy: timeMs, reason: payExtendReason }),
  'sale.packed': z.strictObject({ sale: saleId }),
  /** `tracking`: SHA-256 of the courier's number, capitals and digits alone. One parcel has one buyer. */
  'sale.shipped': z.strictObject({ sale: saleId, courier, tracking: hash }),
  /**
   * buyer: he says so himself; courier: the courier says so, told by the house; pickup: he took it along, so it was never
   * shipped; lapse: by the platform, a sealed time after it was shipped.
   */
  'sale.received': z.union([
    z.strictObject({ sale: saleId, cause: z.literal('buyer'), bidder: pseudonym }),
    z.strictObject({ sale: saleId, cause: z.enum(['courier', 'pickup', 'lapse']) }),
  ]),
  /** A buyer is not content. What he writes stays beside the log. */
  'claim.filed': z.strictObject({
    claim: claimId,
    bidder: pseudonym,
    kind: claimKind,
    /** Left out of a complaint that is about no one sale. */
    sale: saleId.optional(),
    /** How many of them; not of a complaint. */
    units: unitCount.optional(),
    category: complaintCategory.optional(),
    /** SHA-256 of the photo as stored. */
    photo: hash.optional(),
  }),
  /** More than one person may grant alone: a second has to say the same. `person`: pseudonym of who proposed. */
  'claim.proposed': z.strictObject({ claim: claimId, amountFen: positiveFen, person: pseudonym }),
  /** So much is to go back; `sale.refunded` follows when it went. */
  'claim.granted': z.strictObject({ claim: claimId, amountFen: positiveFen, person: pseudonym }),
  'claim.declined': z.strictObject({ claim: claimId, reason: declineReason, person: pseudonym }),
  /** A complaint that was answered, and is over. */
  'claim.closed': z.strictObject({ claim: claimId, person: pseudonym }),
  'payout.made': payoutBody,
  /** With the payout of that number, at the same moment. */
  'clawback.taken': takenBody,
  /** He gave it back himself. */
  'clawback.repaid': z.strictObject({
    ...money.omit({ freightFen: true }).shape,
    channel: payoutBody.shape.channel,
    grower: pseudonym,
  }),
  /** All that he still owes of a sale, when no more comes to him in this show: it is taken off a payout of the next. */
  'clawback.carried': z.strictObject({ sale: saleId, grower: pseudonym, amountFen: positiveFen }),
  /**
   * 顺位成交: the units of a sale in default, offered to the next one of those who bid on them, at his own best bid.
   * `sale` is the number it has when he accepts; a number that nobody accepts stays unused.
   */
  'sale.offered': z.strictObject({
    sale: saleId,
    replaces: saleId,
    lot: lotId,
    bidder: pseudonym,
    units: unitCount,
    unitPriceFen: positiveFen,
    expiresAt: timeMs,
  }),
  /** From here on the units are his: a sale awaiting payment, in the place of the one in default. */
  'sale.accepted': chanceAnswer,
  'sale.declined': chanceAnswer,
  /** Not answered in time. */
  'sale.lapsed': z.strictObject({ sale: saleId, lot: lotId }),
  /** 保证金: the bidder's deposit came in. The sealed rules say how much; without it he cannot bid where they ask for one. */
  'deposit.held': z.strictObject({ ...depositMoney, bidder: pseudonym }),
  /** Right after a default of its bidder: so much of it belongs to that lot's grower, never more than the sale. */
  'deposit.forfeited': z.strictObject({ deposit: depositId, sale: saleId, amountFen: positiveFen }),
  /**
   * What is still held of it is his again: by the platform after the close, when he owes nothing (any more); by the
   * officer for a reason.
   */
  'deposit.released': z.strictObject({
    deposit: depositId,
    amountFen: positiveFen,
    reason: z.enum(['nothing-owed', ...releaseReason.options]),
  }),
  /** What was released went back to him. */
  'deposit.returned': z.strictObject(depositMoney),
  /**
   * A finished piece of the show's recording lies in its place. `fromMs` to `toMs`: when it was filmed, by the clock of who
   * filmed. It decides nothing; with it a file can be told from one that was changed, and a gap from what is missing.
   */
  'recording.kept': z.strictObject({
    segment: z.int().positive().max(99_999).describe('from 1, without gaps'),
    /** SHA-256 of the file. */
    sha256: hash,
    bytes: z.int().positive().max(Number.MAX_SAFE_INTEGER),
    fromMs: timeMs,
    toMs: timeMs,
  }),
  /** A co-host took the show over by its code: whoever held the console before may have lost his phone. */
  'show.tookOver': z.strictObject({ by: pseudonym, reason: takeOverReason }),
  'show.closed': z.strictObject({
    lots: z.int().nonnegative(),
    soldUnits: z.int().nonnegative(),
    passedUnits: z.int().nonnegative(),
    withdrawnUnits: z.int().nonnegative(),
    carriedUnits: z.int().nonnegative(),
    hammerFen: fen,
  }),
  'show.settled': z.strictObject({
    soldUnits: z.int().nonnegative(),
    passedUnits: z.int().nonnegative(),
    withdrawnUnits: z.int().nonnegative(),
    carriedUnits: z.int().nonnegative(),
    paidFen: fen.describe('all that came in, refunded or not'),
    /** Left out where there is none. */
    refundedFen: positiveFen.optional(),
    defaultedFen: positiveFen.optional(),
    freightFen: positiveFen.optional().describe('freight that came in and did not go back'),
    carriedFen: positiveFen.optional().describe('what growers owe back, carried on to another show'),
    /** The rest where growers are paid from these books: what they keep, and the township's share of it. */
    payableFen: fen.optional(),
    feeFen: positiveFen.optional(),
    /** RFC 6962 root over the canonical entries of the books before this leaf. */
    books: hash.optional(),
  }),
} as const;

/** The same lot, described anew before its list is sealed; the last description counts. */
const amended = bodies['lot.catalogued'];

export const eventBodies = { ...bodies, 'lot.amended': amended } as const;
export type EventType = keyof typeof eventBodies;
export type EventBody<T extends EventType> = z.infer<(typeof eventBodies)[T]>;
/** What `decide` returns: the type and body of a leaf to be. */
export type AuctionEvent = { [T in EventType]: { type: T; body: EventBody<T> } }[EventType];
export type EventOf<T extends EventType> = Extract<AuctionEvent, { type: T }>;

/** Who wrote a leaf: the platform, a person with an office, or a bidder by pseudonym. */
export const author = z.union([z.enum(['platform', 'host', 'moderator', 'officer']), pseudonym]);
export type Author = z.infer<typeof author>;

/** An event as the log holds it: with its index, time and author. The room is told it without the signature. */
export type LoggedEvent = AuctionEvent & { i: number; t: number; by: Author; sig?: string };

const types = Object.keys(eventBodies) as EventType[];
export const loggedEvent = z
  .union(
    types.map((type) =>
      z.object({
        i: leafIndex,
        t: timeMs,
        by: author,
        type: z.literal(type),
        body: eventBodies[type] as z.ZodType,
        sig: signature.optional().describe("the author's signature; left out of frames"),
      }),
    ),
  )
  .describe("an event of the show's log") as unknown as z.ZodType<LoggedEvent>;

export const eventTypes: readonly EventType[] = types;

/** The exact object whose canonical bytes are a leaf (LEDGER §2). */
export type Leaf = LoggedEvent & { show: string; v: LeafVersion };
/** 1: no author signs anything. 2: with authors' signatures. A log has one version throughout. */
export type LeafVersion = 1 | 2;

/** Refusals stay out of the room's frames: they concern one bidder. */
export const isAnnounced = (event: { type: EventType }): boolean => event.type !== 'bid.refused';

/** Events after which the log cuts its batch and signs a checkpoint that ends exactly there (LEDGER §3). */
export const endsWithCheckpoint = (event: { type: EventType }): boolean =>
  event.type === 'show.sealed' || event.type === 'show.closed' || event.type === 'show.settled';
