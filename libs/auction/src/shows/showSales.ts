import { type ShowSales, type SoldSale } from '@qingpai/payments';
import { rowsOf } from '@qingpai/members';
import { type EventType, type SaleState, type ShowState } from '@qingpai/wire';
import { type DataSource } from 'typeorm';
import { FreshWordRow } from '../aftersale/entities.js';
import { type Desks } from '../desk/desks.js';
import { freightDueOf } from '../rules/freight.js';
import { payByOf } from '../rules/payBy.js';
import { saleTotalFen } from '../rules/sales.js';
import { isOwnSale, soldLot } from '../rules/takenOver.js';
import { type PostgresShowLog } from '../store/postgresShowLog.js';
import { type ShowStore } from '../store/showStore.js';

/** The port by which payments see sales and have them paid: what the desk holds, and what only it may write. */
export function showSales(
  desks: Desks,
  store: ShowStore,
  log: Pick<PostgresShowLog, 'onAppended'>,
  db: DataSource,
): ShowSales {
  return {
    async salesOf(showId) {
      const end = await store.endOf(showId);
      const next = end?.byShow ? (await desks.of(end.byShow)).state : null;
      // Taken over: they are paid in the log that goes on from this one, and there alone.
      if (next && Object.values(next.sales).some((sale) => !isOwnSale(sale))) return [];
      return soldSales((await desks.of(showId)).state);
    },
    async aloneFenOf(showId) {
      const { state } = await desks.of(showId);
      return state.rules.afterSale?.grantAloneMaxFen ?? 0;
    },
    async buyersOf(showId) {
      const [desk, seats] = [await desks.of(showId), await store.membersOf(showId)];
      return Object.values(desk.state.bidders).map(({ bidder, paddle }) => {
        return { bidder, paddle, memberId: seats.get(bidder)?.memberId ?? null };
      });
    },
    async pay(showId, by, paid, beside) {
      const desk = await desks.of(showId);
      const answer = await desk.command(
        paid.map((body) => ({ by, name: 'paid', body })),
        beside,
      );
      return answer.ok ? null : answer.reason;
    },
    async refund(showId, by, refunded, beside) {
      const desk = await desks.of(showId);
      const answer = await desk.command(
        refunded.map((body) => ({ by, name: 'refunded', body })),
        beside,
      );
      return answer.ok ? null : answer.reason;
    },
    async default(showId, sales, beside) {
      const desk = await desks.of(showId);
      const answer = await desk.command(
        sales.map((sale) => ({ by: 'platform', name: 'default', sale })),
        beside,
      );
      return answer.ok ? null : answer.reason;
    },
    async freightOf(showId, bidder, parcel) {
      return freightDueOf((await desks.of(showId)).state, bidder, parcel);
    },
    async livingOf(showId, { bidder, memberId }) {
      const { state } = await desks.of(showId);
      const { afterSale } = state.rules;
      if (!afterSale || !hasLiving(state, bidder)) return null;
      const said = memberId && (await db.manager.findOneBy(FreshWordRow, { showId, memberId }));
      return { saidAtMs: said ? said.saidAt.getTime() : null, claimWithinMs: afterSale.claimWithinMs };
    },
    async allBack() {
      const rows = await rowsOf<{ show_id: string; bidder: string }>(db.manager, allBackSql, []);
      return rows.map(({ show_id, bidder }) => ({ showId: show_id, bidder }));
    },
    async freightRuleOf(showId) {
      return (await desks.of(showId)).state.rules.freight ?? null;
    },
    onOwed: (listener) =>
      // The desk itself takes the batch in only after this.
      log.onAppended(({ showId }, { events, state }) => {
        if (events.some(({ type }) => movesDeadlines.has(type))) listener(showId, soldSales(state));
      }),
    async showsOwed() {
      const rows = await rowsOf<{ show_id: string }>(db.manager, owedSql, []);
      return rows.map(({ show_id }) => show_id);
    },
  };
}

/** Whether this buyer won something that may not be sent back. */
const hasLiving = (state: ShowState, bidder: string): boolean =>
  Object.values(state.sales).some(
    (sale) => sale.bidder === bidder && sale.phase !== 'voided' && soldLot(state, sale).fresh !== false,
  );

const movesDeadlines: ReadonlySet<EventType> = new Set(['show.closed', 'pay.extended', 'sale.accepted']);

const owedSql = `
  SELECT show_id FROM shows WHERE phase = 'closed' AND (rules ? 'payWithinMs' OR rules ? 'payBy')
    AND EXISTS (SELECT FROM sales WHERE sales.show_id = shows.show_id AND sales.phase = 'awaiting')
    AND NOT EXISTS (SELECT FROM ended_shows WHERE ended_shows.show_id = shows.show_id)
  ORDER BY show_id`;

const allBackSql = `
  SELECT show_id, bidder FROM sales JOIN shows USING (show_id) WHERE shows.phase = 'closed'
    AND NOT EXISTS (SELECT FROM ended_shows WHERE ended_shows.show_id = shows.show_id)
  GROUP BY show_id, bidder
  HAVING bool_or(sales.phase = 'refunded') AND NOT bool_or(sales.phase IN ('awaiting', 'paid'))
  ORDER BY show_id, bidder`;

const soldSales = (state: ShowState): SoldSale[] =>
  Object.values(state.sales)
    .sort((a, b) => a.i - b.i)
    .map((sale) => soldSale(state, sale));

function soldSale(state: ShowState, sale: SaleState): SoldSale {
  const { number, title } = soldLot(state, sale);
  return {
    ...{ sale: sale.sale, lot: sale.lot, number, title, units: sale.units, phase: sale.phase },
    refundedFen: sale.refundedFen,
    extended: Object.hasOwn(state.payBys, sale.bidder),
    payByMs: sale.phase === 'awaiting' ? payByOf(state, sale) : null,
    amountFen: saleTotalFen(sale),
    bidder: sale.bidder,
  };
}
