import { type EventBody, type LotState, type ShowRules, type ShowState } from '@qingpai/wire';
import { leastFirstFen, stepAtFen } from './increments.js';
import { standingOffer, unitsToOffer } from './lot.js';
import { offerCandidates } from './offers.js';
import { openLots, sealedLots } from './show.js';

/**
 * No lot left behind (RULES §4). A lot that met no floor waits and comes back as a falling clock, at most
 * `furtherOfferings` times; then it may be offered to those who wanted it, one by one (`offers.ts`); then the host passes
 * it, withdraws it or carries it with the grower's word.
 */
export const mayBeOfferedAgain = (rules: ShowRules, lot: LotState): boolean =>
  lot.offerings.length <= rules.furtherOfferings;

/** So many percent of an amount, rounded up to the fen. */
export const percentOf = (amountFen: number, percent: number): number =>
  Math.ceil((amountFen * percent) / 100);

/** Where a re-offer starts whatever the floor: the reference price or 120 % of the best offer; 0 when there is neither. */
export const knownStartFen = (rules: ShowRules, lot: LotState): number =>
  Math.max(lot.referenceFen ?? 0, percentOf(lot.bestFen ?? 0, rules.reoffer.ofBestPercent));

/**
 * The first price of a re-offer's clock, fen per unit: the highest of the reference price, 120 % of the best offer so
 * far and 120 % of the floor. Where none of them is known it is the start price, at 0元起拍 one step.
 * @param floorFen 0: the lot has no floor
 */
export function reofferStartFen(rules: ShowRules, lot: LotState, floorFen: number): number {
  const startFen = Math.max(knownStartFen(rules, lot), percentOf(floorFen, rules.reoffer.ofFloorPercent));
  return startFen > 0 ? startFen : leastFirstFen(rules, lot, lot);
}

/** The step of a clock, fen: the lot's own, or the increment table's at the clock's first price. */
export const clockStepFen = (rules: ShowRules, lot: LotState, startFen: number): number =>
  stepAtFen(rules, lot, startFen);

export interface LadderStep {
  atMs: number;
  lot: LotState;
  step: 'reoffer' | 'offer' | 'pass' | 'carry';
}

/**
 * What the server does next by itself (保不流拍), or null: nothing, as things stand. It waits until every sealed lot has
 * been called, since buyers learn to stay silent otherwise, and takes the lots that were offered least often first. Of
 * several lots one offer each may stand at a time. A lot whose hammer was undone is the host's to call.
 */
export function ladderStep(state: ShowState): LadderStep | null {
  const { ladder } = state.rules;
  if (!ladder || state.phase !== 'open' || state.block !== null) return null;
  const lots = sealedLots(state);
  if (lots.some(({ phase }) => phase === 'sealed')) return null;
  const stepOf = (lot: LotState) => {
    if (mayBeOfferedAgain(state.rules, lot)) return 'reoffer';
    if (standingOffer(lot)) return null;
    if (offerCandidates(state, lot).length > 0) return 'offer';
    return ladder.atLast === 'wait' ? null : ladder.atLast;
  };
  const [lot] = lots
    .filter((one) => one.phase === 'waiting' && one.offerings.at(-1)?.result === 'setAside')
    .filter((one) => stepOf(one) !== null)
    .sort((a, b) => a.offerings.length - b.offerings.length || (a.number < b.number ? -1 : 1));
  const step = lot && stepOf(lot);
  if (!step) return null;
  const endedAtMs = Math.max(...lots.map(({ offerings }) => offerings.at(-1)?.endedAt ?? 0));
  return { atMs: endedAtMs + ladder.pauseMs, lot, step };
}

type Offered = EventBody<'lot.offered'>;

const offeringOf = (lot: LotState) => ({
  lot: lot.lot,
  offering: lot.offerings.length + 1,
  units: unitsToOffer(lot),
});

/** The body of a rising offering that begins now. */
export const risingOffering = (state: ShowState, lot: LotState, nowMs: number): Offered => ({
  ...offeringOf(lot),
  format: 'english',
  startFen: lot.startFen,
  closesAt: firstCloseMs(state, nowMs),
});

/**
 * When a rising lot that is offered now closes first, ms UTC. In a timed show the closes are staggered, so that nobody
 * has to be everywhere in one second: not before the planned close of each open lot and `staggerMs`.
 */
function firstCloseMs(state: ShowState, nowMs: number): number {
  const { openForMs, timed } = state.rules;
  const planned = openLots(state).map(({ offering }) => offering.firstClosesAt ?? 0);
  return Math.max(nowMs + openForMs, ...planned.map((atMs) => atMs + (timed?.staggerMs ?? 0)));
}

/** The body of a falling clock that begins now; its floor is not in it. */
export const fallingOffering = (
  rules: ShowRules,
  lot: LotState,
  startFen: number,
  nowMs: number,
): Offered => ({
  ...offeringOf(lot),
  format: 'dutch',
  startFen,
  clock: {
    startFen,
    stepFen: clockStepFen(rules, lot, startFen),
    tickMs: rules.clock.tickMs,
    startsAt: nowMs,
  },
});
