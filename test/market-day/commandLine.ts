import { performance } from 'node:perf_hooks';
import { Figures } from './figures.js';
import { invariantNames } from './invariants/index.js';
import { planted } from './planted/index.js';
import { keepSeeds, type KnownSeeds } from './planted/seeds.js';
import { seek, type Sought } from './search.js';
import { type Played, playShow } from './show.js';
import { type Pool, serveTasks, workOn } from './threads.js';

/** Seeds that a thread plays before it asks for more. */
const CHUNK = 50;
const TOLD_EVERY_MS = 5_000;

type Task = { from: number; to: number } | { bug: number; isBrief: boolean };
interface ChunkPlayed {
  figures: Pick<Figures, 'shows' | 'steps' | 'seen'>;
  broken: Played | null;
}
interface BugSought extends Sought {
  bug: number;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function perform(task: Task): Promise<ChunkPlayed | BugSought> {
  return 'bug' in task
    ? { bug: task.bug, ...(await seek(planted[task.bug]!, task.isBrief)) }
    : playChunk(task.from, task.to);
}
export const serve = (): void => serveTasks(perform);

// ---------------------------------------------------------------- shows

/** Plays the seeds, ends at the first show that breaks a promise. Answers the exit code. */
export async function play({
  seed,
  shows,
  pool,
}: {
  seed: number;
  shows: number;
  pool: Pool;
}): Promise<number> {
  const startedMs = performance.now();
  const figures = new Figures();
  const perSecond = () => Math.round((figures.shows * 1_000) / (performance.now() - startedMs));
  let toldMs = startedMs;
  let broken: Played | null = null;
  await workOn<Task, ChunkPlayed>(pool, chunksOf(seed, shows), perform, (played) => {
    broken ??= played.broken;
    figures.join(played.figures);
    if (broken === null && performance.now() - toldMs > TOLD_EVERY_MS) {
      toldMs = performance.now();
      say(`market-day … ${figures.shows} of ${shows}, ${perSecond()} shows/s`);
    }
    return broken === null;
  });
  if (broken) {
    tellBroken(broken);
    return 1;
  }
  for (const line of figures.lines(perSecond())) say(line);
  if (shows >= 1_000) for (const kind of figures.missing()) say(`market-day never met: ${kind}`);
  say(`market-day seeds ${seed} to ${seed + shows - 1}: every promise was kept`);
  return 0;
}

function* chunksOf(seed: number, shows: number): Generator<Task, undefined> {
  for (let from = seed; from < seed + shows; from += CHUNK) {
    yield { from, to: Math.min(from + CHUNK, seed + shows) };
  }
}

async function playChunk(from: number, to: number): Promise<ChunkPlayed> {
  const figures = new Figures();
  for (let seed = from; seed < to; seed += 1) {
    const played = await playShow(seed);
    if (played.broken) return { figures: plain(figures), broken: played };
    figures.add(played);
  }
  return { figures: plain(figures), broken: null };
}
const plain = ({ shows, steps, seen }: Figures) => ({ shows, steps, seen });

function tellBroken({ seed, broken, trace }: Played): void {
  const { invariant, how, step } = broken!;
  say(
    `market-day seed ${seed} broke a promise at step ${step}: ${how.startsWith(invariant) ? how : `${invariant}: ${how}`}`,
  );
  say(`  trace ${trace}, again: npm run market-day -- --seed ${seed}`);
}

// ---------------------------------------------------------------- planted bugs

/**
 * Looks for every planted bug, and prints a table. Answers the exit code.
 * @param isBrief where each was seen before; else from the first seed on, and what is found is kept
 */
export async function findPlanted(pool: Pool, isBrief = false): Promise<number> {
  const startedMs = performance.now();
  const sought: BugSought[] = [];
  const bugs = planted.map((_, bug) => ({ bug, isBrief }));
  await workOn<Task, BugSought>(pool, bugs, perform, (one) => {
    sought.push(one);
    return true;
  });
  say('| bug | seeds until found | what named it | without the rules | what it proves, all others blind |');
  say('| --- | ---: | --- | --- | --- |');
  sought.sort((a, b) => a.bug - b.bug);
  for (const one of sought) say(row(one));
  if (!isBrief) keepSeeds(seedsOf(sought));
  const [found, blind] = [sought.filter((one) => one.found), sought.filter((one) => one.blind)];
  const alone = new Set(sought.flatMap((one) => one.alone?.invariant ?? []));
  const hardest = Math.max(...found.map((one) => one.found!.seed));
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  say(
    `market-day planted bugs: ${found.length} of ${planted.length} found, the hardest after ${hardest} seeds, ` +
      `${isBrief ? '' : `${blind.length} also without the rules; `}${alone.size} of ${invariantNames.length} invariants proved; ${seconds} s`,
  );
  return found.length === planted.length && alone.size === invariantNames.length ? 0 : 1;
}

function seedsOf(sought: readonly BugSought[]): Record<string, KnownSeeds> {
  const seen = sought.flatMap(({ bug, found, alone }) =>
    found ? [[planted[bug]!.name, { found: found.seed, ...(alone && { alone: alone.seed }) }] as const] : [],
  );
  return Object.fromEntries(seen);
}

function row({ bug: at, found, blind, alone }: BugSought): string {
  const { name, isOurs, proves } = planted[at]!;
  const isSame = blind?.invariant === found?.invariant;
  const without = blind ? `${blind.seed}${isSame ? '' : `: ${blind.invariant}`}` : '–';
  const proof = proves === undefined ? '' : `${alone?.seed ?? 'not found'}: ${proves}`;
  const cells = [
    isOurs ? `${name} *` : name,
    found?.seed ?? 'not found',
    found?.invariant ?? '',
    without,
    proof,
  ];
  return `| ${cells.join(' | ')} |`;
}
