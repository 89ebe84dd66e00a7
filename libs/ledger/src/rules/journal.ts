import { toBase64, utf8 } from './bytes.js';
import { canonical } from './jcs.js';
import { leafHash, rootOfLeaves } from './merkle.js';

/**
 * The books (LEDGER §6): double entry in whole fen, CNY, a pure function of what the log says. Whoever edits the books
 * alone is found out, because anybody derives them again.
 */

/** Where money can be moved by somebody else than ourselves before it is ours. */
export type MoneyChannel = 'transfer' | 'cash' | 'wechat' | 'alipay' | 'stripe';

/** One leaf that concerns money, as far as the books need it. `sale` is one sale of the log, `deposit` one deposit. */
type SaleFact = { i: number; sale: string } & (
  | { kind: 'hammered'; buyer: string; grower: string; amountFen: number }
  | { kind: 'voided' }
  | { kind: 'defaulted' }
  /** `freightFen`: freight that moved with it, beside `amountFen`. */
  | { kind: 'paid' | 'refunded'; channel: MoneyChannel; amountFen: number; freightFen?: number }
  /** To its grower, and the township's share of what he is owed. */
  | { kind: 'paidOut'; amountFen: number; feeFen: number; feePercent: number }
  /** What its grower owed back: taken off a payout of his, given back by himself, or carried on to another show. */
  | { kind: 'taken' | 'repaid' | 'carried'; amountFen: number }
);
/** Off a payout, what a grower owed back in another show, `<origin>#<sale>`. */
interface ElsewhereFact {
  i: number;
  kind: 'taken';
  debt: string;
  amountFen: number;
}
/** Of a deposit (保证金): it is its bidder's until it is forfeited to the grower of a sale that he did not pay. */
type DepositFact = { i: number; deposit: string; amountFen: number } & (
  | { kind: 'held'; buyer: string; channel: MoneyChannel }
  | { kind: 'forfeited'; buyer: string; sale: string }
  | { kind: 'released'; buyer: string }
  | { kind: 'returned'; channel: MoneyChannel }
);
/** The end of the log: what a provider still held of freight has come over by now. */
interface SettledFact {
  i: number;
  kind: 'settled';
}
export type MoneyFact = SaleFact | DepositFact | ElsewhereFact | SettledFact;

/** Of a line's account: balances are debits − credits. Each line has the next version of its account, from 1. */
export interface JournalLine {
  account: string;
  side: 'debit' | 'credit';
  amountFen: number;
  version: number;
  beforeFen: number;
  afterFen: number;
}

/** One entry per leaf that moves money. A correction is an entry of its own, that names what it takes back. */
export interface JournalEntry {
  /** From 1, without gaps. */
  n: number;
  /** The leaf. */
  i: number;
  kind: MoneyFact['kind'];
  sale?: string;
  deposit?: string;
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
  refundedFen: number;
  /** Where its money lies: at a provider, or in the bank. */
  place: string;
  /** The rule by which the township's share was taken; null: its grower is not paid yet. */
  feePercent: number | null;
}

/** What one buyer paid for his parcel and did not get back. */
interface Freight {
  amountFen: number;
  place: string;
}

/** The books so far: what the next entry builds on. Never changed in place. */
export interface Books {
  n: number;
  accounts: ReadonlyMap<string, Account>;
  sales: ReadonlyMap<string, KnownSale>;
  /** By buyer. */
  freights: ReadonlyMap<string, Freight>;
  /** Where the money of each deposit lies. */
  deposits: ReadonlyMap<string, string>;
}

export const emptyBooks: Books = {
  ...{ n: 0, accounts: new Map(), sales: new Map(), freights: new Map(), deposits: new Map() },
};

const receivableOf = (buyer: string): string => `buyer:${buyer}:receivable`;
const depositOf = (buyer: string): string => `buyer:${buyer}:deposit`;
/** What is to go back to bidders. */
const REFUNDS = 'refunds:payable';
const payableOf = (grower: string): string => `grower:${grower}:payable`;
const clawbackOf = (grower: string): string => `grower:${grower}:clawback`;
/** Owed between shows: what growers owe back is carried on from one to the next. */
const CARRIED = 'clawbacks:carried';
const BANK = 'bank:escrow';
const FEES = 'platform:fee';
/** 运费: owed to whoever carries the parcels. */
const FREIGHT = 'freight:payable';
const noFreight: Freight = { amountFen: 0, place: BANK };
/** What a provider holds for us is not in the bank yet; the rest goes to the township's account at once. */
const placeOf = (channel: MoneyChannel): string => (channel === 'stripe' ? 'gateway:stripe:clearing' : BANK);

/** The entries of these facts, in order, and the books after them. Throws `bug: …` on a sale that no hammer began. */
export function enterAll(
  { n, accounts, sales, freights, deposits }: Books,
  facts: Iterable<MoneyFact>,
): { books: Books; entries: JournalEntry[] } {
  const books = {
    ...{ n, accounts: new Map(accounts) },
    ...{ sales: new Map(sales), freights: new Map(freights), deposits: new Map(deposits) },
  };
  const entries: JournalEntry[] = [];
  for (const fact of facts) {
    const entry = fact.kind === 'settled' ? enterRest(books, fact) : enter(books, fact);
    if (entry) entries.push(entry);
  }
  return { books, entries };
}

interface OpenBooks {
  n: number;
  accounts: Map<string, Account>;
  sales: Map<string, KnownSale>;
  freights: Map<string, Freight>;
  deposits: Map<string, string>;
}

const isOfDeposit = (fact: MoneyFact): fact is DepositFact => 'deposit' in fact;

/**
 * Freight that stays although nothing of its buyer's is paid out to a grower, as when all his goods went back by hand: no
 * payout brought it over from its provider. Null: there is none.
 */
function enterRest(books: OpenBooks, { i, kind }: SettledFact): JournalEntry | null {
  const left = [...books.freights.values()].filter(({ amountFen, place }) => amountFen > 0 && place !== BANK);
  const fenAt = (place: string) =>
    left.reduce((sum, one) => sum + (one.place === place ? one.amountFen : 0), 0);
  const places = [...new Set(left.map(({ place }) => place))];
  if (places.length === 0) return null;
  const parts = places.flatMap((place) => pair(BANK, place, fenAt(place)));
  return { n: books.n + 1, i, kind, lines: linesOf(books, parts) };
}

function enter(books: OpenBooks, fact: Exclude<MoneyFact, SettledFact>): JournalEntry {
  if (isOfDeposit(fact)) {
    const { i, kind, deposit } = fact;
    const sale = kind === 'forfeited' && { sale: fact.sale };
    const entry = {
      n: books.n + 1,
      i,
      kind,
      ...sale,
      deposit,
      lines: linesOf(books, partsOfDeposit(books, fact)),
    };
    noteDeposit(books, fact);
    return entry;
  }
  if ('debt' in fact) {
    const { i, kind, amountFen } = fact;
    return { n: books.n + 1, i, kind, lines: linesOf(books, pair(BANK, CARRIED, amountFen)) };
  }
  return enterSale(books, fact);
}

/** Forfeited, its money is paid out as that of a sale would be: from where it lies. */
function noteDeposit({ deposits, sales }: OpenBooks, fact: DepositFact): void {
  if (fact.kind === 'held') deposits.set(fact.deposit, placeOf(fact.channel));
  if (fact.kind !== 'forfeited') return;
  sales.set(fact.sale, { ...sales.get(fact.sale)!, place: deposits.get(fact.deposit) ?? BANK });
}

function partsOfDeposit({ sales }: OpenBooks, fact: DepositFact): Part[] {
  switch (fact.kind) {
    case 'held':
      return pair(placeOf(fact.channel), depositOf(fact.buyer), fact.amountFen);
    case 'forfeited': {
      const sale = sales.get(fact.sale);
      if (!sale) throw new Error(`bug: the books know no sale ${fact.sale}`);
      return pair(depositOf(fact.buyer), payableOf(sale.grower), fact.amountFen);
    }
    case 'released':
      return pair(depositOf(fact.buyer), REFUNDS, fact.amountFen);
    case 'returned':
      return pair(REFUNDS, placeOf(fact.channel), fact.amountFen);
  }
}

/** The lines of the next entry, each on from the balance before. */
function linesOf(books: OpenBooks, parts: readonly Part[]): JournalLine[] {
  books.n += 1;
  const line = ([account, side, amountFen]: Part): JournalLine => {
    const { version, balanceFen } = books.accounts.get(account) ?? { version: 0, balanceFen: 0 };
    const afterFen = balanceFen + (side === 'debit' ? amountFen : -amountFen);
    books.accounts.set(account, { version: version + 1, balanceFen: afterFen });
    return { account, side, amountFen, version: version + 1, beforeFen: balanceFen, afterFen };
  };
  // An amount of nothing is no line (I10).
  return parts.filter(([, , amountFen]) => amountFen > 0).map(line);
}

function enterSale(books: OpenBooks, fact: SaleFact): JournalEntry {
  const sale = fact.kind === 'hammered' ? begun(books, fact) : books.sales.get(fact.sale);
  if (!sale) throw new Error(`bug: the books know no sale ${fact.sale}`);
  const freight = books.freights.get(sale.buyer) ?? noFreight;
  const lines = linesOf(books, partsOf(sale, freight, fact));
  books.sales.set(fact.sale, after(sale, fact));
  books.freights.set(sale.buyer, freightAfter(freight, fact));
  const { i, kind } = fact;
  const isBack = kind === 'voided' || kind === 'defaulted';
  return { n: books.n, i, kind, sale: fact.sale, ...(isBack && { reverses: sale.entry }), lines };
}

const begun = (
  { n }: OpenBooks,
  { buyer, grower, amountFen }: Extract<MoneyFact, { kind: 'hammered' }>,
): KnownSale => ({
  ...{ entry: n + 1, buyer, grower, amountFen },
  ...{ refundedFen: 0, place: BANK, feePercent: null },
});

function after(sale: KnownSale, fact: SaleFact): KnownSale {
  switch (fact.kind) {
    case 'paid':
      return { ...sale, place: placeOf(fact.channel) };
    case 'refunded':
      return { ...sale, refundedFen: sale.refundedFen + fact.amountFen };
    case 'paidOut':
      return { ...sale, feePercent: fact.feePercent };
    default:
      return sale;
  }
}

function freightAfter(freight: Freight, fact: SaleFact): Freight {
  switch (fact.kind) {
    case 'paid':
      if (!fact.freightFen) return freight;
      return { amountFen: freight.amountFen + fact.freightFen, place: placeOf(fact.channel) };
    case 'refunded':
      return { ...freight, amountFen: freight.amountFen - (fact.freightFen ?? 0) };
    case 'paidOut':
      return { ...freight, place: BANK };
    default:
      return freight;
  }
}

type Part = readonly [account: string, side: JournalLine['side'], amountFen: number];

function partsOf(sale: KnownSale, freight: Freight, fact: SaleFact): Part[] {
  const [receivable, payable] = [receivableOf(sale.buyer), payableOf(sale.grower)];
  switch (fact.kind) {
    case 'hammered':
      return pair(receivable, payable, fact.amountFen);
    // The buyer owes nothing any more, and the grower has nothing to expect.
    case 'voided':
    case 'defaulted':
      return pair(payable, receivable, sale.amountFen);
    case 'paid':
      return [
        ...pair(placeOf(fact.channel), receivable, fact.amountFen),
        ...pair(placeOf(fact.channel), FREIGHT, fact.freightFen ?? 0),
      ];
    case 'refunded':
      return [
        ...(sale.feePercent === null
          ? pair(payable, placeOf(fact.channel), fact.amountFen)
          : clawedBack(sale, sale.feePercent, fact.amountFen)),
        ...pair(FREIGHT, freight.place, fact.freightFen ?? 0),
      ];
    case 'paidOut':
      return paidOut(sale, freight, fact);
    case 'taken':
    case 'repaid':
      return pair(BANK, clawbackOf(sale.grower), fact.amountFen);
    case 'carried':
      return pair(CARRIED, clawbackOf(sale.grower), fact.amountFen);
  }
}

const pair = (debit: string, credit: string, amountFen: number): Part[] => [
  [debit, 'debit', amountFen],
  [credit, 'credit', amountFen],
];

/** What a provider held of a buyer's has come over by the time a grower is paid: he is paid from the bank. */
function paidOut(
  { grower, place }: KnownSale,
  freight: Freight,
  { amountFen, feeFen }: Extract<MoneyFact, { kind: 'paidOut' }>,
): Part[] {
  const wholeFen = amountFen + feeFen;
  return [
    ...(place === BANK ? [] : pair(BANK, place, wholeFen)),
    ...(freight.place === BANK ? [] : pair(BANK, freight.place, freight.amountFen)),
    [payableOf(grower), 'debit', wholeFen],
    [BANK, 'credit', amountFen],
    [FEES, 'credit', feeFen],
  ];
}

/**
 * Given back after its grower was paid: he owes it, but for the share that the township had taken of it and gives back
 * itself. The bank pays, also where a provider does it for us: what it held has come over.
 */
function clawedBack(
  { grower, amountFen: hammerFen, refundedFen }: KnownSale,
  feePercent: number,
  amountFen: number,
): Part[] {
  const feeOf = (keptFen: number) => Math.floor((keptFen * feePercent) / 100);
  const keptFen = hammerFen - refundedFen;
  const feeFen = feeOf(keptFen) - feeOf(keptFen - amountFen);
  return [
    [clawbackOf(grower), 'debit', amountFen - feeFen],
    [FEES, 'debit', feeFen],
    [BANK, 'credit', amountFen],
  ];
}

/** All entries of a log, in the order of its leaves. */
export const journalOf = (facts: Iterable<MoneyFact>): JournalEntry[] => enterAll(emptyBooks, facts).entries;

/** RFC 6962 root over the canonical entries, base64: what a settlement commits to. */
export const journalRoot = (entries: readonly JournalEntry[]): string =>
  toBase64(rootOfLeaves(entries.map((entry) => leafHash(utf8(canonical(entry))))));

/** Debits equal credits, there are both, and no amount is nothing (I1, I10). */
export function isBalanced({ lines }: Pick<JournalEntry, 'lines'>): boolean {
  const sum = (side: JournalLine['side']) =>
    lines.filter((line) => line.side === side).reduce((total, { amountFen }) => total + amountFen, 0);
  const areAmounts = lines.every(({ amountFen }) => Number.isSafeInteger(amountFen) && amountFen > 0);
  return areAmounts && sum('debit') > 0 && sum('debit') === sum('credit');
}
