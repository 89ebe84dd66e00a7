import { z } from 'zod';
import { hash } from './units.js';

/** Proof that a leaf is in the log, for who wants to keep it: nothing in it is a promise. */
export const receipt = z.object({
  leaf: z.string().describe('the exact bytes of the leaf, as UTF-8: they are what is hashed'),
  proof: z
    .string()
    .describe(
      'c2sp.org/tlog-proof@v1: index, audit path, and the checkpoint that ends the batch of the leaf',
    ),
  consistency: z
    .array(hash)
    .optional()
    .describe('RFC 6962 consistency proof from the head you named in `seen` to that checkpoint'),
});
export type Receipt = z.infer<typeof receipt>;

/** The newest signed head: what a phone keeps and names in `seen`. */
export const signedHead = z.object({
  size: z.int().positive(),
  root: hash,
  note: z.string().describe('c2sp.org/tlog-checkpoint, signed'),
});
export type SignedHead = z.infer<typeof signedHead>;
