import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root } from './ground.mjs';

// `npm run bench`: goals of speed as ratios to limits measured in the same run. `-- --quick` takes about a minute.
if (!(await ensureInstalled()) || !(await ensureBuilt())) process.exit(1);
const { ground } = await import('../test/bench/ground.mjs');
const { HotLot } = await import('../test/bench/load.mjs');
const { blindSpots } = await import('../test/bench/oracleProof.mjs');
const { groupCommit, median, rowLock, verifies } = await import('../test/bench/limits.mjs');

const quick = process.argv.includes('--quick');
const repetitions = quick ? 1 : 3;
const forMs = quick ? 2_500 : 5_000;
const HASH = `${'A'.repeat(43)}=`;
const say = (line = '') => console.log(line);

say(
  `测速 bench · ${cpus()[0]?.model ?? '?'} × ${cpus().length} · Node ${process.version}${quick ? ' · quick' : ''}`,
);
say('数据库和服务器在同一台机器上；只有同一次运行里的比值算数 only ratios within one run count\n');
const { count, unseen, accuses } = blindSpots();
if (unseen.length > 0 || accuses.length > 0)
  throw new Error(`bug: a blind oracle: ${[...unseen, ...accuses].join('; ')}`);
say(`  oracle: ${count} of ${count} planted faults seen`);
const place = await ground(root);
try {
  const rows = await measure();
  print(rows);
  const file = join(root, '.cache/bench.json');
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), quick, rows }, null, 2)}\n`);
  say(`\n.cache/bench.json`);
} finally {
  await place.close();
}

async function measure() {
  const { ownerUrl } = place.postgres;
  const hot = await hotLot(place.shows[0], 1_000);
  await hot.race(50, 1_000); // warm
  const runs = [];
  for (let n = 0; n < repetitions; n += 1) {
    const fifty = await hot.race(50, forMs);
    const commits = await groupCommit(ownerUrl, Math.max(1, Math.round(fifty.batch)), forMs);
    const thousand = await hot.race(1_000, forMs);
    const wide = await groupCommit(ownerUrl, Math.max(1, Math.round(thousand.batch)), forMs);
    const locked = await rowLock(ownerUrl, 50, forMs);
    const idle = await hot.idle(200);
    const single = await groupCommit(ownerUrl, 1, 1_500);
    runs.push({ fifty, commits, thousand, wide, locked, idle, single });
    say(
      `  ${n + 1}: 50 → ${whole(fifty.accepted)}/s (batch ${fifty.batch.toFixed(1)}) · 1000 → ${whole(thousand.accepted)}/s · group commit ${whole(commits.perSecond)}, ${whole(wide.perSecond)} rows/s · row lock ${whole(locked)}/s · idle ${idle.p50.toFixed(2)} ms`,
    );
  }
  const faults = await hot.judged(place.ledger);
  say(
    faults.length === 0
      ? `  oracle: ${hot.told.length} answers, nothing wrong`
      : `  oracle: ${faults.slice(0, 5).join('; ')}`,
  );
  if (faults.length > 0) process.exitCode = 1;
  const fresh = await hotLot(place.shows[1], 50);
  await fresh.race(50, 1_000);
  const [short, long] = [await fresh.race(50, forMs), await hot.race(50, forMs)];
  const history = hot.desk.head.size;
  await Promise.all([hot.desk.close(), fresh.desk.close()]);
  const of = (ratio) => median(runs.map(ratio));
  return [
    row(
      'G1',
      'hot lot, durable accepted/s ÷ group commit at equal batch, 50 bidders',
      '≥ 0.20',
      of(({ fifty, commits }) => fifty.accepted / commits.perSecond),
      (x) => x >= 0.2,
    ),
    row(
      'G1',
      'the same with 1000 bidders',
      '≥ 0.25',
      of(({ thousand, wide }) => thousand.accepted / wide.perSecond),
      (x) => x >= 0.25,
    ),
    row(
      'G3',
      '÷ naive row lock, 50 bidders',
      '≥ 30',
      of(({ fifty, locked }) => fifty.accepted / locked),
      (x) => x >= 30,
    ),
    row(
      'G5',
      'idle answer p50 ÷ one commit',
      '≤ 1.5',
      of(({ idle, single }) => idle.p50 / single.commitMs),
      (x) => x <= 1.5,
    ),
    row(
      'G9',
      `rate of an empty log ÷ rate at ${history} leaves`,
      '≤ 1.1',
      short.accepted / long.accepted,
      (x) => x <= 1.1,
    ),
    {
      goal: '–',
      what: 'Ed25519 on one core, verifications/s (limit of G1s)',
      wanted: '',
      ratio: verifies(1_000),
      met: null,
    },
    ...[
      'G1s signed bids',
      'G2 CPU per verdict',
      'G4 peers',
      'G6 open loop',
      'G7 fan-out',
      'G8 many watchers',
      'G10 memory',
      'G11 crashes',
      'G12 verify',
    ].map((what) => ({
      goal: what.split(' ')[0],
      what: what.slice(what.indexOf(' ') + 1),
      wanted: '',
      ratio: null,
      met: null,
    })),
  ];
}

async function hotLot(showId, people) {
  const opened = await place.openDesk(showId);
  const bidders = Array.from({ length: people }, (_, n) => `bench-${String(n).padStart(10, 'x')}`);
  await Promise.all(bidders.map((bidder) => opened.desk.register({ bidder, id: HASH, kind: 'buyer' })));
  return new HotLot(opened, bidders);
}

function row(goal, what, wanted, ratio, isMet) {
  return { goal, what, wanted, ratio, met: isMet(ratio) };
}

function print(rows) {
  say('\n目标 goal                                                                      目标值    比值     ');
  for (const { goal, what, wanted, ratio, met } of rows) {
    const figure = ratio === null ? '未测 not measured' : ratio >= 100 ? whole(ratio) : ratio.toFixed(2);
    const verdict = met === null ? '' : met ? '✓' : '✗ missed';
    say(`${goal.padEnd(4)} ${what.padEnd(72)} ${wanted.padStart(7)}  ${figure.padStart(8)}  ${verdict}`);
  }
}
function whole(n) {
  return String(Math.round(n));
}
