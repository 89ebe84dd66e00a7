import { type ShowRules } from '@qingpai/wire';

type SoftClose = Pick<ShowRules, 'windowMs' | 'extensionMs' | 'lastCallMs'>;

/**
 * Whoever watches a picture that is `delayMs` behind sees the end so much later, and must still have the same time to
 * answer: the soft close and the last call are longer by it. Done once, when the show is made; the log seals the outcome.
 */
export const lengthenedBy = <T extends SoftClose>(rules: T, delayMs: number): T => ({
  ...rules,
  windowMs: rules.windowMs + delayMs,
  extensionMs: rules.extensionMs + delayMs,
  lastCallMs: rules.lastCallMs + delayMs,
});
