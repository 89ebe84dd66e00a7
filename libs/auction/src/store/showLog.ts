import { type Hash, type Tree } from '@qingpai/ledger/rules';
import { type LeafVersion, type LoggedEvent, type Reason, type ShowState } from '@qingpai/wire';
import { type EntityManager } from 'typeorm';
import { type BidBook } from '../rules/bidBook.js';
import { type ProxySecret, type Secrets } from '../rules/command.js';

/** A show as its owner holds it: everything folded from the log, and what the log only commits to. */
export interface TakenShow {
  showId: string;
  origin: string;
  state: ShowState;
  book: BidBook;
  /** Announced and refused events, by index; the page catches up from here. */
  events: LoggedEvent[];
  head: ShowHead;
  /** Of all leaves, and of every batch its signed head, oldest first: receipts are made from these. */
  tree: Tree;
  heads: ShowHead[];
  /** Of its leaves: one throughout a log. */
  version: LeafVersion;
  /** Floors by lot; the desk keeps it in step while it catalogues. */
  secrets: Secrets & { floors: Map<string, number>; proxies: Map<string, ProxySecret> };
  /** Why this log takes nothing more (cancelled, continued in another); null: it does. */
  ended: Reason | null;
  /** Fencing token: an append under an older epoch is refused with `Fenced`. */
  epoch: number;
  /** When a desk last said that it could hear (`sign`), ms UTC; 0: none ever did. */
  heardAtMs: number;
}

/** The last moment at which somebody could be heard, as far as the database knows. */
export const heardUntilMs = ({ state, heardAtMs }: Pick<TakenShow, 'state' | 'heardAtMs'>): number =>
  Math.max(state.t, heardAtMs);

export interface ShowHead {
  size: number;
  /** Base64. */
  root: string;
  /** The newest signed note. */
  note: string;
}

/** What an append made: the new head, and the leaves that led to it, as bytes and as hashes. */
export interface Appended {
  head: ShowHead;
  leaves: readonly Uint8Array[];
  hashes: readonly Hash[];
}

/** One group commit: the leaves of all that was decided, in order. */
export interface Batch {
  events: readonly LoggedEvent[];
  /** The state after the batch; changed lots and sales are projected from it. */
  state: ShowState;
  /** Run in the same transaction, e.g. the floor and the card of a lot beside its leaf. */
  beside: readonly ((manager: EntityManager) => Promise<void>)[];
}

/** What an append throws when it was not told "committed": taken over by another owner, or nobody knows. */
export { Away, Fenced, OutcomeUnknown } from '@qingpai/ledger';

/** The port between desk and database; tests break each of its writes, both ways. */
export interface ShowLog {
  /** Bumps the epoch at once, reads the whole log, folds it. */
  takeOver(showId: string): Promise<TakenShow>;
  /** Appends one batch in one transaction and signs its checkpoint. Throws `Fenced`, `OutcomeUnknown`, `Away`, or what the database refused. */
  append(show: Pick<TakenShow, 'showId' | 'origin' | 'epoch' | 'head'>, batch: Batch): Promise<Appended>;
  /** Whether it is still held: throws `Fenced` when another owner has taken it over, `Away`. */
  confirm(show: Pick<TakenShow, 'showId' | 'origin' | 'epoch'>): Promise<void>;
  /** Root over the last leaf of each of these lots' descriptions, in this order (`show.sealed`). Leaf indexes in, base64 out. */
  catalogueRoot(showId: string, leaves: readonly number[]): Promise<string>;
  /** The desk's sign of life: it could hear at this moment. One of an older epoch leaves no trace. */
  sign(show: Pick<TakenShow, 'showId' | 'epoch'>, atMs: number): Promise<void>;
}
