import { planted } from './planted/index.js';
import { playShow, type Played } from './show.js';
import { deskWith, honest } from './world.js';

/** `npm run market-day -- --seed N --shows M --planted`: the same by command. */
const FIRST = Number(process.env.MARKET_DAY_SEED ?? 1);
const SHOWS = Number(process.env.MARKET_DAY_SHOWS ?? 1_000);
const ONLY = process.env.MARKET_DAY_ONLY ?? 'all';
const SEEDS_TO_FIND = 200;
const SHOW_MS_MAX = 2_000;
/** Seeds that found a mistake of ours once. */
const remembered = [1, 33, 2123];

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const replay = (seed: number): string => `npm run market-day -- --seed ${seed}`;

/** What was met on the way: a simulation that meets nothing proves nothing. */
function summed(shows: readonly Played[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { seen } of shows)
    for (const [what, n] of Object.entries(seen)) sum[what] = (sum[what] ?? 0) + n;
  return sum;
}

const play = ONLY === 'planted' ? it.skip : it;
play(
  `${SHOWS} shows from seed ${FIRST} break no promise`,
  async () => {
    const shows: Played[] = [];
    const startedMs = performance.now();
    for (let seed = FIRST; seed < FIRST + SHOWS; seed += 1) {
      const played = await playShow(seed);
      shows.push(played);
      if (played.broken) {
        const { invariant, how, step } = played.broken;
        say(
          `market-day seed ${seed} broke at step ${step}: ${invariant}\n  ${how}\n  again: ${replay(seed)}`,
        );
        throw new Error(`${invariant}: ${how}. Again: ${replay(seed)}`);
      }
      if (shows.length % 500 === 0) say(`market-day … ${shows.length} shows`);
    }
    const perSecond = Math.round((shows.length * 1_000) / (performance.now() - startedMs));
    const sum = summed(shows);
    say(`market-day ${shows.length} shows, none broke a promise, ${perSecond} shows/s`);
    const kinds = [
      'crashes',
      'takeovers',
      'pauses',
      'dropped',
      'doubled',
      'lost',
      'lostAfter',
      'refused',
      'fenced',
      'away',
    ];
    say(`market-day met ${kinds.map((kind) => `${kind} ${sum[kind] ?? 0}`).join(', ')}`);
    const leaves = [
      'bid.accepted',
      'bid.refused',
      'proxy.placed',
      'lot.extended',
      'lot.hammered',
      'clock.restarted',
      'sale.voided',
    ];
    say(`market-day logged ${leaves.map((kind) => `${kind} ${sum[kind] ?? 0}`).join(', ')}`);
    if (SHOWS >= 1_000) expect([...kinds, ...leaves].filter((kind) => !sum[kind])).toEqual([]);
  },
  60_000 + SHOWS * SHOW_MS_MAX,
);

const check = ONLY === 'all' ? it : it.skip;
check('one seed plays one show, and another another', async () => {
  const [one, again, other] = [await playShow(7), await playShow(7), await playShow(8)];
  expect(again).toEqual(one);
  expect(other.trace).not.toBe(one.trace);
});

check.each(remembered)('seed %i, which once found a mistake, finds none', async (seed) => {
  expect((await playShow(seed)).broken).toBeNull();
});

const find = ONLY === 'shows' ? it.skip : it;
describe('a planted bug is found:', () => {
  const found: string[] = [];
  find.each(planted.map((bug) => [bug.name, bug] as const))(
    '%s',
    async (name, bug) => {
      const DeskOf = deskWith(bug);
      for (let seed = 1; seed <= SEEDS_TO_FIND; seed += 1) {
        const { broken } = await playShow(seed, DeskOf);
        if (!broken) continue;
        found.push(name);
        if (ONLY === 'planted') say(`market-day | ${name} | ${seed} | ${broken.invariant} |`);
        return;
      }
      throw new Error(`${name}: ${SEEDS_TO_FIND} shows did not find it`);
    },
    120_000,
  );
  // Not a line of the product but of its database: whoever writes, writes.
  find(
    'writes go in without a fence',
    async () => {
      for (let seed = 1; seed <= SEEDS_TO_FIND; seed += 1) {
        const { broken } = await playShow(seed, honest, true);
        if (!broken) continue;
        found.push('no fence');
        if (ONLY === 'planted')
          say(`market-day | writes go in without a fence | ${seed} | ${broken.invariant} |`);
        return;
      }
      throw new Error(`${SEEDS_TO_FIND} shows did not find it`);
    },
    120_000,
  );
  find('all of them', () => {
    say(`market-day planted bugs found ${found.length} of ${planted.length + 1}`);
    expect(found).toHaveLength(planted.length + 1);
  });
});
