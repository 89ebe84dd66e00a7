import { setTimeout as pause } from 'node:timers/promises';
import { openHouse } from './house.mjs';
import { Rig } from './rig.mjs';
import { notMeasured, row } from './table.mjs';

const PER_SECOND = 5;
const SLOW = 50;
/** Collects its garbage all the time, so that its size says what it keeps. */
const NODE_OPTIONS = `--import ${new URL('./tidyMemory.mjs', import.meta.url).href}`;

/**
 * G10, on a server of its own that keeps no garbage.
 * @param opened told of that server, so that Ctrl-C ends it
 */
export async function memory(root, { watchers, forMs, samples, withSlow, say, opened }) {
  const house = await openHouse(root, { folder: 'bench-memory', environment: { NODE_OPTIONS } });
  opened(house);
  const rig = new Rig(house);
  try {
    const room = await rig.room({ people: 50 });
    await room.watch(100);
    await rig.run(room, { way: 'open', forMs: 2_000, perSecond: 200 }); // whatever the first ones make it load
    const before = await least(house, samples);
    await room.watch(watchers);
    const after = await least(house, samples);
    // Resident memory may grow by less than is kept, into what was free before; the heap leaves native parts out.
    const each = (of) => (after[of] - before[of]) / watchers / 1_024;
    const kb = Math.max(each('rssBytes'), each('heapBytes'));
    const flat = await overTime(rig, room, forMs);
    say(
      `  ${kb.toFixed(1)} KB a watcher; ${flat.map((bytes) => (bytes / 2 ** 20).toFixed(0)).join(' → ')} MB`,
    );
    const slow = withSlow ? await slowOnes(rig, room, samples) : null;
    return { rows: rowsOf({ kb, watchers, flat, slow, forMs }), faults: rig.faults, answers: rig.answers };
  } finally {
    await rig.close();
    await house.close();
  }
}

/** The least of some samples, between which garbage is collected: bytes resident, and bytes of the heap and its kin. */
async function least(house, samples) {
  const all = [];
  for (let n = 0; n < samples; n += 1) {
    await pause(800);
    all.push(await house.metrics());
  }
  const of = (name) => Math.min(...all.map((one) => one[name]));
  return { rssBytes: of('rssBytes'), heapBytes: of('heapBytes') };
}

/** At a steady trickle of bids: resident bytes at each fifth of the time. */
async function overTime(rig, room, forMs) {
  const sizes = [];
  for (let n = 0; n < 5; n += 1) {
    await rig.run(room, { way: 'open', forMs: forMs / 5, perSecond: PER_SECOND });
    sizes.push((await rig.house.metrics()).rssBytes);
  }
  return sizes;
}

/** Some stop reading while bids rain. Those who are cut are gone from the server's count, wherever they are. */
async function slowOnes(rig, room, samples) {
  const { house } = rig;
  const rain = () => rig.run(room, { way: 'race', forMs: 20_000 });
  await rig.watchers.ask('leave', { crowd: room.crowd });
  room.watching = 0;
  const dry = await grown(house, rain, samples);
  await room.watch(SLOW, 'slow');
  const { sockets } = await house.metrics();
  await rig.watchers.ask('stall', { crowd: 'slow' });
  const wet = await grown(house, rain, samples);
  const cut = sockets - (await house.metrics()).sockets;
  await rig.watchers.ask('leave', { crowd: 'slow' });
  return { cut, peaks: wet / dry };
}

/** By how much the server grew at most while something went on. */
async function grown(house, work, samples) {
  const { rssBytes: before } = await least(house, samples);
  let [peak, going] = [before, true];
  const looking = (async () => {
    for (; going; await pause(500)) peak = Math.max(peak, (await house.metrics()).rssBytes);
  })();
  await work();
  going = false;
  await looking;
  return peak - before;
}

function rowsOf({ kb, watchers, flat, slow, forMs }) {
  const minutes = `${(forMs / 60_000).toFixed(1)} min at ${PER_SECOND} bids/s`;
  return [
    row(
      'G10',
      'memory per watcher, KB (resident or heap, whichever grew more)',
      '≤ 25',
      [kb],
      `${watchers} watchers, garbage collected`,
    ),
    row('G10', 'resident at the end ÷ after a fifth of the time', '≤ 1.05', [flat.at(-1) / flat[0]], minutes),
    ...(slow
      ? [
          row('G10', `of ${SLOW} who read nothing while bids rain: cut`, `= ${SLOW}`, [slow.cut]),
          row('G10', '… growth of the server at its peak ÷ in a rain without them', '', [slow.peaks]),
        ]
      : [notMeasured('G10', 'who reads nothing is cut', 'full run only')]),
  ];
}
