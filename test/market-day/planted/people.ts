import { type PlantedLine } from '../world.js';

const rules = 'libs/auction/src/rules';

/** Mistakes about who may bid. */
export const peopleBugs: readonly PlantedLine[] = [
  {
    name: 'a host may bid in his own show',
    proves: 'nobody bids in his own show or on his own lot',
    file: `${rules}/bids.ts`,
    was: "if (bidder.kind === 'host' || bidder.bidder === lot.grower) return 'own-lot';",
    is: "if (bidder.bidder === lot.grower) return 'own-lot';",
  },
  {
    name: 'a grower may bid on his own lot',
    file: `${rules}/bids.ts`,
    was: "if (bidder.kind === 'host' || bidder.bidder === lot.grower) return 'own-lot';",
    is: "if (bidder.kind === 'host') return 'own-lot';",
  },
  {
    name: 'who was stopped bids on',
    proves: 'who was stopped does not bid',
    file: `${rules}/bids.ts`,
    was: "if (bidder.banned || (bidder.kind === 'hall') !== byHouse) return 'bidder-not-allowed';",
    is: "if ((bidder.kind === 'hall') !== byHouse) return 'bidder-not-allowed';",
  },
  {
    name: 'the maximum of who was stopped bids on',
    file: `${rules}/proxy.ts`,
    was: 'if (!bidder || bidder.banned || !secret) return [];',
    is: 'if (!bidder || !secret) return [];',
  },
  {
    name: 'the hall bids by itself',
    proves: 'the house bids for the hall, and for nobody else',
    file: `${rules}/bids.ts`,
    was: "if (bidder.banned || (bidder.kind === 'hall') !== byHouse) return 'bidder-not-allowed';",
    is: "if (bidder.banned) return 'bidder-not-allowed';",
  },
  {
    name: 'a limit counts per unit',
    proves: 'nobody bids above his limit',
    file: `${rules}/press.ts`,
    was: '): boolean => amountFen > Math.floor(limitOf(rules, bidder) / units);',
    is: '): boolean => amountFen > limitOf(rules, bidder) + 0 * units;',
  },
];
