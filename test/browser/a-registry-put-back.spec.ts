import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RegistryView, type SeasonVerification } from '@qingpai/wire';
import { type Market, pot, shortRules } from '../stories/kit/market.js';
import { axeFinds, type Chromium, overflows } from './kit/chromium.js';
import { DESKTOP, openedForAll, wholeShot } from './kit/opened.js';

/**
 * The database's disk is lost, and a copy is put back that does not hold the newest show. The witness, on another disk,
 * remembers: the township's registry must not grow, until an officer has it go on in another log.
 */
let market: Market;
let browser: Chromium;
openedForAll((opened) => ({ market, browser } = opened));

const copies = (from: string, to: string) => {
  rmSync(to, { recursive: true, force: true });
  execFileSync('cp', ['-a', from, to]);
};
const verifier = join(__dirname, '../../dist/apps/auditor/src/verify.js');
/** By the command line, with files in a folder of its own. */
function judges(...args: string[]): { status: number | null; said: SeasonVerification } {
  const cwd = join(market.dataDir, '..');
  const { status, stdout, stderr } = spawnSync(process.execPath, [verifier, ...args, '--json'], { cwd, encoding: 'utf8' }); // prettier-ignore
  if (stdout === '') throw new Error(stderr);
  return { status, said: JSON.parse(stdout) as SeasonVerification };
}
const saves = async (name: string, path: string) => {
  const answer = await market.must<string | object>('GET', `/api/townships/siqiao/${path}`);
  const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
  writeFileSync(join(market.dataDir, '..', name), text);
};
const registry = () => market.must<RegistryView>('GET', '/api/townships/siqiao/registry');
async function untilRegistry(is: (view: RegistryView) => boolean): Promise<void> {
  const endsAtMs = performance.now() + 60_000;
  while (!is(await registry())) {
    if (performance.now() > endsAtMs) throw new Error(`still ${JSON.stringify(await registry())}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

test('an officer lets the registry go on in another log, and who pinned its first key judges both', async () => {
  const [officer, hostToken] = await Promise.all([market.officer(), market.host()]);
  const { showId, host } = await market.openShow([pot()], { ...shortRules, openForMs: 1_000 });
  await host.does({ name: 'withdraw', lot: 'L1', reason: 'damaged' });
  await host.does({ name: 'close' });
  const isWitnessed = ({ head }: RegistryView) => head.note.split('\n— ').length === 3;
  // Opened, and of one show: registered, sealed, closed.
  await untilRegistry((view) => view.head.size === 4 && isWitnessed(view));
  await saves('first-policy.txt', 'policy');

  const [database, copy] = ['postgres', 'copy'].map((name) => join(market.dataDir, name)) as [string, string];
  await market.stop();
  copies(database, copy);
  await market.start();
  const { size } = (await registry()).head;
  await market.draft(hostToken, [pot({ title: '君子兰' })], shortRules);
  await untilRegistry((view) => view.head.size === size + 1 && isWitnessed(view));
  await saves('lost.txt', 'log/checkpoint');
  await market.stop();
  copies(copy, database);
  await market.start();
  await untilRegistry(({ isBehind }) => isBehind);
  expect((await registry()).head.size).toBe(size);

  const asked = { title: '第二场', rules: shortRules };
  const refused = await market.ask<{ code: string }>('POST', '/api/shows', hostToken, asked);
  expect([refused.status, refused.answer.code]).toEqual([409, 'registry-behind']);
  const desk = await browser.opens('/township?view=registry', officer, DESKTOP);
  await desk.getByText('见证机那里的登记簿更长').waitFor();
  await wholeShot(desk, 'registry-behind');
  const phone = await browser.opens('/township?view=registry', officer);
  await phone.getByRole('button', { name: '另起一本' }).click();
  await phone.getByText('不能撤回').waitFor();
  expect([await overflows(phone), await axeFinds(phone)]).toEqual([false, []]);
  await wholeShot(phone, 'registry-behind-phone');
  await phone.getByRole('button', { name: '另起一本' }).click();
  await phone.getByText('之前的登记簿').waitFor();
  expect(await phone.getByText('见证机那里的登记簿更长').count()).toBe(0);
  expect([await overflows(phone), await axeFinds(phone)]).toEqual([false, []]);
  await wholeShot(phone, 'registry-went-on-phone');

  const again = await market.draft(hostToken, [pot({ title: '蝴蝶兰' })], shortRules);
  await untilRegistry((view) => view.origin.endsWith('/2') && isWitnessed(view));
  await desk.reload();
  await desk.getByText('第 2 本 1', { exact: true }).waitFor();
  await wholeShot(desk, 'registry-went-on');
  expect([await overflows(desk), await axeFinds(desk)]).toEqual([false, []]);
  expect((await registry()).shows.map(({ show }) => show)).toEqual([showId, again]);

  await saves('season.json', 'season');
  const pinned = ['--season', 'season.json', '--policy', 'first-policy.txt'];
  const { said } = judges(...pinned);
  expect([said.verdict, said.findings]).toEqual(['INCOMPLETE', []]);
  expect(said.notes.map(({ code }) => code)).toEqual(expect.arrayContaining(['registry-continued', 'show-not-due']));
  // Whoever keeps a head that was lost sees that something is gone, and nobody is accused of a second history.
  const { status, said: stale } = judges(...pinned, '--known', 'lost.txt');
  expect([status, stale.verdict, stale.findings.map(({ code }) => code)]).toEqual([60, 'STALE', ['older-than-known']]);
}, 240_000); // prettier-ignore
