import { feeOfFen, keptFen, moneyFactsOf, paysGrowers, saleTotalFen } from '@qingpai/auction/rules';
import { canonical, isBalanced, type JournalEntry, type JournalLine, journalOf } from '@qingpai/ledger/rules';
import { type BooksInvariant, type LoggedEvent, type ShowState } from '@qingpai/wire';

/** What the database holds of one show's books, beside the leaves that they follow from. */
export interface KeptBooks {
  state: ShowState;
  events: readonly LoggedEvent[];
  entries: readonly JournalEntry[];
}

type Holds = BooksInvariant['holds'];
const sumOf = <T>(all: readonly T[], of: (one: T) => number): number =>
  all.reduce((sum, one) => sum + of(one), 0);
const isYes = (is: boolean): Holds => (is ? 'yes' : 'no');

/** I1 to I10 of one show, each with the figures it compares. Those that are about the settlement wait for it. */
export function tenInvariants(books: KeptBooks): BooksInvariant[] {
  const { state, entries } = books;
  const lines = entries.flatMap((entry) => entry.lines);
  const isSettled = state.settledAt !== null;
  const atSettlement = (is: boolean): Holds => (isSettled ? isYes(is) : 'later');
  const balances = balancesOf(lines);
  const of = (pattern: RegExp) => sumOf([...balances].filter(([account]) => pattern.test(account)), ([, fen]) => fen);
  const sales = Object.values(state.sales);
  const movedFen = (type: LoggedEvent['type']) =>
    sumOf(books.events.filter((event) => event.type === type), ({ body }) => (body as { amountFen: number }).amountFen);
  const [paidFen, backFen, outFen] = [movedFen('sale.paid'), movedFen('sale.refunded'), movedFen('payout.made')];
  const sides = (side: JournalLine['side']) => sumOf(lines.filter((line) => line.side === side), ({ amountFen }) => amountFen);
  const [receivable, open, fees] = [of(/:receivable$/), of(/^gateway:.*:clearing$|^suspense$|^refunds:payable$/), -of(/^platform:fee$/)];
  const clawback = of(/:clawback$/);
  const booked = sumOf(entries.filter(({ kind }) => kind === 'hammered'), ({ lines: [line] }) => line?.amountFen ?? 0);
  const ruledFees = sumOf(sales.filter(({ payout }) => payout), (sale) => feeOfFen(state.rules, keptFen(sale)));
  // What was forfeited to growers came in as deposits; what they gave back, or owe in the next show, they did not keep.
  const forfeitedFen = sumOf(sales.filter(({ payout }) => payout), ({ forfeitFen }) => forfeitFen ?? 0);
  const returnedFen = sumOf(sales, ({ payout }) => payout?.backFen ?? 0);
  const leftFen = paidFen + forfeitedFen - backFen - (outFen - clawback - returnedFen) - fees;
  const derived = journalOf(moneyFactsOf(state, books.events));
  const differing =
    derived.filter((entry, k) => !isSame(entries[k], entry)).length +
    Math.max(0, entries.length - derived.length);
  const over = sales.filter((sale) => sale.payout && sale.payout.amountFen + (sale.payout.feeFen ?? 0) > saleTotalFen(sale));
  const isElsewhere = !paysGrowers(state);
  return [
    told('I1', isYes(entries.every(isBalanced) && sides('debit') === sides('credit')), { debitFen: sides('debit'), creditFen: sides('credit') }),
    told('I2', isYes(differing === 0), { leaves: derived.length, entries: entries.length, differing }),
    told('I3', atSettlement(receivable === 0), { receivableFen: receivable }),
    told('I4', isYes(booked === sumOf(sales, saleTotalFen)), { bookedFen: booked, hammeredFen: sumOf(sales, saleTotalFen) }),
    told('I5', isYes(sales.every((sale) => sale.refundedFen <= saleTotalFen(sale)) && backFen <= paidFen), { refundedFen: backFen, paidFen }),
    told('I6', isElsewhere ? 'later' : atSettlement(open === 0), { clearingFen: open }),
    told('I7', over.length > 0 ? 'no' : isElsewhere ? 'later' : atSettlement(leftFen === 0), { capturedFen: paidFen, forfeitedFen, refundedFen: backFen, paidOutFen: outFen, clawbackFen: clawback, returnedFen, feeFen: fees, leftFen }),
    told('I8', isYes(fees === ruledFees), { feeFen: fees, ruledFen: ruledFees }),
    told('I9', isYes(gapsIn(lines) === 0), { lines: lines.length, gaps: gapsIn(lines) }),
    told('I10', isYes(lines.every(isAmount)), { lines: lines.length, wrong: lines.filter((line) => !isAmount(line)).length }),
  ];
} // prettier-ignore

const told = (id: BooksInvariant['id'], holds: Holds, figures: Record<string, number>): BooksInvariant => ({
  ...{ id, holds },
  figures: Object.entries(figures).map(([name, value]) => ({
    name,
    value,
    isFen: name.endsWith('Fen'),
  })),
});

/** What holds no whole amounts has no canonical form, and is no entry of ours. */
const isSame = (kept: JournalEntry | undefined, derived: JournalEntry): boolean =>
  kept !== undefined && kept.lines.every(isAmount) && canonical(kept) === canonical(derived);

const isAmount = ({ amountFen }: JournalLine): boolean => Number.isSafeInteger(amountFen) && amountFen > 0;

/** Debits − credits, by account. */
export function balancesOf(lines: readonly JournalLine[]): Map<string, number> {
  const balances = new Map<string, number>();
  for (const { account, side, amountFen } of lines) {
    balances.set(account, (balances.get(account) ?? 0) + (side === 'debit' ? amountFen : -amountFen));
  }
  return balances;
}

/** Lines that do not go on from the balance and version before them. */
function gapsIn(lines: readonly JournalLine[]): number {
  const last = new Map<string, JournalLine>();
  let gaps = 0;
  for (const line of lines) {
    const before = last.get(line.account);
    if (line.version !== (before?.version ?? 0) + 1 || line.beforeFen !== (before?.afterFen ?? 0)) gaps += 1;
    last.set(line.account, line);
  }
  return gaps;
}
