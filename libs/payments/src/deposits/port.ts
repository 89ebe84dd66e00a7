import {
  type Author,
  type DepositForfeit,
  type DepositState,
  type EventBody,
  type Reason,
  type ReleaseReason,
} from '@qingpai/wire';
import { type EntityManager } from 'typeorm';

/** What can happen to a deposit by somebody's word; what follows by itself is the log's own. */
export type DepositAct =
  | { name: 'holdDeposit'; body: Omit<EventBody<'deposit.held'>, 'deposit'> }
  | { name: 'returnDeposit'; body: EventBody<'deposit.returned'> }
  | { name: 'releaseDeposit'; deposit: string; reason: ReleaseReason };

/** One that came in, as its leaf and the state say. */
export interface KeptDeposit extends DepositState {
  forfeits: DepositForfeit[];
  channel: EventBody<'deposit.held'>['channel'];
  txn: string;
}

export interface DepositsOfShow {
  /** Null: the sealed rules ask for none. */
  askedFen: number | null;
  /** Only for bids that come to more than this; 0: for every bid. */
  abovePriceFen: number;
  /** Whether one can still be given. */
  isTaken: boolean;
  /** Oldest first. */
  deposits: KeptDeposit[];
}

/** What payments must know of a show's deposits, and ask of its log. */
export interface ShowDeposits {
  depositsOf(showId: string): Promise<DepositsOfShow>;
  /** As a leaf, with `beside` in the same transaction. Answers the reason of a refusal, or null when it is committed. */
  act(
    showId: string,
    by: Author,
    act: DepositAct,
    beside: (manager: EntityManager) => Promise<void>,
  ): Promise<Reason | null>;
}

export const SHOW_DEPOSITS = Symbol('deposits of a show');
