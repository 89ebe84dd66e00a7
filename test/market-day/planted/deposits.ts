import { type PlantedLine } from '../world.js';

const rules = 'libs/auction/src/rules';

/** Mistakes with deposits. */
export const depositBugs: readonly PlantedLine[] = [
  {
    name: 'a bid is taken without the deposit that it needs',
    proves: 'nobody bids without the deposit that the rules ask for',
    file: `${rules}/bids.ts`,
    was: "return lacksDeposit(state, bidder.bidder, bid.amountFen * units) ? 'deposit-needed' : null;",
    is: 'return null;',
  },
  {
    name: 'a deposit is asked for below the sum in the rules',
    proves: 'who has his deposit is not refused for want of it',
    file: `${rules}/deposits.ts`,
    was: 'totalFen <= (deposit.abovePriceFen ?? 0)',
    is: 'totalFen <= (deposit.abovePriceFen ?? 0) / 2',
  },
  {
    name: 'a deposit of another amount is taken',
    proves: 'a deposit comes in whole, one of a bidder at a time',
    file: `${rules}/deposits.ts`,
    was: "if (body.amountFen !== rule.amountFen) return refuse('amount-differs');",
    is: '',
  },
  {
    name: 'the whole deposit is lost for a cheaper lot',
    proves: 'a default takes as much of the deposit as the sale came to, and at once',
    file: `${rules}/deposits.ts`,
    was: 'Math.min(heldFen(deposit), saleTotalFen(sale))',
    is: 'heldFen(deposit)',
  },
  {
    name: 'a deposit is let go of who has not paid yet',
    proves: 'a deposit is let go when nothing depends on it, and goes back once',
    file: `${rules}/deposits.ts`,
    was: '(one) => heldFen(one) > 0 && !owes(state, one.bidder)',
    is: '(one) => heldFen(one) > 0',
  },
  {
    name: 'a show is settled before its deposits are back',
    proves: 'every deposit ends returned or forfeited, fen by fen',
    file: `${rules}/ending.ts`,
    was: "if (!areDepositsSettled(state)) return refuse('deposits-open');",
    is: '',
  },
  {
    name: 'a deposit goes back twice',
    file: `${rules}/deposits.ts`,
    was: 'const dueFen = deposit.releasedFen - deposit.returnedFen;',
    is: 'const dueFen = deposit.releasedFen;',
  },
];
