import { type LoggedEvent, type ShowState } from '@qingpai/wire';
import {
  type BidBook,
  type DecidedEvent,
  type ProxySecret,
  type Secrets,
  decideDue,
  dueAtMs,
  evolve,
  evolveBook,
} from '../rules/index.js';

/** What a batch is decided on: the show as it will be once everything in front has been committed. */
export interface Draft {
  state: ShowState;
  book: BidBook;
  floors: Map<string, number>;
  /** Maximum bids by id: what the log only commits to. */
  proxies: Map<string, ProxySecret>;
  /** Leaves decided and not yet sent to the log, in order. */
  leaves: LoggedEvent[];
  /** Before this moment nobody could be heard, so no clock begins to fall before it. */
  silentUntilMs: number;
}

export const secretsOf = (draft: Draft): Secrets => ({ floors: draft.floors, proxies: draft.proxies });

/** Gives decided events their index and time and folds them in. */
export function fold(draft: Draft, decided: readonly DecidedEvent[], t: number): LoggedEvent[] {
  return decided.map((event) => {
    const leaf: LoggedEvent = { ...event, i: draft.state.next, t };
    evolve(draft.state, leaf);
    evolveBook(draft.book, leaf);
    draft.leaves.push(leaf);
    return leaf;
  });
}

/** Lets happen whatever is due by `t`, each thing at its own time, before anything stamped `t` is looked at. */
export function foldDue(draft: Draft, t: number): void {
  for (;;) {
    const dueMs = dueAtMs(draft.state, secretsOf(draft));
    if (dueMs === null || dueMs > t) return;
    // Between lots it is the ladder's turn, and what it offers is a clock.
    const heardMs = draft.state.block === null ? draft.silentUntilMs : 0;
    const atMs = Math.max(draft.state.t, dueMs, heardMs);
    const happened = decideDue(draft.state, atMs, secretsOf(draft));
    if (happened.length === 0)
      throw new Error(`bug: nothing happened although something was due at ${dueMs}`);
    fold(draft, happened, atMs);
  }
}
