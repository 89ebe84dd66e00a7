import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimDataDirectory } from './claim.js';
import { startOf } from './process.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qingpai-claim-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = () => join(folder, 'held-by.json');

test('a second server on the same data directory is told who holds it, and the note left for it', () => {
  const claim = claimDataDirectory(folder);
  if (!claim.mine) throw new Error('bug: nobody else is here');
  expect(claimDataDirectory(folder)).toEqual({ mine: false, pid: process.pid, note: null });
  claim.leaveNote('http://localhost:3000');
  expect(claimDataDirectory(folder)).toEqual({
    mine: false,
    pid: process.pid,
    note: 'http://localhost:3000',
  });
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  claim.release();
  expect(claimDataDirectory(folder).mine).toBe(true);
});

test('a holder that was killed does not count', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
  const start = startOf(other.pid!);
  writeFileSync(file(), JSON.stringify({ pid: other.pid, start, note: null }));
  expect(claimDataDirectory(folder)).toMatchObject({ mine: false, pid: other.pid });
  other.kill('SIGKILL');
  await new Promise((resolve) => other.once('exit', resolve));
  expect(claimDataDirectory(folder).mine).toBe(true);
});

test('another program that got the pid of a dead holder does not count either', () => {
  writeFileSync(file(), JSON.stringify({ pid: process.pid, start: 'long ago', note: null }));
  expect(claimDataDirectory(folder).mine).toBe(true);
  expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ start: startOf(process.pid) });
});

test('a claim that was written by half does not keep anybody out', () => {
  writeFileSync(file(), '{"pid":');
  expect(claimDataDirectory(folder).mine).toBe(true);
});
