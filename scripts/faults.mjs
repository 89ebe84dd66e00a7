import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, root } from './ground.mjs';

// `npm run faults -- [--rounds N] [--seed N] [--only FAULT,FAULT] [--short]`: the built server and its Postgres, killed,
// stopped, cut off, filled up and crowded while people bid.
const isWindows = process.platform === 'win32';
const args = process.argv.slice(2);
const valueOf = (name, usual) => {
  const at = args.indexOf(name);
  return at < 0 ? usual : args[at + 1];
};
if (args.includes('--help')) {
  console.log('npm run faults -- [--rounds N] [--seed N] [--only server-kill,disk-full] [--short]');
  process.exit(0);
}
const rounds = valueOf('--rounds', '5');
const seed = valueOf('--seed', '1');
if (![rounds, seed].every((text) => /^[1-9]\d{0,8}$/.test(text ?? ''))) {
  console.error('种子和轮数要写正整数 / seed and rounds are whole numbers above zero');
  process.exit(2);
}
if (!(await ensureInstalled()) || !(await ensureBuilt())) process.exit(1);
const jest = [
  join(root, 'node_modules/jest/bin/jest.js'),
  ...['--selectProjects', 'faults', '--forceExit', '--silent=false'],
];
// Thousands of sockets are files: as many as this process may have.
const [program, programArgs] = isWindows
  ? [process.execPath, jest]
  : ['sh', ['-c', 'ulimit -n "$(ulimit -Hn)" 2>/dev/null; exec "$@"', 'sh', process.execPath, ...jest]];
const { status } = spawnSync(program, programArgs, {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
  env: {
    ...process.env,
    FAULTS_ROUNDS: rounds,
    FAULTS_SEED: seed,
    FAULTS_SHORT: args.includes('--short') ? '1' : '',
    FAULTS_ONLY: valueOf('--only', ''),
  },
});
process.exit(status ?? 1);
