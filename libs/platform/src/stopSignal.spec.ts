import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { compiled, compiledFolder } from './testing/compiled.js';

afterAll(() => rmSync(compiledFolder, { recursive: true, force: true }));

/** A process that drains as told, once it has said that it listens. */
async function draining(drain: string, limitMs = 10_000): Promise<ChildProcess> {
  const file = JSON.stringify(join(await compiled(), 'stopSignal.js'));
  const script = `require(${file}).onStopSignal(${drain}, ${limitMs});
    setInterval(() => undefined, 1000); console.log('listening');`;
  const node = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => node.stdout.once('data', resolve));
  return node;
}

const codeOf = (node: ChildProcess) => new Promise((resolve) => node.once('exit', resolve));

test('Ctrl-C, which arrives twice under npm, drains once and ends well', async () => {
  const node = await draining('() => new Promise((resolve) => setTimeout(resolve, 300))');
  const code = codeOf(node);
  node.kill('SIGINT');
  await pause(50);
  node.kill('SIGINT');
  expect(await code).toBe(0);
});

test('a second signal, later, ends it at once', async () => {
  const node = await draining('() => new Promise(() => undefined)');
  const code = codeOf(node);
  node.kill('SIGTERM');
  await pause(1_200);
  node.kill('SIGTERM');
  expect(await code).toBe(1);
});

test('draining that fails, or takes too long, ends it with an error', async () => {
  const failing = await draining('() => Promise.reject(new Error())');
  const slow = await draining('() => new Promise(() => undefined)', 200);
  const codes = Promise.all([codeOf(failing), codeOf(slow)]);
  failing.kill('SIGTERM');
  slow.kill('SIGTERM');
  expect(await codes).toEqual([1, 1]);
});
