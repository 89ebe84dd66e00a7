import { z } from 'zod';
import { durationMs } from './units.js';

/** Later than this no live room of another platform is. */
export const ELSEWHERE_DELAY_MS_MAX = 60_000;

/**
 * 画面在别的平台: the audience watches in another platform's live room, and ours is the bidding screen beside it. It stands
 * on the show's card, in no leaf; what its delay does to the rules is sealed with them.
 */
export const pictureElsewhere = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(20)
    .refine((name) => !/[\p{Cc}\p{Cf}]/u.test(name), 'control characters')
    .describe('what people call the platform'),
  link: z
    .url({ protocol: /^https$/, hostname: z.regexes.domain })
    .max(300)
    .refine(isWithoutCredentials, 'credentials')
    .optional()
    .describe('its live room; https only'),
  delayMs: durationMs.max(ELSEWHERE_DELAY_MS_MAX).describe('how far its picture is behind, as measured'),
});
export type PictureElsewhere = z.infer<typeof pictureElsewhere>;

/** A name before the host makes an address look like another's. */
function isWithoutCredentials(link: string): boolean {
  try {
    const { username, password } = new URL(link);
    return username === '' && password === '';
  } catch {
    return false;
  }
}
