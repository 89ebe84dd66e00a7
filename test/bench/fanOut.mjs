import { isSaturated } from './rig.mjs';
import { over, overTimes, row } from './table.mjs';

const PER_SECOND = 20;
const SIZES = [100, 1_000, 3_000];
const BIDDERS = 10;
const BARE = 1_000;

/** Rooms of many watchers: G7, G8, the frames of G9, and memory: G10. */
export async function fanOut(rig, { repetitions, forMs, say }) {
  const rooms = new Map([[0, await rig.room({ people: BIDDERS })]]);
  for (const size of SIZES) rooms.set(size, await rig.room({ people: BIDDERS }));
  for (const size of SIZES) await rooms.get(size).watch(size);
  const bare = await rig.bareWs(BARE);
  const open = (room, perSecond = PER_SECOND) => rig.run(room, { way: 'open', forMs, perSecond });
  for (const room of rooms.values()) await rig.run(room, { way: 'open', forMs: 500, perSecond: PER_SECOND });

  const runs = [];
  for (let n = 1; n <= repetitions; n += 1) {
    const one = {};
    for (const [size, room] of rooms) one[size] = await open(room);
    const { frameBytes, frames } = one[BARE].watched;
    const like = { frameBytes: Math.round(frameBytes / Math.max(1, frames)), perSecond: PER_SECOND, forMs };
    one.bare = await bareRun(rig, bare, like);
    one.fewBids = await open(rooms.get(SIZES[0]), 100);
    one.manyBids = await open(rooms.get(SIZES[0]), 1_000);
    runs.push(one);
    say(
      `  ${n}: ${SIZES.map((size) => `${size} → ${one[size].watched.fanout.ms(0.99).toFixed(0)} ms`).join(' · ')} to the last but one in a hundred · ${deliveryUs(one).toFixed(1)} µs a frame and watcher, bare ws ${one.bare.us.toFixed(1)}`,
    );
  }
  for (const room of rooms.values()) await room.leave();
  return { runs };
}

async function bareRun(rig, bare, like) {
  await rig.watchers.ask('beginWatch', { crowd: bare.crowd });
  const { deliveries, cpuUs } = await bare.broadcast(like);
  const cpu = await rig.watchers.ask('watchCpu');
  return { us: cpuUs / deliveries, void: isSaturated(cpu) ? 'client saturated' : null };
}

/** Server CPU of one frame to one watcher: what watchers add to a room without any. */
export function deliveryUs(run, size = BARE) {
  return (run[size].serverUs - run[0].serverUs) / run[size].watched.deliveries;
}
export const medianDeliveryUs = ({ runs }) =>
  Math.max(
    0,
    row(
      '',
      '',
      '',
      runs.map((run) => deliveryUs(run)),
    ).ratio ?? 0,
  );

export function fanOutRows({ runs }) {
  const of = (ratio) => runs.map(ratio);
  const perDelivery = (run) => run[0].void ?? over(run[BARE], run.bare, () => run.bare.us / deliveryUs(run));
  const reached = (size) => (run) => run[size].voidTimes ?? run[size].watched.fanout.ms(0.99);
  const perSecond = ({ watched, seconds }) => watched.frames / seconds;
  return {
    g7: [
      row('G7', 'ws.send ÷ fan-out, server CPU per delivery (bound for rooms)', '≥ 0.65', of(perDelivery)),
      row('G7', '… (bound for frames built once)', '≥ 0.95', of(perDelivery)),
      row('G7', 'from a bid’s intended moment to 1000 watchers, p99 ms', '≤ 100', of(reached(1_000))),
      row('G7', '… to 3000 watchers', '≤ 200', of(reached(3_000))),
    ],
    g8: row(
      'G8',
      'answer p99 with 3000 watchers ÷ with 100',
      '≤ 3',
      of((run) => overTimes(run[3_000], run[100], (a, b) => a.latency.ms(0.99) / b.latency.ms(0.99))),
    ),
    frames: row(
      'G9',
      'frames/s at 1000 bids/s ÷ at 100 bids/s',
      '≤ 1.1',
      of(({ manyBids, fewBids }) => over(manyBids, fewBids, (a, b) => perSecond(a) / perSecond(b))),
    ),
  };
}

/** What watchers cost, for the curve. */
export function watcherCurve({ runs }) {
  return [0, ...SIZES].map((size) => {
    const all = runs.map((run) => run[size]).filter((run) => run.void === null);
    const mid = (of) => row('', '', '', all.map(of)).ratio;
    return {
      watchers: size,
      serverCpu: mid(({ serverUs, seconds }) => serverUs / 1e6 / seconds),
      answerP99Ms: mid(({ latency }) => latency.ms(0.99)),
      screenP99Ms: size === 0 ? null : mid(({ watched }) => watched?.fanout.ms(0.99)),
    };
  });
}
