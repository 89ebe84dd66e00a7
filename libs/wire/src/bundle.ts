import { z } from 'zod';
import { receipt, signedHead } from './proofs.js';
import { showRules } from './rules.js';
import { depositId, fen, hash, leafIndex, lotId, saleId } from './units.js';

/** Money in whole fen; balances are debits − credits. */
const journalLine = z.strictObject({
  account: z.string().max(80),
  side: z.enum(['debit', 'credit']),
  amountFen: z.int(),
  version: z.int(),
  beforeFen: z.int(),
  afterFen: z.int(),
});
const journalEntry = z.strictObject({
  n: z.int(),
  i: leafIndex.describe('the leaf that it books'),
  kind: z.enum([
    ...(['hammered', 'voided', 'defaulted', 'paid', 'refunded', 'paidOut', 'settled'] as const),
    ...(['held', 'forfeited', 'released', 'returned', 'taken', 'repaid', 'carried'] as const),
  ]),
  sale: saleId.optional(),
  deposit: depositId.optional().describe('of a deposit; forfeited, it names the sale too'),
  reverses: z.int().optional(),
  lines: z.array(journalLine),
});

/**
 * The bundle: everything a stranger needs to judge a show offline (LEDGER §4), one JSON file.
 * `leaves[i]` is leaf i exactly: its UTF-8 bytes are the RFC 8785 bytes that were hashed and signed.
 */
export const bundle = z.object({
  format: z.literal('qingpai/bundle/v1'),
  /** SHA-256, lower-case hex, of the canonical JSON (RFC 8785) of this object without `digest`. A copy whose
   *  digest does not fit is DAMAGED; nobody is accused over a broken USB stick. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  origin: z.string(),
  rules: showRules,
  leaves: z.array(z.string()),
  /** The books (LEDGER §6), as the database holds them; the verifier derives them again from the leaves. */
  journal: z.array(journalEntry).optional(),
  /** Signed notes with their cosignatures: at sealed, closed and settled, after hammers, and the newest. Oldest first. */
  checkpoints: z.array(z.string()),
  /** Officer's bundle only: the floors, for lots whose last unit is terminal. */
  openings: z.array(z.object({ lot: lotId, floorFen: fen, salt: hash })).optional(),
});
export type Bundle = z.infer<typeof bundle>;
export type Opening = NonNullable<Bundle['openings']>[number];

/** Receipts as a phone hands them out, for `--receipts`: evidence, not part of a bundle. */
export const receiptsFile = z.object({
  format: z.literal('qingpai/receipts/v1'),
  origin: z.string(),
  receipts: z.array(receipt),
});
export type ReceiptsFile = z.infer<typeof receiptsFile>;

const heldHead = signedHead.pick({ note: true }).nullish();
/** What did not hold on a phone, for `--receipts` too: of all that a phone keeps of it, what the log has signed. */
export const evidenceFile = z.object({
  format: z.literal('qingpai/evidence/v1'),
  evidence: z.array(
    z.object({
      origin: z.string(),
      head: heldHead,
      found: z.object({ receipt: receipt.optional(), head: heldHead }),
    }),
  ),
});
export type EvidenceFile = z.infer<typeof evidenceFile>;

/** Verdicts and exit codes (LEDGER §4). Any other exit code means that the verifier itself failed. */
export const verdicts = {
  ALL_SOLD_AND_SETTLED: 0,
  ALL_SOLD_UNSETTLED: 10,
  ALL_ACCOUNTED_NOT_ALL_SOLD: 20,
  INCOMPLETE: 30,
  INVALID: 40,
  EQUIVOCATION: 50,
  STALE: 60,
  DAMAGED: 70,
  UNTRUSTED: 80,
} as const;
export type Verdict = keyof typeof verdicts;
