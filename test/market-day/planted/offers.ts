import { type PlantedLine } from '../world.js';

const rules = 'libs/auction/src/rules';

/** Mistakes with what is left over, offered to one person after the other. */
export const offersBugs: readonly PlantedLine[] = [
  {
    name: 'who bid least is asked first',
    proves: 'an offer goes to the next who wanted it, once, at his price',
    file: `${rules}/offers.ts`,
    was: 'b.bestFen - a.bestFen || a.i - b.i;',
    is: 'a.bestFen - b.bestFen || a.i - b.i;',
  },
  {
    name: 'an offer below the floor',
    file: `${rules}/offers.ts`,
    was: 'if (bestFen > 0 && bestFen >= floorFen) return bestFen;',
    is: 'if (bestFen > 0) return bestFen;',
  },
  {
    name: 'who declined is asked again',
    file: `${rules}/offers.ts`,
    was: '!lot.offers.some((offer) => offer.bidder === bidder) && ',
    is: '',
  },
  {
    name: 'anybody accepts what was offered to another',
    proves: 'an offer is accepted in time, by who was asked, and sold to him',
    file: `${rules}/offers.ts`,
    was: "if (!isHis || byModerator !== (bidder.kind === 'hall')) return refuse('not-allowed');",
    is: '',
  },
  {
    name: 'an offer never lapses',
    file: `${rules}/offers.ts`,
    was: 'if (!first) return null;',
    is: 'return null;',
  },
  {
    name: 'what somebody is asked about passes meanwhile',
    file: `${rules}/lots.ts`,
    was: "if (standingOffer(lot)) return refuse('offer-stands');",
    is: '',
  },
  {
    name: 'a hammer is undone while the rest of its lot is offered',
    isOurs: true,
    file: `${rules}/sales.ts`,
    was: "if (standingOffer(state.lots[sale.lot]!)) return refuse('offer-stands');",
    is: '',
  },
];
