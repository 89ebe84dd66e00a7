import { z } from 'zod';
import { fen, hash, lotId, lotNumber, payoutId, positiveFen, pseudonym, saleId, timeMs } from './units.js';

/** What concerns growers beside the log: what they are owed, how they are paid, what they agreed to. */

/** unpaid → held → payable → paid; none: undone, in default, or given back whole. */
export const payoutState = z.enum(['unpaid', 'held', 'payable', 'paid', 'none']);
export type PayoutState = z.infer<typeof payoutState>;

/** One sale, as its grower is owed it: amountFen = hammerFen − refundedFen − feeFen − freightFen. */
export const growerSale = z.object({
  sale: saleId,
  lot: lotId,
  number: lotNumber,
  title: z.string(),
  unit: z.string(),
  units: z.int().positive(),
  hammerFen: fen,
  refundedFen: fen,
  feeFen: fen,
  freightFen: fen.describe("the grower's part of the parcel; 0: the buyer pays freight"),
  amountFen: fen,
  clawbackFen: fen.describe('given back after he was paid: he owes it'),
  state: payoutState,
  payout: payoutId.nullable(),
  paidAtMs: timeMs.nullable(),
});
export type GrowerSale = z.infer<typeof growerSale>;

export const growerAccount = z.strictObject({
  payee: z.string().trim().min(1).max(40).describe('name the account is in'),
  bank: z.string().trim().min(1).max(60).describe('bank and branch'),
  number: z
    .string()
    .transform((text) => text.replace(/[\s-]/g, ''))
    .pipe(z.string().regex(/^[0-9]{8,30}$/))
    .describe('account number; spaces and dashes are left out'),
});
export type GrowerAccount = z.infer<typeof growerAccount>;

/** 林阿福 · **** 6621 */
export const maskedAccount = z.object({ payee: z.string(), bank: z.string(), number: z.string() });

export const growerMoney = z.object({
  grower: pseudonym,
  name: z.string(),
  village: z.string(),
  account: maskedAccount.nullable().describe('masked; null: none is known'),
  heldFen: fen,
  payableFen: fen.describe('may be paid now, and is in no batch'),
  inBatchFen: fen,
  paidFen: fen,
  clawbackFen: fen,
  sales: z.array(growerSale),
});

export type GrowerMoney = z.infer<typeof growerMoney>;

/** Why a bank did not carry out a transfer. */
export const transferFailure = z.enum(['account-wrong', 'name-differs', 'account-closed', 'not-sent']);
export const payoutChannel = z.enum(['transfer', 'cash', 'wechat', 'alipay']);

export const payoutRow = z.object({
  payout: payoutId,
  grower: pseudonym,
  name: z.string(),
  village: z.string(),
  account: maskedAccount.nullable(),
  sales: z.array(saleId),
  amountFen: positiveFen,
  state: z.enum(['made', 'paid', 'failed']),
  failure: transferFailure.nullable(),
});
export const payoutBatch = z.object({
  id: z.uuid(),
  channel: payoutChannel,
  madeBy: z.string(),
  madeAtMs: timeMs,
  mine: z.boolean().describe('made by who asks: somebody else confirms it'),
  exports: z.int().nonnegative().describe('how often its bank file was taken'),
  totalFen: fen,
  rows: z.array(payoutRow),
});
export type PayoutBatch = z.infer<typeof payoutBatch>;

export const showPayouts = z.object({
  title: z.string(),
  code: z.string().describe('short code of the head of the log'),
  payableAtMs: timeMs.nullable().describe('when the time to complain is over; null: not closed yet'),
  feePercent: z.int().nonnegative(),
  growers: z.array(growerMoney),
  batches: z.array(payoutBatch),
});
export type ShowPayoutsAnswer = z.infer<typeof showPayouts>;

export const payoutBatchAsk = z.strictObject({
  growers: z.array(pseudonym).min(1).max(1_000),
  channel: payoutChannel,
});
/** What the bank said of each row that is named; the others wait on. */
export const payoutConfirmation = z.strictObject({
  rows: z
    .array(
      z.union([
        z.strictObject({ payout: payoutId, reference: z.string().trim().min(4).max(64) }),
        z.strictObject({ payout: payoutId, failure: transferFailure }),
      ]),
    )
    .min(1)
    .max(1_000),
  /** SHA-256 of the bank's confirmation as a file, where there is one. */
  evidence: hash.optional(),
});
export type PayoutConfirmation = z.infer<typeof payoutConfirmation>;
/** Which rows a sheet shows. */
export const sheetFilter = z.object({
  village: z.string().max(40).optional(),
  state: z.enum(['payable', 'paid', 'all']).optional(),
});
export type SheetFilter = z.infer<typeof sheetFilter>;
