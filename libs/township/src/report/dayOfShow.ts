import {
  hammerTotalFen,
  isOpenClaim,
  isOwnSale,
  payByOf,
  payoutStateOf,
  growersFen,
  saleTotalFen,
  soldLot,
} from '@qingpai/auction/rules';
import { type DayReport, type LoggedEvent, type SaleState, type ShowState } from '@qingpai/wire';

/** One show's part of a day's report. */
export type DayOfShow = Omit<DayReport, 'day' | 'atMs' | 'checks' | 'shows'>;

/** From this moment, and before that one, ms UTC. */
export interface Day {
  fromMs: number;
  toMs: number;
}

const OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
/** '2026-11-24' of this moment, by the township's clock. */
export const dayOf = (atMs: number): string => new Date(atMs + OFFSET_MS).toISOString().slice(0, 10);
export function hoursOf(day: string): Day {
  const fromMs = Date.parse(`${day}T00:00:00Z`) - OFFSET_MS;
  return { fromMs, toMs: fromMs + DAY_MS };
}

/**
 * What happened in a show on this day, and what stands in it now. Pure: the logs say it all.
 * @param goesOn another log took its sales over: what stands is told there
 */
export function dayOfShow(
  show: { showId: string; state: ShowState; events: readonly LoggedEvent[]; goesOn: boolean },
  { fromMs, toMs }: Day,
  nowMs: number,
): DayOfShow {
  const { showId, state, goesOn } = show;
  // What a log tells again of the one before it happened there.
  const sealedAt = show.events.find(({ type }) => type === 'show.sealed')?.i ?? Infinity;
  const events = show.events.filter(({ i, t }) => i > sealedAt && t >= fromMs && t < toMs);
  const sales = goesOn ? [] : Object.values(state.sales);
  return {
    sold: soldIn(state, events),
    unsold: unsoldIn(showId, state, events),
    due: dueIn(state, sales, events, nowMs),
    late: lateOf(showId, state, sales, nowMs),
    goods: {
      toPack: sales.filter(({ phase, goods }) => phase === 'paid' && goods === undefined).length,
      toShip: sales.filter(
        ({ phase, goods }) => phase === 'paid' && goods?.packed !== undefined && !isOut(goods),
      ).length,
      underway: sales.filter(({ goods }) => goods?.shipped !== undefined && goods.received === undefined)
        .length,
      received: countOf(events, 'sale.received'),
    },
    claims: claimsIn(goesOn ? { ...state, claims: {} } : state, events, nowMs),
    payouts: payoutsIn(state, sales, events, nowMs),
  };
}

type Goods = NonNullable<SaleState['goods']>;
const isOut = ({ shipped, received }: Goods): boolean => (shipped ?? received) !== undefined;
const countOf = (events: readonly LoggedEvent[], ...types: LoggedEvent['type'][]): number =>
  events.filter(({ type }) => types.includes(type)).length;
const sum = <T>(all: readonly T[], of: (one: T) => number): number =>
  all.reduce((total, one) => total + of(one), 0);

/** Hammers that stand; what was undone since was not sold. */
function soldIn(state: ShowState, events: readonly LoggedEvent[]): DayReport['sold'] {
  const hammered = events.flatMap(({ type, body }) =>
    type === 'lot.hammered' && state.sales[body.sale]?.phase !== 'voided' ? [body] : [],
  );
  const moved = (type: 'sale.paid' | 'sale.refunded') =>
    sum(events, (event) => (event.type === type ? event.body.amountFen + (event.body.freightFen ?? 0) : 0));
  return {
    lots: new Set(hammered.map(({ lot }) => lot)).size,
    units: sum(hammered, ({ units }) => units),
    hammerFen: sum(hammered, saleTotalFen),
    ...{ paidFen: moved('sale.paid'), backFen: moved('sale.refunded') },
  };
}

/** A passed lot that came back and was sold is not told. */
function unsoldIn(showId: string, state: ShowState, events: readonly LoggedEvent[]): DayReport['unsold'] {
  return events.flatMap((event): DayReport['unsold'] => {
    if (event.type !== 'lot.passed' && event.type !== 'lot.withdrawn' && event.type !== 'lot.carried')
      return [];
    const { lot: id, units } = event.body;
    const lot = state.lots[id];
    const how = event.type.slice(4) as 'passed';
    if (!lot || lot[`${how}Units`] === 0) return [];
    const { number, title, bestFen } = lot;
    const reason = event.type === 'lot.withdrawn' ? event.body.reason : null;
    return [{ show: showId, number, title, units, how, reason, bestFen }];
  });
}

const isLate = (state: ShowState, sale: SaleState, nowMs: number): boolean => {
  const payBy = payByOf(state, sale);
  return sale.phase === 'awaiting' && payBy !== null && payBy <= nowMs;
};

function dueIn(
  state: ShowState,
  sales: readonly SaleState[],
  events: readonly LoggedEvent[],
  nowMs: number,
): DayReport['due'] {
  const due = sales.filter(({ phase }) => phase === 'awaiting');
  const late = due.filter((sale) => isLate(state, sale, nowMs));
  const defaulted = events.flatMap(({ type, body }) =>
    type === 'sale.defaulted' ? (state.sales[body.sale] ?? []) : [],
  );
  return {
    ...{ sales: due.length, fen: sum(due, saleTotalFen) },
    ...{ lateSales: late.length, lateFen: sum(late, saleTotalFen) },
    ...{ defaultedSales: defaulted.length, defaultedFen: sum(defaulted, saleTotalFen) },
  };
}

const lateOf = (
  showId: string,
  state: ShowState,
  sales: readonly SaleState[],
  nowMs: number,
): DayReport['late'] =>
  sales
    .filter((sale) => isLate(state, sale, nowMs))
    .map((sale) => ({
      ...{ show: showId, sale: sale.sale, number: soldLot(state, sale).number },
      ...{ amountFen: saleTotalFen(sale), payByMs: payByOf(state, sale)! },
    }));

function claimsIn(
  { claims = {}, rules }: ShowState,
  events: readonly LoggedEvent[],
  nowMs: number,
): DayReport['claims'] {
  const withinMs = rules.afterSale?.answerWithinMs ?? 0;
  const clocks = Object.values(claims)
    .filter(isOpenClaim)
    .map(({ filed }) => filed + withinMs)
    .sort((a, b) => a - b);
  return {
    open: clocks.length,
    late: clocks.filter((byMs) => byMs <= nowMs).length,
    nextAnswerByMs: clocks.find((byMs) => byMs > nowMs) ?? null,
    filed: countOf(events, 'claim.filed'),
    answered: countOf(events, 'claim.granted', 'claim.declined', 'claim.closed'),
  };
}

function payoutsIn(
  state: ShowState,
  sales: readonly SaleState[],
  events: readonly LoggedEvent[],
  nowMs: number,
): DayReport['payouts'] {
  const made = events.flatMap(({ type, body }) => (type === 'payout.made' ? [body] : []));
  const standing = (wanted: 'payable' | 'held') =>
    sum(
      sales.filter((sale) => payoutStateOf(state, sale, nowMs) === wanted),
      (sale) => growersFen(state.rules, sale),
    );
  return {
    ...{ sales: made.length, paidFen: sum(made, ({ amountFen }) => amountFen) },
    ...{ payableFen: standing('payable'), heldFen: standing('held') },
  };
}

/** All shows of a township together. */
export function together(parts: readonly DayOfShow[]): DayOfShow {
  const added = <K extends 'sold' | 'due' | 'goods' | 'payouts'>(part: K): DayOfShow[K] => {
    const total: Record<string, number> = {};
    for (const one of parts.map((each) => each[part] as Record<string, number>)) {
      for (const [name, value] of Object.entries(one)) total[name] = (total[name] ?? 0) + value;
    }
    return total as DayOfShow[K];
  };
  const next = parts.flatMap(({ claims }) => claims.nextAnswerByMs ?? []).sort((a, b) => a - b);
  return {
    ...{ sold: added('sold'), due: added('due'), goods: added('goods'), payouts: added('payouts') },
    unsold: parts.flatMap(({ unsold }) => unsold),
    late: parts.flatMap(({ late }) => late).sort((a, b) => a.payByMs - b.payByMs),
    claims: {
      open: sum(parts, ({ claims }) => claims.open),
      late: sum(parts, ({ claims }) => claims.late),
      nextAnswerByMs: next[0] ?? null,
      filed: sum(parts, ({ claims }) => claims.filed),
      answered: sum(parts, ({ claims }) => claims.answered),
    },
  };
}

/** Of a day without any show. */
export const emptyDay: DayOfShow = {
  sold: { lots: 0, units: 0, hammerFen: 0, paidFen: 0, backFen: 0 },
  ...{ unsold: [], late: [] },
  due: { sales: 0, fen: 0, lateSales: 0, lateFen: 0, defaultedSales: 0, defaultedFen: 0 },
  goods: { toPack: 0, toShip: 0, underway: 0, received: 0 },
  claims: { open: 0, late: 0, nextAnswerByMs: null, filed: 0, answered: 0 },
  payouts: { sales: 0, paidFen: 0, payableFen: 0, heldFen: 0 },
};

/** What was hammered in this log, for the line of a show. */
export const showLine = (state: ShowState) => ({
  hammerFen: hammerTotalFen(state),
  soldUnits: sum(
    Object.values(state.sales).filter((sale) => isStandingOwn(sale)),
    ({ units }) => units,
  ),
});
const isStandingOwn = (sale: SaleState): boolean =>
  isOwnSale(sale) && sale.phase !== 'voided' && sale.followedBy === undefined;
