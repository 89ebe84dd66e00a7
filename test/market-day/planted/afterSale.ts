import { AFTER_SALE_EVERY } from '../show.js';
import { type PlantedLine } from '../world.js';

const rules = 'libs/auction/src/rules';

/** Mistakes with goods, claims, payouts and what growers owe back. */
const inShowsThatGoOn: readonly PlantedLine[] = [
  {
    name: 'goods are shipped that nobody packed',
    proves: 'goods leave once they are paid for, one step after the other',
    file: `${rules}/parcels.ts`,
    was: "if (!sale.goods) return refuse('not-packed');",
    is: '',
  },
  {
    name: 'goods count as received before their time is over',
    file: `${rules}/parcels.ts`,
    was: "if (nowMs < shipped + lapseAfterMs && !isTakingOver(state)) return refuse('still-underway');",
    is: '',
  },
  {
    name: 'one parcel’s number is on the goods of two buyers',
    file: `${rules}/parcels.ts`,
    was: "if (isUsed) return refuse('tracking-used');",
    is: '',
  },
  {
    name: 'damage may be claimed when the time is over',
    proves: 'who claims has the goods, claims in time, and for no more than he got',
    file: `${rules}/claims.ts`,
    was: "if (nowMs >= sale.goods.received + withinMs) return 'claim-late';",
    is: '',
  },
  {
    name: 'one person grants what needs two',
    proves: 'much is granted by two, and never more than there is',
    file: `${rules}/claims.ts`,
    was: "if (claim.person === person) return refuse('same-person');",
    is: '',
  },
  {
    name: 'a granted claim goes back twice',
    proves: 'what was granted goes back whole and once, and nothing else takes its place',
    file: `${rules}/claims.ts`,
    was: "if (claim.refunded !== undefined) return 'already-decided';",
    is: '',
  },
  {
    name: 'a payout is forgotten, and made again',
    proves: 'a grower is paid once, to the fen, and never more than came in',
    file: `${rules}/evolve.ts`,
    was: 'void (saleIn(state, body.sale).payout = { ...body, t })',
    is: 'void saleIn(state, body.sale)',
  },
  {
    name: 'a doubtful fen is the township’s',
    file: `${rules}/payouts.ts`,
    was: 'Math.floor((amountFen * feePercent) / 100)',
    is: 'Math.ceil((amountFen * feePercent) / 100)',
  },
  {
    name: 'a sale is paid out while damage may be claimed',
    file: `${rules}/claims.ts`,
    was: 'isClaimable(state, sale, nowMs) ||',
    is: '',
  },
  {
    name: 'a sale is paid out that is claimed for',
    proves: 'nobody is paid out while the money may have to go back',
    file: `${rules}/claims.ts`,
    was: 'claimsOfSale(state, sale.sale).some(isOpenClaim);',
    is: 'false;',
  },
  {
    name: 'a sale is paid out before its goods have come',
    file: `${rules}/claims.ts`,
    was: 'isUnderway(sale) ||',
    is: '',
  },
  {
    name: 'growers are paid before the time to complain is over',
    file: `${rules}/payouts.ts`,
    was: 'atMs !== null && nowMs >= atMs &&',
    is: 'atMs !== null &&',
  },
  {
    name: 'refunded after the payout, and nobody owes it back',
    file: `${rules}/payouts.ts`,
    was: 'sale.payout ? sale.payout.amountFen - growersFen(rules, sale) - (sale.payout.backFen ?? 0) : 0;',
    is: '0;',
  },
  {
    name: 'a grower gives back more than he owes',
    proves: 'what a grower owes comes back once, and never more than he owes',
    file: `${rules}/clawbacks.ts`,
    was: "return amountFen > owedFen ? refuse('clawback-above-owed') : null;",
    is: 'return null;',
  },
  {
    name: 'settled although a grower owes something back',
    proves: 'a settled show has sent, answered and paid all it had to',
    file: `${rules}/ending.ts`,
    was: "if (isClawbackLeft(state)) return refuse('clawback-left');",
    is: '',
  },
  {
    name: 'settled while a claim is open',
    file: `${rules}/claims.ts`,
    was: "if (claimsOf(state).some(isOpenClaim)) return 'claims-open';",
    is: '',
  },
  {
    name: 'a payout is not booked',
    file: `${rules}/books.ts`,
    was: "return { i, sale, kind: 'paidOut', amountFen, feeFen, feePercent };",
    is: 'return null;',
  },
];

export const afterSaleBugs: readonly PlantedLine[] = [
  ...inShowsThatGoOn.map((bug) => ({ ...bug, every: AFTER_SALE_EVERY })),
  {
    name: 'what was only paid counts as delivered',
    proves: 'the certificate counts what was paid and what came',
    file: `${rules}/certificate.ts`,
    was: "phase === 'paid' && goods?.received !== undefined;",
    is: "phase === 'paid' || goods !== undefined;",
  },
];
