import {
  type Author,
  type EventBody,
  type FreightDue,
  type FreightRule,
  type MyPayment,
  type Province,
  type Reason,
  type SaleState,
} from '@qingpai/wire';
import { type EntityManager } from 'typeorm';

/** What payments must know of shows and ask of them. The auction answers; payments never touch the log. */
export interface ShowSales extends RefundLimit {
  /** Every sale of a show, in the order of the hammers; undone ones too. */
  salesOf(showId: string): Promise<SoldSale[]>;
  /** Who has a paddle in it. */
  buyersOf(showId: string): Promise<Buyer[]>;
  /**
   * Puts one `sale.paid` per sale into the log, all or none, and runs `beside` in the same transaction. Answers
   * the reason of a refusal, or null when it is committed. After an outcome that was unknown it may answer
   * `already-paid` for what it did itself: look at what `beside` has written.
   */
  pay(
    showId: string,
    by: Author,
    paid: readonly EventBody<'sale.paid'>[],
    beside: (manager: EntityManager) => Promise<void>,
  ): Promise<Reason | null>;
  /** The same with one `sale.refunded` each. */
  refund(
    showId: string,
    by: Author,
    refunded: readonly EventBody<'sale.refunded'>[],
    beside: (manager: EntityManager) => Promise<void>,
  ): Promise<Reason | null>;
  /**
   * Puts these sales in default, all or none, as the platform; `beside` as above. Answers the reason of a refusal, or null
   * when it is committed.
   */
  default(
    showId: string,
    sales: readonly string[],
    beside: (manager: EntityManager) => Promise<void>,
  ): Promise<Reason | null>;
  /** What freight this buyer owes, by the sealed table. `parcel` null: he has not said where to. */
  freightOf(showId: string, bidder: string, parcel: ParcelChoice | null): Promise<FreightDue>;
  /** Buyers of closed shows who have nothing of what they paid for any more: all of it went back. */
  allBack(): Promise<{ showId: string; bidder: string }[]>;
  /** The sealed table; null: no freight is charged. */
  freightRuleOf(showId: string): Promise<FreightRule | null>;
  /** What holds for living goods, where this buyer won some; null: he won none, or nothing is claimed in this show. */
  livingOf(showId: string, buyer: Pick<Buyer, 'bidder' | 'memberId'>): Promise<LivingGoods | null>;
  /** Told, with all sales, when a show was closed or a time to pay was moved: after the commit. It must not throw, nor take long. */
  onOwed(listener: (showId: string, sales: readonly SoldSale[]) => void): void;
  /** Closed shows in which something is owed and a deadline is sealed. */
  showsOwed(): Promise<string[]>;
}

/** Whether somebody may give back so much by himself is sealed with the show. */
export interface RefundLimit {
  /** What one person may give back of a sale by himself, fen; 0: nothing. */
  aloneFenOf(showId: string): Promise<number>;
}

/** Living goods do not go back, and damage is made good: a buyer confirms it once, before he pays. */
export type LivingGoods = NonNullable<MyPayment['living']>;

export const SHOW_SALES = Symbol('sales of a show');

/** Where a parcel goes, as far as its freight depends on it. */
export type ParcelChoice = { pickUp: true } | { pickUp: false; province: Province };

export interface SoldSale {
  sale: string;
  lot: string;
  /** As printed, e.g. 023. */
  number: string;
  title: string;
  units: number;
  /** Unit price × units. */
  amountFen: number;
  phase: SaleState['phase'];
  refundedFen: number;
  /** Until when it may be paid, ms UTC; null: the show is not closed, or no deadline is sealed. */
  payByMs: number | null;
  /** The house gave its buyer longer. */
  extended: boolean;
  bidder: string;
}

export interface Buyer {
  bidder: string;
  paddle: number;
  /** Null: in the hall or on the telephone, without an account. */
  memberId: string | null;
}
