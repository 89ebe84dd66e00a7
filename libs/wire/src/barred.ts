import { z } from 'zod';
import { showId, textOrNull, timeMs } from './units.js';

/** Two defaults: no more bidding (RULES §5). */

/** Why an officer lets somebody bid again. */
export const liftReason = z.enum(['paid-since', 'township-mistake', 'hardship', 'other']);
export type LiftReason = z.infer<typeof liftReason>;
export const biddingLift = z.strictObject({ reason: liftReason });

export const barredBuyer = z.object({
  member: z.uuid(),
  nickname: z.string(),
  phone: textOrNull.describe('with stars'),
  shows: z
    .array(z.object({ showId, title: z.string() }))
    .describe('whose bill he left unpaid, and it counts'),
  isBarred: z.boolean().describe('false: one default behind him, or an officer has lifted it'),
  lifts: z.array(z.object({ reason: liftReason, by: z.string(), atMs: timeMs })).describe('newest first'),
});
export type BarredBuyer = z.infer<typeof barredBuyer>;
export const barredList = z.object({ buyers: z.array(barredBuyer) });
