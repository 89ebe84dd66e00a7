import { type LotState, type OfferingState, type ShowRules } from '@qingpai/wire';

/**
 * The increment grid (RULES §2). From an amount `p` the next one is `min(p + step(p), next bound)`; the grid is the
 * row of amounts from the start price on. All amounts are fen per unit.
 */
type Steps = Pick<LotState, 'stepFen'>;
type Start = Pick<OfferingState, 'startFen'>;

/** One stretch of the grid with the same step; `belowFen` is its upper bound, exclusive. */
interface Band {
  belowFen: number;
  stepFen: number;
}

/** The step at an amount: the lot's own, or the row of the table it falls into. */
export const stepAtFen = (rules: ShowRules, lot: Steps, amountFen: number): number =>
  bandAt(rules, lot, amountFen).stepFen;

function bandAt(rules: ShowRules, lot: Steps, amountFen: number): Band {
  if (lot.stepFen !== null) return { belowFen: Infinity, stepFen: lot.stepFen };
  const row = rules.increments.find(({ belowFen }) => amountFen < belowFen);
  return row ?? { belowFen: Infinity, stepFen: rules.topStepFen };
}

/** The amount `steps` steps above `fromFen` on the grid that runs through `fromFen`. */
export function amountAboveFen(rules: ShowRules, lot: Steps, fromFen: number, steps: number): number {
  let amountFen = fromFen;
  for (let step = 0; step < steps; step += 1) {
    const { belowFen, stepFen } = bandAt(rules, lot, amountFen);
    amountFen = Math.min(amountFen + stepFen, belowFen);
  }
  return amountFen;
}

/** The least first bid: the start price; at 0元起拍 one step. */
export const leastFirstFen = (rules: ShowRules, lot: Steps, { startFen }: Start): number =>
  startFen > 0 ? startFen : amountAboveFen(rules, lot, 0, 1);

/** The least bid that would be accepted on a rising lot now: the server's check and the buyer's button. */
export const leastBidFen = (
  rules: ShowRules,
  lot: Steps,
  offering: Pick<OfferingState, 'startFen' | 'priceFen'>,
): number =>
  offering.priceFen === null
    ? leastFirstFen(rules, lot, offering)
    : amountAboveFen(rules, lot, offering.priceFen, 1);

/** The least amount of the grid from `firstFen` on that is not below this one; it leaps, as `stepsBetween` does. */
export function leastOnGridFen(rules: ShowRules, lot: Steps, firstFen: number, amountFen: number): number {
  for (let atFen = firstFen; ;) {
    if (amountFen <= atFen) return atFen;
    const { belowFen, stepFen } = bandAt(rules, lot, atFen);
    if (amountFen <= belowFen) {
      return Math.min(atFen + Math.ceil((amountFen - atFen) / stepFen) * stepFen, belowFen);
    }
    atFen = belowFen;
  }
}

/** The greatest amount of that grid that is below this one; 0: there is none. */
export function gridBelowFen(rules: ShowRules, lot: Steps, firstFen: number, amountFen: number): number {
  for (let atFen = firstFen; ;) {
    if (amountFen <= atFen) return 0;
    const { belowFen, stepFen } = bandAt(rules, lot, atFen);
    if (amountFen <= belowFen) return atFen + (Math.ceil((amountFen - atFen) / stepFen) - 1) * stepFen;
    atFen = belowFen;
  }
}

/**
 * Steps on the grid from `fromFen` up to `toFen`, or null when `toFen` is not on that grid. It leaps from bound to
 * bound, so an absurd amount costs no more than a fair one.
 */
export function stepsBetween(rules: ShowRules, lot: Steps, fromFen: number, toFen: number): number | null {
  let steps = 0;
  for (let atFen = fromFen; ;) {
    if (toFen < atFen) return null;
    const { belowFen, stepFen } = bandAt(rules, lot, atFen);
    if (toFen < belowFen) {
      return (toFen - atFen) % stepFen === 0 ? steps + (toFen - atFen) / stepFen : null;
    }
    steps += Math.ceil((belowFen - atFen) / stepFen);
    atFen = belowFen;
  }
}
