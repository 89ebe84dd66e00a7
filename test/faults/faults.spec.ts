import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Closing, type ClosingFault, closingFaults, playClosing, stageOf } from './closing.js';
import { type CrowdFault, crowdFaults, type CrowdRun } from './crowd.js';
import { crowdJudged } from './crowdJudge.js';
import { closingJudged } from './closingJudge.js';
import { type Evidence, judged } from './judge.js';
import { Place } from './place.js';
import { type Memory, playRound, type Round } from './round.js';
import { type Fault, faults } from './strike.js';

/** `npm run faults -- --rounds N --seed N --only FAULT,FAULT`: the same by command. */
const ROUNDS = Number(process.env['FAULTS_ROUNDS'] ?? 5);
const SEED = Number(process.env['FAULTS_SEED'] ?? 1);
const ONLY = process.env['FAULTS_ONLY'] ?? '';
const ROUND_MS_MAX = 60_000;
const CROWD_MS_MAX = 600_000;
/** Fewer of a crowd. */
const IS_SHORT = process.env['FAULTS_SHORT'] === '1';
/** A round with nothing in flight proves nothing and is played again. */
const TRIES_PER_ROUND = 3;

const isChosen = ({ name }: { name: string }): boolean => ONLY === '' || ONLY.split(',').includes(name);
/** What cannot be done on this machine is named, with the reason. */
const notDone = new Map<string, string>();
const here = <T extends { name: string; what: string; whyNot?(): string | null }>(all: readonly T[]): T[] =>
  all.filter(isChosen).filter((one) => {
    const why = one.whyNot?.() ?? null;
    if (why !== null) notDone.set(`${one.name}: ${one.what}`, why);
    return why === null;
  });
const [chosen, chosenClosings, chosenCrowds] = [here(faults), here(closingFaults), here(crowdFaults)];
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** mulberry32 */
function randomFrom(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

interface Broken {
  /** By check, what breaks it. */
  broken: Record<string, Set<string>>;
}
function note({ broken }: Broken, judgedNow: Record<string, string[]>): void {
  for (const [name, found] of Object.entries(judgedNow))
    for (const one of found) (broken[name] ??= new Set()).add(one);
}
const brokenIn = ({ broken }: Broken): string[][] =>
  Object.entries(broken).map(([name, found]) => [name, ...[...found].slice(0, 5)]);

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'qingpai-faults-'));
  chmodSync(folder, 0o711);
  return folder;
}

interface Row extends Broken {
  fault: Fault;
  rounds: Round[];
  /** Rounds without a bid in flight, which were played again. */
  empty: number;
}
const rows: Row[] = [];
interface ClosingRow extends Broken {
  fault: ClosingFault;
  closings: Closing[];
}
const closingRows: ClosingRow[] = [];
interface CrowdRow extends Broken {
  fault: CrowdFault;
  run: CrowdRun | null;
}
const crowdRows: CrowdRow[] = [];

const sum = (numbers: number[]): number => numbers.reduce((all, one) => all + one, 0);
const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN;

function printed({ fault, rounds, empty, broken }: Row): string {
  const by = (name: string) => broken[name]?.size ?? 0;
  const counted = [
    'an acknowledged bid is in the log at the leaf that was named',
    'what is announced is in the log',
  ];
  const others = sum(Object.keys(broken).map((name) => (counted.includes(name) ? 0 : by(name))));
  return `| ${[
    `${fault.name}: ${fault.what}`,
    `${rounds.length}${empty ? ` (+${empty} empty)` : ''}`,
    `${sum(rounds.map((one) => one.inFlight))} (least ${Math.min(...rounds.map((one) => one.inFlight))})`,
    sum(rounds.map((one) => one.inFlightAccepted)),
    sum(rounds.map((one) => one.acknowledged)),
    sum(rounds.map((one) => one.putOff)),
    Math.max(...rounds.map((one) => one.waitedMs)),
    ...counted.map(by),
    others,
    Math.round(median(rounds.map((one) => one.backAfterMs))),
  ].join(' | ')} |`;
}

function printedClosing({ fault, closings, broken }: ClosingRow): string {
  const late = 'a bid sent in time is not called late';
  const others = sum(Object.keys(broken).map((name) => (name === late ? 0 : broken[name]!.size)));
  return `| ${[
    `${fault.name}: ${fault.what}`,
    closings.length,
    ...(['fair', 'fairAccepted', 'inFlight', 'inFlightAccepted'] as const).map((key) =>
      sum(closings.map((one) => one[key])),
    ),
    broken[late]?.size ?? 0,
    others,
  ].join(' | ')} |`;
}

function printedCrowd({ fault, broken }: CrowdRow, { count, said, before, during }: CrowdRun): string {
  const both = (key: 'p50' | 'p99') =>
    `${before[key]}, ${during[key]}, ${(during[key] / Math.max(1, before[key])).toFixed(1)}`;
  const breaks = sum(Object.values(broken).map(({ size }) => size));
  return `| ${[`${fault.name}: ${fault.what}`, count, said, both('p50'), both('p99'), breaks].join(' | ')} |`;
}

afterAll(() => {
  say(`\nfaults · seed ${SEED} · Node ${process.version}\n`);
  say(
    '| fault | rounds | in flight | of those accepted | acknowledged | put off | longest wait ms | lost | announced, not stored | other breaks | back after ms, median |',
  );
  say('| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const row of rows) if (row.rounds.length > 0) say(printed(row));
  say(
    '\n| at a close | closes | bids in time | accepted | in flight | of those accepted | called late | other breaks |',
  );
  say('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const row of closingRows) if (row.closings.length > 0) say(printedClosing(row));
  say('\n| a crowd | of | | p50 ms: before, then, ratio | p99 ms: before, then, ratio | breaks |');
  say('| --- | --- | --- | --- | --- | --- |');
  for (const row of crowdRows) if (row.run) say(printedCrowd(row, row.run));
  for (const [what, why] of notDone) say(`| ${what} | not done: ${why} |`);
});

test('there is a fault of that name', () =>
  expect([...chosen, ...chosenClosings, ...chosenCrowds, ...notDone]).not.toEqual([]));

/** Nothing to do is no test that was left out. */
const each = <T extends { what: string }>(all: T[]) => (all.length > 0 ? test.each(all) : () => undefined);

for (const [what, why] of notDone) test.skip(`${what} (${why})`, () => undefined);

each(chosen)(
  `$what breaks no promise in ${ROUNDS} rounds`,
  async (fault) => {
    const row: Row = { fault, rounds: [], empty: 0, broken: {} };
    rows.push(row);
    const random = randomFrom(SEED);
    const memory: Memory = { told: [], tries: [], lastFen: 0 };
    const folder = newFolder();
    const place = await Place.open(fault.ground ?? 'own', folder);
    try {
      while (row.rounds.length < ROUNDS) {
        const round = await playRound(place, fault, memory, random);
        note(row, judged(round.evidence));
        if (round.inFlight > 0) row.rounds.push(round);
        else if ((row.empty += 1) > ROUNDS * TRIES_PER_ROUND) throw new Error('never a bid in flight');
        const { inFlight, inFlightAccepted, acknowledged, putOff, waitedMs, backAfterMs, evidence } = round;
        say(
          `  ${fault.name} ${row.rounds.length}/${ROUNDS}: in flight ${inFlight} (accepted ${inFlightAccepted}), acknowledged ${acknowledged}, put off ${putOff}, longest wait ${waitedMs} ms, back after ${backAfterMs} ms, asked again ${evidence.askedAgain.length}, announced ${evidence.announced.length}, leaves ${evidence.log.length}, invariants ${evidence.invariants.length}`,
        );
      }
    } finally {
      await place.close();
      rmSync(folder, { recursive: true, force: true });
    }
    expect(row.rounds.every(({ inFlight, evidence }) => inFlight > 0 && evidence.announced.length > 0)).toBe(
      true,
    );
    // Whoever cannot be served is told so.
    if (fault.putsOff) expect(row.rounds.map(({ putOff }) => putOff)).not.toContain(0);
    expect(brokenIn(row)).toEqual([]);
  },
  60_000 + ROUNDS * ROUND_MS_MAX,
);

each(chosenClosings)(
  `$what breaks no promise in ${ROUNDS} closes`,
  async (fault) => {
    const row: ClosingRow = { fault, closings: [], broken: {} };
    closingRows.push(row);
    const told: Evidence['told'][number][] = [];
    const folder = newFolder();
    const place = await fault.opens(folder, stageOf(ROUNDS));
    try {
      for (let n = 1; n <= ROUNDS; n += 1) {
        const closing = await playClosing(place, fault, folder, n, told);
        row.closings.push(closing);
        note(row, closingJudged(closing.evidence));
        note(row, judged(closing.whole));
        if (n === 1) await fault.proves?.(place);
        const { inFlight, fair, fairAccepted, evidence } = closing;
        say(
          `  ${fault.name} ${n}/${ROUNDS}: in flight ${inFlight}, in time ${fair} (accepted ${fairAccepted}), leaves ${evidence.log.length}, closed late ${evidence.closedLateMs} ms`,
        );
      }
    } finally {
      await place.close();
      rmSync(folder, { recursive: true, force: true });
    }
    expect(row.closings.map(({ inFlight }) => inFlight)).not.toContain(0);
    expect(brokenIn(row)).toEqual([]);
  },
  60_000 + ROUNDS * ROUND_MS_MAX,
);

each(chosenCrowds)(
  'a crowd $what breaks no promise',
  async (fault) => {
    const row: CrowdRow = { fault, run: null, broken: {} };
    crowdRows.push(row);
    const folder = newFolder();
    const place = await Place.open('own', folder);
    try {
      row.run = await fault.play(place, IS_SHORT ? fault.fewCount : fault.count);
      note(row, crowdJudged(row.run.evidence));
      note(row, judged(row.run.whole));
    } finally {
      await place.close();
      rmSync(folder, { recursive: true, force: true });
    }
    expect(brokenIn(row)).toEqual([]);
  },
  CROWD_MS_MAX,
);
