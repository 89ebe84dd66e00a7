import { groupCommit, median } from './limits.mjs';
import { HotLot } from './load.mjs';
import { row } from './table.mjs';

const HASH = `${'A'.repeat(43)}=`;
const PEOPLE = 1_000;

/**
 * The desk alone, called in this process on the log that the server left: G1 without sockets, and how its rate holds
 * when the history or the catalogue grows (G9).
 */
export async function growth(place, [long, short, wide], { repetitions, forMs, leaves, steps, say }) {
  const { ownerUrl } = place.postgres;
  const lots = {
    hot: await hotLot(place, long),
    fresh: await hotLot(place, short),
    many: await hotLot(place, wide),
  };
  for (const lot of Object.values(lots)) await lot.race(50, 500);
  const runs = [];
  for (let n = 1; n <= repetitions; n += 1) {
    const fifty = await lots.fresh.race(50, forMs);
    const commits = await groupCommit(ownerUrl, batchOf(fifty), forMs);
    const thousand = await lots.fresh.race(PEOPLE, forMs);
    const wideCommits = await groupCommit(ownerUrl, batchOf(thousand), forMs);
    const catalogue = await lots.many.race(50, forMs);
    const again = await lots.fresh.race(50, forMs);
    runs.push({ fifty, commits, thousand, wideCommits, catalogue, again });
    say(
      `  ${n}: 50 → ${Math.round(fifty.accepted)}/s, 1000 → ${Math.round(thousand.accepted)}/s, bare ${Math.round(commits.perSecond)} and ${Math.round(wideCommits.perSecond)} rows/s`,
    );
  }
  const history = await histories(lots.hot, lots.fresh, { leaves, steps, repetitions, forMs, say });
  const faults = [];
  for (const lot of Object.values(lots)) faults.push(...(await lot.judged(place.ledger)).slice(0, 100));
  const answers = Object.values(lots).reduce((sum, { told }) => sum + told.length, 0);
  await Promise.all(Object.values(lots).map(({ desk }) => desk.close()));
  return { runs, history, faults, answers };
}

async function inTurn(times, work) {
  const done = [];
  for (let n = 0; n < times; n += 1) done.push(await work());
  return done;
}

const batchOf = ({ batch }) => Math.max(1, Math.round(batch));

async function hotLot(place, showId) {
  const opened = await place.openDesk(showId);
  const bidders = Array.from({ length: PEOPLE }, (_, n) => `bench-${String(n).padStart(10, 'x')}`);
  await Promise.all(bidders.map((bidder) => opened.desk.register({ bidder, id: HASH, kind: 'buyer' })));
  return new HotLot(opened, bidders);
}

/** Grows one log step by step, and compares its rate with that of a short one each time. */
async function histories(hot, fresh, { leaves, steps, repetitions, forMs, say }) {
  const points = [];
  const before = median(await inTurn(repetitions, async () => (await fresh.race(50, forMs)).accepted));
  for (let step = 1; step <= steps; step += 1) {
    const wanted = Math.round((leaves * step) / steps);
    while (hot.desk.head.size < wanted) await hot.race(PEOPLE, 2_000);
    const pairs = await inTurn(repetitions, async () => ({
      short: (await fresh.race(50, forMs)).accepted,
      long: (await hot.race(50, forMs)).accepted,
    }));
    const ratios = pairs.map(({ short, long }) => short / long);
    const sinceStart = pairs.map(({ long }) => before / long);
    points.push({ leaves: hot.desk.head.size, ratios, sinceStart });
    say(
      `  ${hot.desk.head.size} leaves: rate of a short log ÷ this one ${ratios.map((x) => x.toFixed(2)).join(', ')}`,
    );
  }
  return points;
}

export function growthRows({ runs, history }) {
  const of = (ratio) => runs.map(ratio);
  const { leaves, ratios, sinceStart } = history.at(-1);
  return {
    g1: [
      row(
        'G1',
        'the desk alone, called without sockets, 50 bidders',
        '≥ 0.2',
        of(({ fifty, commits }) => fifty.accepted / commits.perSecond),
      ),
      row(
        'G1',
        '… 1000 bidders',
        '≥ 0.25',
        of(({ thousand, wideCommits }) => thousand.accepted / wideCommits.perSecond),
      ),
    ],
    g9: [
      row('G9', `rate of a short log ÷ rate at ${leaves} leaves (desk alone)`, '≤ 1.1', ratios),
      row(
        'G9',
        '… rate of a short log before all that ÷ rate then',
        '≤ 1.1',
        sinceStart,
        'both logs share one heap, so that the line above leaves its size out',
      ),
      row(
        'G9',
        'rate with 50 lots in the catalogue ÷ with one (desk alone)',
        '≥ 0.9',
        of(({ catalogue, again }) => catalogue.accepted / again.accepted),
        'one lot of them is open',
      ),
    ],
  };
}
