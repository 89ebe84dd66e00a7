import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type LoggedEvent, type Verdict } from '@qingpai/wire';

type Kept = Extract<LoggedEvent, { type: 'recording.kept' }>;

export interface RecordingReport {
  segments: number;
  /** Numbers of pieces that the log knows and the folder has not. */
  missing: number[];
  /** Files that no piece of the log is equal to. */
  strangers: string[];
  /** Between two pieces nothing was recorded: after which, and for how many milliseconds. */
  gaps: { after: number; ms: number }[];
}

/**
 * Compares the files of a folder with the hashes in the log; names do not count, contents do. What is missing may have been
 * deleted when its time was over; a file that fits nothing was changed, or is of another show.
 * @param leaves of a bundle that was judged
 */
export function judgeRecording(leaves: readonly string[], folder: string): RecordingReport {
  const kept = leaves.map((leaf) => JSON.parse(leaf) as LoggedEvent).filter(isKept);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.mp4') && statSync(join(folder, name)).isFile())
    .sort();
  const hashes = new Map(files.map((name) => [name, hashOf(join(folder, name))]));
  const there = new Set(hashes.values());
  const logged = new Set(kept.map(({ body }) => body.sha256));
  return {
    segments: kept.length,
    missing: kept.filter(({ body }) => !there.has(body.sha256)).map(({ body }) => body.segment),
    strangers: files.filter((name) => !logged.has(hashes.get(name)!)),
    gaps: kept.slice(1).flatMap(({ body }, k) => {
      const ms = body.fromMs - kept[k]!.body.toMs;
      return ms >= GAP_MS ? [{ after: kept[k]!.body.segment, ms }] : [];
    }),
  };
}

/** Two pieces follow each other within less. */
const GAP_MS = 2_000;

const isKept = (event: LoggedEvent): event is Kept => event.type === 'recording.kept';

/** A changed copy accuses nobody: it is damaged. */
export const verdictOfRecording = ({ missing, strangers }: RecordingReport): Verdict | null => {
  if (strangers.length > 0) return 'DAMAGED';
  return missing.length > 0 ? 'INCOMPLETE' : null;
};

export function recordingLines({ segments, missing, strangers, gaps }: RecordingReport): string[] {
  const mark = missing.length + strangers.length === 0 ? '✓' : '✗';
  const pause = (ms: number) => `${(ms / 1_000).toFixed(0)} s`;
  return [
    `  ${mark} 录像 recording: 账本记了 ${segments} 段，文件齐 ${segments - missing.length} 段`,
    `      the log holds ${segments} pieces, ${segments - missing.length} of them are here unchanged`,
    ...missing.map((n) => `  ! 第 ${n} 段没有找到 piece ${n} is missing`),
    ...strangers.map((name) => `  ! ${name} 与账本不符，或不是本场 changed, or of another show`),
    ...gaps.map(
      ({ after, ms }) => `  · 第 ${after} 段之后 ${pause(ms)} 没有录像 nothing was filmed after it`,
    ),
  ];
}

function hashOf(path: string): string {
  const [hash, bytes] = [createHash('sha256'), Buffer.alloc(1 << 20)];
  const file = openSync(path, 'r');
  try {
    for (let read = readSync(file, bytes); read > 0; read = readSync(file, bytes)) {
      hash.update(bytes.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('base64');
}
