import {
  type EventOf,
  type EventsFrame,
  type EventType,
  type LoggedEvent,
  type LotPhase,
  type LotState,
  type OfferingState,
  type SaleState,
  type ShowPhase,
  type ShowState,
} from '@qingpai/wire';
import { clockMovedBy, tickEndsAtMs } from './clock.js';
import { newOffering, nextLotPhases } from './lot.js';
import { noteBack, noteTaken } from './clawbacks.js';
import { moveDeposit, noteHeld } from './deposits.js';
import { endOffer, noteInterest } from './offers.js';
import { present } from './press.js';
import { acceptChance, carrySale, endChance, noteRunnerUp } from './secondChance.js';
import { saleTotalFen } from './sales.js';
import { noteTakenOver } from './takenOver.js';
import { entry, nextShowPhases, openList } from './show.js';

type Logged<T extends EventType> = EventOf<T> & Pick<LoggedEvent, 'i' | 't' | 'by'>;
type Fold<T extends EventType> = (state: ShowState, event: Logged<T>) => void;

/** So many bids of an offering are listed, the newest. */
export const HISTORY_MAX = 50;

/**
 * Fold one event into the state, in place, and return it: the same on the server, in the page and in the verifier.
 * Refusals may be left out, as they are in the room's frames. Events are taken at their word: whether they were
 * allowed is for `decide` before and `judge` after. Throws `bug: …` on what no log of ours can hold.
 */
export function evolve(state: ShowState, event: LoggedEvent): ShowState {
  (folds[event.type] as Fold<EventType>)(state, event);
  state.next = event.i + 1;
  state.t = event.t;
  return state;
}

/**
 * Fold what a frame tells that is not known yet, in place: a frame may overlap what is, and holes between its events are
 * refusals. False: something is missing before it (ask `since`), and nothing was folded.
 * @param handle told of each event after it was folded
 */
export function evolveFrame(
  state: ShowState,
  { from, to, events, leftOut = [] }: EventsFrame,
  handle?: (event: LoggedEvent) => void,
): boolean {
  const { next } = state;
  if (from > next) return false;
  for (const event of events) {
    if (event.i < next) continue;
    evolve(state, event);
    handle?.(event);
  }
  for (const { lot, offering, leaves } of leftOut) {
    lotIn(state, lot).offerings[offering - 1]!.bids += leaves.filter((i) => i >= next).length;
  }
  state.next = Math.max(next, to + 1);
  return true;
}

const ignore = () => undefined;

const folds: { [T in EventType]: Fold<T> } = {
  'log.opened': (state, { body }) => {
    state.origin = body.origin;
    state.demo = body.demo ?? false;
    if (body.continues) state.continues = body.continues.origin;
  },
  'bidder.registered': (state, { body: { bidder, paddle, kind, key, device = null } }) => {
    const known = entry(state.bidders, bidder);
    const keys = [...(known?.keys ?? []), ...(key === undefined ? [] : [key])];
    if (known) known.keys = keys;
    else state.bidders[bidder] = { bidder, paddle, kind, keys, device, limitFen: null, banned: false };
  },
  'staff.registered': (state, { body }) => void state.staff.push(body),
  'bidder.limited': (state, { body }) => {
    const bidder = known(entry(state.bidders, body.bidder), body.bidder);
    bidder.limitFen = body.limitFen ?? null;
    bidder.banned = body.banned ?? false;
  },
  'lot.catalogued': describe,
  'lot.amended': describe,
  'lot.struck': (state, { body }) => movePhase(lotIn(state, body.lot), 'struck'),
  'show.sealed': (state, { i, t, body }) => {
    for (const lot of Object.values(state.lots)) {
      if (lot.phase === 'draft' && lot.list === openList(state)) movePhase(lot, 'sealed');
    }
    state.seals.push({ i, t, ...body });
    if (state.phase === 'draft') moveShow(state, 'sealed');
  },
  'show.approved': (state, { i, t, body }) => void state.approvals.push({ i, t, ...body }),
  'show.opened': (state, { t, body }) => {
    moveShow(state, 'open');
    state.openedAt = t;
    state.witnessed = body.witnessed;
  },
  'proxy.placed': (state, { i, body: { bid, bidder, lot: id, max } }) => {
    const lot = lotIn(state, id);
    lot.proxies = [...lot.proxies.filter((one) => one.bidder !== bidder), { bid, bidder, max, i }];
    noteInterest(state, lot, { bidder, bestFen: 0, i });
  },
  'proxy.withdrawn': (state, { body }) => {
    const lot = lotIn(state, body.lot);
    lot.proxies = lot.proxies.filter(({ bidder }) => bidder !== body.bidder);
  },
  'lot.offered': offer,
  'bid.accepted': (state, event) => {
    const { body, t } = event;
    const lot = lotIn(state, body.lot);
    const offering = lastOffering(lot);
    mark(offering, event);
    noteInterest(state, lot, { bidder: body.bidder, bestFen: body.amountFen, i: event.i });
    if (offering.clock) hold(state, offering, body.amountFen, t);
    else lead(state, lot, offering, event);
  },
  'bid.refused': ignore,
  'lot.extended': (state, { body }) => {
    const offering = lastOffering(lotIn(state, body.lot));
    const byMs = body.closesAt - (offering.closesAt ?? 0);
    offering.closesAt = body.closesAt;
    offering.extensions += 1;
    offering.lastCall = false;
    // Time in which nobody could bid is not counted against the lot: the hard end moves with it.
    if (body.cause !== 'bid') offering.firstClosesAt = (offering.firstClosesAt ?? 0) + byMs;
  },
  'lot.lastCall': (state, { body }) => {
    const offering = lastOffering(lotIn(state, body.lot));
    offering.closesAt = body.closesAt;
    offering.lastCall = true;
  },
  'lot.frozen': (state, { t, body }) => {
    lastOffering(lotIn(state, body.lot)).frozenAt = t;
  },
  'lot.resumed': (state, { t, body }) => resume(lastOffering(lotIn(state, body.lot)), t),
  'clock.restarted': (state, { body }) => {
    const { clock } = lastOffering(lotIn(state, body.lot));
    if (!clock) throw new Error('bug: a rising lot has no clock');
    clock.startFen = body.startFen;
    clock.startsAt = body.startsAt;
    clock.heldFen = null;
    clock.restartsAt = null;
    clock.last = body.cause === 'floor';
    // The cut to the floor only lowers the price: who pressed before it still buys.
    if (body.cause === 'takes') clock.run += 1;
  },
  'clock.shifted': (state, { body }) => {
    const offering = lastOffering(lotIn(state, body.lot));
    if (!offering.clock) throw new Error('bug: a rising lot has no clock');
    offering.clock = clockMovedBy(offering.clock, body.byMs);
  },
  'lot.hammered': (state, { i, t, body }) => {
    const lot = lotIn(state, body.lot);
    const offering = lastOffering(lot);
    state.sales[body.sale] = { ...body, i, t, phase: 'awaiting', paidAt: null, refundedFen: 0 };
    state.undoable = body.sale;
    lot.soldUnits += body.units;
    offering.unitsLeft -= body.units;
    if (offering.unitsLeft === 0) leaveBlock(state, lot, 'hammered', t);
  },
  'lot.setAside': (state, { t, body }) => leaveBlock(state, lotIn(state, body.lot), 'waiting', t),
  'lot.passed': (state, { t, body }) => {
    const lot = lotIn(state, body.lot);
    lot.passedUnits += body.units;
    leaveBlock(state, lot, 'passed', t);
  },
  'lot.withdrawn': (state, { t, body }) => {
    const lot = lotIn(state, body.lot);
    lot.withdrawnUnits += body.units;
    leaveBlock(state, lot, 'withdrawn', t);
  },
  'lot.carried': (state, { t, body }) => {
    const lot = lotIn(state, body.lot);
    lot.carriedUnits += body.units;
    if (body.sale === undefined) leaveBlock(state, lot, 'carried', t);
    else carrySale(lot, saleIn(state, body.sale));
  },
  'offer.made': (state, { i, body: { lot, ...offer } }) =>
    void lotIn(state, lot).offers.push({ ...offer, i, result: 'standing' }),
  'offer.accepted': (state, { body }) => endOffer(lotIn(state, body.lot), body.offer, 'accepted'),
  'offer.declined': (state, { body }) => endOffer(lotIn(state, body.lot), body.offer, 'declined'),
  'offer.lapsed': (state, { body }) => endOffer(lotIn(state, body.lot), body.offer, 'lapsed'),
  'offers.ended': (state, { body }) => {
    const lot = lotIn(state, body.lot);
    endOffer(lot, body.offer, 'ended');
    lot.offersEnded = true;
  },
  'sale.voided': (state, { body }) => {
    const sale = saleIn(state, body.sale);
    const lot = lotIn(state, sale.lot);
    sale.phase = 'voided';
    lot.soldUnits -= sale.units;
    lot.voided += 1;
    lastOffering(lot).result = 'voided';
    if (lot.phase !== 'waiting') movePhase(lot, 'waiting');
    state.undoable = null;
  },
  'sale.takenOver': noteTakenOver,
  'sale.paid': (state, { t, body }) => {
    const sale = saleIn(state, body.sale);
    sale.phase = 'paid';
    sale.paidAt = t;
    if (body.freightFen) sale.freightFen = body.freightFen;
  },
  'sale.refunded': (state, { t, body }) => {
    if (body.claim) state.claims![body.claim]!.refunded = t;
    const sale = saleIn(state, body.sale);
    sale.refundedFen += body.amountFen;
    if (body.freightFen) sale.freightBackFen = (sale.freightBackFen ?? 0) + body.freightFen;
    if (sale.refundedFen === saleTotalFen(sale)) sale.phase = 'refunded';
  },
  'sale.defaulted': (state, { body }) => void (saleIn(state, body.sale).phase = 'defaulted'),
  'pay.extended': (state, { body }) => void (state.payBys[body.bidder] = body.payBy),
  'sale.packed': wayOfGoods,
  'sale.shipped': wayOfGoods,
  'sale.received': wayOfGoods,
  'claim.filed': claimed,
  'claim.proposed': claimed,
  'claim.granted': claimed,
  'claim.declined': claimed,
  'claim.closed': claimed,
  'clawback.taken': noteTaken,
  'clawback.repaid': noteBack,
  'clawback.carried': noteBack,
  'payout.made': (state, { t, body }) => void (saleIn(state, body.sale).payout = { ...body, t }),
  'recording.kept': (state, { i, body }) => void (state.recordings ??= []).push({ ...body, i }),
  'sale.offered': (state, { i, body }) => void state.chances.push({ ...body, i, result: 'standing' }),
  'sale.accepted': acceptChance,
  'sale.declined': endChance,
  'sale.lapsed': endChance,
  'deposit.held': noteHeld,
  'deposit.forfeited': moveDeposit,
  'deposit.released': moveDeposit,
  'deposit.returned': moveDeposit,
  'show.tookOver': (state, { body }) => void state.coHosts.push(body.by),
  'show.closed': (state, { t }) => {
    moveShow(state, 'closed');
    state.closedAt = t;
    state.undoable = null;
  },
  'show.settled': (state, { t }) => {
    moveShow(state, 'settled');
    state.settledAt = t;
  },
};

// ---------------------------------------------------------------- lots

function describe(state: ShowState, { i, body }: Logged<'lot.catalogued' | 'lot.amended'>): void {
  state.lots[body.lot] = {
    lot: body.lot,
    i,
    list: body.list,
    number: body.number,
    title: body.title,
    grower: body.grower,
    unit: body.unit,
    units: body.units,
    format: body.format,
    startFen: body.startFen,
    stepFen: body.stepFen ?? null,
    capFen: body.capFen ?? null,
    buyNowFen: body.buyNowFen ?? null,
    referenceFen: body.referenceFen ?? null,
    ...(body.fresh === false && { fresh: false }),
    floor: body.floor,
    phase: 'draft',
    proxies: [],
    offerings: [],
    soldUnits: 0,
    passedUnits: 0,
    withdrawnUnits: 0,
    carriedUnits: 0,
    bestFen: null,
    voided: 0,
    interest: [],
    offers: [],
    offersEnded: false,
  };
}

function offer(state: ShowState, { i, t, body }: Logged<'lot.offered'>): void {
  const lot = lotIn(state, body.lot);
  movePhase(lot, 'onBlock');
  lot.passedUnits = 0; // passed units come back with the lot
  lot.offerings.push(newOffering(body, { i, t }));
  nowOpen(state, [...state.open, lot.lot]);
  state.undoable = null;
}

/** `sale.packed` puts its time under `packed`, and so on. */
function wayOfGoods(
  state: ShowState,
  { type, t, body }: Logged<`sale.${'packed' | 'shipped' | 'received'}`>,
): void {
  const { sale, ...more } = body;
  const sold = saleIn(state, sale);
  sold.goods = { ...sold.goods, ...more, [type.slice(5)]: t };
}

function claimed(state: ShowState, { type, t, body }: Logged<Extract<EventType, `claim.${string}`>>): void {
  const claims = (state.claims ??= {});
  claims[body.claim] = { ...claims[body.claim]!, ...body, [type.slice(6)]: t };
}

function nowOpen(state: ShowState, open: string[]): void {
  state.open = open;
  state.block = open[0] ?? null;
}

const resultOf = {
  hammered: 'hammered',
  waiting: 'setAside',
  passed: 'passed',
  withdrawn: 'withdrawn',
} as const;

/** The lot changes its phase; if it was on the block, its offering ends with it. */
function leaveBlock(
  state: ShowState,
  lot: LotState,
  phase: keyof typeof resultOf | 'carried',
  t: number,
): void {
  if (lot.phase === 'onBlock' && phase !== 'carried') {
    const offering = lastOffering(lot);
    offering.endedAt = t;
    offering.frozenAt = null;
    offering.result = resultOf[phase];
    nowOpen(
      state,
      state.open.filter((one) => one !== lot.lot),
    );
  }
  lot.proxies = [];
  movePhase(lot, phase);
}

// ---------------------------------------------------------------- bids

function mark(offering: OfferingState, { i, t, body }: Logged<'bid.accepted'>): void {
  const { bid, bidder, amountFen, units, buyNow, auto } = body;
  offering.bids += 1;
  if (!hasBid(offering.bidders, bidder)) offering.bidders.push(bidder);
  offering.history.push(present({ i, t, bid, bidder, amountFen, units, buyNow, auto }));
  if (offering.history.length > HISTORY_MAX) offering.history.shift();
}

/** Who bid, as sets beside the lists of the states: with a thousand bidders every bid would search a thousand names. */
const sets = new WeakMap<readonly string[], Set<string>>();
function hasBid(bidders: readonly string[], bidder: string): boolean {
  let set = sets.get(bidders);
  if (set?.size !== bidders.length) sets.set(bidders, (set = new Set(bidders)));
  if (set.has(bidder)) return true;
  set.add(bidder);
  return false;
}

function lead(
  state: ShowState,
  lot: LotState,
  offering: OfferingState,
  { i, body }: Logged<'bid.accepted'>,
): void {
  offering.priceFen = body.amountFen;
  offering.leader = body.bidder;
  offering.leaderBid = i;
  offering.floorMet = body.floorMet ?? false;
  noteRunnerUp(state, lot, offering, body);
  if (lot.floor !== null && !offering.floorMet) lot.bestFen = Math.max(lot.bestFen ?? 0, body.amountFen);
}

/** The first take stops the clock; with several takers until its tick ends, else it starts again at once. */
function hold(state: ShowState, { clock }: OfferingState, priceFen: number, t: number): void {
  if (!clock || clock.heldFen !== null) return;
  clock.restartsAt = state.rules.clock.manyTakers ? tickEndsAtMs(clock, t) : t;
  clock.heldFen = priceFen;
}

/** The clock stood still: everything that lay ahead lies as far ahead as it did. */
function resume(offering: OfferingState, t: number): void {
  const stoodMs = t - (offering.frozenAt ?? t);
  offering.frozenAt = null;
  if (offering.closesAt !== null) offering.closesAt += stoodMs;
  if (offering.firstClosesAt !== null) offering.firstClosesAt += stoodMs;
  if (offering.clock) offering.clock = clockMovedBy(offering.clock, stoodMs);
}

// ---------------------------------------------------------------- what must be there

function known<T>(found: T | undefined, id: string): T {
  if (found === undefined) throw new Error(`bug: an event names ${id}, which the log does not know`);
  return found;
}
const lotIn = (state: ShowState, lot: string): LotState => known(entry(state.lots, lot), lot);
const saleIn = (state: ShowState, sale: string): SaleState => known(entry(state.sales, sale), sale);
const lastOffering = (lot: LotState): OfferingState =>
  known(lot.offerings.at(-1), `an offering of ${lot.lot}`);

function movePhase(lot: LotState, phase: LotPhase): void {
  if (!nextLotPhases[lot.phase].includes(phase)) {
    throw new Error(`bug: lot ${lot.lot} cannot go from ${lot.phase} to ${phase}`);
  }
  lot.phase = phase;
}
function moveShow(state: ShowState, phase: ShowPhase): void {
  if (!nextShowPhases[state.phase].includes(phase)) {
    throw new Error(`bug: the show cannot go from ${state.phase} to ${phase}`);
  }
  state.phase = phase;
}
