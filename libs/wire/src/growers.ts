import { z } from 'zod';
import { fen, hash, lotId, lotNumber, payoutId, positiveFen, pseudonym, saleId, timeMs } from './units.js';

/** What concerns growers beside the log: what they are owed, how they are paid, what they agreed to. */

/** unpaid → held → payable → paid; none: undone, in default, or given back whole. */
export const payoutState = z.enum(['unpaid', 'held', 'payable', 'paid', 'none']);
export type PayoutState = z.infer<typeof payoutState>;

/**
 * One sale, as its grower is owed it: amountFen = hammerFen − refundedFen − feeFen − freightFen; of a sale in default
 * forfeitFen.
 */
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
  forfeitFen: fen.describe("of the buyer's deposit, forfeited to him since the buyer did not pay"),
  amountFen: fen,
  clawbackFen: fen.describe('given back after he was paid: he owes it'),
  takenFen: fen.describe('of what he owed back, what was taken, repaid or carried on'),
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
  inBatchFen: fen.describe('before what comes off'),
  paidFen: fen,
  clawbackFen: fen.describe('what he owes for sales of this show, and nothing is to take yet'),
  carriedFen: fen.describe('what he owes from earlier shows'),
  offFen: fen.describe('of what he owes, what comes off what is payable and in no batch'),
  offInBatchFen: fen.describe('what comes off the batches that are not decided'),
  takenFen: fen.describe('what came off payouts that were made'),
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
  takenFen: fen.describe('what he owed back, and came off'),
  amountFen: fen.describe('what is transferred; nothing where all of it comes off'),
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

/** What a grower gave back himself: one person records it, another confirms. */
export const clawbackRepayment = z.object({
  id: z.uuid(),
  grower: pseudonym,
  name: z.string(),
  sale: saleId,
  number: lotNumber,
  amountFen: positiveFen,
  channel: payoutChannel,
  state: z.enum(['recorded', 'confirmed', 'rejected']),
  mine: z.boolean().describe('recorded by who asks: somebody else confirms it'),
});
export type ClawbackRepayment = z.infer<typeof clawbackRepayment>;
export const clawbackRepaymentAsk = z.strictObject({
  sale: saleId.describe('the sale that he was paid for, and whose money went back'),
  amountFen: positiveFen,
  channel: payoutChannel,
  reference: z.string().trim().min(4).max(64),
});
export const clawbackCarryAsk = z.strictObject({ grower: pseudonym });

export const showPayouts = z.object({
  title: z.string(),
  code: z.string().describe('short code of the head of the log'),
  payableAtMs: timeMs.nullable().describe('when the time to complain is over; null: not closed yet'),
  feePercent: z.int().nonnegative(),
  growers: z.array(growerMoney),
  batches: z.array(payoutBatch),
  repayments: z.array(clawbackRepayment),
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

// ---------------------------------------------------------------- books

/** One of I1 to I10 (LEDGER §6). `later`: it is about the settlement, which is still to come. */
export const booksInvariant = z.object({
  id: z.enum(['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10']),
  holds: z.enum(['yes', 'no', 'later']),
  figures: z.array(z.object({ name: z.string(), value: z.int(), isFen: z.boolean() })),
});
export type BooksInvariant = z.infer<typeof booksInvariant>;
export const showBooks = z.object({
  invariants: z.array(booksInvariant),
  /** Debits − credits, fen; buyers and growers added up. */
  accounts: z.array(z.object({ account: z.string(), balanceFen: z.int(), lines: z.int() })),
});
export type ShowBooks = z.infer<typeof showBooks>;

// ---------------------------------------------------------------- statements

export const statementKind = z.enum(['bank', 'provider']);
export type StatementKind = z.infer<typeof statementKind>;
/** Why a row of a statement was not taken. */
export const statementProblem = z.enum(['no-day', 'no-amount', 'not-yuan', 'duplicate']);
export const statementReport = z.object({
  taken: z.int().nonnegative(),
  refused: z.array(z.object({ row: z.int().positive(), problem: statementProblem })),
});
export type StatementReport = z.infer<typeof statementReport>;

/** How a movement of the ledger and the world agree; everything but `matched` and `cash` is a difference. */
export const matchState = z.enum([
  'amount-differs',
  'ambiguous',
  'not-in-statement',
  'not-in-ledger',
  'not-in-records',
  'by-amount-and-day',
  'matched',
  'cash',
]);
export type MatchState = z.infer<typeof matchState>;
export const matchRow = z.object({
  state: matchState,
  kind: z.enum(['paid', 'refunded', 'paidOut', 'unknown']),
  channel: z.string(),
  /** In is above nothing, out below; null: this side knows nothing of it. */
  ledgerFen: z.int().nullable(),
  statementFen: z.int().nullable(),
  recordFen: z.int().nullable(),
  sales: z.array(saleId),
  day: z.string(),
});
export type MatchRow = z.infer<typeof matchRow>;
export const showMatch = z.object({
  rows: z.array(matchRow).describe('differences first'),
  differences: z.int().nonnegative(),
  statementLines: z.int().nonnegative(),
});
export type ShowMatch = z.infer<typeof showMatch>;

// ---------------------------------------------------------------- consent to a floor

export const consentState = z.enum(['none', 'agreed', 'asked']);
/** One lot as its grower is asked about it. */
export const consentLot = z.object({
  lot: lotId,
  number: lotNumber,
  title: z.string(),
  unit: z.string(),
  units: z.int().positive(),
  startFen: fen,
  floorFen: fen.describe('最低愿卖价 per unit; 0: none'),
  photo: z.string().nullable(),
  state: consentState,
  wantedFen: fen.nullable().describe('the floor that he asks for'),
  atMs: timeMs.nullable(),
  hash: hash.nullable().describe('SHA-256 of the terms that he agreed to'),
});
export type ConsentLot = z.infer<typeof consentLot>;
/** Named by the show, not by who he is: whoever holds the link knows that. */
export const consentPage = z.object({
  pass: z.string().describe('answers for this grower, until the list is sealed'),
  title: z.string(),
  grower: z.string(),
  lots: z.array(consentLot),
});
export type ConsentPage = z.infer<typeof consentPage>;
export const consentAnswers = z.strictObject({
  pass: z.string().max(100),
  answers: z
    .array(
      z.union([
        z.strictObject({ lot: lotId, agree: z.literal(true), hash }),
        z.strictObject({ lot: lotId, wantedFen: fen }),
      ]),
    )
    .min(1)
    .max(500),
});
export type ConsentAnswers = z.infer<typeof consentAnswers>;

/** Why a list is sealed although a grower has not agreed. */
export const consentWaiver = z.enum(['agreed-by-word', 'on-paper', 'not-reachable', 'no-time']);
export type ConsentWaiver = z.infer<typeof consentWaiver>;
export const showConsents = z.object({
  growers: z.array(
    z.object({ grower: pseudonym, name: z.string(), village: z.string(), lots: z.array(consentLot) }),
  ),
  missing: z
    .int()
    .nonnegative()
    .describe('lots with a floor whose grower has not agreed to what they now say'),
  waiver: consentWaiver.nullable(),
});
export type ShowConsents = z.infer<typeof showConsents>;
export const consentLinkAsk = z.strictObject({ grower: pseudonym });
export const consentLink = z.object({ path: z.string(), expiresAtMs: timeMs });
export const consentWaiverAsk = z.strictObject({ reason: consentWaiver });
