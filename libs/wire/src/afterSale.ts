import { z } from 'zod';
import { importReport, payment } from './api.js';
import {
  bidId,
  claimId,
  claimKind,
  complaintCategory,
  courier,
  declineReason,
  fen,
  lotNumber,
  positiveFen,
  pseudonym,
  saleId,
  textOrNull,
  timeMs,
  unitCount,
} from './units.js';

/** After the hammer: parcels, lists for the packing table, claims and complaints, money that goes back. */

/** Where the goods of a sale are: unpaid (or undone), then the four steps. */
export const goodsStep = z.enum(['unpaid', 'paid', 'packed', 'shipped', 'received']);
export type GoodsStep = z.infer<typeof goodsStep>;

export const parcelLine = z.object({
  sale: saleId,
  number: lotNumber,
  title: z.string(),
  unit: z.string(),
  units: unitCount,
  amountFen: positiveFen,
  refundedFen: fen,
  village: z.string(),
  growerName: z.string(),
  grade: z.string(),
  fresh: z.boolean().describe('living goods: damage is made good, but they do not go back'),
  step: goodsStep,
  shippedAtMs: timeMs.nullable(),
  receivedAtMs: timeMs.nullable(),
  courier: courier.nullable(),
  tracking: textOrNull,
});
export type ParcelLine = z.infer<typeof parcelLine>;

export const parcelAddress = z.object({
  name: z.string(),
  phone: z.string().describe('masked, but in what the courier gets'),
  text: z.string(),
});
export type ParcelAddress = z.infer<typeof parcelAddress>;

/** One parcel per buyer per show. */
export const parcel = z.object({
  bidder: pseudonym,
  paddle: z.int().positive(),
  nickname: z.string(),
  phone: textOrNull.describe('masked'),
  address: parcelAddress.nullable().describe('null: none is kept, or he comes for it'),
  step: goodsStep.describe('of the line that is farthest behind; what was undone or refunded does not count'),
  lines: z.array(parcelLine),
});
export type Parcel = z.infer<typeof parcel>;
export const parcelList = z.object({ parcels: z.array(parcel) });

export const parcelPack = z.strictObject({ bidders: z.array(pseudonym).min(1).max(500) });
/** A courier's number as it is printed: capitals, digits and dashes; spaces and small letters are put right. */
export const trackingNumber = z
  .string()
  .transform((text) => text.normalize('NFKC').replaceAll(/[\s-]/g, '').toUpperCase())
  .pipe(z.string().regex(/^[A-Z0-9]{6,32}$/));
export const parcelShip = z.strictObject({ bidder: pseudonym, courier, tracking: z.string().max(64) });
export const parcelReceive = z.strictObject({
  bidder: pseudonym,
  cause: z.enum(['courier', 'pickup']),
});
export const parcelsMoved = z.object({ sales: z.array(saleId).describe('what moved on, one leaf each') });

export const trackingRow = z.object({
  row: z.int().positive(),
  paddle: z.int().positive().nullable(),
  tracking: textOrNull,
  accepted: z.boolean(),
  problems: z.array(z.object({ column: z.string(), zh: z.string(), en: z.string() })),
});
export type TrackingRow = z.infer<typeof trackingRow>;
/** Rows that are right are shipped at once; the others say what is wrong, and can come again. */
export const trackingReport = z.object({
  encoding: importReport.shape.encoding,
  rows: z.array(trackingRow),
  accepted: z.int().nonnegative(),
  refused: z.int().nonnegative(),
  missingColumns: z.array(z.string()),
});
export type TrackingReport = z.infer<typeof trackingReport>;

// ---------------------------------------------------------------- claims and complaints

export const claimText = z.string().trim().min(1).max(500);
export const claimView = z.object({
  claim: claimId,
  kind: claimKind,
  category: complaintCategory.nullable(),
  paddle: z.int().positive(),
  sale: saleId.nullable(),
  number: lotNumber.nullable(),
  title: textOrNull,
  units: unitCount.nullable(),
  amountFen: fen.describe('what the sale came to; 0: about no sale'),
  filedAtMs: timeMs,
  answerByMs: timeMs.describe('when the house owes an answer'),
  answeredAtMs: timeMs.nullable(),
  state: z.enum(['open', 'proposed', 'granted', 'paidBack', 'declined', 'closed']),
  grantedFen: fen.describe('proposed or granted'),
  reason: declineReason.nullable(),
  photo: textOrNull.describe('where its photo can be looked at'),
  paidOnline: z.boolean(),
  mine: z.boolean().describe('proposed by you: a second person must agree'),
  answers: z.array(z.object({ by: z.enum(['buyer', 'house']), atMs: timeMs, text: z.string() })),
});
export type ClaimView = z.infer<typeof claimView>;
export const claimList = z.object({
  claims: z.array(claimView),
  aloneFen: fen.describe('what one person may grant of a sale by himself'),
});
export type ClaimList = z.infer<typeof claimList>;

/** The same key gets the same claim. */
export const complaintFile = z.strictObject({
  key: bidId,
  category: complaintCategory,
  sale: saleId.optional(),
  text: claimText,
});
export const returnFile = z.strictObject({ key: bidId, sale: saleId, units: unitCount });
export const claimAnswer = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('grant'), amountFen: positiveFen }),
  z.strictObject({ act: z.literal('decline'), reason: declineReason }),
  z.strictObject({ act: z.literal('close') }),
  /** Words alone: the claim stays open. */
  z.strictObject({ act: z.literal('say'), text: claimText }),
]);
export type ClaimAnswer = z.infer<typeof claimAnswer>;
export const claimAnswering = z.strictObject({ answer: claimAnswer });
export const claimSay = z.strictObject({ text: claimText });
/** How granted money went back. What was paid online goes back the way it came, and needs no reference. */
export const claimPayback = z.strictObject({
  channel: payment.shape.channel.optional(),
  reference: z.string().trim().min(1).max(80).optional(),
});

export const myGoods = z.object({
  parcel: parcel.nullable().describe('null: nothing was won'),
  claims: z.array(claimView),
  nowMs: timeMs,
  claimWithinMs: z.int().nonnegative(),
  returnWithinMs: z.int().nonnegative(),
  complainUntilMs: timeMs.nullable().describe('null: the show runs'),
  open: z.boolean().describe('whether anything can be claimed: not of a settled show'),
  freshWordAtMs: timeMs.nullable().describe('when he confirmed that living goods do not go back'),
});
export type MyGoods = z.infer<typeof myGoods>;

// ---------------------------------------------------------------- refunds of payments by hand

export const handRefundAsk = z.strictObject({
  refund: z.uuid().describe('chosen by who asks: the same number is the same refund'),
  sale: saleId,
  amountFen: fen.describe('0: freight alone, when all goods of a parcel have gone back already'),
  channel: payment.shape.channel,
  reference: z.string().trim().min(1).max(80),
});
export const handRefund = z.object({
  refund: z.uuid(),
  sale: saleId,
  paddle: z.int().positive(),
  amountFen: fen,
  freightFen: fen.describe(
    'beside the amount, or alone: it goes back when all goods of a parcel are given back',
  ),
  channel: payment.shape.channel,
  reference: z.string().describe('empty: its buyer asked to be erased'),
  claim: claimId.nullable(),
  state: z.enum(['waiting', 'given', 'dropped']).describe('waiting: for a second person'),
  askedBy: z.string(),
  askedAtMs: timeMs,
  decidedBy: textOrNull,
  mine: z.boolean(),
});
export type HandRefund = z.infer<typeof handRefund>;
export const handRefundList = z.object({
  refunds: z.array(handRefund),
  aloneFen: fen.describe('what one person may give back of a sale by himself'),
  freights: z
    .array(z.object({ paddle: z.int().positive(), freightFen: positiveFen }))
    .describe(
      'what came by hand for each parcel (or is refused online), and goes back when all its goods are given back',
    ),
});
export type HandRefundList = z.infer<typeof handRefundList>;
export const handRefundDecision = z.strictObject({ confirm: z.boolean() });
