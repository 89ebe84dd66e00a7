import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseVkey, readCosignatures, type VerifierKey } from '@qingpai/ledger/rules';
import { compiledFolder, compiledMarket } from '../../../market/src/testing/compiledMarket.js';
import { verifyWithNode } from '../ed25519.js';
import { paperLog } from '../testing/paperLog.js';

let program: string;
let folder: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  program = join(dirname(await compiledMarket()), '../../auditor/src/witness.js');
  folder = mkdtempSync(join(tmpdir(), 'qingpai-witness-'));
}, 60_000);
afterEach(async () => {
  for (const child of started.splice(0)) await ended(child, 'SIGTERM');
});
afterAll(() => {
  for (const path of [folder, compiledFolder]) rmSync(path, { recursive: true, force: true });
});

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}

let states = 0;
const newState = () => join(folder, `state-${++states}`);
const log = paperLog('market.example/shows/20261124-01');
const bodyOf = (note: string) => note.slice(0, note.indexOf('\n\n') + 1);

interface Running {
  child: ChildProcess;
  key: VerifierKey;
  url: string;
  ask(request: string): Promise<{ status: number; type: string | null; body: string }>;
}

/** @param preload what Node runs first: where the power goes */
async function start(state: string, { preload = [], args = [] as string[] } = {}): Promise<Running> {
  const child = spawn(
    process.execPath,
    [...preload, program, '--state', state, '--listen', '127.0.0.1:0', '--name', 'w.example/1', '--log', log.vkey, ...args],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  ); // prettier-ignore
  started.push(child);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', () => out.includes('\n') && resolve());
    child.once('exit', () => reject(new Error(err)));
  });
  const [, vkey, url] = out.trim().split(' ');
  const key = parseVkey(vkey!);
  if (!key.ok) throw new Error(key.reason);
  const ask = async (body: string) => {
    const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body });
    const type = response.headers.get('content-type');
    return { status: response.status, type, body: await response.text() };
  };
  return { child, key: key.value, url: url!, ask };
}

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** A module that kills the process, as by kill -9, right before or after the memory is written. */
function killed(when: 'before' | 'after'): string[] {
  const file = join(folder, `killed-${when}.cjs`);
  const stateFile = JSON.stringify(join(dirname(program), 'witness/stateFile.js'));
  writeFileSync(
    file,
    `const { StateFile } = require(${stateFile});
     const { remember } = StateFile.prototype;
     StateFile.prototype.remember = function (...args) {
       if ('${when}' === 'after') remember.apply(this, args);
       process.kill(process.pid, 'SIGKILL');
       for (;;);
     };`,
  );
  return ['-r', file];
}

for (const when of ['before', 'after'] as const) {
  test(`killed ${when} its memory is written and before it answers, it signs one history only`, async () => {
    const state = newState();
    const first = await start(state);
    expect((await first.ask(log.request(0, 5))).status).toBe(200);
    await ended(first.child, 'SIGTERM');

    const dying = await start(state, { preload: killed(when) as never[] });
    // Asked for beforehand: the end may be told before the broken answer is.
    const killedItself = once(dying.child, 'exit');
    await expect(dying.ask(log.request(5, 8, 'a'))).rejects.toThrow();
    await killedItself;

    const risen = await start(state);
    // The other history from where both parted: whatever was remembered, it does not get both.
    const other = await risen.ask(log.request(5, 8, 'b'));
    expect(other.status).toBe(when === 'after' ? 409 : 422);
    // Who lost the answer asks again, from the size it is told.
    const from = when === 'after' ? 8 : 5;
    if (when === 'after') expect(other).toMatchObject({ type: 'text/x.tlog.size', body: '8\n' });
    const again = await risen.ask(log.request(from, 8, 'a'));
    expect(again.status).toBe(200);
    const read = readCosignatures(bodyOf(log.note(8)), again.body, [risen.key], verifyWithNode);
    expect(read).toMatchObject({ ok: true, value: [{}] });
  });
}

test('it refuses to start twice on one state, and after kill -9 it starts again', async () => {
  const state = newState();
  const first = await start(state);
  await expect(start(state)).rejects.toThrow('running already http://127.0.0.1:');
  await ended(first.child, 'SIGKILL');
  expect((await start(state)).key).toEqual(first.key);
});

test('it waits for one that is about to end with its own parent', async () => {
  const state = newState();
  const first = await start(state, { args: ['--with-parent'] });
  setTimeout(() => first.child.stdin!.end(), 500);
  expect((await start(state, { args: ['--with-parent'] })).key).toEqual(first.key);
});

test('it ends with the process that started it', async () => {
  const { child } = await start(newState(), { args: ['--with-parent'] });
  child.stdin!.end();
  await once(child, 'exit');
  expect(child.exitCode).toBe(0);
});

test('it takes no more than a request has, and says what it is', async () => {
  const { url, ask, key } = await start(newState());
  expect((await ask('x'.repeat(200_000))).status).toBe(413);
  expect((await ask('old 0\n')).status).toBe(400);
  expect(await (await fetch(url)).text()).toContain(key.name);
  expect((await fetch(`${url}/add-checkpoint`)).status).toBe(405);
  expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
});

test('offline, a request on a USB stick is answered into a file; what does not extend is not', () => {
  const state = newState();
  const [request, out] = [join(folder, 'request.txt'), join(folder, 'cosignatures.txt')];
  const at = ['--state', state, '--name', 'w.example/2'];
  expect(run('add', log.vkey, ...at)).toMatchObject({ status: 0, stdout: `+ ${log.origin}\n` });
  writeFileSync(request, log.request(0, 5));
  expect(run('cosign', request, '--out', out, ...at)).toMatchObject({ status: 0 });
  const key = parseVkey(run('vkey', ...at).stdout.trim());
  if (!key.ok) throw new Error(key.reason);
  const read = readCosignatures(bodyOf(log.note(5)), readFileSync(out, 'utf8'), [key.value], verifyWithNode);
  expect(read).toMatchObject({ ok: true, value: [{}] });

  rmSync(out);
  writeFileSync(request, log.request(0, 8));
  expect(run('cosign', request, '--out', out, ...at)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('?old=5') as string,
  });
  writeFileSync(request, log.request(5, 8, 'b'));
  expect(run('cosign', request, '--out', out, ...at).stderr).toContain('not the history');
  expect(existsSync(out)).toBe(false);
  expect(run('list', ...at).stdout).toBe(`5\t${log.origin}\n`);
});

test('a file is cosigned by the witness that is running, which alone holds the memory', async () => {
  const state = newState();
  const { key } = await start(state);
  const request = join(folder, 'for-the-running.txt');
  writeFileSync(request, log.request(0, 5));
  const { stdout } = run('cosign', request, '--state', state);
  expect(readCosignatures(bodyOf(log.note(5)), stdout, [key], verifyWithNode)).toMatchObject({
    ok: true,
    value: [{}],
  });
});

test('called wrongly, it says how', () => {
  expect(run('dance')).toMatchObject({ status: 2, stderr: expect.stringContaining('cosign') as string });
  expect(run('cosign', '--state', newState())).toMatchObject({ status: 2 });
  expect(run('--nonsense')).toMatchObject({ status: 2 });
});
