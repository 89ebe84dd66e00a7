import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { join, relative } from 'node:path';
import { ensureBuilt, ensureInstalled, refuseOldNode, root, run, step } from './ground.mjs';

// `npm test`: everything that can be judged here, from a fresh clone; what cannot is named. Ends with the totals.
// `npm test -- --also-on 24` runs the unit suite and three stories once more on that line of Node.
/** A suite that hangs; the longest takes half of it on a slow day. */
const SUITE_MS_MAX = 25 * 60_000;
/** What waits for no clock but its own may share the machine; jest itself leaves one of two cores idle. */
const sharing = new Set(['unit', 'tampering']);
/** One round of each kind; all of them are in `npm run faults`. */
const shortFaults = {
  FAULTS_ROUNDS: '1',
  FAULTS_SHORT: '1',
  FAULTS_ONLY: 'server-kill,line-swallows-answers,reply-lost,disk-full,stop-over-close,slow-readers',
};
/** What goes through most of the built server. */
const alsoStories = ['the-siqiao-evening', 'a-restart-in-the-middle-of-a-lot', 'a-strangers-client'];
const reports = join(root, '.cache', 'test-reports');
const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const notRun = [];

refuseOldNode();
process.chdir(root);
if (!(await ensureInstalled())) finish('npm ci');
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

// Neither has a clock, and neither uses more than one core.
const [built] = await Promise.all([ensureBuilt(), check('类型', 'types')]);
count('build', built);

await suite('unit');
await suite('tampering');
// People's pace leaves a core idle, and what only reads may have it.
await Promise.all([inTheGaps(), atPeoplesPace()]);
await suite('market-day');
if (built) {
  // What they time is the point of them: nothing else runs then.
  await videoSuite();
  await suite('faults', { title: 'faults (short)', env: shortFaults });
  await suite('interop');
} else {
  for (const name of ['stories', 'browser', 'video', 'faults', 'interop'])
    notRun.push(`${name}: the build failed`);
}
const also = process.argv.indexOf('--also-on');
if (also > 0) await alsoOn(process.argv[also + 1]);
finish();

async function check(zh, en, how) {
  count(en, await step(zh, en, () => npm(en, how)));
}

/** Takes what the suites beside it leave of the machine. */
async function inTheGaps() {
  const how = { niceness: constants.priority.PRIORITY_BELOW_NORMAL };
  await check('规范', 'lint', how);
  await check('格式', 'format', how);
}

async function atPeoplesPace() {
  if (!built) return;
  await suite('stories');
  await browserSuite();
}

function npm(script, how = {}) {
  return run('npm', ['run', '--silent', script], { shown: false, limitMs: SUITE_MS_MAX, ...how });
}

/** A whole check counts as one test. */
function count(name, ok) {
  totals[ok ? 'passed' : 'failed']++;
  if (!ok) failures.push(name);
}

async function browserSuite() {
  const { findChromium } = await import('./chromium.mjs');
  const chromium = await findChromium();
  if ('path' in chromium) await suite('browser', { env: { CHROMIUM_PATH: chromium.path } });
  else notRun.push(`browser: ${chromium.why}`);
}

/** Cameras and viewers need the same library as the relay: where it cannot load, nothing of it can be judged. */
async function videoSuite() {
  try {
    await import('node-datachannel');
  } catch (error) {
    notRun.push(`video: ${String(error).split('\n')[0]}`);
    return;
  }
  const { findChromium } = await import('./chromium.mjs');
  const chromium = await findChromium();
  await suite('video', { env: 'path' in chromium ? { CHROMIUM_PATH: chromium.path } : {} });
}

/** Another line of Node comes from the npm registry, where each is a package. */
async function alsoOn(nodeLine) {
  const found = await run('npx', ['-y', `node@${nodeLine}`, '-p', 'process.execPath'], { shown: false });
  for (const [name, only] of built ? [['unit'], ['stories', alsoStories]] : [['unit']]) {
    const title = `${only ? `${only.length} ${name}` : name} on Node ${nodeLine}`;
    if (found.ok) await suite(name, { title, only, node: found.output.trim().split('\n').at(-1) });
    else notRun.push(`${title}: ${found.output.trim().split('\n')[0]}`);
  }
}

/**
 * One jest project in a process of its own.
 * @param only parts of the paths of its files; left out: all of them
 */
async function suite(name, { env = {}, title = name, only = [], node = process.execPath } = {}) {
  const report = join(reports, `${title.replaceAll(' ', '-')}.json`);
  const workers = sharing.has(name) ? ['--maxWorkers=2'] : [];
  const jest = [
    join('node_modules', 'jest', 'bin', 'jest.js'),
    ...only,
    ...workers,
    '--selectProjects',
    name,
  ];
  const args = [...jest, '--json', `--outputFile=${report}`, '--passWithNoTests', '--forceExit'];
  const options = { shown: false, env: { ...env, FORCE_COLOR: '0' }, limitMs: SUITE_MS_MAX };
  const startMs = Date.now();
  const { ok, output } = await run(node, args, options);
  // Not sooner: another may run beside it.
  console.log(`\n── ${title}`);
  if (!existsSync(report)) {
    console.log(output.slice(-4000));
    count(`${title}: did not finish`, false);
    return;
  }
  // A suite's own figures, told on one line.
  for (const line of output.match(
    /^(tamper cases|mutants|market-day|stripe contracts|refused payments).*$/gm,
  ) ?? [])
    console.log(line);
  add(title, JSON.parse(readFileSync(report, 'utf8')), ok, Math.round((Date.now() - startMs) / 1000));
}

function add(title, result, ok, seconds) {
  if (result.numTotalTestSuites === 0) {
    notRun.push(`${title}: there are no spec files`);
    return;
  }
  // A file that could not be loaded has no tests to count: it is one failure by itself.
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  const skipped = result.numPendingTests + result.numTodoTests;
  totals.passed += result.numPassedTests;
  totals.failed += failed;
  totals.skipped += skipped;
  console.log(`${result.numPassedTests} passed, ${failed} failed, ${skipped} skipped in ${seconds} s`);
  for (const file of result.testResults) report(title, file);
  if (!ok && failed === 0) count(`${title}: jest ended with an error`, false);
}

function report(title, file) {
  const where = relative(root, file.name);
  if (file.status === 'failed') console.log(file.message);
  if (file.assertionResults.length === 0 && file.status === 'failed') failures.push(`${title}: ${where}`);
  for (const test of file.assertionResults) {
    if (test.status === 'failed') failures.push(`${title}: ${where}: ${test.fullName}`);
    if (test.status === 'pending' || test.status === 'todo') {
      notRun.push(`${title}: ${where}: ${test.fullName} (skipped)`);
    }
  }
}

function finish(broken) {
  if (broken) count(broken, false);
  if (notRun.length) console.log(`\n未运行 not run here:\n${notRun.map((one) => `  – ${one}`).join('\n')}`);
  if (failures.length) console.log(`\n失败 failed:\n${failures.map((one) => `  ✗ ${one}`).join('\n')}`);
  const { passed, failed, skipped } = totals;
  console.log(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
  process.exit(failed ? 1 : 0);
}
