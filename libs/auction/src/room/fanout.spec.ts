import { type EventsFrame } from '@qingpai/wire';
import { processTimers } from '../desk/timers.js';
import { Fanout, type Watcher } from './fanout.js';
import { QUEUED_BYTES_MAX, SLICE_SOCKETS, STUCK_MS } from './limits.js';

/** A socket that is as slow as the test wants it. */
class Reader implements Watcher {
  queued = 0;
  dropped = false;
  constructor(readonly id: string) {}
  queuedBytes(): number {
    return this.queued;
  }
  drop(): void {
    this.dropped = true;
  }
}

function hall(count: number) {
  const sent: { ids: readonly string[]; payload: unknown; turn: number }[] = [];
  let turn = 0;
  let nowMs = 0;
  const later: (() => void)[] = [];
  const fanout = new Fanout<Reader>({
    send: (ids, _, payload) => void sent.push({ ids, payload, turn }),
    nowMs: () => nowMs,
    timers: {
      later: (run) => {
        later.push(run);
        return () => undefined;
      },
      soon: (run) =>
        processTimers.soon(() => {
          turn += 1;
          run();
        }),
    },
  });
  const readers = Array.from({ length: count }, (_, k) => new Reader(`s${k}`));
  for (const reader of readers) fanout.add(reader);
  return {
    ...{ fanout, readers, sent },
    /** Lets the one who looks after slow readers look. */
    look(afterMs = 0) {
      nowMs += afterMs;
      for (const run of later.splice(0)) run();
    },
  };
}
const frame = (from: number): EventsFrame => ({ from, to: from, events: [] });

it('a frame goes to everybody once, in slices, one per turn of the loop', async () => {
  const { fanout, sent } = hall(SLICE_SOCKETS * 2 + 5);
  await fanout.frame(frame(1));
  expect(sent.map(({ ids }) => ids.length)).toEqual([SLICE_SOCKETS, SLICE_SOCKETS, 5]);
  expect(new Set(sent.flatMap(({ ids }) => ids)).size).toBe(SLICE_SOCKETS * 2 + 5);
  expect(sent.map(({ turn }) => turn)).toEqual([0, 1, 2]);
});

it('a slow reader skips frames and is shown the newest one when it reads again', async () => {
  const { fanout, readers, sent, look } = hall(2);
  readers[0]!.queued = QUEUED_BYTES_MAX + 1;
  await fanout.frame(frame(1));
  await fanout.frame(frame(2));
  expect(sent.map(({ ids }) => ids)).toEqual([['s1'], ['s1']]);
  look();
  readers[0]!.queued = 0;
  look();
  expect(sent.at(-1)).toMatchObject({ ids: ['s0'], payload: { from: 2 } });
  await fanout.frame(frame(3));
  expect(sent.at(-1)!.ids).toEqual(['s0', 's1']);
});

it('a reader that is stuck is cut, the others hear nothing of it', async () => {
  const { fanout, readers, look } = hall(2);
  readers[0]!.queued = QUEUED_BYTES_MAX + 1;
  await fanout.frame(frame(1));
  look(STUCK_MS);
  expect(readers[0]!.dropped).toBe(false);
  look(1);
  expect(readers.map(({ dropped }) => dropped)).toEqual([true, false]);
  expect(fanout.size).toBe(1);
});

it('who does not read what he asked for is cut as well, though no frame came', () => {
  const { fanout, readers, look } = hall(2);
  expect(fanout.keepsUp(readers[0]!)).toBe(true);
  readers[0]!.queued = QUEUED_BYTES_MAX + 1;
  expect(fanout.keepsUp(readers[0]!)).toBe(false);
  look(STUCK_MS + 1);
  expect(readers.map(({ dropped }) => dropped)).toEqual([true, false]);
});
