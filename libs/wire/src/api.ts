import { z } from 'zod';
import { pictureElsewhere } from './elsewhere.js';
import { province } from './provinces.js';
import { showRules } from './rules.js';
import { showPhase, lotPhase } from './state.js';
import { lotCard, roomMe, showCard, showEnd } from './room.js';
import {
  durationMs,
  fen,
  format,
  hash,
  leafIndex,
  lotId,
  lotNumber,
  nickname,
  phone,
  positiveFen,
  pseudonym,
  publicKey,
  role,
  saleId,
  salePhase,
  showId,
  signature,
  timeMs,
  unitCount,
  textOrNull,
  booleanOrNull,
  takeOverReason,
} from './units.js';

/** Every error over HTTP (RFC 9457): `code` is one of the reasons, `detail` its Chinese words. */
export const problem = z.object({
  type: z.string(),
  title: z.string().describe('the reason in English'),
  status: z.int(),
  code: z.string(),
  detail: z.string().describe('the reason in Chinese'),
  requestId: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })),
});
export type Problem = z.infer<typeof problem>;

// ---------------------------------------------------------------- people

export const codeAsk = z.strictObject({ phone });
export const codeSent = z.object({
  expiresAtMs: timeMs,
  again: timeMs.describe('not before this another code is sent'),
});
export const codeVerify = z.strictObject({
  phone,
  code: z.string().regex(/^[0-9]{6}$/),
  nickname: nickname.optional(),
});
/** Also for slips: a slip's token is a one-use token of role buyer. */
export const tokenExchange = z.strictObject({
  token: z.string().min(16).max(128),
  nickname: nickname.optional(),
});
export const me = z.object({
  signedIn: z.boolean(),
  role: role.nullable(),
  nickname: textOrNull,
  phone: textOrNull.describe('masked: 138****0001'),
  township: textOrNull,
  townshipCode: textOrNull.describe('as in the addresses of its registry'),
});
export type Me = z.infer<typeof me>;
export const signedIn = z.object({
  me,
  goTo: textOrNull.describe('page the link was made for'),
  token: z
    .string()
    .optional()
    .describe(
      'session token for `Authorization: Bearer`, in place of a cookie; when asked by `X-Session: bearer`',
    ),
});
export const joinShow = z.strictObject({
  nickname: nickname.optional(),
  key: publicKey.optional().describe("this device's key for this show; from then on its bids are signed"),
});
/** A host's, moderator's or officer's own key, for one show. */
export const staffKey = z.strictObject({ key: publicKey });
/** What sealing would write now: the host signs it (`sig` of the command). */
export const sealDraft = z.object({
  list: z.int().positive(),
  lots: z.int().positive(),
  units: z.int().positive(),
  catalogue: hash,
  rules: hash,
});
export const approvalQuery = z.object({ list: z.coerce.number().int().positive().optional() });
/** What an officer signs: "I compared the catalogue with the floor". */
export const approvalDraft = z.object({
  list: z.int().positive(),
  statement: z.string().describe('the text; `note` in the leaf is its SHA-256'),
  note: hash,
  approved: z.boolean(),
});
export const approvalAsk = z.strictObject({ list: z.int().positive(), key: publicKey, sig: signature });
export const joinedShow = z.object({ me: roomMe });
export const waitAsk = z.strictObject({ nickname });
export const waitingBuyer = z.object({ member: z.string(), nickname: z.string(), sinceMs: timeMs });
export const waitingList = z.object({ waiting: z.array(waitingBuyer) });
export const admit = z.strictObject({ member: z.string().max(64) });
export const slipsAsk = z.strictObject({ count: z.int().min(1).max(100) });
export const slip = z.object({
  token: z.string(),
  path: z.string().describe('path with the token in its fragment'),
  expiresAtMs: timeMs,
});
export const slips = z.object({ slips: z.array(slip) });
export const roleGrant = z.object({ role, action: z.string(), scope: z.string() });
export const roleTable = z.object({ grants: z.array(roleGrant) });

/** Who asked to be erased while a retention period runs: nothing of the person, only what keeps him and until when. */
export const lockedRecords = z.object({
  locked: z.array(
    z.object({
      member: z.string(),
      role,
      lockedAtMs: timeMs,
      lockedUntilMs: timeMs.describe('the longest of his records; then he is erased'),
      records: z.array(
        z.object({
          kind: z.enum(['auction', 'deal', 'network']).describe('kept 5 years, 3 years, 6 months'),
          showId: textOrNull,
          keptUntilMs: timeMs,
        }),
      ),
    }),
  ),
});

// ---------------------------------------------------------------- shows and catalogue

export const showCreate = z.strictObject({
  title: z.string().trim().min(1).max(40),
  startsAtMs: timeMs.optional(),
  rules: showRules.partial().optional().describe('what differs from the default rules'),
  hostTitle: z.string().max(20).optional(),
  elsewhere: pictureElsewhere
    .optional()
    .describe(
      'the picture is on another platform: its delay is added to windowMs, extensionMs and lastCallMs',
    ),
});
export const showCreated = z.object({ showId });
export const showCode = z.object({
  code: textOrNull.describe('short code of the sealed list; null: nothing is sealed yet'),
});
export type ShowCode = z.infer<typeof showCode>;
export const showSummary = z.object({
  showId,
  title: z.string(),
  phase: showPhase,
  lots: z.int().nonnegative(),
  units: z.int().nonnegative(),
  startsAtMs: timeMs,
  code: textOrNull,
  card: showCard,
  ended: showEnd.optional(),
});
export const showList = z.object({ shows: z.array(showSummary) });

/**
 * A lot whose units wait to be taken up by another show: carried there, or without an end in a log that another one
 * goes on from.
 */
export const carriedLot = z.object({
  show: showId.describe('the show that carried it'),
  lot: lotId,
  number: lotNumber,
  title: z.string(),
  unit: z.string(),
  units: unitCount.describe('taken up whole'),
  format,
  startFen: fen,
  hasFloor: z.boolean(),
});
export type CarriedLot = z.infer<typeof carriedLot>;
export const carriedList = z.object({ lots: z.array(carriedLot) });
/** What is taken up. A lot with a floor needs the grower's word: that it stands, or another one. */
export const takeUp = z.strictObject({
  show: showId,
  lot: lotId,
  floorStands: z.literal(true).optional(),
  floorFen: fen.optional().describe('agreed anew; 0: no floor'),
});
export type TakeUp = z.infer<typeof takeUp>;

/** The code with which a co-host takes the show over, as the host's page shows it; used once. */
export const takeOverCode = z.object({ code: z.string().regex(/^[0-9]{6}$/) });
export const takeOverAsk = z.strictObject({
  code: z
    .string()
    .regex(/^[0-9]{6}$/)
    .describe("six digits from the host's page"),
  reason: takeOverReason,
});

/** A lot as a person describes it; money in whole fen. */
export const lotDraft = z.strictObject({
  number: lotNumber.optional().describe('default: the next free one'),
  title: z.string().trim().min(1).max(80),
  growerName: z.string().trim().min(1).max(40),
  village: z.string().trim().min(1).max(20),
  grade: z.string().trim().min(1).max(8),
  unit: z.string().trim().min(1).max(8),
  units: unitCount,
  startFen: fen,
  floorFen: fen.describe('0: no floor'),
  referenceFen: fen.optional(),
  stepFen: positiveFen.optional(),
  capFen: positiveFen.optional().describe('封顶价: whoever reaches it has the lot at once'),
  buyNowFen: positiveFen.optional().describe('一口价: buys at once, until a bid reaches it'),
  format,
  source: z.string().trim().min(1).max(20).describe('人工培植; wild-dug plants are refused'),
  fresh: z.boolean().optional().describe('default: living goods, which are made good but do not go back'),
});
export type LotDraft = z.infer<typeof lotDraft>;
export const lotAdded = z.object({ lot: lotId, number: lotNumber });

export const importRow = z.object({
  row: z.int().positive().describe('line in the file, the header being 1'),
  number: textOrNull,
  title: textOrNull,
  accepted: z.boolean(),
  problems: z.array(z.object({ column: z.string(), zh: z.string(), en: z.string() })),
  lot: lotDraft.nullable(),
});
export type ImportRow = z.infer<typeof importRow>;
export const importReport = z.object({
  importId: textOrNull.describe('confirm with it; null when a row was refused'),
  encoding: z.string().describe('utf-8, utf-8-bom, gb18030 or xlsx'),
  rows: z.array(importRow),
  accepted: z.int().nonnegative(),
  refused: z.int().nonnegative(),
  units: z.int().nonnegative(),
  missingColumns: z.array(z.string()),
  unknownColumns: z.array(z.string()),
});
export type ImportReport = z.infer<typeof importReport>;
export const importConfirm = z.strictObject({ importId: z.string().max(64) });
export const importDone = z.object({ lots: z.int().nonnegative(), units: z.int().nonnegative() });

/** What host and officer see of floors; buyers never do. */
export const floorList = z.object({ floors: z.array(z.object({ lot: lotId, floorFen: fen })) });
export const photoAdded = z.object({ path: z.string(), cards: z.array(lotCard) });

// ---------------------------------------------------------------- payments by hand

export const disputeReason = z
  .enum(['never-arrived', 'other-amount', 'other-payer', 'recorded-twice', 'other'])
  .describe('what somebody says is wrong with a payment');
export type DisputeReason = z.infer<typeof disputeReason>;
export const channel = z.enum(['transfer', 'cash', 'wechat', 'alipay']);
/** How a buyer who did not tap it himself confirmed what holds for living goods. */
export const freshWord = z.enum(['in-person', 'by-phone']);
export const paymentRecord = z.strictObject({
  sales: z.array(saleId).min(1).max(200).describe('sales of one buyer, paid at once'),
  amountFen: positiveFen.describe('with freight'),
  freightFen: positiveFen
    .optional()
    .describe('the freight in it: as the bill says, or one of the sealed table where no address is known'),
  channel,
  reference: z.string().trim().min(1).max(64).describe('transfer number, receipt number …'),
  freshWord: freshWord
    .optional()
    .describe(
      'needed where the bill says `fresh: open`: how its buyer confirmed what holds for living goods',
    ),
});
export const payment = z.object({
  id: z.string(),
  sales: z.array(saleId),
  bidder: pseudonym,
  paddle: z.int().positive(),
  amountFen: positiveFen,
  channel,
  reference: z.string(),
  photo: textOrNull,
  state: z.enum(['recorded', 'confirmed', 'rejected']),
  recordedBy: z.string(),
  recordedAtMs: timeMs,
  decidedBy: textOrNull,
  decidedAtMs: timeMs.nullable(),
  mine: z.boolean().describe('recorded by you: a second person must confirm it'),
  freshWord: freshWord.or(z.literal('no')).describe('how its buyer confirmed what holds for living goods'),
  disputed: disputeReason
    .or(z.literal('no'))
    .describe('why somebody disputes it; until a second person has looked, it cannot be confirmed'),
});
export type Payment = z.infer<typeof payment>;
export const paymentList = z.object({ payments: z.array(payment) });
export const paymentDecision = z.strictObject({ confirm: z.boolean() });

/**
 * none: this show charges none, or none is due (free from this sum on, fetched at the station) · needs-parcel: he has not
 * said where to · not-served · due: comes with the next payment · paid
 */
export const freightDue = z.object({
  state: z.enum(['none', 'needs-parcel', 'not-served', 'due', 'paid']),
  feeFen: fen.describe('0 where it is not known'),
});
export type FreightDue = z.infer<typeof freightDue>;

/** The sealed table, place by place, for whoever wants to know before the first bid. */
export const freightTable = z.object({
  places: z.array(
    z.object({
      province,
      zh: z.string(),
      en: z.string(),
      feeFen: fen.nullable().describe('null: nothing is sent there'),
    }),
  ),
  freeFromFen: positiveFen.nullable().describe('no freight from this sum on; null: never free'),
  pickUp: z.boolean().describe('who fetches it pays none'),
});
export type FreightTable = z.infer<typeof freightTable>;
/** `none`: this show charges no freight. */
export const showFreight = z.object({ table: freightTable.or(z.literal('none')) });

/** One parcel per buyer per show: where it goes. Names and addresses are sealed under the buyer's key. */
const recipient = {
  name: z.string().trim().min(1).max(30),
  phone,
};
export const parcelAsk = z.discriminatedUnion('how', [
  z.strictObject({
    how: z.literal('parcel'),
    ...recipient,
    province,
    city: z.string().trim().min(1).max(30).describe('city and county'),
    address: z.string().trim().min(1).max(120),
  }),
  z.strictObject({ how: z.literal('pick-up'), ...recipient }).describe('fetched at the station'),
  z.strictObject({ how: z.literal('as-before') }).describe('the same as in your last show'),
]);
export type ParcelAsk = z.infer<typeof parcelAsk>;
export const myParcel = z.strictObject({ parcel: parcelAsk });
/** As everybody sees it but whoever packs. */
export const maskedParcel = z.object({
  how: z.enum(['parcel', 'pick-up']),
  name: z.string().describe('masked'),
  phone: z.string().describe('masked'),
  place: z.string().describe('province and city; empty: fetched at the station'),
});
export type MaskedParcel = z.infer<typeof maskedParcel>;
/** For whoever packs; each reading is written down. */
export const packingList = z.object({
  parcels: z.array(
    z.object({
      paddle: z.int().positive(),
      how: z.enum(['parcel', 'pick-up']),
      name: z.string(),
      phone: z.string(),
      place: z.string().describe('the province, in Chinese; empty: fetched at the station'),
      city: z.string(),
      address: z.string(),
      lots: z.array(z.string()).describe('numbers of the paid lots'),
    }),
  ),
});
export type PackingList = z.infer<typeof packingList>;

/** One bill per buyer per show (合并账单). */
export const bill = z.object({
  bidder: pseudonym,
  paddle: z.int().positive(),
  nickname: z.string(),
  phone: textOrNull.describe('masked'),
  sales: z.array(
    z.object({
      sale: saleId,
      lot: lotId,
      number: lotNumber,
      title: z.string(),
      units: unitCount,
      amountFen: fen,
      refundedFen: fen,
      phase: salePhase,
    }),
  ),
  hammerFen: fen,
  paidFen: fen.describe('what came in, without freight'),
  refundedFen: fen.describe('what went back of it, without freight'),
  dueFen: fen.describe('without freight'),
  freight: freightDue,
  totalDueFen: fen.describe('with the freight that is due'),
  payByMs: timeMs
    .nullable()
    .describe('until when what is due may be paid; null: nothing is due, or no deadline'),
  extended: z.boolean().describe('the house gave longer'),
  parcel: maskedParcel.or(z.literal('none')),
  fresh: z
    .enum(['none', 'said', 'open'])
    .describe('what holds for living goods: he won none, he confirmed it, or has to before he pays'),
});
export type Bill = z.infer<typeof bill>;
export const billList = z.object({ bills: z.array(bill) });

// ---------------------------------------------------------------- payments online

/**
 * open: may be paid · processing: paid, the money is under way · paid · closed: nobody paid in time, or another means
 * was taken · stray: money came for sales that could not be paid any more · returned: stray money went back
 */
export const orderState = z.enum(['open', 'processing', 'paid', 'closed', 'stray', 'returned']);
export type OrderState = z.infer<typeof orderState>;
export const onlineOrder = z.object({
  order: z.uuid(),
  bidder: pseudonym,
  paddle: z.int().positive(),
  sales: z.array(saleId),
  amountFen: positiveFen,
  state: orderState,
  refundedFen: fen.describe('given back, or asked for'),
  createdAtMs: timeMs,
  expiresAtMs: timeMs,
});
export type OnlineOrder = z.infer<typeof onlineOrder>;
export const onlineMethod = z.enum(['card', 'alipay', 'wechat_pay']);
export type OnlineMethod = z.infer<typeof onlineMethod>;

/** What a buyer's pay page shows: his bill, and every means by which he may pay it. */
export const myPayment = z.object({
  bill,
  payBy: z.string(),
  freight: z.string(),
  freightTable: showFreight.shape.table,
  offered: maskedParcel.or(z.literal('none')).describe('what you gave in your last show'),
  payee: z.string(),
  contact: z.string(),
  byHand: z.string().describe('how to pay without the internet'),
  online: z.array(onlineMethod).describe('empty: not on offer here'),
  paidByHand: z.array(
    payment.pick({ id: true, amountFen: true, channel: true, state: true, disputed: true }),
  ),
  orders: z.array(onlineOrder).describe('online payments of this buyer, newest first'),
  deposit: z.boolean().describe('this show asks for one: see `my-deposit`'),
  living: z
    .object({
      saidAtMs: timeMs
        .nullable()
        .describe('when he confirmed it; null: not yet, and nothing is paid online before'),
      claimWithinMs: durationMs.describe('how long after they came damage may be shown'),
    })
    .nullable()
    .describe('what holds for living goods, where he won some: they do not go back, and damage is made good'),
});
export type MyPayment = z.infer<typeof myPayment>;
/** Nothing goes abroad without it. */
export const payOnline = z.strictObject({
  consent: z
    .literal(true)
    .describe('the buyer ticked that the order’s number and amount go to Stripe, abroad'),
});
export const payingOnline = z.object({ order: onlineOrder, payUrl: z.string() });
export type PayingOnline = z.infer<typeof payingOnline>;

export const refundAsk = z.strictObject({
  refund: z.uuid().describe('chosen by who asks: the same number is the same refund'),
  sale: saleId.optional().describe('left out only for stray money, which goes back whole'),
  amountFen: positiveFen,
});
export const refund = z.object({
  refund: z.uuid(),
  order: z.uuid(),
  sale: saleId.describe('empty where no sale was paid').or(z.literal('')),
  amountFen: positiveFen,
  state: z
    .enum(['waiting', 'asked', 'given', 'failed', 'dropped'])
    .describe('waiting: for a second person, above what one may give back of a sale; dropped: he said no'),
});
export type Refund = z.infer<typeof refund>;
export const refundDecision = z.strictObject({ confirm: z.boolean() });
/** Of a sale; or of stray money, with an empty name. */
export const waitingRefund = refund.omit({ state: true }).extend({
  paddle: z.int().positive(),
  askedBy: z.string(),
  askedAtMs: timeMs,
  mine: z.boolean(),
});
export type WaitingRefund = z.infer<typeof waitingRefund>;
export const onlineOrderList = z.object({
  orders: z.array(onlineOrder),
  waiting: z.array(waitingRefund).describe('refunds that wait for a second person'),
});
export type OnlineOrderList = z.infer<typeof onlineOrderList>;

/** What a machine must not decide about money. */
export const caseKind = z.enum([
  'wrong-amount',
  'wrong-currency',
  'second-charge',
  'money-without-sale',
  'refund-elsewhere',
  'refund-unlogged',
  'chargeback',
  'disputed',
]);
export type CaseKind = z.infer<typeof caseKind>;
export const paymentCase = z.object({
  id: z.uuid(),
  kind: caseKind,
  subject: z.uuid().describe('the order or the payment by hand'),
  reason: disputeReason.or(z.literal('no')).describe('of a dispute'),
  note: z.string(),
  raisedAtMs: timeMs,
  raisedBy: textOrNull.describe('null: found by the server'),
  settledAtMs: timeMs.nullable(),
  settledBy: textOrNull,
  outcome: z.string(),
  mine: z.boolean().describe('raised by you: a second person must settle it'),
});
export type PaymentCase = z.infer<typeof paymentCase>;
export const paymentCaseList = z.object({ cases: z.array(paymentCase) });
export const caseOutcome = z.strictObject({ outcome: z.string().trim().min(1).max(200) });
export const paymentDispute = z.strictObject({
  reason: disputeReason,
  note: z.string().trim().max(200).default(''),
});
export const hookAnswer = z.object({ received: z.enum(['applied', 'again', 'ignored']) });

// ---------------------------------------------------------------- certificate and township

export const grade = z.object({ units: z.int().nonnegative(), of: z.int().nonnegative() });
export const certificate = z.object({
  showId,
  origin: z.string(),
  phase: showPhase,
  demo: z.boolean(),
  title: z.string(),
  township: z.string(),
  sealedLots: z.int().nonnegative(),
  sealedUnits: z.int().nonnegative(),
  soldUnits: z.int().nonnegative(),
  passedUnits: z.int().nonnegative(),
  withdrawnUnits: z.int().nonnegative(),
  carriedUnits: z.int().nonnegative(),
  openUnits: z.int().nonnegative().describe('not ended yet; above 0 there is no certificate yet'),
  hammerFen: fen,
  paidFen: fen,
  /** The four grades, each a count of units over sealed units (LEDGER §1). */
  firstPass: grade,
  afterReoffer: grade,
  paid: grade,
  delivered: grade,
  armsLength: grade.describe('sold to ordinary buyers: not to host, grower or supporting units'),
  passedAttempts: z.int().nonnegative(),
  reoffers: z.int().nonnegative(),
  offers: z
    .object({
      made: z.int().nonnegative(),
      soldUnits: z.int().nonnegative(),
    })
    .describe('what was left, offered to one person after the other at the end'),
  defaults: z
    .array(
      z.object({
        sale: saleId,
        i: leafIndex.describe('leaf of the hammer, or of the second chance that was accepted'),
        lot: lotId,
        number: lotNumber,
        title: z.string(),
        units: unitCount,
        unitPriceFen: positiveFen,
        next: z
          .enum(['sold', 'carried', 'offered', 'waits'])
          .describe('sold: to somebody else; offered: somebody is being asked; waits: nothing further'),
      }),
    )
    .describe('逾期未付: sales that were not paid in time, whatever became of their units'),
  secondChances: z
    .object({ made: z.int().nonnegative(), soldUnits: z.int().nonnegative() })
    .describe('顺位成交: what was in default, offered to those who came next'),
  deposits: z
    .object({ heldFen: fen, forfeitedFen: fen, releasedFen: fen, returnedFen: fen })
    .describe('保证金: all that came in, and what became of it'),
  voided: z.int().nonnegative(),
  extendedOtherwise: z
    .int()
    .nonnegative()
    .describe(
      'extensions for stall, dark room or resume, and falling clocks set back for stall or dark room',
    ),
  formBids: z.int().nonnegative().describe('bids by plain form'),
  autoBids: z.int().nonnegative().describe('made by the platform for maximum bids, each with its proof'),
  signedBids: z.int().nonnegative(),
  unsignedBids: z.int().nonnegative().describe('neither signed nor by plain form'),
  unsignedActs: z
    .int()
    .nonnegative()
    .describe("the host's seals, withdrawals and close without the host's own signature"),
  version: z.int().describe('of the leaves: 1 without, 2 with authors’ signatures'),
  timed: z
    .object({ openMax: z.int().positive(), staggerMs: durationMs })
    .optional()
    .describe('限时竞价: how many lots could be open at once; left out: a live room, one at a time'),
  continues: z
    .object({ origin: z.string(), size: z.int(), root: hash })
    .nullable()
    .describe('after a restore: the log that this one continues'),
  takenOver: z
    .object({
      sales: z.int().positive(),
      units: z.int(),
      hammerFen: fen,
      paidFen: fen,
      paidUnits: z.int(),
      deliveredUnits: z.int(),
      defaultedUnits: z.int(),
    })
    .optional()
    .describe('sales of the log before, as they stand by now: counted as sold there, paid and settled here'),
  together: z
    .object({
      logs: z.int().min(2),
      units: z
        .int()
        .describe('of all lists, each unit once: what had no end before is counted where it went on'),
      soldUnits: z.int(),
      passedUnits: z.int(),
      withdrawnUnits: z.int(),
      carriedUnits: z.int(),
      openUnits: z.int(),
      hammerFen: fen,
      paidFen: fen,
      paidUnits: z.int(),
      deliveredUnits: z.int(),
    })
    .optional()
    .describe('after a restore: this log and those that it goes on from, counted together'),
  lists: z
    .array(
      z.object({
        list: z.int().positive(),
        lots: z.int(),
        units: z.int(),
        soldUnits: z.int(),
        passedUnits: z.int(),
        withdrawnUnits: z.int(),
        carriedUnits: z.int(),
        approved: z.boolean(),
      }),
    )
    .describe('1: the main list; 2…: supplementary lists (加拍), counted apart'),
  apart: z
    .object({
      hostUnits: z.int().nonnegative(),
      growerUnits: z.int().nonnegative().describe("sold to the lot's own grower"),
      supporterUnits: z.int().nonnegative().describe('单位认购'),
      sameDeviceUnits: z
        .int()
        .nonnegative()
        .describe('to a second account on one device: the platform’s word, no proof'),
    })
    .describe('sold units that are not at arm’s length'),
  witness: z.object({
    names: z.array(z.string()),
    sealed: booleanOrNull.describe('cosigned before bidding opened'),
    closed: booleanOrNull,
    newest: leafIndex.nullable().describe('leaves covered by the newest cosigned head'),
  }),
  witnessed: booleanOrNull,
  unsold: z.array(
    z.object({ lot: lotId, number: lotNumber, title: z.string(), phase: lotPhase, units: z.int() }),
  ),
  lots: z.array(
    z.object({
      lot: lotId,
      number: lotNumber,
      title: z.string(),
      units: unitCount,
      phase: lotPhase,
      hammerFen: fen,
      offers: z
        .array(z.object({ i: leafIndex, unitPriceFen: positiveFen, result: z.string() }))
        .describe('to one person each, after the attempts'),
      attempts: z.array(
        z.object({
          offering: z.int().positive(),
          format,
          i: leafIndex,
          endI: leafIndex.nullable(),
          startFen: fen,
          bids: z.int().nonnegative(),
          bestFen: fen.nullable(),
          result: textOrNull,
          soldUnits: z.int().nonnegative(),
        }),
      ),
    }),
  ),
  code: textOrNull.describe('short code of the sealed root'),
  head: z.object({ size: z.int().nonnegative(), root: hash, code: z.string() }),
  checkpoints: z.array(
    z.object({ at: z.string(), size: z.int(), root: hash, note: z.string(), t: timeMs.nullable() }),
  ),
});
export type Certificate = z.infer<typeof certificate>;

/** Filters live in the address; the CSV holds exactly the filtered rows. */
export const townshipFilter = z.object({
  fromDay: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .optional(),
  toDay: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .optional(),
  show: showId.optional(),
  village: z.string().max(40).optional(),
  grower: z.string().max(40).optional(),
  phase: lotPhase.optional(),
  q: z.string().max(40).optional().describe('part of a title or number'),
});
export type TownshipFilter = z.infer<typeof townshipFilter>;

const gradesOf = z.object({ firstPass: grade, afterReoffer: grade, paid: grade, delivered: grade });
export const townshipTotals = z.object({
  hammerFen: fen,
  paidFen: fen.describe('all that came in, given back or not'),
  refundedFen: fen.describe('what went back of it'),
  dueFen: fen,
  shows: z.int().nonnegative(),
  lots: z.int().nonnegative(),
  units: z.int().nonnegative(),
  soldLots: z.int().nonnegative(),
  passedLots: z.int().nonnegative(),
  withdrawnLots: z.int().nonnegative(),
  carriedLots: z.int().nonnegative(),
  grades: gradesOf,
  byDay: z.array(z.object({ day: z.string(), hammerFen: fen, lots: z.int() })),
  byVillage: z.array(z.object({ village: z.string(), hammerFen: fen, lots: z.int() })),
  byGrower: z.array(z.object({ grower: z.string(), village: z.string(), hammerFen: fen, lots: z.int() })),
});
export type TownshipTotals = z.infer<typeof townshipTotals>;

export const townshipShow = z.object({
  showId,
  title: z.string(),
  day: z.string(),
  hostTitle: z.string(),
  phase: showPhase,
  lots: z.int(),
  units: z.int(),
  hammerFen: fen,
  paidFen: fen,
  grades: gradesOf,
  passedLots: z.int(),
  code: textOrNull,
  badge: z.enum(['verified', 'pending', 'mismatch']).describe('绿 已验证 / 黄 待结算或待见证 / 红 不一致'),
  badgeLeaf: leafIndex.nullable().describe('the leaf that does not hold'),
});
export const townshipShows = z.object({ shows: z.array(townshipShow) });
export type TownshipShow = z.infer<typeof townshipShow>;

export const townshipLot = z.object({
  showId,
  day: z.string(),
  lot: lotId,
  number: lotNumber,
  title: z.string(),
  growerName: z.string(),
  village: z.string(),
  grade: z.string(),
  unit: z.string(),
  units: unitCount,
  format,
  startFen: fen,
  phase: lotPhase,
  offerings: z.int().nonnegative(),
  soldUnits: z.int().nonnegative(),
  hammerFen: fen.describe('unit price × units, all sales of the lot'),
  paidFen: fen.describe('all that came in, given back or not'),
  refundedFen: fen.describe('what went back of it'),
  floorMet: booleanOrNull,
});
export const townshipLots = z.object({ lots: z.array(townshipLot), total: z.int().nonnegative() });
export type TownshipLot = z.infer<typeof townshipLot>;

export const bidRow = z.object({
  i: leafIndex,
  t: timeMs,
  type: z.string(),
  offering: z.int().positive().nullable(),
  paddle: z.int().positive().nullable(),
  amountFen: fen.nullable(),
  units: z.int().nullable(),
  answer: z.string().describe('accepted, a reason code, or what happened'),
});
export const lotHistory = z.object({ lot: townshipLot, card: lotCard, rows: z.array(bidRow) });
export type LotHistory = z.infer<typeof lotHistory>;

// ---------------------------------------------------------------- invariants

/** What the last look at the data found. Rows stay in the server's log: they may name another township's shows. */
export const invariantRun = z.object({
  atMs: timeMs,
  invariants: z.array(
    z.object({
      name: z.string(),
      zh: z.string(),
      /** `unknown`: it could not be looked at; that is no "yes". */
      holds: z.enum(['yes', 'no', 'unknown']),
      rows: z.int().nonnegative().describe('what breaks it, counted up to a hundred'),
    }),
  ),
});
export type InvariantRun = z.infer<typeof invariantRun>;
export const lastInvariantRun = z.object({
  run: invariantRun.nullable().describe('null: nobody has looked yet'),
});
