import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root } from './ground.mjs';

// `npm run bench`: the goals of speed as ratios to limits measured in the same run. `-- --quick`: the same in small.
// `-- --curves` and `-- --write` put down what the last run measured, and measure nothing.
const say = (line = '') => console.log(line);
const resultFile = join(root, '.cache/bench.json');
if (process.argv.includes('--help')) {
  console.log(
    'npm run bench -- [--quick | --curves | --write] [--only sockets|fanout|memory|desk|crashes]\n' +
      'npm run bench -- video: a hundred viewers of one camera\n' +
      '--curves draws docs/performance.svg from the last run; --write also puts its table into docs/performance.md',
  );
  process.exit(0);
}
if (process.argv.includes('--curves') || process.argv.includes('--write')) {
  const { writeDown } = await import('../test/bench/writeDown.mjs');
  if (!existsSync(resultFile)) throw new Error('nothing was measured yet: npm run bench');
  const result = JSON.parse(readFileSync(resultFile, 'utf8'));
  for (const path of await writeDown(root, result, { table: process.argv.includes('--write') })) say(path);
  process.exit(0);
}
if (!(await ensureInstalled()) || !(await ensureBuilt())) process.exit(1);
if (process.argv.includes('video')) {
  const { video } = await import('../test/bench/video.mjs');
  await video(root, say);
  process.exit(0);
}
const { blindSpots } = await import('../test/bench/oracleProof.mjs');
const { ground } = await import('../test/bench/ground.mjs');
const { openHouse } = await import('../test/bench/house.mjs');
const { Rig } = await import('../test/bench/rig.mjs');
const { curvesOf, hotLot, hotLotCurves, hotLotRows } = await import('../test/bench/hotLot.mjs');
const { fanOut, fanOutRows, medianDeliveryUs, watcherCurve } = await import('../test/bench/fanOut.mjs');
const { growth, growthRows } = await import('../test/bench/growth.mjs');
const { memory } = await import('../test/bench/memory.mjs');
const { crashes, verifying } = await import('../test/bench/proofs.mjs');
const { markdown, notMeasured, printed } = await import('../test/bench/table.mjs');

const quick = process.argv.includes('--quick');
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : null;
const scale = quick
  ? { repetitions: 1, forMs: 600, idleMs: 400, signed: 2_000, rounds: 1, leaves: 25_000, steps: 1 }
  : { repetitions: 3, forMs: 8_000, idleMs: 3_000, signed: 100_000, rounds: 10, leaves: 1_000_000, steps: 5 };
const memoryScale = quick
  ? { watchers: 1_000, forMs: 2_000, samples: 3, withSlow: false }
  : { watchers: 3_000, forMs: 600_000, samples: 10, withSlow: true };

const machine = `${cpus()[0]?.model ?? '?'} × ${cpus().length} · Node ${process.version}`;
const began = Date.now();
/** Its name, and how long the run has taken so far. */
const part = (name) => say(`\n${name} · ${Math.round((Date.now() - began) / 1_000)} s`);
const faults = [];
let answers = 0;
const heard = (part) => {
  faults.push(...part.faults);
  answers += part.answers;
};
/** Ctrl-C ends what was started. */
const opened = new Set();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    void Promise.allSettled([...opened].map((house) => house.close())).then(() => process.exit(1));
  });
}
const is = (part) => only === null || only === part;
const left = (goal, what) => notMeasured(goal, what, `--only ${only}`);

say(`测速 bench · ${machine}${quick ? ' · quick' : ''}`);
say('数据库、服务器和客户端在同一台机器上；只有同一次运行里的比值算数 only ratios within one run count\n');
const { count, unseen, accuses } = blindSpots();
if (unseen.length > 0 || accuses.length > 0)
  throw new Error(`bug: a blind oracle: ${[...unseen, ...accuses].join('; ')}`);
say(`oracle: ${count} of ${count} planted faults seen`);

const { rows, curves } = await measure();
say();
for (const line of printed(rows)) say(line);
say(
  faults.length === 0
    ? `\noracle: ${answers} answers judged, nothing wrong`
    : `\noracle: ${faults.length} faults: ${[...new Set(faults)].slice(0, 5).join('; ')}`,
);
if (faults.length > 0) process.exitCode = 1;
mkdirSync(join(root, '.cache'), { recursive: true });
const result = {
  at: new Date().toISOString(),
  quick,
  machine,
  answers,
  faults: faults.slice(0, 100),
  rows,
  curves,
};
writeFileSync(resultFile, `${JSON.stringify(result, null, 2)}\n`);
writeFileSync(join(root, '.cache/bench.md'), `${markdown(rows)}\n`);
say(`.cache/bench.json · .cache/bench.md · ${Math.round((Date.now() - began) / 1_000)} s`);

async function measure() {
  const house = await openHouse(root);
  opened.add(house);
  try {
    const shows = is('desk') ? await showsForDesks(house) : [];
    const overSockets = await withRig(house, sockets);
    await house.stopServer();
    const alone = is('desk') ? await deskAlone(house, shows) : null;
    await house.close();
    part('memory, and kill -9 beside it');
    const [kept, crashed] = await Promise.all([
      is('memory') ? remembered() : [left('G10', 'memory per watcher')],
      is('crashes') ? crashes(root, { ...scale, say }) : left('G11', 'kill -9'),
    ]);
    return {
      rows: inOrder([...overSockets.rows, ...(alone?.rows ?? []), ...kept, crashed]),
      curves: { ...overSockets.curves, history: alone?.history ?? [] },
    };
  } finally {
    await house.close();
  }
}

async function withRig(house, work) {
  const rig = new Rig(house);
  try {
    return await work(rig);
  } finally {
    heard(rig);
    await rig.close();
  }
}

/** One with a history to come, a short one, and one with fifty lots in its catalogue. */
async function showsForDesks(house) {
  return [await house.openShow(), await house.openShow(), await house.openShow({ lots: 50 })];
}

async function sockets(rig) {
  const rows = [];
  const curves = {};
  let fan = null;
  if (is('fanout') || is('sockets')) {
    part('many who watch');
    fan = await fanOut(rig, { ...scale, say });
    const { g7, g8, frames } = fanOutRows(fan);
    rows.push(...g7, g8, frames);
    curves.watchers = watcherCurve(fan);
  }
  if (is('sockets')) {
    part('one hot lot');
    const hot = await hotLot(rig, { ...scale, say });
    rows.push(...Object.values(hotLotRows(hot, medianDeliveryUs(fan))).flat());
    rows.push(await verifying(rig, root, hot.signed, { bids: scale.signed, say }));
    Object.assign(curves, quick ? curvesOf(hot) : await hotLotCurves(rig, scale));
  }
  return { rows, curves };
}

async function deskAlone(house, shows) {
  part('the desk alone');
  const place = await ground(root, house);
  try {
    const grown = await growth(place, shows, { ...scale, say });
    heard(grown);
    const { g1, g9 } = growthRows(grown);
    return { rows: [...g1, ...g9], history: grown.history };
  } finally {
    await place.close();
  }
}

async function remembered() {
  const kept = await memory(root, { ...memoryScale, say, opened: (house) => opened.add(house) });
  heard(kept);
  return kept.rows;
}

/** G1, G1s, G2 … G12. */
function inOrder(rows) {
  const place = ({ goal }) => Number(/\d+/.exec(goal)[0]) + (goal.endsWith('s') ? 0.5 : 0);
  return [...rows].sort((a, b) => place(a) - place(b));
}
