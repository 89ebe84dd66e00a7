import { type Batch, type MemoryShowLog, type ShowLog } from '@qingpai/auction/testing';

/** What a flawed store may reach for. */
export interface Store {
  readonly memory: MemoryShowLog;
  readonly epochs: readonly number[];
}

/** Where a store may be wrong; left out, it is right. */
export interface StoreFlaw {
  epoch?: (given: number) => number;
  batch?: (batch: Batch) => Batch;
  append?: (
    store: Store,
    show: Parameters<ShowLog['append']>[0],
    batch: Batch,
  ) => ReturnType<ShowLog['append']>;
  /** A write that failed and should not have happened. */
  lost?: (store: Store, batch: Batch) => Promise<unknown>;
  /** What was written later than this before a crash is gone. */
  unsyncedMs?: number;
}
