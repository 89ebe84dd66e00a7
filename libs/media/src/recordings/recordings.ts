import { mkdir, readdir, readFile, rm, stat, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { enqueue, Refused, safeInteger } from '@qingpai/platform';
import { type RecordingDisk, type Reason, showId } from '@qingpai/wire';
import { type DataSource, type EntityManager, IsNull, LessThan, Not } from 'typeorm';
import { z } from 'zod';
import { EVENING_MS, SHOW_RECORDINGS_MAX } from '../limits.js';
import { RecordingRow, ReplayRow } from './entities.js';
import { type Piece, type RecordingHands } from './hands.js';
import { type PieceStore } from './store.js';

export const KEEP_RECORDING = 'keep-recording';
export const STORE_RECORDING = 'store-recording';
export const RECORDINGS_FOLDER = Symbol('recordings folder');

export interface RecordingsParts {
  db: DataSource;
  hands: RecordingHands;
  folder: string;
  /** Beside the disk; null: the disk alone. */
  store: PieceStore | null;
  /** How long a piece is kept. */
  keepMs: number;
  /** The relay stops when less is free. */
  freeBytesMin: number;
  nowMs(): number;
  warn(event: string, details: Record<string, unknown>): void;
}

/** A piece as it lies here. */
export interface KeptPiece extends Piece {
  segment: number;
  path: string;
  isStored: boolean;
  /** Its time to be kept is over, so the file is gone. */
  isDeleted: boolean;
}

/** What the relay writes into `inbox`. */
const note = z.strictObject({
  show: showId,
  file: z.string().regex(/^\d{1,15}\.mp4$/),
  sha256: z.string().regex(/^[A-Za-z0-9+/]{43}=$/),
  bytes: z.int().positive(),
  fromMs: z.int().nonnegative(),
  toMs: z.int().positive(),
});

/** Takes up what the relay has recorded, has it written into the logs, and lets it go when its time is over. */
export class Recordings {
  constructor(private readonly parts: RecordingsParts) {}

  // ---------------------------------------------------------------- from the relay into the log

  /** Notes of the relay become rows, each with a job; a note that is read twice makes one row. Answers how many. */
  async takeUp(): Promise<number> {
    const inbox = join(this.parts.folder, 'inbox');
    await mkdir(inbox, { recursive: true, mode: 0o700 });
    const names = (await readdir(inbox)).filter((name) => name.endsWith('.json')).sort();
    for (const name of names) await this.takeNote(join(inbox, name));
    return names.length;
  }

  /** Now and then; what goes wrong is told, and tried again. */
  async takeUpAll(): Promise<void> {
    await this.takeUp().catch((error: unknown) =>
      this.parts.warn('recording.not-taken-up', { error: String(error) }),
    );
  }

  private async takeNote(path: string): Promise<void> {
    const read = note.safeParse(parsed(await readFile(path, 'utf8')));
    if (!read.success) return this.parts.warn('recording.note-unreadable', { path });
    const { show, ...piece } = read.data;
    await this.parts.db.transaction(async (manager) => {
      await manager
        .createQueryBuilder()
        .insert()
        .into(RecordingRow)
        .values({
          showId: show,
          ...piece,
          ...asTexts(piece),
          ...fresh,
        })
        .orIgnore()
        .execute();
      await enqueue(manager, KEEP_RECORDING, { showId: show }, this.parts.nowMs(), `recording ${show}`);
    });
    await rm(path, { force: true });
  }

  /** The job: whatever of this show is not in its log yet, in the order it was filmed in. */
  async keep(payload: unknown): Promise<void> {
    const { showId: show } = z.object({ showId }).parse(payload);
    const left = await this.parts.db.getRepository(RecordingRow).find({
      where: { showId: show, segment: IsNull(), refused: IsNull() },
      order: { fromMs: 'ASC' },
    });
    for (const row of left) {
      const where = { showId: show, fromMs: row.fromMs };
      const beside = async (manager: EntityManager, segment: number) => {
        await manager.update(RecordingRow, where, { segment });
        if (this.parts.store) await this.enqueueStoring(manager, where);
      };
      const refused = await this.parts.hands.keep(show, pieceOf(row), beside);
      if (refused !== null) await this.handleRefused(where, refused);
    }
  }

  // ---------------------------------------------------------------- into the object store

  private enqueueStoring(manager: EntityManager, where: { showId: string; fromMs: string }): Promise<void> {
    const key = `store ${where.showId} ${where.fromMs}`;
    return enqueue(manager, STORE_RECORDING, where, this.parts.nowMs(), key);
  }

  /** The job: one piece goes where it is kept beside the disk, after its hash is in the log. */
  async storePiece(payload: unknown): Promise<void> {
    const where = z.object({ showId, fromMs: z.string().regex(/^\d{1,15}$/) }).parse(payload);
    const repository = this.parts.db.getRepository(RecordingRow);
    const row = await repository.findOneBy(where);
    const { store, nowMs } = this.parts;
    if (!row || !store || row.storedAtMs !== null || row.deletedAtMs !== null) return;
    await store.put(keyOf(row), join(this.parts.folder, row.showId, row.file), row.sha256);
    await repository.update(where, { storedAtMs: String(nowMs()) });
  }

  /** The file on the disk, fetched back where only the store has it. Null: nobody has it. */
  async fileOf(show: string, piece: KeptPiece): Promise<string | null> {
    if (piece.isDeleted) return null;
    if ((await stat(piece.path).catch(() => null)) !== null) return piece.path;
    const { store } = this.parts;
    if (!store || !piece.isStored) return null;
    await mkdir(join(this.parts.folder, show), { recursive: true, mode: 0o700 });
    return (await store.get(`${show}/${basename(piece.path)}`, piece.path)) ? piece.path : null;
  }

  /** A settled log takes nothing more, and the same file stands in it once: neither changes by waiting. */
  private async handleRefused(where: { showId: string; fromMs: string }, reason: Reason): Promise<void> {
    if (reason !== 'wrong-phase' && reason !== 'recording-known') throw new Refused(reason);
    this.parts.warn('recording.not-logged', { ...where, reason });
    await this.parts.db.getRepository(RecordingRow).update(where, { refused: reason });
  }

  // ---------------------------------------------------------------- what is there

  async piecesOf(show: string): Promise<KeptPiece[]> {
    const rows = await this.parts.db.getRepository(RecordingRow).find({
      where: { showId: show },
      order: { fromMs: 'ASC' },
      take: SHOW_RECORDINGS_MAX,
    });
    return rows.flatMap((row) => (row.segment === null ? [] : [this.keptOf(row, row.segment)]));
  }

  private keptOf(row: RecordingRow, segment: number): KeptPiece {
    const path = join(this.parts.folder, row.showId, row.file);
    return {
      ...pieceOf(row),
      segment,
      path,
      isStored: row.storedAtMs !== null,
      isDeleted: row.deletedAtMs !== null,
    };
  }

  // ---------------------------------------------------------------- who may watch it again

  async buyersMayWatch(show: string): Promise<boolean> {
    const row = await this.parts.db.getRepository(ReplayRow).findOneBy({ showId: show });
    return row?.buyersMayWatch ?? false;
  }

  async letBuyersWatch(show: string, mayWatch: boolean, by: string): Promise<void> {
    await this.parts.db.query(
      `INSERT INTO replays (show_id, buyers_may_watch, said_by, said_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (show_id) DO UPDATE
         SET buyers_may_watch = EXCLUDED.buyers_may_watch, said_by = EXCLUDED.said_by, said_at = EXCLUDED.said_at`,
      [show, mayWatch, by, new Date(this.parts.nowMs())],
    );
  }

  // ---------------------------------------------------------------- room

  /** Lets go of what was kept for as long as the rules ask; the log and the row keep what it was. Answers how many. */
  async sweep(): Promise<number> {
    const { db, nowMs, keepMs } = this.parts;
    const over = await db.getRepository(RecordingRow).find({
      where: { toMs: LessThan(String(nowMs() - keepMs)), deletedAtMs: IsNull() },
      take: SHOW_RECORDINGS_MAX,
    });
    for (const row of over) {
      const { showId: show, fromMs, file } = row;
      if (row.storedAtMs !== null) await this.parts.store?.remove(keyOf(row));
      await rm(join(this.parts.folder, show, file), { force: true });
      await rm(join(this.parts.folder, show, 'clips'), { recursive: true, force: true });
      await db.getRepository(RecordingRow).update({ showId: show, fromMs }, { deletedAtMs: String(nowMs()) });
    }
    await this.makeRoom();
    return over.length;
  }

  /** Where little is left, what the store has and nobody watches any more need not lie here too. */
  private async makeRoom(): Promise<void> {
    const { db, store, nowMs } = this.parts;
    if (!store || (await this.disk()).state === 'enough') return;
    const stored = await db.getRepository(RecordingRow).find({
      where: {
        storedAtMs: Not(IsNull()),
        deletedAtMs: IsNull(),
        toMs: LessThan(String(nowMs() - LOCAL_MS_MIN)),
      },
      take: SHOW_RECORDINGS_MAX,
    });
    for (const { showId: show, file } of stored)
      await rm(join(this.parts.folder, show, file), { force: true });
  }

  /** For the township's page. An evening is as large as the last ones were, by the hour; before the first, by a guess. */
  async disk(): Promise<RecordingDisk> {
    const { db, folder, freeBytesMin, keepMs } = this.parts;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const [{ bavail, bsize }, nextToGo, [sums]] = await Promise.all([
      statfs(folder),
      this.nextToGo(),
      db.query<{ used: string; recent: string; ms: string }[]>(
        `SELECT coalesce(sum(bytes) FILTER (WHERE deleted_at_ms IS NULL), 0) AS used,
           coalesce(sum(bytes) FILTER (WHERE n <= 200), 0) AS recent,
           coalesce(sum(to_ms - from_ms) FILTER (WHERE n <= 200), 0) AS ms
         FROM (SELECT *, row_number() OVER (ORDER BY from_ms DESC) AS n FROM recordings) AS piece`,
      ),
    ]);
    const freeBytes = bavail * bsize;
    const [recent, ms] = [safeInteger(sums!.recent), safeInteger(sums!.ms)];
    const eveningBytes = ms < EVENING_MS / 100 ? EVENING_BYTES : Math.ceil((recent / ms) * EVENING_MS);
    const eveningsLeft = Math.max(0, Math.floor((freeBytes - freeBytesMin) / eveningBytes));
    const state = freeBytes < freeBytesMin ? 'full' : eveningsLeft < EVENINGS_WARNED ? 'low' : 'enough';
    const room = { usedBytes: safeInteger(sums!.used), freeBytes, freeBytesMin, eveningBytes, eveningsLeft };
    return { ...room, state, keepDays: Math.floor(keepMs / DAY_MS), nextToGo };
  }

  private async nextToGo(): Promise<RecordingDisk['nextToGo']> {
    const [first] = await this.parts.db.query<{ show: string; to: string; bytes: string }[]>(
      `SELECT show_id AS show, min(to_ms) AS to, sum(bytes) AS bytes FROM recordings
       WHERE deleted_at_ms IS NULL GROUP BY show_id ORDER BY min(to_ms) LIMIT 1`,
    );
    if (!first) return null;
    const goesAtMs = safeInteger(first.to) + this.parts.keepMs;
    return { showId: first.show, goesAtMs, bytes: safeInteger(first.bytes) };
  }

  /** Null: the file is not there, though it should be. */
  async sizeOf({ path, bytes, isStored, isDeleted }: KeptPiece): Promise<number | null> {
    if (isDeleted) return null;
    return stat(path).then(
      ({ size }) => size,
      () => (isStored ? bytes : null),
    );
  }
}

const keyOf = ({ showId: show, file }: RecordingRow): string => `${show}/${file}`;
const DAY_MS = 86_400_000;
/** A week in which an evening is watched again. */
const LOCAL_MS_MIN = 7 * DAY_MS;
/** Four hours at 1.1 Mbit/s. */
const EVENING_BYTES = 2_000_000_000;
const EVENINGS_WARNED = 3;

const fresh = { segment: null, refused: null, storedAtMs: null, deletedAtMs: null };
const asTexts = ({ fromMs, toMs, bytes }: Piece) => ({
  fromMs: String(fromMs),
  toMs: String(toMs),
  bytes: String(bytes),
});
const pieceOf = ({ sha256, bytes, fromMs, toMs }: RecordingRow): Piece => ({
  ...{ sha256, bytes: safeInteger(bytes) },
  ...{ fromMs: safeInteger(fromMs), toMs: safeInteger(toMs) },
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
