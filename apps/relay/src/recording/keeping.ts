import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync } from 'node:fs';
import { open, rename, rm, stat, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ALL_FORMATS, FilePathSource, Input } from 'mediabunny';
import { DISK_LOOKED_AT_EVERY_MS } from './limits.js';
import { type SegmentSink } from './recorder.js';
import { type PartsListener, SegmentFile, type Shape } from './segmentFile.js';

/** What the market is told of a finished segment, in a file of its own in `inbox`. */
export interface KeptSegment {
  show: string;
  /** Its name under the show's folder. */
  file: string;
  sha256: string;
  bytes: number;
  /** ms UTC. */
  fromMs: number;
  toMs: number;
}

/**
 * The folder of recordings. `<show>/<from>.part.mp4` grows; when it is finished it is `<show>/<from>.mp4`, and a note with
 * its hash lies in `inbox/` until the market has taken it up. What an earlier process left unfinished is finished first.
 */
export class Recordings {
  private readonly inbox: string;
  private readonly tails = new Map<string, Promise<void>>();
  private readonly endsMs = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;
  private freeBytes = Infinity;

  /** @param freeBytesMin recording stops below it: the log on the same disk needs it more */
  constructor(
    private readonly folder: string,
    private readonly freeBytesMin: number,
    private readonly warn: (what: string, error: unknown) => void,
  ) {
    this.inbox = join(folder, 'inbox');
    mkdirSync(this.inbox, { recursive: true, mode: 0o700 });
    this.timer = setInterval(() => void this.lookAtDisk(), DISK_LOOKED_AT_EVERY_MS);
    this.timer.unref();
  }

  async start(): Promise<void> {
    await this.lookAtDisk();
    for (const show of readdirSync(this.folder, { withFileTypes: true })) {
      if (!show.isDirectory() || show.name === 'inbox') continue;
      const names = readdirSync(join(this.folder, show.name)).sort();
      for (const name of names) await this.recover(show.name, name).catch((error) => this.warn(name, error));
    }
  }

  get isFull(): boolean {
    return this.freeBytes < this.freeBytesMin;
  }

  /** Null: the disk is too full. */
  open(show: string, askedMs: number, shape: Shape, parts: PartsListener | null): SegmentSink | null {
    if (this.isFull) return null;
    // One after the other, also where the clock was set back.
    const fromMs = Math.max(askedMs, this.endsMs.get(show) ?? 0);
    mkdirSync(join(this.folder, show), { recursive: true, mode: 0o700 });
    const path = join(this.folder, show, `${fromMs}.part.mp4`);
    const file = new SegmentFile(path, shape, parts);
    return {
      addPicture: (data, isKey, seconds) => file.addPicture(data, isKey, seconds),
      addSound: (data, seconds) => file.addSound(data, seconds),
      isBroken: () => file.failed !== null || this.isFull,
      close: (askedToMs) => {
        const toMs = Math.max(askedToMs, fromMs + 1);
        this.endsMs.set(show, toMs);
        this.inTurn(show, async () => {
          if (!(await file.close())) this.warn(path, file.failed);
          await this.finish(show, fromMs, toMs);
        });
      },
    };
  }

  /** When all that is closed lies in its place. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.tails.values());
  }

  private inTurn(show: string, act: () => Promise<void>): void {
    const before = this.tails.get(show) ?? Promise.resolve();
    const after = before.then(act).catch((error: unknown) => this.warn(show, error));
    this.tails.set(show, after);
  }

  private async finish(show: string, fromMs: number, toMs: number): Promise<void> {
    const folder = join(this.folder, show);
    const part = join(folder, `${fromMs}.part.mp4`);
    const bytes = await wholeBytes(part);
    if (bytes === 0) return rm(part, { force: true });
    if (bytes < (await stat(part)).size) await truncate(part, bytes);
    await toDisk(part);
    const name = `${fromMs}.mp4`;
    await rename(part, join(folder, name));
    await this.note({ show, file: name, sha256: await hashOf(join(folder, name)), bytes, fromMs, toMs });
  }

  /** Whole or not at all: it is read by another process. */
  private async note(kept: KeptSegment): Promise<void> {
    const path = join(this.inbox, `${kept.show}-${kept.fromMs}.json`);
    await writeFile(`${path}.new`, JSON.stringify(kept), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  /** What was being written when a process ended is closed as it is, and plays up to its last fragment. */
  private async recover(show: string, name: string): Promise<void> {
    const fromMs = Number(/^(\d+)\.part\.mp4$/.exec(name)?.[1]);
    if (!Number.isSafeInteger(fromMs)) return;
    const path = join(this.folder, show, name);
    const bytes = await wholeBytes(path);
    if (bytes === 0) return rm(path, { force: true });
    await truncate(path, bytes);
    const toMs = fromMs + Math.max(1, Math.round(1_000 * (await secondsOf(path))));
    this.endsMs.set(show, toMs);
    await this.finish(show, fromMs, toMs);
  }

  private async lookAtDisk(): Promise<void> {
    const { bavail, bsize } = await statfs(this.folder);
    this.freeBytes = bavail * bsize;
  }
}

/** Base64 of SHA-256, as the log writes hashes. */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer);
  return hash.digest('base64');
}

async function toDisk(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function secondsOf(path: string): Promise<number> {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  try {
    return await input.computeDuration();
  } finally {
    input.dispose();
  }
}

const BOX_HEADER_BYTES = 16;

/**
 * How much of the file is whole: up to the end of its last finished fragment (ISO 14496-12: boxes with their size and name).
 * 0: not even one.
 */
export async function wholeBytes(path: string): Promise<number> {
  const handle = await open(path, 'r').catch(() => null);
  if (!handle) return 0;
  try {
    const { size } = await handle.stat();
    const head = Buffer.alloc(BOX_HEADER_BYTES);
    let whole = 0;
    for (let at = 0; at + 8 <= size;) {
      await handle.read(head, 0, BOX_HEADER_BYTES, at);
      const [short, name] = [head.readUInt32BE(0), head.toString('latin1', 4, 8)];
      const length = short === 1 ? Number(head.readBigUInt64BE(8)) : short;
      if (length < 8 || at + length > size) break;
      at += length;
      if (name === 'mdat' || (name === 'mfra' && whole > 0)) whole = at;
    }
    return whole;
  } finally {
    await handle.close();
  }
}
