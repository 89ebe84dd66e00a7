import { type LotPhase, type LotState, type OfferingState } from '@qingpai/wire';

/**
 * Lot (RULES §1). `waiting` waits for re-offer. A hammer can be undone, and a passed lot can come back, while the
 * show is open.
 */
export const nextLotPhases: Record<LotPhase, readonly LotPhase[]> = {
  draft: ['sealed', 'struck'],
  struck: [],
  sealed: ['onBlock', 'withdrawn', 'carried'],
  onBlock: ['hammered', 'waiting', 'passed', 'withdrawn'],
  waiting: ['onBlock', 'passed', 'withdrawn', 'carried'],
  hammered: ['waiting'],
  passed: ['onBlock', 'waiting'],
  withdrawn: ['waiting'],
  carried: ['waiting'],
};

/** Units that are neither sold nor ended yet. */
export const openUnits = (lot: LotState): number => unitsToOffer(lot) - lot.passedUnits;

/** Units of the next offering: those that are open, and those that passed and come back. */
export const unitsToOffer = (lot: LotState): number =>
  lot.units - lot.soldUnits - lot.withdrawnUnits - lot.carriedUnits;

/** Units are sold from the first on, and only the last sale can be undone: what is free is always the rest. */
export const firstFreeUnit = (lot: LotState): number => lot.soldUnits + 1;

/** A leader stands at or above the floor; on a lot without a floor any leader does. Such a lot must be sold. */
export const hasValidBid = (lot: LotState, offering: OfferingState): boolean =>
  offering.leader !== null && (lot.floor === null || offering.floorMet);

/** The leading bid reached the cap, or bought the lot: the hammer falls at once. */
export const isBought = (lot: LotState, { priceFen, history }: OfferingState): boolean =>
  priceFen !== null && (priceFen === lot.capFen || history.at(-1)?.buyNow === true);

export const isEnded = (lot: LotState): boolean =>
  lot.phase === 'hammered' || lot.phase === 'passed' || lot.phase === 'withdrawn' || lot.phase === 'carried';
