import { type LoggedEvent, type LotState, type SaleState, type ShowState } from '@qingpai/wire';
import { type EntityManager } from 'typeorm';

/** Rows that a batch changed, as plain values: taken at once, since the state is folded further while we write. */
export interface Projection {
  show: ShowRow | null;
  lots: LotRow[];
  sales: SaleRow[];
  /** The batch holds the first seal: the root it ends with is the show's code. */
  sealsFirst: boolean;
}

type LotRow = ReturnType<typeof lotRow>;
type SaleRow = ReturnType<typeof saleRow>;
type ShowRow = ReturnType<typeof showRow>;

/** Bids change no row until they reach the floor: on the hot path nothing is projected. */
export function projectionOf(
  showId: string,
  { events, state }: { events: readonly LoggedEvent[]; state: ShowState },
): Projection {
  const saleIds = new Set(events.flatMap((event) => salesOf(event, state)));
  // A second chance that nobody has accepted is no sale yet.
  const sales = [...saleIds].flatMap((sale) => state.sales[sale] ?? []).sort((a, b) => a.i - b.i);
  const seals = events.filter((event) => event.type === 'show.sealed');
  const lotIds = new Set([...events.flatMap(lotsOf), ...sales.map((sale) => sale.lot)]);
  const lots = Object.values(state.lots).filter(
    (lot) => lotIds.has(lot.lot) || seals.some((seal) => seal.body.list === lot.list),
  );
  return {
    show: events.some((event) => event.type.startsWith('show.')) ? showRow(showId, state) : null,
    lots: lots.map((lot) => lotRow(showId, lot)),
    sales: sales.map((sale) => saleRow(showId, sale)),
    sealsFirst: seals.some((seal) => seal.body.list === 1),
  };
}

export const isEmpty = ({ show, lots, sales }: Projection): boolean =>
  show === null && lots.length === 0 && sales.length === 0;

/** Whom it names, and of a second chance that was accepted the one that gave way to it. */
function salesOf(event: LoggedEvent, state: ShowState): string[] {
  if (!('sale' in event.body) || event.body.sale === undefined) return [];
  const { sale } = event.body;
  const { replaces } = state.sales[sale] ?? {};
  return event.type === 'sale.accepted' && replaces !== undefined ? [replaces, sale] : [sale];
}

function lotsOf(event: LoggedEvent): string[] {
  const changes =
    event.type.startsWith('lot.') || (event.type === 'bid.accepted' && event.body.floorMet === true);
  return changes && 'lot' in event.body ? [event.body.lot] : [];
}

function lotRow(showId: string, lot: LotState) {
  return {
    show_id: showId,
    lot: lot.lot,
    i: lot.i,
    list: lot.list,
    number: lot.number,
    title: lot.title,
    grower: lot.grower,
    unit: lot.unit,
    units: lot.units,
    format: lot.format,
    start_fen: lot.startFen,
    reference_fen: lot.referenceFen,
    floor: lot.floor,
    phase: lot.phase,
    offerings: lot.offerings.length,
    sold_units: lot.soldUnits,
    passed_units: lot.passedUnits,
    withdrawn_units: lot.withdrawnUnits,
    carried_units: lot.carriedUnits,
    best_fen: lot.bestFen,
    floor_met: lot.floor === null ? null : isFloorMet(lot),
  };
}

/** A clock never sells below the floor, so there a sale says it. */
const isFloorMet = (lot: LotState): boolean =>
  lot.soldUnits > 0 || lot.offerings.some((offering) => offering.floorMet);

function saleRow(showId: string, sale: SaleState) {
  return {
    show_id: showId,
    sale: sale.sale,
    i: sale.i,
    t_ms: sale.t,
    lot: sale.lot,
    offering: sale.offering,
    bidder: sale.bidder,
    first_unit: sale.firstUnit,
    units: sale.units,
    unit_price_fen: sale.unitPriceFen,
    phase: sale.phase,
    paid_at_ms: sale.paidAt,
    refunded_fen: sale.refundedFen,
    packed_at_ms: sale.goods?.packed ?? null,
    shipped_at_ms: sale.goods?.shipped ?? null,
    received_at_ms: sale.goods?.received ?? null,
    payout: sale.payout?.payout ?? null,
    paid_out_fen: sale.payout?.amountFen ?? null,
    payout_fee_fen: sale.payout ? (sale.payout.feeFen ?? 0) : null,
    paid_out_at_ms: sale.payout?.t ?? null,
    followed_by: sale.followedBy ?? null,
    forfeited_fen: sale.forfeitFen ?? 0,
  };
}

function showRow(showId: string, state: ShowState) {
  const { phase, seals, openedAt, closedAt, settledAt } = state;
  return { showId, phase, sealedAt: seals[0]?.t ?? null, openedAt, closedAt, settledAt };
}

/** Writes the rows, in the leaves' own transaction. @param code short code of the root the batch ends with */
export async function writeProjection(
  manager: EntityManager,
  { show, lots, sales, sealsFirst }: Projection,
  code: string,
): Promise<void> {
  if (lots.length > 0) await manager.query(upsertLots, [JSON.stringify(lots)]);
  // In the order of their leaves: a sale is voided, or gives way, before its units are sold anew.
  if (sales.length > 0) await manager.query(upsertSales, [JSON.stringify(sales)]);
  if (show) {
    const { showId, phase, sealedAt, openedAt, closedAt, settledAt } = show;
    const times = [sealedAt, openedAt, closedAt, settledAt].map((ms) => (ms === null ? null : new Date(ms)));
    await manager.query(updateShow, [showId, phase, ...times, sealsFirst ? code : null]);
  }
}

const changing = [
  ...[
    'i',
    'list',
    'number',
    'title',
    'grower',
    'unit',
    'units',
    'format',
    'start_fen',
    'reference_fen',
    'floor',
  ],
  ...['phase', 'offerings', 'sold_units', 'passed_units', 'withdrawn_units', 'carried_units', 'best_fen'],
  'floor_met',
];
const upsertLots = `
  INSERT INTO lots SELECT * FROM jsonb_populate_recordset(NULL::lots, $1)
  ON CONFLICT (show_id, lot) DO UPDATE SET ${changing.map((name) => `${name} = excluded.${name}`).join(', ')}`;
const upsertSales = `
  INSERT INTO sales SELECT * FROM jsonb_populate_recordset(NULL::sales, $1)
  ON CONFLICT (show_id, sale) DO UPDATE SET phase = excluded.phase, paid_at_ms = excluded.paid_at_ms,
    refunded_fen = excluded.refunded_fen, packed_at_ms = excluded.packed_at_ms,
    shipped_at_ms = excluded.shipped_at_ms, received_at_ms = excluded.received_at_ms,
    payout = excluded.payout, paid_out_fen = excluded.paid_out_fen,
    payout_fee_fen = excluded.payout_fee_fen, paid_out_at_ms = excluded.paid_out_at_ms,
    followed_by = excluded.followed_by, forfeited_fen = excluded.forfeited_fen`;
const updateShow = `
  UPDATE shows SET phase = $2, sealed_at = $3, opened_at = $4, closed_at = $5, settled_at = $6,
    code = coalesce(code, $7)
  WHERE show_id = $1`;
