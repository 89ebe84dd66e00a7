import { type Author, type EventBody, type GrowerSale, type Reason } from '@qingpai/wire';
import { type EntityManager } from 'typeorm';
import { type Movement } from '../rules/statement.js';

/** What payouts must know of a show's growers and ask of it. The auction answers; payments never touch the log. */
export interface ShowPayouts {
  growersOf(showId: string): Promise<ShowGrowers>;
  /** Money that moved, one of each transfer. */
  movementsOf(showId: string): Promise<Movement[]>;
  /**
   * Puts one `payout.made` per sale and one `clawback.taken` per debt that comes off into the log, all or none, and runs `beside` in the same transaction. Answers the
   * reason of a refusal, or null when it is committed. After an outcome that was unknown it may answer `paid-out` for
   * what it did itself: look at what `beside` has written.
   */
  payOut(
    showId: string,
    by: Author,
    made: readonly EventBody<'payout.made'>[],
    taken: readonly EventBody<'clawback.taken'>[],
    beside: (manager: EntityManager) => Promise<void>,
  ): Promise<Reason | null>;
  /** The same for what a grower gave back himself, or what is carried on to another show. */
  clawBack(
    showId: string,
    by: Author,
    said: readonly ClawbackSaid[],
    beside: (manager: EntityManager) => Promise<void>,
  ): Promise<Reason | null>;
}

/** One leaf of what a grower owes back. */
export type ClawbackSaid =
  | { name: 'repayClawback'; body: EventBody<'clawback.repaid'> }
  | { name: 'carryClawback'; body: EventBody<'clawback.carried'> };

export const SHOW_PAYOUTS = Symbol('payouts of a show');

export interface ShowGrowers {
  title: string;
  townshipId: string;
  origin: string;
  /** Short code of the head of the log. */
  code: string;
  /** Null: the show is not closed yet. */
  payableAtMs: number | null;
  feePercent: number;
  growers: SellingGrower[];
}

export interface SellingGrower {
  /** The show's pseudonym. */
  grower: string;
  name: string;
  village: string;
  sales: GrowerSale[];
}
