import { type EventsFrame, type LoggedEvent } from '@qingpai/wire';
import { bidderNamed, HASH } from '../testing/rig.js';
import { FrameTeller, pageSince } from './frames.js';
import { FRAME_TICK_MS, SINCE_LEAVES_MAX } from './limits.js';

const registered = (i: number): LoggedEvent => ({
  i,
  t: i,
  by: 'platform',
  type: 'bidder.registered',
  body: { bidder: bidderNamed(`b${i}`), id: HASH, kind: 'buyer', paddle: i + 1 },
});
const refused = (i: number): LoggedEvent => ({
  i,
  t: i,
  by: bidderNamed('lin'),
  type: 'bid.refused',
  body: {
    ...{ bid: `bid-${i}-xxxx`, bidder: bidderNamed('lin'), lot: 'L1', offering: 1 },
    ...{ amountFen: 1, nth: 1, reason: 'off-grid' },
  },
});

/** A teller whose time stands still until the test lets it pass. */
function teller() {
  let nowMs = 0;
  const timers: { atMs: number; run: () => void }[] = [];
  const events = [registered(0)];
  const frames: EventsFrame[] = [];
  const one = new FrameTeller(
    () => events,
    { nowMs: () => nowMs },
    {
      later: (run, afterMs) => {
        timers.push({ atMs: nowMs + afterMs, run });
        return () => undefined;
      },
      soon: (run) => void setImmediate(run),
    },
  );
  one.onFrame((frame) => void frames.push(frame));
  return {
    frames,
    onFrame: one.onFrame.bind(one),
    happen(...more: ((i: number) => LoggedEvent)[]) {
      for (const make of more) events.push(make(events.length));
      one.upTo(events.length - 1);
    },
    async pass(ms: number) {
      nowMs += ms;
      for (const timer of timers.filter(({ atMs }) => atMs <= nowMs)) {
        timers.splice(timers.indexOf(timer), 1);
        timer.run();
      }
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

it('the first news goes at once, what comes meanwhile goes together with the next tick', async () => {
  const it = teller();
  it.happen(registered);
  expect(it.frames).toMatchObject([{ from: 1, to: 1 }]);
  await it.pass(1);
  it.happen(registered);
  it.happen(registered);
  await it.pass(FRAME_TICK_MS - 2);
  expect(it.frames).toHaveLength(1);
  await it.pass(1);
  expect(it.frames.at(-1)).toMatchObject({ from: 2, to: 3 });
});

it('refusals stay out of frames and make none; the next range steps over them', async () => {
  const it = teller();
  it.happen(refused, refused);
  expect(it.frames).toHaveLength(0);
  it.happen(refused, registered);
  expect(it.frames).toMatchObject([{ from: 1, to: 4 }]);
  expect(it.frames[0]!.events.map(({ i }) => i)).toEqual([4]);
});

it('ranges follow each other without a gap or an overlap', async () => {
  const it = teller();
  for (let k = 0; k < 50; k += 1) {
    it.happen(k % 3 ? refused : registered, registered);
    await it.pass(k % 7);
  }
  await it.pass(FRAME_TICK_MS);
  await it.pass(FRAME_TICK_MS);
  const ends = it.frames.map(({ to }) => to + 1);
  expect(it.frames.map(({ from }) => from)).toEqual([1, ...ends.slice(0, -1)]);
  expect(ends.at(-1)).toBe(101);
});

it('a slow round is waited for, and what gathered goes in one frame', async () => {
  const it = teller();
  let release = () => {};
  it.onFrame(() => new Promise<void>((resolve) => (release = resolve)));
  it.happen(registered);
  for (let k = 0; k < 5; k += 1) {
    it.happen(registered);
    await it.pass(FRAME_TICK_MS);
  }
  expect(it.frames).toHaveLength(1);
  release();
  await it.pass(FRAME_TICK_MS);
  await it.pass(FRAME_TICK_MS);
  expect(it.frames.at(-1)).toMatchObject({ from: 2, to: 6 });
});

it('a page of what was missed ends where the next begins, and says whether there is one', () => {
  const events = Array.from({ length: SINCE_LEAVES_MAX + 3 }, (_, i) => registered(i));
  const first = pageSince(events, 0);
  expect(first).toMatchObject({ since: { from: 0, to: SINCE_LEAVES_MAX - 1 }, more: true });
  expect(pageSince(events, first.since.to + 1)).toMatchObject({
    since: { from: SINCE_LEAVES_MAX, to: SINCE_LEAVES_MAX + 2 },
    more: false,
  });
  expect(pageSince(events, events.length)).toMatchObject({ since: { events: [] }, more: false });
  expect(pageSince(events, events.length + 10)).toMatchObject({ since: { events: [] }, more: false });
});
