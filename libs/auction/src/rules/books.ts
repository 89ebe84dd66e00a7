import { type MoneyFact } from '@qingpai/ledger/rules';
import { type LoggedEvent, type ShowState } from '@qingpai/wire';
import { saleTotalFen } from './sales.js';
import { entry } from './show.js';

/**
 * What the books are told of a leaf; null: it concerns no money. A fee is booked when its grower is paid.
 * @param state of the log at this leaf or later: growers of lots do not change once these are sealed
 */
export function moneyFactOf(state: ShowState, event: LoggedEvent): MoneyFact | null {
  const { i } = event;
  switch (event.type) {
    case 'lot.hammered': {
      const { sale, bidder: buyer, lot } = event.body;
      const { grower } = entry(state.lots, lot)!;
      return { i, sale, kind: 'hammered', buyer, grower, amountFen: saleTotalFen(event.body) };
    }
    case 'sale.accepted': {
      // What its buyer owes and the grower has to expect begins with it, as with a hammer.
      const { sale, bidder: buyer, lot } = event.body;
      const { grower } = entry(state.lots, lot)!;
      return { i, sale, kind: 'hammered', buyer, grower, amountFen: saleTotalFen(event.body) };
    }
    case 'sale.takenOver': {
      // As in the books before, where it began with its hammer.
      const { sale, bidder: buyer, grower } = event.body;
      return { i, sale, kind: 'hammered', buyer, grower, amountFen: saleTotalFen(event.body) };
    }
    case 'sale.voided':
      return { i, sale: event.body.sale, kind: 'voided' };
    case 'sale.defaulted':
      return { i, sale: event.body.sale, kind: 'defaulted' };
    case 'sale.paid':
    case 'sale.refunded': {
      const { sale, channel, amountFen, freightFen } = event.body;
      const kind = event.type === 'sale.paid' ? 'paid' : 'refunded';
      return { i, sale, kind, channel, amountFen, ...(freightFen !== undefined && { freightFen }) };
    }
    case 'show.settled':
      // Where growers are not paid from these books, nobody says what a provider has handed over.
      return event.body.books === undefined ? null : { i, kind: 'settled' };
    case 'payout.made': {
      const { sale, amountFen, feeFen = 0 } = event.body;
      const { feePercent = 0 } = state.rules;
      return { i, sale, kind: 'paidOut', amountFen, feeFen, feePercent };
    }
    case 'clawback.taken': {
      const { amountFen } = event.body;
      if ('debt' in event.body) return { i, kind: 'taken', debt: event.body.debt, amountFen };
      return { i, sale: event.body.sale, kind: 'taken', amountFen };
    }
    case 'clawback.repaid':
    case 'clawback.carried': {
      const { sale, amountFen } = event.body;
      return { i, sale, kind: event.type === 'clawback.repaid' ? 'repaid' : 'carried', amountFen };
    }
    case 'deposit.held': {
      const { deposit, bidder: buyer, channel, amountFen } = event.body;
      return { i, deposit, kind: 'held', buyer, channel, amountFen };
    }
    case 'deposit.forfeited': {
      const { deposit, sale, amountFen } = event.body;
      return {
        i,
        deposit,
        sale,
        kind: 'forfeited',
        buyer: entry(state.deposits, deposit)!.bidder,
        amountFen,
      };
    }
    case 'deposit.released': {
      const { deposit, amountFen } = event.body;
      return { i, deposit, kind: 'released', buyer: entry(state.deposits, deposit)!.bidder, amountFen };
    }
    case 'deposit.returned': {
      const { deposit, channel, amountFen } = event.body;
      return { i, deposit, kind: 'returned', channel, amountFen };
    }
    default:
      return null;
  }
}

export const moneyFactsOf = (state: ShowState, events: readonly LoggedEvent[]): MoneyFact[] =>
  events.flatMap((event) => moneyFactOf(state, event) ?? []);
