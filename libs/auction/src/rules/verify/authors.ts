import { type LoggedEvent } from '@qingpai/wire';
import { isAnswer } from '../signedBid.js';

/** Who may write which leaf (LEDGER §2): bids are their bidder's, closes the platform's, the rest the house's. */
const house = ['host', 'moderator'];
const byWhom: Partial<Record<LoggedEvent['type'], readonly string[]>> = {
  'lot.catalogued': ['host'],
  'lot.amended': ['host'],
  'lot.struck': ['host'],
  'show.sealed': ['host'],
  'show.approved': ['officer'],
  'show.opened': house,
  'lot.offered': [...house, 'platform'],
  'lot.lastCall': house,
  'lot.frozen': [...house, 'platform'],
  'lot.resumed': house,
  'lot.withdrawn': house,
  'lot.carried': [...house, 'platform'],
  'lot.passed': [...house, 'platform'],
  'lot.setAside': [...house, 'platform'],
  'offers.ended': [...house, 'platform'],
  'sale.voided': house,
  'bidder.limited': [...house, 'officer', 'platform'],
  'sale.paid': ['host', 'officer', 'platform'],
  'sale.refunded': ['host', 'officer', 'platform'],
  'sale.defaulted': [...house, 'officer', 'platform'],
  'pay.extended': [...house, 'officer'],
  'sale.packed': [...house, 'officer'],
  'sale.shipped': [...house, 'officer'],
  'claim.proposed': ['host', 'officer'],
  'claim.granted': ['host', 'officer'],
  'claim.declined': ['host', 'officer'],
  'claim.closed': ['host', 'officer'],
  'payout.made': ['host', 'officer'],
  'clawback.taken': ['host', 'officer'],
  'clawback.repaid': ['host', 'officer'],
  'clawback.carried': ['officer'],
  'deposit.held': ['host', 'officer', 'platform'],
  'deposit.released': ['officer', 'platform'],
  'deposit.returned': ['host', 'officer', 'platform'],
  'show.closed': house,
  'show.settled': ['host', 'officer', 'platform'],
};

export function isByRightAuthor(event: LoggedEvent): boolean {
  if (event.type === 'bid.accepted' || event.type === 'bid.refused') {
    const { bidder, byModerator } = event.body;
    if (event.type === 'bid.accepted' && event.body.auto) return event.by === 'platform';
    return byModerator ? house.includes(event.by) : event.by === bidder;
  }
  if (isAnswer(event)) {
    const { bidder, byModerator } = event.body;
    return byModerator ? house.includes(event.by) : event.by === bidder;
  }
  if (event.type === 'proxy.placed' || event.type === 'proxy.withdrawn')
    return event.by === event.body.bidder;
  if (event.type === 'claim.filed') return event.by === event.body.bidder;
  if (event.type === 'sale.received') {
    if (event.body.cause === 'buyer') return event.by === event.body.bidder;
    const isByPlatform = event.by === 'platform';
    return event.body.cause === 'lapse' ? isByPlatform : [...house, 'officer'].includes(event.by);
  }
  return (byWhom[event.type] ?? ['platform']).includes(event.by);
}
