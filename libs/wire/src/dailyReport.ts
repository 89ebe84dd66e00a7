import { z } from 'zod';
import {
  fen,
  hash,
  lotNumber,
  publicKey,
  saleId,
  showId,
  signature,
  textOrNull,
  timeMs,
  withdrawReason,
} from './units.js';

/**
 * 一天一汇报: what the township tells of one day, by its own clock (UTC+8). Every figure follows from the logs and the
 * tables beside them, as of `atMs`; what happened is of the day, what stands (due, on its way, payable) is of that moment.
 */
export const reportDay = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .describe('a day by the township’s clock, e.g. 2026-11-24');

const count = z.int().nonnegative();
export const dayReport = z.object({
  day: reportDay,
  atMs: timeMs.describe('as of this moment'),
  sold: z.object({
    lots: count,
    units: count,
    hammerFen: fen,
    paidFen: fen.describe('that came in on this day, for whatever sale'),
    backFen: fen.describe('that was given back on this day'),
  }),
  /** What was passed, withdrawn or carried on this day. */
  unsold: z.array(
    z.object({
      show: showId,
      number: lotNumber,
      title: z.string(),
      units: count,
      how: z.enum(['passed', 'withdrawn', 'carried']),
      reason: withdrawReason.nullable().describe('of a withdrawal'),
      bestFen: fen.nullable().describe('the best bid, below the floor; null: nobody bid'),
    }),
  ),
  due: z.object({
    sales: count,
    fen,
    lateSales: count,
    lateFen: fen,
    defaultedSales: count,
    defaultedFen: fen,
  }),
  late: z
    .array(z.object({ show: showId, sale: saleId, number: lotNumber, amountFen: fen, payByMs: timeMs }))
    .describe('what is not paid although its time is over'),
  goods: z.object({ toPack: count, toShip: count, underway: count, received: count }),
  claims: z.object({
    open: count,
    late: count.describe('not answered in their time'),
    nextAnswerByMs: timeMs.nullable(),
    filed: count,
    answered: count,
  }),
  payouts: z.object({ sales: count, paidFen: fen, payableFen: fen, heldFen: fen }),
  checks: z
    .object({ atMs: timeMs, holds: count, broken: count, unknown: count })
    .nullable()
    .describe('the last look at the data before; null: nobody has looked'),
  shows: z.array(
    z.object({
      show: showId,
      title: z.string(),
      phase: z.enum(['draft', 'sealed', 'open', 'closed', 'settled']),
      soldUnits: count,
      hammerFen: fen,
      verdict: textOrNull.describe('of the offline verifier; null: it cannot say'),
      code: textOrNull.describe('核验码 of the sealed list'),
      leaves: count,
    }),
  ),
});
export type DayReport = z.infer<typeof dayReport>;

/**
 * A day's report as an officer signed it: his words beside figures that nobody typed. A correction is a version of its own;
 * none is ever changed. The signature (Ed25519) is over the bytes of `reportMessage`; their hash stands in the registry.
 */
export const signedReport = z.object({
  version: z.int().positive(),
  words: z.string().describe('what the officer says of the day; may be empty'),
  figures: dayReport,
  atMs: timeMs,
  by: z.string(),
  key: publicKey,
  sig: signature,
  hash: hash.describe('SHA-256 of what was signed, as `report.filed` in the registry names it'),
});
export type SignedReport = z.infer<typeof signedReport>;
export const reportToSign = z.strictObject({
  day: reportDay,
  version: z.int().positive().describe('one more than the newest; 1: nobody has signed yet'),
  words: z.string().trim().max(1_000),
  figures: dayReport.describe('as `kept` or `now` of the report tells them'),
  key: publicKey,
  sig: signature,
});
export type ReportToSign = z.infer<typeof reportToSign>;
export const missingReports = z.object({
  days: z
    .array(reportDay)
    .describe('on which something happened, and whose report nobody signed; newest first'),
});

const issueWords = z.string().trim().min(2).max(200);
/** 问题清单: what somebody found wrong, until somebody closes it out (销号). Nothing in it is ever changed. */
export const issue = z.object({
  id: z.int().positive(),
  openedAtMs: timeMs,
  openedBy: z.string(),
  text: z.string(),
  owner: textOrNull.describe('who sees to it: an office, a function'),
  dueDay: reportDay.nullable().describe('the last day for it'),
  show: showId.nullable(),
  lot: lotNumber.nullable().describe('its number in that show'),
  closed: z.object({ atMs: timeMs, by: z.string(), text: z.string() }).nullable(),
});
export type Issue = z.infer<typeof issue>;
export const newIssue = z.strictObject({
  text: issueWords,
  owner: z.string().trim().min(2).max(20).optional(),
  dueDay: reportDay.optional(),
  show: showId.optional(),
  lot: lotNumber.optional().describe('asks for the show too'),
});
export type NewIssue = z.infer<typeof newIssue>;
export const issueOutcome = z.strictObject({ text: issueWords });

export const dailyReport = z.object({
  township: z.string(),
  kept: dayReport.nullable().describe('as it was told when the day was over; null: not kept yet'),
  now: dayReport.describe('the same day, counted now'),
  signed: z.array(signedReport).describe('newest version first'),
  issues: z.array(issue).describe('open ones, and those closed on this day or later; newest first'),
});
export type DailyReport = z.infer<typeof dailyReport>;
