import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judgeRecording, recordingLines, verdictOfRecording } from './recording.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'qingpai-verify-recording-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const hashOf = (text: string) => createHash('sha256').update(text).digest('base64');
const leaf = (segment: number, text: string, fromMs: number, toMs: number) =>
  JSON.stringify({
    ...{ type: 'recording.kept', by: 'platform', i: segment },
    body: { segment, sha256: hashOf(text), bytes: text.length, fromMs, toMs },
  });
const leaves = [
  JSON.stringify({ type: 'log.opened', body: {} }),
  leaf(1, 'first', 0, 10_000),
  leaf(2, 'second', 10_000, 20_000),
  leaf(3, 'third', 65_000, 70_000),
];
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

test('files are told by their contents, whatever they are called and wherever they lie', () => {
  mkdirSync(join(folder, 'show'));
  write('show/b.mp4', 'first');
  write('a.mp4', 'second');
  write('3.mp4', 'third');
  write('notes.txt', 'anything');
  const report = judgeRecording(leaves, folder);
  expect(report).toEqual({ segments: 3, missing: [], strangers: [], gaps: [{ after: 2, ms: 45_000 }] });
  expect(verdictOfRecording(report)).toBeNull();
  expect(recordingLines(report).join('\n')).toContain('第 2 段之后 45 s 没有录像');
});

test('a missing piece is named, and makes what was brought incomplete', () => {
  write('1.mp4', 'first');
  write('3.mp4', 'third');
  const report = judgeRecording(leaves, folder);
  expect([report.missing, verdictOfRecording(report)]).toEqual([[2], 'INCOMPLETE']);
  expect(recordingLines(report).join('\n')).toContain('piece 2 is missing');
});

test('a changed file is named, and accuses nobody', () => {
  write('1.mp4', 'first');
  write('2.mp4', 'secone');
  write('3.mp4', 'third');
  const report = judgeRecording(leaves, folder);
  expect(report).toMatchObject({ missing: [2], strangers: ['2.mp4'] });
  expect(verdictOfRecording(report)).toBe('DAMAGED');
});
