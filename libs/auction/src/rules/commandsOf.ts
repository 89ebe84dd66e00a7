import { type EventBody, type EventType, type LoggedEvent } from '@qingpai/wire';
import { type Command } from './command.js';
import { present } from './press.js';

/**
 * The commands that may stand behind a leaf, made again from it. None for what the server does by itself (a hammer, a
 * clock's restart, an extension by a bid) and for leaves that this version of the rules does not write.
 * A description is judged with the least floor there is; that it fits the one opened is seen when it is sealed.
 */
export function commandsOf(event: LoggedEvent): Command[] {
  const { by } = event;
  switch (event.type) {
    case 'log.opened':
      return [{ by, name: 'openLog', body: event.body }];
    case 'bidder.registered': {
      const { bidder, id, kind, key, device } = event.body;
      return [{ by, name: 'register', bidder, id, kind, key, device }];
    }
    case 'staff.registered':
      return [{ by, name: 'enrol', ...event.body }];
    case 'bidder.limited':
      return [{ by, name: 'limit', ...event.body }];
    case 'lot.catalogued':
      return [{ by, name: 'catalogue', lot: event.body, floorFen: leastFloor(event.body) }];
    case 'lot.amended':
      return [{ by, name: 'amend', lot: event.body, floorFen: leastFloor(event.body) }];
    case 'lot.struck':
      return [{ by, name: 'strike', lot: event.body.lot }];
    case 'show.sealed':
      return [{ by, name: 'seal', catalogue: event.body.catalogue }];
    case 'show.approved':
      return [{ by, name: 'approve', ...event.body }];
    case 'show.opened':
      return [
        { by, name: 'open', ...(event.body.witnessed ? { witnessed: true } : { reason: event.body.reason }) },
      ];
    case 'proxy.placed': {
      const { bid: bidId, bidder, lot, max, nth, seen } = event.body;
      return [{ by, name: 'proxy', bidder, proxy: { bidId, lot, max, ...(seen && { seen }) }, nth }];
    }
    case 'proxy.withdrawn':
      return [{ by, name: 'withdrawProxy', bidder: event.body.bidder, lot: event.body.lot }];
    case 'lot.offered':
      return [
        { by, name: 'offer', lot: event.body.lot },
        { by, name: 'reoffer', lot: event.body.lot },
      ];
    case 'bid.accepted':
      return [bidOf(event.body, event.body.pressedFen ?? event.body.amountFen)];
    case 'bid.refused':
      return [bidOf(event.body, event.body.amountFen)];
    case 'lot.extended':
      return extensionOf(event, event.body);
    case 'lot.lastCall':
      return [{ by, name: 'lastCall', lot: event.body.lot }];
    case 'lot.frozen':
      return [{ by, name: 'freeze', lot: event.body.lot }];
    case 'lot.resumed':
      return [{ by, name: 'resume', lot: event.body.lot }];
    case 'lot.setAside':
      return by === 'platform' ? [] : [{ by, name: 'setAside', lot: event.body.lot }];
    case 'lot.passed':
      return [{ by, name: 'pass', lot: event.body.lot }];
    case 'lot.withdrawn':
      return [{ by, name: 'withdraw', lot: event.body.lot, reason: event.body.reason }];
    case 'lot.carried':
      return [{ by, name: 'carry', lot: event.body.lot }];
    case 'offer.accepted':
    case 'offer.declined': {
      const { offer, form } = event.body;
      return [{ by, name: 'answerOffer', offer, accept: event.type === 'offer.accepted', form }];
    }
    case 'offers.ended': {
      const { lot, reason } = event.body;
      return reason === 'over-limit' ? [] : [{ by, name: 'endOffers', lot, reason }];
    }
    case 'sale.voided':
      return [{ by, name: 'undo', sale: event.body.sale, reason: event.body.reason }];
    case 'sale.takenOver':
      return [{ by, name: 'takeOverSale', body: event.body }];
    case 'sale.paid':
      return [{ by, name: 'paid', body: event.body }];
    case 'sale.refunded':
      return [{ by, name: 'refunded', body: event.body }];
    case 'payout.made':
      return [{ by, name: 'payOut', body: event.body }];
    case 'recording.kept':
      return [{ by, name: 'keepRecording', body: event.body }];
    case 'clawback.taken':
      return [{ by, name: 'takeBack', body: event.body }];
    case 'clawback.repaid':
      return [{ by, name: 'repayClawback', body: event.body }];
    case 'clawback.carried':
      return [{ by, name: 'carryClawback', body: event.body }];
    case 'sale.defaulted':
      return [{ by, name: 'default', sale: event.body.sale }];
    case 'pay.extended':
      return [{ by, name: 'extendPay', ...event.body }];
    case 'sale.packed':
      return [{ by, name: 'pack', sale: event.body.sale }];
    case 'sale.shipped':
      return [{ by, name: 'ship', body: event.body }];
    case 'sale.received':
      return [{ by, name: 'receive', body: event.body }];
    case 'claim.filed':
      return [{ by, name: 'fileClaim', body: unnumbered(event.body) }];
    case 'claim.proposed':
    case 'claim.granted':
      return [{ by, name: 'grantClaim', ...event.body }];
    case 'claim.declined':
      return [{ by, name: 'declineClaim', body: event.body }];
    case 'claim.closed':
      return [{ by, name: 'closeClaim', body: event.body }];
    case 'sale.accepted':
    case 'sale.declined':
      return [{ by, name: 'answerChance', sale: event.body.sale, accept: event.type === 'sale.accepted' }];
    case 'deposit.held': {
      const { bidder, amountFen, channel, txn, evidence } = event.body;
      return [{ by, name: 'holdDeposit', body: present({ bidder, amountFen, channel, txn, evidence }) }];
    }
    case 'deposit.released': {
      const { deposit, reason } = event.body;
      const isByItself = reason === 'nothing-owed' && by !== 'platform';
      return isByItself ? [] : [{ by, name: 'releaseDeposit', deposit, reason }];
    }
    case 'deposit.returned':
      return [{ by, name: 'returnDeposit', body: event.body }];
    case 'show.tookOver':
      return [{ by, name: 'takeOver', person: event.body.by, reason: event.body.reason }];
    case 'show.closed':
      return [{ by, name: 'close' }];
    case 'show.settled':
      return [{ by, name: 'settle', books: event.body.books }];
    case 'clock.shifted': {
      const { lot, byMs, cause } = event.body;
      return [{ by, name: 'shift', lot, byMs, cause }];
    }
    case 'lot.hammered':
    case 'clock.restarted':
    case 'offer.made':
    case 'offer.lapsed':
    case 'sale.offered':
    case 'sale.lapsed':
    case 'deposit.forfeited':
      return [];
  }
}

const unnumbered = ({ claim: _, ...body }: EventBody<'claim.filed'>) => body;

const leastFloor = ({ floor }: EventBody<'lot.catalogued'>): number => (floor === null ? 0 : 1);

function bidOf(body: EventBody<'bid.accepted'> | EventBody<'bid.refused'>, amountFen: number): Command {
  const { bid: bidId, bidder, lot, offering, byModerator, form, nth } = body;
  const { units, run, confirmed, buyNow, seen } = body;
  const bid = { bidId, lot, offering, amountFen, units, run, confirmed, buyNow, seen };
  return { by: byModerator ? 'moderator' : bidder, name: 'bid', bidder, bid, nth, form };
}

const extensionOf = ({ by }: LoggedEvent, { lot, closesAt, cause }: EventBody<'lot.extended'>): Command[] =>
  cause === 'stall' || cause === 'dark' ? [{ by, name: 'extend', lot, closesAt, cause }] : [];

/** Leaves of a bid; they are judged both ways. */
export const isBid = (
  event: LoggedEvent,
): event is Extract<LoggedEvent, { type: Extract<EventType, `bid.${string}`> }> =>
  event.type === 'bid.accepted' || event.type === 'bid.refused';
