import { type Reason } from '@qingpai/wire';
import { type EntityManager } from 'typeorm';

/** A finished piece, as the relay noted it. */
export interface Piece {
  /** Base64. */
  sha256: string;
  bytes: number;
  /** ms UTC. */
  fromMs: number;
  toMs: number;
}

/** What recordings ask of the auction. */
export interface RecordingHands {
  /** Puts it into the show's log; `beside` is written with the leaf. A reason: the log does not take it. */
  keep(
    showId: string,
    piece: Piece,
    beside: (manager: EntityManager, segment: number) => Promise<void>,
  ): Promise<Reason | null>;
  titleOf(showId: string): Promise<string>;
  /** Whether the show is closed. */
  isOver(showId: string): Promise<boolean>;
  /** The person's pseudonym in this show, when he has a paddle there. */
  bidderOf(showId: string, memberId: string): Promise<string | null>;
  /** Who bought it, and when it was on the block, ms UTC; null: no such sale. */
  saleOf(showId: string, sale: string): Promise<{ bidder: string; fromMs: number; toMs: number } | null>;
}
export const RECORDING_HANDS = Symbol('recording hands');
