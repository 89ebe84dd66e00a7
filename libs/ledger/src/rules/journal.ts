/**
 * The books (LEDGER §6): double entry in whole fen, CNY, a pure function of what the log says. Whoever edits the books
 * alone is found out, because anybody derives them again.
 */

/** Where money can be moved by somebody else than ourselves before it is ours. */
export type MoneyChannel = 'transfer' | 'cash' | 'wechat' | 'alipay' | 'stripe';

/** One leaf that concerns money, as far as the books need it. `sale` is one sale of the log. */
export type MoneyFact = { i: number; sale: string } & (
  | { kind: 'hammered'; buyer: string; grower: string; amountFen: number }
  | { kind: 'voided' }
  | { kind: 'defaulted' }
  /** `freightFen`: freight that moved with it, beside `amountFen`. */
  | { kind: 'paid' | 'refunded'; channel: MoneyChannel; amountFen: number; freightFen?: number }
);

/** Of a line's account: balances are debits − credits. Each line has the next version of its account, from 1. */
export interface JournalLine {
  account: string;
  side: 'debit' | 'credit';
  amountFen: number;
  version: number;
  beforeFen: number;
  afterFen: number;
}

/** One entry per leaf that concerns money. A correction is an entry of its own, that names what it takes back. */
export interface JournalEntry {
  /** From 1, without gaps. */
  n: number;
  /** The leaf. */
  i: number;
  kind: MoneyFact['kind'];
  sale: string;
  /** The entry that is taken back, whole. */
  reverses?: number;
  lines: JournalLine[];
}

interface Account {
  version: number;
  balanceFen: number;
}
interface KnownSale {
  entry: number;
  buyer: string;
  grower: string;
  amountFen: number;
}

/** The books so far: what the next entry builds on. Never changed in place. */
export interface Books {
  n: number;
  accounts: ReadonlyMap<string, Account>;
  sales: ReadonlyMap<string, KnownSale>;
}

export const emptyBooks: Books = { n: 0, accounts: new Map(), sales: new Map() };

const receivableOf = (buyer: string): string => `buyer:${buyer}:receivable`;
const payableOf = (grower: string): string => `grower:${grower}:payable`;
/** 运费: owed to whoever carries the parcels. */
const FREIGHT = 'freight:payable';
/** What a provider holds for us is not in the bank yet; the rest goes to the township's account at once. */
const placeOf = (channel: MoneyChannel): string =>
  channel === 'stripe' ? 'gateway:stripe:clearing' : 'bank:escrow';

/** The entries of these facts, in order, and the books after them. Throws `bug: …` on a sale that no hammer began. */
export function enterAll(
  { n, accounts, sales }: Books,
  facts: Iterable<MoneyFact>,
): { books: Books; entries: JournalEntry[] } {
  const books = { n, accounts: new Map(accounts), sales: new Map(sales) };
  const entries: JournalEntry[] = [];
  for (const fact of facts) entries.push(enter(books, fact));
  return { books, entries };
}

interface OpenBooks {
  n: number;
  accounts: Map<string, Account>;
  sales: Map<string, KnownSale>;
}

function enter(books: OpenBooks, fact: MoneyFact): JournalEntry {
  const { debits, credits, reverses } = movementOf(books, fact);
  const n = ++books.n;
  const line = (side: JournalLine['side']) => (part: Part) => lineOf(side, part);
  const lineOf = (side: JournalLine['side'], { account, amountFen }: Part): JournalLine => {
    const { version, balanceFen } = books.accounts.get(account) ?? { version: 0, balanceFen: 0 };
    const afterFen = balanceFen + (side === 'debit' ? amountFen : -amountFen);
    books.accounts.set(account, { version: version + 1, balanceFen: afterFen });
    return { account, side, amountFen, version: version + 1, beforeFen: balanceFen, afterFen };
  };
  const lines = [...debits.map(line('debit')), ...credits.map(line('credit'))];
  if (fact.kind === 'hammered') {
    const { buyer, grower, amountFen } = fact;
    books.sales.set(fact.sale, { entry: n, buyer, grower, amountFen });
  }
  const { i, kind, sale } = fact;
  return { n, i, kind, sale, ...(reverses !== undefined && { reverses }), lines };
}

interface Part {
  account: string;
  amountFen: number;
}
/** Debits and credits come to the same. */
interface Movement {
  debits: Part[];
  credits: Part[];
  reverses?: number;
}
const pair = (debit: string, credit: string, amountFen: number): Movement => ({
  debits: [{ account: debit, amountFen }],
  credits: [{ account: credit, amountFen }],
});

function movementOf(books: Books, fact: MoneyFact): Movement {
  if (fact.kind === 'hammered') {
    return pair(receivableOf(fact.buyer), payableOf(fact.grower), fact.amountFen);
  }
  const sale = books.sales.get(fact.sale);
  if (!sale) throw new Error(`bug: the books know no sale ${fact.sale}`);
  const [receivable, payable] = [receivableOf(sale.buyer), payableOf(sale.grower)];
  switch (fact.kind) {
    // The buyer owes nothing any more, and the grower has nothing to expect.
    case 'voided':
    case 'defaulted':
      return { ...pair(payable, receivable, sale.amountFen), reverses: sale.entry };
    case 'paid':
      return withFreight(pair(placeOf(fact.channel), receivable, fact.amountFen), 'debits', fact);
    case 'refunded':
      return withFreight(pair(payable, placeOf(fact.channel), fact.amountFen), 'credits', fact);
  }
}

/** Freight moves with the money for the sale, through the same place, and stands beside what is the grower's. */
function withFreight(
  movement: Movement,
  placeSide: 'debits' | 'credits',
  { freightFen }: { freightFen?: number },
): Movement {
  if (freightFen === undefined) return movement;
  const otherSide = placeSide === 'debits' ? 'credits' : 'debits';
  const place = movement[placeSide].map((part) => ({ ...part, amountFen: part.amountFen + freightFen }));
  const freight = { account: FREIGHT, amountFen: freightFen };
  return { ...movement, [placeSide]: place, [otherSide]: [...movement[otherSide], freight] };
}

/** All entries of a log, in the order of its leaves. */
export const journalOf = (facts: Iterable<MoneyFact>): JournalEntry[] => enterAll(emptyBooks, facts).entries;

/** Debits equal credits, there are both, and no amount is nothing (I1, I10). */
export function isBalanced({ lines }: Pick<JournalEntry, 'lines'>): boolean {
  const sum = (side: JournalLine['side']) =>
    lines.filter((line) => line.side === side).reduce((total, { amountFen }) => total + amountFen, 0);
  const areAmounts = lines.every(({ amountFen }) => Number.isSafeInteger(amountFen) && amountFen > 0);
  return areAmounts && sum('debit') > 0 && sum('debit') === sum('credit');
}
