import { Fenced } from '@qingpai/ledger';
import { SHOW } from '../breakableLog.js';
import { type PlantedAround } from '../world.js';

/** Mistakes around the desk: a store, or a clock, that does not keep its word. */
export const aroundBugs: readonly PlantedAround[] = [
  {
    name: 'writes go in without a fence',
    proves: 'only the newest owner writes',
    store: {
      append: (store, show, batch) =>
        store.memory.append({ ...show, epoch: store.epochs.at(-1)! }, batch).catch(() => {
          throw new Error('violates a constraint'); // an index that is taken
        }),
    },
  },
  {
    name: 'a stale owner writes over what stands',
    store: {
      append: async (store, show, batch) => {
        try {
          return await store.memory.append(show, batch);
        } catch (error) {
          if (!(error instanceof Fenced)) throw error;
          store.memory.forgetFrom(SHOW, batch.events[0]!.i);
          return store.memory.append({ ...show, epoch: store.epochs.at(-1)! }, batch);
        }
      },
    },
  },
  {
    name: 'the same epoch is given out twice',
    proves: 'an epoch never goes back',
    store: { epoch: (given) => given - (given > 2 ? 1 : 0) },
  },
  {
    name: 'acknowledged before it is on the disk',
    proves: 'a stored leaf stays as it was',
    store: { unsyncedMs: 40 },
  },
  {
    name: 'half of a batch goes in',
    store: {
      batch: (batch) => ({ ...batch, events: batch.events.slice(0, Math.ceil(batch.events.length / 2)) }),
    },
  },
  {
    name: 'a write that failed goes in after all, later and beside the line',
    store: {
      lost: (store, batch) =>
        store.memory
          .append(
            { showId: SHOW, epoch: store.epochs.at(-1)! },
            { ...batch, events: batch.events.slice(0, 1) },
          )
          .catch(() => undefined),
    },
  },
  {
    name: 'a root leaves out the last leaf',
    proves: 'the verifier finds nothing',
    store: {
      append: async (store, show, batch) => {
        const appended = await store.memory.append(show, batch);
        const heads = store.memory.headsOf(SHOW);
        const { root } = heads.at(-2)!;
        Object.assign(heads.at(-1)!, { root });
        return appended;
      },
    },
  },
  {
    name: 'the lot closes by the wall clock',
    proves: 'nothing is stamped ahead of the clock',
    isByWall: true,
  },
  {
    name: 'a page takes no notice of a gap',
    proves: 'a page that watched holds the state of the log',
    isGapBlind: true,
  },
  {
    name: 'an index is skipped inside a batch',
    proves: 'no gap in the log',
    store: {
      batch: (batch) => ({
        ...batch,
        events: batch.events.map((event, k) => (k === 0 ? event : { ...event, i: event.i + 1 })),
      }),
    },
  },
];
