import { type LoggedEvent, type Reason, type ShowState } from '@qingpai/wire';
import { dueAtMs, evolve } from '../rules/index.js';
import { type Appended, type ShowHead, type TakenShow } from '../store/showLog.js';
import { type Draft, secretsOf } from './draft.js';
import { Receipts } from './receipts.js';

/** A show in memory: what is committed, and the draft that the next batch is decided on. */
export class ShowMemory {
  /** Committed facts only: snapshots and refusals at once are based on nothing else. Folded further in place. */
  committed: ShowState;
  /** Ahead of `committed` only while a commit runs: by what is being committed and what is decided behind it. */
  draft: Draft;
  /** Every committed leaf, by index. */
  events: LoggedEvent[];
  head: ShowHead;
  readonly receipts: Receipts;
  epoch: number;
  /** Why the log takes nothing more; null: it does. */
  readonly ended: Reason | null;
  /** A commit went wrong or is not heard of: nobody is answered any more from what the draft holds beyond the log. */
  doubtful = false;

  constructor(taken: TakenShow) {
    this.committed = taken.state;
    this.draft = {
      state: structuredClone(taken.state),
      book: taken.book,
      floors: taken.secrets.floors,
      proxies: taken.secrets.proxies,
      leaves: [],
      silentUntilMs: 0,
    };
    this.events = taken.events;
    this.head = taken.head;
    this.receipts = new Receipts(taken);
    this.epoch = taken.epoch;
    this.ended = taken.ended;
  }

  /** Takes out what was decided since, to be committed: what is decided next stands behind it. */
  cut(): LoggedEvent[] {
    return this.draft.leaves.splice(0);
  }

  /** These leaves are in the log now. */
  commit(leaves: readonly LoggedEvent[], appended: Appended): void {
    for (const leaf of leaves) {
      evolve(this.committed, leaf);
      this.events.push(leaf);
    }
    this.receipts.commit(appended);
    this.head = appended.head;
  }

  /** Whether these very leaves are in the log: a batch gets there whole or not at all, so its first one tells. */
  holds(leaves: readonly LoggedEvent[]): boolean {
    const [first] = leaves;
    const found = first && this.events[first.i];
    return found !== undefined && JSON.stringify(ordered(found)) === JSON.stringify(ordered(first));
  }

  /** When the server must act next by itself; null: never, as things stand. */
  nextDueMs(): number | null {
    if (this.ended !== null) return null;
    return dueAtMs(this.committed, secretsOf(this.draft));
  }
}

/** The same keys in the same order, whether the leaf comes from memory or from its canonical bytes. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, ordered(v)]));
}
