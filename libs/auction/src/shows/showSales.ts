import { type ShowSales, type SoldSale } from '@qingpai/payments';
import { type SaleState, type ShowState } from '@qingpai/wire';
import { type Desks } from '../desk/desks.js';
import { saleTotalFen } from '../rules/sales.js';
import { type ShowStore } from '../store/showStore.js';

/** The port by which payments see sales and have them paid: what the desk holds, and what only it may write. */
export function showSales(desks: Desks, store: ShowStore): ShowSales {
  return {
    async salesOf(showId) {
      const { state } = await desks.of(showId);
      return Object.values(state.sales)
        .sort((a, b) => a.i - b.i)
        .map((sale) => soldSale(state, sale));
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
  };
}

function soldSale(state: ShowState, sale: SaleState): SoldSale {
  const { number, title } = state.lots[sale.lot]!;
  return {
    ...{ sale: sale.sale, lot: sale.lot, number, title, units: sale.units, phase: sale.phase },
    refundedFen: sale.refundedFen,
    amountFen: saleTotalFen(sale),
    bidder: sale.bidder,
  };
}
