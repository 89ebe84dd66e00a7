import { type PlantedLine } from '../world.js';

const rules = 'libs/auction/src/rules';

/** Mistakes with sales and in the books. */
export const moneyBugs: readonly PlantedLine[] = [
  {
    name: 'less is paid than it was sold for',
    proves: 'a sale is paid whole, and once',
    file: `${rules}/sales.ts`,
    was: "if (body.amountFen !== saleTotalFen(sale)) return refuse('amount-differs');",
    is: '',
  },
  {
    name: 'refunded twice',
    proves: 'refunds never exceed what was paid',
    file: `${rules}/claims.ts`,
    was: 'const restFen = saleTotalFen(sale) - sale.refundedFen - owedFen(state, sale.sale);',
    is: 'const restFen = saleTotalFen(sale);',
  },
  {
    name: 'refunded before it was paid',
    file: `${rules}/sales.ts`,
    was: "if (sale.phase !== 'paid' && sale.phase !== 'refunded') return refuse('not-paid');",
    is: '',
  },
  {
    name: 'in default before the time is over',
    proves: 'nobody is in default before his time is over',
    file: `${rules}/sales.ts`,
    was: "if (!isTakingOver(state) && (payBy === null || nowMs < payBy)) return refuse('still-payable');",
    is: "if (payBy === null) return refuse('still-payable');",
  },
  {
    name: 'a paid hammer is undone',
    proves: 'a paid hammer is not undone',
    file: `${rules}/sales.ts`,
    was: "if (sale.phase !== 'awaiting') return refuse('sale-paid');",
    is: '',
  },
  {
    name: 'a hammer is undone whose payment was given back',
    file: `${rules}/sales.ts`,
    was: "if (sale.phase !== 'awaiting') return refuse('sale-paid');",
    is: "if (sale.phase === 'paid') return refuse('sale-paid');",
    isOurs: true,
  },
  {
    name: 'settled while somebody owes',
    proves: 'a settled show owes nothing',
    file: `${rules}/ending.ts`,
    was: "if (Object.values(state.sales).some(({ phase }) => phase === 'awaiting')) return refuse('sales-open');",
    is: '',
  },
  {
    name: 'settled before the time to complain is over',
    file: `${rules}/ending.ts`,
    was: "if (nowMs < (state.closedAt ?? 0) + state.rules.complaintMs) return refuse('complaint-time');",
    is: '',
  },
  {
    name: 'a refund is booked twice',
    file: `libs/ledger/src/rules/journal.ts`,
    was: 'const lines = linesOf(books, partsOf(sale, freight, fact));',
    is: "const parts = partsOf(sale, freight, fact); const lines = linesOf(books, fact.kind === 'refunded' ? [...parts, ...parts] : parts);",
  },
  {
    name: 'a default is not booked',
    proves: 'the books balance',
    file: `${rules}/books.ts`,
    was: "return { i, sale: event.body.sale, kind: 'defaulted' };",
    is: 'return null;',
  },
  {
    name: 'one side of an entry is a fen short',
    file: `libs/ledger/src/rules/journal.ts`,
    was: 'return { account, side, amountFen, version: version + 1, beforeFen: balanceFen, afterFen };',
    is: "return { account, side, amountFen: amountFen - (side === 'credit' ? 1 : 0), version: version + 1, beforeFen: balanceFen, afterFen };",
  },
  {
    name: 'money goes to another place in the books',
    proves: 'a second judge finds nothing',
    file: `libs/ledger/src/rules/journal.ts`,
    was: 'buyer:${buyer}:receivable',
    is: 'buyer:${buyer}:deposit',
  },
  {
    name: 'a show is never settled',
    proves: 'the show comes to its end',
    file: `${rules}/ending.ts`,
    was: "if (nowMs < (state.closedAt ?? 0) + state.rules.complaintMs) return refuse('complaint-time');",
    is: "if (nowMs < (state.closedAt ?? 0) + state.rules.complaintMs * 1_000) return refuse('complaint-time');",
  },
];
