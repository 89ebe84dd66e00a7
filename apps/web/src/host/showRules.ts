import type { ShowRules } from '@qingpai/wire';
import { fenOf } from './lotForm';

/** What a host chooses of a show's rules when it is made; all else is the default. Fixed with the seal. */
export interface RulesForm {
  /** Seconds that a rising lot is open at first. */
  openFor: '30' | '60' | '120' | '300';
  suddenDeath: boolean;
  /** 保不流拍: what becomes of lots that nobody bought; by hand: the host decides each. */
  ladder: 'hand' | 'wait' | 'carry' | 'pass';
  /** With a ladder: who bid is asked before a lot is given up. */
  offers: boolean;
  /** The most one bid may come to, yuan as typed; empty: no limit. */
  bidLimit: string;
}
export const usualRules: RulesForm = {
  ...{ openFor: '60', suddenDeath: false, ladder: 'hand', offers: true, bidLimit: '' },
};

const LADDER_PAUSE_MS = 10_000;
/** At most nine minutes for all lots together: they are offered side by side. */
const OFFERS = { answerWithinMs: 180_000, perLotMax: 3 };

/** What differs from the default rules. Null: the limit is no amount. */
export function rulesOf(form: RulesForm): Partial<ShowRules> | null {
  const bidLimitFen = form.bidLimit.trim() === '' ? undefined : fenOf(form.bidLimit);
  if (bidLimitFen === null || bidLimitFen === 0) return null;
  return {
    ...(form.openFor !== usualRules.openFor && { openForMs: Number(form.openFor) * 1_000 }),
    ...(form.suddenDeath && { suddenDeath: true }),
    ...(form.ladder !== 'hand' && {
      ladder: {
        ...{ pauseMs: LADDER_PAUSE_MS, atLast: form.ladder },
        ...(form.offers && { offers: OFFERS }),
      },
    }),
    ...(bidLimitFen !== undefined && { bidLimitFen }),
  };
}
