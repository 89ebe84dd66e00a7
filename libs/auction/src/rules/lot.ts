import {
  type EventBody,
  type LotPhase,
  type LotState,
  type OfferingState,
  type OfferState,
} from '@qingpai/wire';

/**
 * Lot (RULES §1). `waiting` waits for re-offer. A hammer can be undone, and a passed lot can come back, while the
 * show is open. When units of a sale in default are carried, its lot ends so, however it had ended (`carrySale`).
 */
export const nextLotPhases: Record<LotPhase, readonly LotPhase[]> = {
  draft: ['sealed', 'struck'],
  struck: [],
  sealed: ['onBlock', 'withdrawn', 'carried'],
  onBlock: ['hammered', 'waiting', 'passed', 'withdrawn'],
  waiting: ['onBlock', 'hammered', 'passed', 'withdrawn', 'carried'],
  hammered: ['waiting'],
  passed: ['onBlock', 'waiting'],
  withdrawn: ['waiting'],
  carried: ['waiting'],
};

/** What is left of this lot is offered to somebody now. */
export const standingOffer = (lot: LotState): OfferState | undefined =>
  lot.offers.find(({ result }) => result === 'standing');

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

/** An offering as its first leaf begins it. */
export const newOffering = (
  body: EventBody<'lot.offered'>,
  { i, t }: { i: number; t: number },
): OfferingState => ({
  offering: body.offering,
  format: body.format,
  units: body.units,
  startFen: body.startFen,
  i,
  startedAt: t,
  endedAt: null,
  closesAt: body.closesAt ?? null,
  firstClosesAt: body.closesAt ?? null,
  lastCall: false,
  extensions: 0,
  frozenAt: null,
  priceFen: null,
  leader: null,
  leaderBid: null,
  floorMet: false,
  bids: 0,
  bidders: [],
  history: [],
  clock: body.clock ? { ...body.clock, run: 0, heldFen: null, restartsAt: null, last: false } : null,
  unitsLeft: body.units,
  result: null,
});
