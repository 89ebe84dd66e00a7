import { type EventOf, type LoggedEvent, type LotHistory } from '@qingpai/wire';

export type BidRow = LotHistory['rows'][number];
type Hammer = EventOf<'lot.hammered'>['body'];

/**
 * Every leaf that speaks of a lot, or of a sale of it, as rows: bids with their answers, refusals included, and what
 * happened between them. @param events of the show, oldest first; those of other lots are left out
 */
export function historyOf(
  events: readonly LoggedEvent[],
  lot: string,
  paddleOf: (bidder: string) => number | null,
): BidRow[] {
  const hammers = new Map<string, Hammer>();
  return events.flatMap((event) => {
    const { body } = event;
    if (event.type === 'lot.hammered' && event.body.lot === lot) hammers.set(event.body.sale, event.body);
    if (event.type === 'sale.offered' && event.body.lot === lot) {
      const { sale, replaces, bidder, units, unitPriceFen } = event.body;
      hammers.set(sale, { ...hammers.get(replaces)!, sale, bidder, units, unitPriceFen });
    }
    const hammer = 'sale' in body && body.sale !== undefined ? hammers.get(body.sale) : undefined;
    if (!('lot' in body && body.lot === lot) && !hammer) return [];
    const bidder = 'bidder' in body ? body.bidder : hammer?.bidder;
    return [
      {
        i: event.i,
        t: event.t,
        type: event.type,
        offering: 'offering' in body ? body.offering : (hammer?.offering ?? null),
        paddle: bidder === undefined ? null : paddleOf(bidder),
        amountFen: amountOf(event, hammer),
        units: 'units' in body ? (body.units ?? null) : null,
        answer: answerOf(event),
      },
    ];
  });
}

/** What is written in the column of money: the bid, the start, the hammer, the payment. */
function amountOf(event: LoggedEvent, hammer: Hammer | undefined): number | null {
  switch (event.type) {
    case 'bid.accepted':
    case 'bid.refused':
    case 'sale.paid':
    case 'sale.refunded':
      return event.body.amountFen;
    case 'lot.catalogued':
    case 'lot.amended':
      return event.body.startFen;
    case 'lot.offered':
      return event.body.clock?.startFen ?? event.body.startFen;
    case 'clock.restarted':
      return event.body.startFen;
    case 'lot.hammered':
    case 'sale.voided':
    case 'sale.offered':
    case 'sale.accepted':
      return hammer?.unitPriceFen ?? null;
    case 'lot.setAside':
    case 'lot.passed':
      return event.body.bestFen ?? null;
    default:
      return null;
  }
}

/** accepted, the reason of a refusal, the cause of what happened, or its type. */
function answerOf(event: LoggedEvent): string {
  switch (event.type) {
    case 'bid.accepted':
      return 'accepted';
    case 'bid.refused':
    case 'lot.withdrawn':
    case 'sale.voided':
      return event.body.reason;
    case 'lot.extended':
    case 'clock.restarted':
    case 'clock.shifted':
      return event.body.cause;
    default:
      return event.type;
  }
}
