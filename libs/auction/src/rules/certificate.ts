import {
  type BidderState,
  type Certificate,
  type LoggedEvent,
  type LotState,
  type OfferingState,
  type SaleState,
  type ShowRules,
  type ShowState,
} from '@qingpai/wire';
import { hammerTotalFen, paidTotalFen, unitsByEnd } from './ending.js';
import { evolve } from './evolve.js';
import { openUnits } from './lot.js';
import { isStanding, saleTotalFen } from './sales.js';
import { isSignedAct } from './signedBid.js';
import { entry, initialShow, sealedLots } from './show.js';
import { isOwnSale, soldLot } from './takenOver.js';

/** The Clearance Certificate (清拍证明, LEDGER §1) as far as it follows from the leaves alone. */
export type LeafCertificate = Omit<
  Certificate,
  'showId' | 'title' | 'township' | 'code' | 'head' | 'checkpoints' | 'witness' | 'version' | 'together'
>;
type CertifiedLot = Certificate['lots'][number];
type Attempt = CertifiedLot['attempts'][number];

/** What the state does not keep of a log: where offerings ended, and what has to be counted apart. */
interface Trace {
  /** Leaf that ended an offering, by the leaf that began it. */
  endedBy: Map<number, number>;
  /** Best accepted price of an offering, fen per unit, by the leaf that began it. */
  bestFen: Map<number, number>;
  extendedOtherwise: number;
  formBids: number;
  autoBids: number;
  signedBids: number;
  unsignedBids: number;
  unsignedActs: number;
  continues: Certificate['continues'];
}

/**
 * Counts, grades and every attempt at every lot. The grades count units over the units of the sealed lists; a sale that
 * was undone counts for nothing, and is counted as undone; one in default whose units were sold again or carried gives way
 * to what followed, and is named. An attempt keeps what it sold at its hammer.
 * @param events all leaves of the log, in order
 */
export function certificateOf(rules: ShowRules, events: Iterable<LoggedEvent>): LeafCertificate {
  const state = initialShow(rules);
  const trace: Trace = {
    endedBy: new Map(),
    bestFen: new Map(),
    extendedOtherwise: 0,
    formBids: 0,
    autoBids: 0,
    signedBids: 0,
    unsignedBids: 0,
    unsignedActs: 0,
    continues: null,
  };
  for (const event of events) follow(state, trace, event);

  const lots = sealedLots(state).sort((a, b) => a.list - b.list || (a.number < b.number ? -1 : 1));
  const sales = Object.values(state.sales).filter((sale) => isStanding(sale) && isOwnSale(sale));
  const offerings = lots.flatMap((lot) => lot.offerings);
  return {
    origin: state.origin,
    phase: state.phase,
    demo: state.demo,
    sealedLots: lots.length,
    sealedUnits: sum(lots, ({ units }) => units),
    ...unitsByEnd(state),
    openUnits: sum(lots, openUnits),
    hammerFen: hammerTotalFen(state),
    paidFen: paidTotalFen(state, isOwnSale),
    ...gradesOf(state, lots, sales),
    passedAttempts: offerings.filter(({ result }) => result === 'setAside' || result === 'passed').length,
    reoffers: offerings.filter(({ offering }) => offering > 1).length,
    offers: {
      made: sum(lots, ({ offers }) => offers.length),
      soldUnits: sum(sales.filter(isByOffer), ({ units }) => units),
    },
    defaults: Object.values(state.sales)
      .filter(({ phase }) => phase === 'defaulted')
      .map((sale) => defaultOf(state, sale)),
    secondChances: {
      made: state.chances.length,
      soldUnits: sum(sales.filter(isSecondChance), ({ units }) => units),
    },
    deposits: depositsOf(state),
    voided: sum(lots, ({ voided }) => voided),
    extendedOtherwise: trace.extendedOtherwise,
    formBids: trace.formBids,
    autoBids: trace.autoBids,
    signedBids: trace.signedBids,
    unsignedBids: trace.unsignedBids,
    unsignedActs: trace.unsignedActs,
    continues: trace.continues,
    ...takenOverOf(state),
    ...(rules.timed && { timed: rules.timed }),
    lists: state.seals.map(({ list }) => listOf(state, list)),
    apart: apartOf(state, sales),
    witnessed: state.witnessed,
    unsold: lots.filter((lot) => lot.soldUnits < lot.units).map(unsoldLot),
    lots: lots.map((lot) =>
      certifiedLot(
        lot,
        Object.values(state.sales).filter((sale) => sale.lot === lot.lot && sale.phase !== 'voided'),
        trace,
      ),
    ),
  };
}

const sum = <T>(all: readonly T[], of: (one: T) => number): number =>
  all.reduce((total, one) => total + of(one), 0);

/** Folds one leaf into the state, and notes what the state does not keep. */
function follow(state: ShowState, trace: Trace, event: LoggedEvent): void {
  const lot = 'lot' in event.body && state.open.includes(event.body.lot) ? event.body.lot : null;
  evolve(state, event);
  const offering = lot === null ? undefined : entry(state.lots, lot)?.offerings.at(-1);
  if (lot !== null && offering && !state.open.includes(lot)) trace.endedBy.set(offering.i, event.i);
  if (event.type === 'lot.extended' && event.body.cause !== 'bid') trace.extendedOtherwise += 1;
  if (event.type === 'clock.shifted') trace.extendedOtherwise += 1;
  if (event.type === 'log.opened') trace.continues = event.body.continues ?? null;
  if (isSignedAct(event) && event.sig === undefined) trace.unsignedActs += 1;
  // Who accepts an offer buys, as who bids does; the house answers for the hall.
  if (
    event.type !== 'bid.accepted' &&
    event.type !== 'bid.refused' &&
    event.type !== 'offer.accepted' &&
    event.type !== 'sale.accepted'
  )
    return;
  if (event.type === 'bid.accepted' && event.body.auto) trace.autoBids += 1;
  else if ('form' in event.body && event.body.form) trace.formBids += 1;
  else if (event.sig === undefined) trace.unsignedBids += 1;
  else trace.signedBids += 1;
  if (event.type === 'bid.accepted' && offering) {
    trace.bestFen.set(offering.i, Math.max(trace.bestFen.get(offering.i) ?? 0, event.body.amountFen));
  }
}

/** Sold after its offerings, by an offer to one person. */
const isByOffer = ({ offer }: SaleState): boolean => offer !== undefined;

/** Of the log before: paid and settled here, counted as sold there. Left out where there are none. */
function takenOverOf(state: ShowState): Pick<Certificate, 'takenOver'> {
  const sales = Object.values(state.sales).filter((sale) => !isOwnSale(sale) && isStanding(sale));
  if (sales.length === 0) return {};
  const unitsOf = (counts: (sale: SaleState) => boolean) => sum(sales.filter(counts), ({ units }) => units);
  return {
    takenOver: {
      sales: sales.length,
      units: unitsOf(() => true),
      hammerFen: sum(sales, saleTotalFen),
      paidFen: paidTotalFen(state, (sale) => !isOwnSale(sale)),
      paidUnits: unitsOf(isPaid),
      deliveredUnits: unitsOf(isDelivered),
      defaultedUnits: unitsOf(({ phase }) => phase === 'defaulted'),
    },
  };
}

function depositsOf(state: ShowState): Certificate['deposits'] {
  const all = Object.values(state.deposits);
  return {
    heldFen: sum(all, ({ amountFen }) => amountFen),
    forfeitedFen: sum(all, ({ forfeitedFen }) => forfeitedFen),
    releasedFen: sum(all, ({ releasedFen }) => releasedFen),
    returnedFen: sum(all, ({ returnedFen }) => returnedFen),
  };
}

/** To somebody else than at the hammer, since that one did not pay. */
const isSecondChance = ({ replaces }: SaleState): boolean => replaces !== undefined;

/** A sale that was not paid in time, and where its units are now. */
function defaultOf(state: ShowState, sale: SaleState): Certificate['defaults'][number] {
  const { number, title } = soldLot(state, sale);
  const isOffered = state.chances.some(
    ({ replaces, result }) => replaces === sale.sale && result === 'standing',
  );
  const nextOf = (followedBy: SaleState['followedBy']) =>
    followedBy === undefined
      ? isOffered
        ? 'offered'
        : 'waits'
      : followedBy === 'carried'
        ? 'carried'
        : 'sold';
  const { sale: id, i, lot, units, unitPriceFen, followedBy } = sale;
  return { sale: id, i, lot, number, title, units, unitPriceFen, next: nextOf(followedBy) };
}

const isPaid = ({ phase }: SaleState): boolean => phase === 'paid';
const isDelivered = ({ phase, goods }: SaleState): boolean =>
  phase === 'paid' && goods?.received !== undefined;

/** The four honest grades, and how much of it went to ordinary buyers. */
function gradesOf(state: ShowState, lots: readonly LotState[], sales: readonly SaleState[]) {
  const of = sum(lots, ({ units }) => units);
  const grade = (counts: (sale: SaleState) => boolean) => ({
    units: sum(sales.filter(counts), ({ units }) => units),
    of,
  });
  return {
    firstPass: grade((sale) => sale.offering === 1 && !isByOffer(sale) && !isSecondChance(sale)),
    afterReoffer: grade(() => true),
    // What was given back in part stays paid; what was given back whole does not.
    paid: grade(isPaid),
    delivered: grade(isDelivered),
    armsLength: grade((sale) => apartness(state, sale) === null),
  };
}

/** One sealed list by itself: the main one, or what was added while the show ran (加拍). */
function listOf(state: ShowState, list: number): Certificate['lists'][number] {
  const lots = sealedLots(state).filter((lot) => lot.list === list);
  return {
    list,
    lots: lots.length,
    units: sum(lots, ({ units }) => units),
    soldUnits: sum(lots, ({ soldUnits }) => soldUnits),
    passedUnits: sum(lots, ({ passedUnits }) => passedUnits),
    withdrawnUnits: sum(lots, ({ withdrawnUnits }) => withdrawnUnits),
    carriedUnits: sum(lots, ({ carriedUnits }) => carriedUnits),
    approved: state.approvals.some((one) => one.list === list),
  };
}

function apartOf(state: ShowState, sales: readonly SaleState[]): Certificate['apart'] {
  const apart = { hostUnits: 0, growerUnits: 0, supporterUnits: 0, sameDeviceUnits: 0 };
  for (const sale of sales) {
    const how = apartness(state, sale);
    if (how !== null) apart[how] += sale.units;
  }
  return apart;
}

/**
 * Why a sale is not at arm's length, or null: to the house, to the lot's own grower, to a supporting unit, or to a
 * second account on a device from which another had taken a paddle before. A person in the hall is a buyer like any other.
 */
function apartness(state: ShowState, { bidder: id, lot }: SaleState): keyof Certificate['apart'] | null {
  const bidder = entry(state.bidders, id);
  if (!bidder || bidder.kind === 'host') return 'hostUnits';
  if (bidder.kind === 'grower' || id === entry(state.lots, lot)?.grower) return 'growerUnits';
  if (bidder.kind === 'supporter') return 'supporterUnits';
  return isSecondOnDevice(state, bidder) ? 'sameDeviceUnits' : null;
}

const isSecondOnDevice = (state: ShowState, { device, paddle }: BidderState): boolean =>
  device !== null &&
  Object.values(state.bidders).some((other) => other.device === device && other.paddle < paddle);

const unsoldLot = ({
  lot,
  number,
  title,
  phase,
  units,
  soldUnits,
}: LotState): Certificate['unsold'][number] => ({ lot, number, title, phase, units: units - soldUnits });

const certifiedLot = (lot: LotState, sales: readonly SaleState[], trace: Trace): CertifiedLot => ({
  lot: lot.lot,
  number: lot.number,
  title: lot.title,
  units: lot.units,
  phase: lot.phase,
  hammerFen: sum(sales.filter(isStanding), saleTotalFen),
  offers: lot.offers.map(({ i, unitPriceFen, result }) => ({ i, unitPriceFen, result })),
  attempts: lot.offerings.map((offering) => attemptOf(offering, sales, trace)),
});

const attemptOf = (offering: OfferingState, sales: readonly SaleState[], trace: Trace): Attempt => ({
  offering: offering.offering,
  format: offering.format,
  i: offering.i,
  endI: trace.endedBy.get(offering.i) ?? null,
  startFen: offering.startFen,
  bids: offering.bids,
  bestFen: trace.bestFen.get(offering.i) ?? null,
  result: offering.result,
  soldUnits: sum(
    sales.filter((sale) => sale.offering === offering.offering && !isByOffer(sale) && !isSecondChance(sale)),
    ({ units }) => units,
  ),
});
