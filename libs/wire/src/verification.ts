import { z } from 'zod';
import { verdicts, type Verdict } from './bundle.js';
import { booleanOrNull, leafIndex, textOrNull } from './units.js';

/** What a verifier says of a bundle. */
export const verification = z.object({
  verdict: z.enum(Object.keys(verdicts) as [Verdict, ...Verdict[]]),
  exitCode: z.int(),
  /** The gates of LEDGER §4 in order; `ok` is null where an earlier one stopped the way. */
  gates: z.array(z.object({ gate: z.string(), ok: booleanOrNull, zh: z.string(), en: z.string() })),
  findings: z.array(
    z.object({
      code: z.string(),
      i: leafIndex.nullable(),
      by: textOrNull,
      log: z.string().optional().describe('log of the leaf, where several are judged together'),
      zh: z.string(),
      en: z.string(),
    }),
  ),
  /** What the reader should know although nothing is wrong: late witness, unsigned bids, floors not checked … */
  notes: z.array(z.object({ code: z.string(), zh: z.string(), en: z.string() })),
  size: z.int().nonnegative(),
  code: textOrNull,
});
export type Verification = z.infer<typeof verification>;
