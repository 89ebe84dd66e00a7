import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, root } from './ground.mjs';

// `npm run market-day -- --seed N [--shows N] [--planted]`: shows under a virtual clock with everything going wrong.
const args = process.argv.slice(2);
const valueOf = (name, usual) => {
  const at = args.indexOf(name);
  return at < 0 ? usual : args[at + 1];
};
if (args.includes('--help')) {
  console.log('npm run market-day -- [--seed N] [--shows N] | --planted');
  process.exit(0);
}
const seed = valueOf('--seed', '1');
const shows = valueOf('--shows', args.includes('--seed') ? '1' : '1000');
if (![seed, shows].every((text) => /^[1-9]\d{0,8}$/.test(text ?? ''))) {
  console.error('种子和场数要写正整数 / seed and shows are whole numbers above zero');
  process.exit(2);
}
if (!(await ensureInstalled())) process.exit(1);
const jest = [
  join(root, 'node_modules/jest/bin/jest.js'),
  '--selectProjects',
  'market-day',
  '--forceExit',
  '--silent=false',
];
const { status } = spawnSync(process.execPath, jest, {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
  env: {
    ...process.env,
    MARKET_DAY_SEED: seed,
    MARKET_DAY_SHOWS: shows,
    MARKET_DAY_ONLY: args.includes('--planted') ? 'planted' : 'shows',
  },
});
process.exit(status ?? 1);
