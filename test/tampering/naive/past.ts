import { type EventBody, type Leaf, type ShowRules } from '@qingpai/wire';

/** All leaves before the one that is judged; every question below goes through them from the first on. */
export type Past = readonly Leaf[];
type LeafOf<T extends Leaf['type']> = Extract<Leaf, { type: T }>;

export function all<T extends Leaf['type']>(past: Past, type: T): LeafOf<T>[] {
  const found: LeafOf<T>[] = [];
  for (const leaf of past) if (leaf.type === type) found.push(leaf as LeafOf<T>);
  return found;
}

/** A log that goes on from another says again what was, until it describes a lot or more than that. */
export const saysAgain = (past: Past): boolean => {
  const first = past[0];
  if (first?.type !== 'log.opened' || !first.body.continues) return false;
  return !past.some(({ type }) => type === 'lot.catalogued' || type === 'show.sealed');
};

export type Phase = 'draft' | 'sealed' | 'open' | 'closed' | 'settled';
export function phaseOf(past: Past): Phase {
  if (all(past, 'show.settled').length > 0) return 'settled';
  if (all(past, 'show.closed').length > 0) return 'closed';
  if (all(past, 'show.opened').length > 0) return 'open';
  return all(past, 'show.sealed').length > 0 ? 'sealed' : 'draft';
}

// ---------------------------------------------------------------- people

export interface Person {
  bidder: string;
  kind: string;
  paddle: number;
  keys: string[];
  limitFen: number | undefined;
  banned: boolean;
}
export function people(past: Past): Person[] {
  const known: Person[] = [];
  for (const leaf of past) {
    if (leaf.type === 'bidder.registered') {
      const { bidder, kind, paddle, key } = leaf.body;
      let person = known.find((one) => one.bidder === bidder);
      if (!person) {
        person = { bidder, kind, paddle, keys: [], limitFen: undefined, banned: false };
        known.push(person);
      }
      if (key !== undefined) person.keys.push(key);
    }
    if (leaf.type === 'bidder.limited') {
      const person = known.find((one) => one.bidder === leaf.body.bidder)!;
      person.limitFen = leaf.body.limitFen;
      person.banned = leaf.body.banned === true;
    }
  }
  return known;
}

// ---------------------------------------------------------------- sales

export type Sale = EventBody<'lot.hammered'> & {
  t: number;
  paid: boolean;
  voided: boolean;
  defaulted: boolean;
  /** Not paid, and its units are somebody else's by now, or of the next show. */
  followed: boolean;
  /** It has the units of one that was not paid. */
  replaces: string | null;
  backFen: number;
  /** Hammered in the log before. */
  foreign?: true;
};
const unpaid = { paid: false, voided: false, defaulted: false, followed: false, backFen: 0 };

export function salesOf(past: Past): Sale[] {
  const sales: Sale[] = [];
  for (const leaf of past) {
    if (leaf.type === 'lot.hammered') sales.push({ ...leaf.body, t: leaf.t, ...unpaid, replaces: null });
    if (leaf.type === 'sale.takenOver') {
      const { sale, lot, offering, bidder, firstUnit, units, unitPriceFen } = leaf.body;
      const sold = { sale, lot, offering, bidder, firstUnit, units, unitPriceFen };
      sales.push({ ...sold, t: leaf.t, ...unpaid, replaces: null, foreign: true });
    }
    if (leaf.type === 'sale.accepted') {
      const { sale, bidder, units, unitPriceFen } = leaf.body;
      const { replaces } = all(past, 'sale.offered').find(({ body }) => body.sale === sale)!.body;
      const before = sales.find((one) => one.sale === replaces)!;
      before.followed = true;
      const { lot, offering, firstUnit } = before;
      const same = { lot, offering, firstUnit, sale, bidder, units, unitPriceFen };
      sales.push({ ...same, t: leaf.t, ...unpaid, replaces });
    }
    if (leaf.type === 'lot.carried' && leaf.body.sale !== undefined)
      sales.find(({ sale }) => sale === leaf.body.sale)!.followed = true;
    if (leaf.type === 'sale.paid') sales.find(({ sale }) => sale === leaf.body.sale)!.paid = true;
    if (leaf.type === 'sale.defaulted') sales.find(({ sale }) => sale === leaf.body.sale)!.defaulted = true;
    if (leaf.type === 'sale.refunded')
      sales.find(({ sale }) => sale === leaf.body.sale)!.backFen += leaf.body.amountFen;
    if (leaf.type === 'sale.voided') sales.find(({ sale }) => sale === leaf.body.sale)!.voided = true;
  }
  return sales;
}

/** One above every number that was given to a sale, or to the offer of one. */
export function nextSale(past: Past): string {
  let most = 0;
  for (const { sale } of salesOf(past)) most = Math.max(most, Number(sale.slice(1)));
  for (const { body } of all(past, 'sale.offered')) most = Math.max(most, Number(body.sale.slice(1)));
  return `S${most + 1}`;
}

/**
 * The hammers that may still be undone: until the next lot is offered or the show is closed, the last one; in a timed
 * show every one of a rising lot.
 */
export function undoable(past: Past, rules: ShowRules): string[] {
  let closed: string[] = [];
  let last: string | null = null;
  for (const leaf of past) {
    if (leaf.type === 'lot.offered' || leaf.type === 'show.closed') [closed, last] = [[], null];
    if (leaf.type === 'sale.voided') {
      closed = closed.filter((sale) => sale !== leaf.body.sale);
      last = null;
    }
    if (leaf.type !== 'lot.hammered') continue;
    last = leaf.body.sale;
    const call = all(past.slice(0, leaf.i), 'lot.offered').findLast(
      ({ body }) => body.lot === leaf.body.lot,
    )!;
    const isByOffer = past[leaf.i - 1]?.type === 'offer.accepted';
    if (rules.timed && call.body.format === 'english' && !isByOffer) closed.push(last);
  }
  return last === null ? closed : [...closed, last];
}

// ---------------------------------------------------------------- lots

export type Said = EventBody<'lot.catalogued'>;
export interface Clock {
  startFen: number;
  stepFen: number;
  tickMs: number;
  startsAt: number;
  run: number;
  /** Price at which it stands after a take. */
  heldFen: number | null;
  restartsAt: number | null;
  /** On the last step, which is the floor. */
  last: boolean;
}
export interface Offering {
  number: number;
  startFen: number;
  unitsLeft: number;
  ended: boolean;
  /** When; 0: not yet. */
  endedAt: number;
  undone: boolean;
  priceFen: number | null;
  leader: string | null;
  floorMet: boolean;
  closesAt: number | null;
  hardEnd: number;
  frozenAt: number | null;
  clock: Clock | null;
}
export type LotPhase =
  'draft' | 'struck' | 'sealed' | 'onBlock' | 'waiting' | 'hammered' | 'passed' | 'withdrawn' | 'carried';
export interface Lot {
  /** Leaf of the last description. */
  at: number;
  said: Said;
  phase: LotPhase;
  /** What became of each unit; 'open' is none of the others. */
  units: ('open' | 'sold' | 'passed' | 'withdrawn' | 'carried')[];
  offerings: Offering[];
  /** Best offer below the floor. */
  bestFen: number;
}

export const count = (lot: Lot, end: Lot['units'][number]): number =>
  lot.units.filter((unit) => unit === end).length;

export const isOver = ({ phase }: Lot): boolean =>
  phase === 'hammered' || phase === 'passed' || phase === 'withdrawn' || phase === 'carried';

export function lotIds(past: Past): string[] {
  const ids: string[] = [];
  for (const { body } of all(past, 'lot.catalogued')) if (!ids.includes(body.lot)) ids.push(body.lot);
  return ids;
}

/** The life of one lot, told from the first leaf on; null when nothing ever described it. */
export function lotOf(past: Past, id: string, rules: ShowRules): Lot | null {
  let lot: Lot | null = null;
  let seals = 0;
  for (const leaf of past) {
    if (leaf.type === 'show.sealed') {
      seals += 1;
      if (lot?.phase === 'draft' && lot.said.list === seals) lot.phase = 'sealed';
      continue;
    }
    if (leaf.type === 'sale.voided') {
      if (lot) undo(lot, past, leaf.body.sale, id);
      continue;
    }
    if (!('lot' in leaf.body) || leaf.body.lot !== id) continue;
    if (lot && leaf.type === 'lot.carried' && leaf.body.sale !== undefined) {
      const { sale } = leaf.body;
      const { firstUnit, units } = salesOf(past).find((one) => one.sale === sale)!;
      for (let unit = firstUnit; unit < firstUnit + units; unit++) lot.units[unit - 1] = 'carried';
      lot.phase = 'carried';
      continue;
    }
    if (leaf.type === 'lot.catalogued' || leaf.type === 'lot.amended') {
      const units = Array.from({ length: leaf.body.units }, () => 'open' as const);
      lot = { at: leaf.i, said: leaf.body, phase: 'draft', units, offerings: [], bestFen: 0 };
    } else if (lot) {
      happen(lot, leaf, rules);
    }
  }
  return lot;
}

function undo(lot: Lot, past: Past, sale: string, id: string): void {
  const hammered = all(past, 'lot.hammered').find(({ body }) => body.sale === sale);
  if (hammered?.body.lot !== id) return;
  const { firstUnit, units } = hammered.body;
  for (let unit = firstUnit; unit < firstUnit + units; unit++) lot.units[unit - 1] = 'open';
  lot.offerings.at(-1)!.undone = true;
  lot.phase = 'waiting';
}

function end(lot: Lot, phase: LotPhase, t: number): void {
  const offering = lot.offerings.at(-1);
  if (lot.phase === 'onBlock' && offering) {
    offering.ended = true;
    offering.endedAt = t;
    offering.frozenAt = null;
  }
  lot.phase = phase;
}

function mark(lot: Lot, as: Lot['units'][number]): void {
  for (let unit = 0; unit < lot.units.length; unit++) if (lot.units[unit] === 'open') lot.units[unit] = as;
}

function happen(lot: Lot, leaf: Leaf, rules: ShowRules): void {
  const offering = lot.offerings.at(-1);
  switch (leaf.type) {
    case 'lot.struck':
      lot.phase = 'struck';
      break;
    case 'lot.offered': {
      const { body } = leaf;
      for (let unit = 0; unit < lot.units.length; unit++) {
        if (lot.units[unit] === 'passed') lot.units[unit] = 'open';
      }
      lot.phase = 'onBlock';
      lot.offerings.push({
        number: body.offering,
        startFen: body.startFen,
        unitsLeft: body.units,
        ended: false,
        endedAt: 0,
        undone: false,
        priceFen: null,
        leader: null,
        floorMet: false,
        closesAt: body.closesAt ?? null,
        hardEnd: (body.closesAt ?? 0) + rules.hardEndMs,
        frozenAt: null,
        clock: body.clock ? { ...body.clock, run: 0, heldFen: null, restartsAt: null, last: false } : null,
      });
      break;
    }
    case 'bid.accepted': {
      const { amountFen, bidder, floorMet } = leaf.body;
      const { clock } = offering!;
      if (clock) {
        if (clock.heldFen !== null) break;
        clock.heldFen = amountFen;
        clock.restartsAt = rules.clock.manyTakers ? tickEnd(clock, leaf.t) : leaf.t;
      } else {
        offering!.priceFen = amountFen;
        offering!.leader = bidder;
        offering!.floorMet = floorMet === true;
        if (lot.said.floor !== null && !floorMet) lot.bestFen = Math.max(lot.bestFen, amountFen);
      }
      break;
    }
    case 'lot.extended':
      if (leaf.body.cause !== 'bid') offering!.hardEnd += leaf.body.closesAt - offering!.closesAt!;
      offering!.closesAt = leaf.body.closesAt;
      break;
    case 'lot.lastCall':
      offering!.closesAt = leaf.body.closesAt;
      break;
    case 'lot.frozen':
      offering!.frozenAt = leaf.t;
      break;
    case 'lot.resumed': {
      const stoodMs = leaf.t - offering!.frozenAt!;
      const { clock } = offering!;
      offering!.frozenAt = null;
      offering!.hardEnd += stoodMs;
      if (offering!.closesAt !== null) offering!.closesAt += stoodMs;
      if (clock) clock.startsAt += stoodMs;
      if (clock && clock.restartsAt !== null) clock.restartsAt += stoodMs;
      break;
    }
    case 'clock.shifted': {
      const clock = offering!.clock!;
      clock.startsAt += leaf.body.byMs;
      if (clock.restartsAt !== null) clock.restartsAt += leaf.body.byMs;
      break;
    }
    case 'clock.restarted': {
      const clock = offering!.clock!;
      clock.startFen = leaf.body.startFen;
      clock.startsAt = leaf.body.startsAt;
      clock.heldFen = null;
      clock.restartsAt = null;
      clock.last = leaf.body.cause === 'floor';
      if (leaf.body.cause === 'takes') clock.run += 1;
      break;
    }
    case 'lot.hammered': {
      const { firstUnit, units } = leaf.body;
      for (let unit = firstUnit; unit < firstUnit + units; unit++) lot.units[unit - 1] = 'sold';
      offering!.unitsLeft -= units;
      if (offering!.unitsLeft === 0) end(lot, 'hammered', leaf.t);
      break;
    }
    case 'lot.setAside':
      end(lot, 'waiting', leaf.t);
      break;
    case 'lot.passed':
      mark(lot, 'passed');
      end(lot, 'passed', leaf.t);
      break;
    case 'lot.withdrawn':
      mark(lot, 'withdrawn');
      end(lot, 'withdrawn', leaf.t);
      break;
    case 'lot.carried':
      mark(lot, 'carried');
      end(lot, 'carried', leaf.t);
      break;
  }
}

export interface Open {
  id: string;
  lot: Lot;
  offering: Offering;
}

/** Every lot whose last offering still runs, in the order in which these were called. */
export function openOf(past: Past, rules: ShowRules): Open[] {
  const open: Open[] = [];
  const calls = all(past, 'lot.offered');
  for (const [k, { body }] of calls.entries()) {
    if (calls.slice(k + 1).some((later) => later.body.lot === body.lot)) continue;
    const lot = lotOf(past, body.lot, rules)!;
    if (lot.phase === 'onBlock') open.push({ id: body.lot, lot, offering: lot.offerings.at(-1)! });
  }
  return open;
}

export const openLot = (past: Past, rules: ShowRules, id: string): Open | null =>
  openOf(past, rules).find((one) => one.id === id) ?? null;

// ---------------------------------------------------------------- the falling clock, tick by tick

/** The end of the tick that holds a moment. */
export function tickEnd({ startsAt, tickMs }: Clock, nowMs: number): number {
  const tick = Math.max(1, tickMs);
  let endsAt = startsAt + tick;
  while (endsAt <= nowMs) endsAt += tick;
  return endsAt;
}

export function clockPrice(clock: Clock, nowMs: number): number {
  if (clock.heldFen !== null) return clock.heldFen;
  let price = clock.startFen;
  if (clock.last) return price;
  const tick = Math.max(1, clock.tickMs);
  for (let at = clock.startsAt + tick; at <= nowMs && price - clock.stepFen >= 1; at += tick) {
    price -= clock.stepFen;
  }
  return price;
}

/** When the clock has to move on, by this floor (0: none), and whether it then takes one more step, cut to the floor. */
export function clockEnd(clock: Clock, floorFen: number): { atMs: number; cut: boolean } {
  let price = clock.startFen;
  let atMs = clock.startsAt + Math.max(1, clock.tickMs);
  while (!clock.last && price - clock.stepFen >= Math.max(1, floorFen)) {
    price -= clock.stepFen;
    atMs += Math.max(1, clock.tickMs);
  }
  return { atMs, cut: !clock.last && floorFen > 0 && price > floorFen };
}
