import { type Played } from './show.js';

/** What the shows met on the way: a simulation that meets nothing proves nothing. */
export class Figures {
  shows = 0;
  steps = 0;
  readonly seen: Record<string, number> = {};

  add({ steps, seen }: Pick<Played, 'steps' | 'seen'>): void {
    this.shows += 1;
    this.steps += steps;
    for (const [what, n] of Object.entries(seen)) this.seen[what] = (this.seen[what] ?? 0) + n;
  }
  join(other: Pick<Figures, 'shows' | 'steps' | 'seen'>): void {
    this.shows += other.shows;
    this.steps += other.steps;
    for (const [what, n] of Object.entries(other.seen)) this.seen[what] = (this.seen[what] ?? 0) + n;
  }

  /** Kinds of these that never happened. */
  missing(): string[] {
    return [...Object.values(faults), ...Object.values(logged)].filter((kind) => !this.seen[kind]);
  }

  lines(perSecond: number): string[] {
    const of = (kinds: Record<string, string>) =>
      Object.entries(kinds)
        .map(([name, kind]) => `${this.seen[kind] ?? 0} ${name}`)
        .join(', ');
    return [
      `market-day ${this.shows} shows, ${this.steps} steps, ${perSecond} shows/s: none broke a promise`,
      `market-day faults: ${of(faults)}`,
      `market-day logged: ${of(logged)}`,
    ];
  }
}

const faults = {
  crashes: 'crashes',
  'crashes before a write': 'diedBefore',
  'after one': 'diedAfter',
  restarts: 'takeOvers',
  'signs of life': 'signs',
  'second owners': 'secondOwners',
  'overtaken between decision and write': 'overtaken',
  'cut off while another wrote': 'cutOff',
  'writes fenced off': 'fenced',
  'failed and did not happen': 'lost',
  'failed but happened': 'lostAfter',
  'refused by the database': 'refused',
  'takeovers that failed': 'away',
  standstills: 'standstills',
  'clocks set': 'clockJumps',
  'messages dropped': 'dropped',
  doubled: 'doubled',
  'held up': 'delayed',
  reordered: 'reordered',
};
const logged = {
  'bids accepted': 'bid.accepted',
  refused: 'bid.refused',
  'maximum bids': 'proxy.placed',
  extensions: 'lot.extended bid',
  'for a standstill': 'lot.extended stall',
  'for the dark': 'lot.extended dark',
  'last calls': 'lot.lastCall',
  hammers: 'lot.hammered',
  're-offered clocks and restarts': 'clock.restarted',
  'clocks set back for a standstill': 'clock.shifted stall',
  'for the dark again': 'clock.shifted dark',
  'set aside': 'lot.setAside',
  passed: 'lot.passed',
  carried: 'lot.carried',
  withdrawn: 'lot.withdrawn',
  frozen: 'lot.frozen',
  'consoles taken over': 'show.tookOver',
  'limits and stops': 'bidder.limited',
  undone: 'sale.voided',
  paid: 'sale.paid',
  refunded: 'sale.refunded',
  'in default': 'sale.defaulted',
  'refused for want of a deposit': 'bid.refused deposit-needed',
  'deposits held': 'deposit.held',
  'of them forfeited': 'deposit.forfeited',
  'let go': 'deposit.released',
  'back with their bidders': 'deposit.returned',
  'second chances': 'sale.offered',
  'of them taken': 'sale.accepted',
  packed: 'sale.packed',
  shipped: 'sale.shipped',
  received: 'sale.received',
  'claims and complaints': 'claim.filed',
  'grants proposed': 'claim.proposed',
  granted: 'claim.granted',
  declined: 'claim.declined',
  'complaints closed': 'claim.closed',
  payouts: 'payout.made',
  'of them less what was owed back': 'clawback.taken',
  'given back by growers': 'clawback.repaid',
  'carried to the next show': 'clawback.carried',
  settled: 'show.settled',
};
