import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { ensureInstalled, refuseOldNode } from './ground.mjs';

// `npm run market-day -- --seed N [--shows N]`: shows under a virtual clock with everything going wrong.
// `-- --planted`: after how many seeds each planted bug is found; `--brief`: at the seeds where it was found before. It runs the sources as they are: nothing is built.
const MANY_SHOWS = 200;
const usage =
  'npm run market-day -- [--seed N] [--shows N] [--workers N] | --planted [--brief]\n' +
  '--seed alone plays one show again; without it a thousand are played from seed 1';

if (isMainThread) await main();
else (await commandLine()).serve();

/** Once everything is installed. */
async function commandLine() {
  const { requireTypescript } = await import('./typescript.mjs');
  const require = requireTypescript();
  return require('../test/market-day/commandLine.ts');
}

async function main() {
  refuseOldNode();
  const asked = ask();
  if (!(await ensureInstalled())) process.exit(1);
  const { findPlanted, play } = await commandLine();
  process.exit(asked.planted ? await findPlanted(asked.pool, asked.brief) : await play(asked));
}

function ask() {
  try {
    const { values } = parseArgs({
      options: {
        seed: { type: 'string' },
        shows: { type: 'string' },
        workers: { type: 'string' },
        planted: { type: 'boolean' },
        brief: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    });
    if (values.help) leave(0);
    const shows = whole(values.shows ?? (values.seed ? '1' : '1000'));
    const isMuch = shows >= MANY_SHOWS || values.planted;
    return {
      seed: whole(values.seed ?? '1'),
      shows,
      planted: values.planted,
      brief: values.brief,
      pool: {
        workers: whole(values.workers ?? String(isMuch ? availableParallelism() : 1)),
        entry: fileURLToPath(import.meta.url),
      },
    };
  } catch {
    return leave(2);
  }
}

function whole(text) {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(text);
  return Number(text);
}

function leave(code) {
  (code ? console.error : console.log)(usage);
  if (code) console.error('数字要写正整数 numbers are whole and above zero');
  process.exit(code);
}
