import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judged } from './judge.js';
import { Place } from './place.js';
import { type Memory, playRound, type Round } from './round.js';
import { type Fault, faults } from './strike.js';

/** `npm run faults -- --rounds N --seed N --only FAULT`: the same by command. */
const ROUNDS = Number(process.env['FAULTS_ROUNDS'] ?? 5);
const SEED = Number(process.env['FAULTS_SEED'] ?? 1);
const ONLY = process.env['FAULTS_ONLY'] ?? '';
const ROUND_MS_MAX = 60_000;
/** A round with nothing in flight proves nothing and is played again. */
const TRIES_PER_ROUND = 3;

const chosen = faults.filter(({ name }) => ONLY === '' || name === ONLY);
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

interface Row {
  fault: Fault;
  rounds: Round[];
  /** Rounds without a bid in flight, which were played again. */
  empty: number;
  broken: Record<string, Set<string>>;
}
const rows: Row[] = [];

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
    ...counted.map(by),
    others,
    Math.round(median(rounds.map((one) => one.backAfterMs))),
  ].join(' | ')} |`;
}

afterAll(() => {
  say(`\nfaults · seed ${SEED} · Node ${process.version}\n`);
  say(
    '| fault | rounds | in flight | of those accepted | acknowledged | lost | announced, not stored | other breaks | back after ms, median |',
  );
  say('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const row of rows) if (row.rounds.length > 0) say(printed(row));
});

test('there is a fault of that name', () => expect(chosen).not.toEqual([]));

test.each(chosen)(
  `$what breaks no promise in ${ROUNDS} rounds`,
  async (fault) => {
    const row: Row = { fault, rounds: [], empty: 0, broken: {} };
    rows.push(row);
    const random = randomFrom(SEED);
    const memory: Memory = { told: [], lastFen: 0 };
    const folder = mkdtempSync(join(tmpdir(), 'qingpai-faults-'));
    chmodSync(folder, 0o711);
    const place = await (fault.overLine ? Place.openOverLine(folder) : Place.open());
    try {
      while (row.rounds.length < ROUNDS) {
        const round = await playRound(place, fault, memory, random);
        for (const [name, found] of Object.entries(judged(round.evidence)))
          for (const one of found) (row.broken[name] ??= new Set()).add(one);
        if (round.inFlight > 0) row.rounds.push(round);
        else if ((row.empty += 1) > ROUNDS * TRIES_PER_ROUND) throw new Error('never a bid in flight');
        const { inFlight, inFlightAccepted, acknowledged, backAfterMs, evidence } = round;
        say(
          `  ${fault.name} ${row.rounds.length}/${ROUNDS}: in flight ${inFlight} (accepted ${inFlightAccepted}), acknowledged ${acknowledged}, back after ${backAfterMs} ms, asked again ${evidence.askedAgain.length}, announced ${evidence.announced.length}, leaves ${evidence.log.length}, invariants ${evidence.invariants.length}`,
        );
      }
    } finally {
      await place.close();
      rmSync(folder, { recursive: true, force: true });
    }
    expect(row.rounds.every(({ inFlight, evidence }) => inFlight > 0 && evidence.announced.length > 0)).toBe(
      true,
    );
    expect(Object.entries(row.broken).map(([name, found]) => [name, ...[...found].slice(0, 5)])).toEqual([]);
  },
  60_000 + ROUNDS * ROUND_MS_MAX,
);
