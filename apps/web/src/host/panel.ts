import type { OfferingState, ShowState } from '@qingpai/wire';

/** How full the bar is, 0 to 1: what is left of the time that was last set. */
export function ringPart(state: ShowState, offering: OfferingState, leftMs: number): number {
  const { rules } = state;
  const firstMs = (offering.firstClosesAt ?? 0) - offering.startedAt;
  const spanMs = offering.lastCall ? rules.lastCallMs : offering.extensions > 0 ? rules.extensionMs : firstMs;
  return Math.max(0, Math.min(1, leftMs / Math.max(1, spanMs)));
}
