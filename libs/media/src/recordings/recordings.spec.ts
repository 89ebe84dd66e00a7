import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { membersEntities, membersMigrations } from '@qingpai/members';
import { platformMigrations } from '@qingpai/platform';
import { testDatabase, type TestDatabase } from '@qingpai/platform/testing';
import { type Reason } from '@qingpai/wire';
import { FakeS3 } from '../testing/fakeS3.js';
import { cutsOf, gapsOf, spanOf } from './clips.js';
import { mediaEntities } from './entities.js';
import { type Piece, type RecordingHands } from './hands.js';
import { mediaMigrations } from '../migrations/index.js';
import { type KeptPiece, Recordings } from './recordings.js';
import { rangeOf } from './sendFile.js';
import { S3Store } from './store.js';

const SHOW = '20261124-01';
const T0 = 1_795_000_000_000;
const DAY_MS = 86_400_000;
let database: TestDatabase;
let fake: FakeS3;
let folder: string;
beforeAll(async () => {
  database = await testDatabase({
    entities: [...membersEntities, ...mediaEntities],
    migrations: [...platformMigrations, ...membersMigrations, ...mediaMigrations],
  });
});
afterAll(() => database.close());
beforeEach(async () => {
  fake = await FakeS3.open();
  folder = mkdtempSync(join(tmpdir(), 'qingpai-recordings-'));
});
afterEach(async () => {
  await fake.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A log that takes pieces one after the other, unless it is told to refuse. */
class Log {
  readonly pieces: Piece[] = [];
  refuses: Reason | null = null;
  hands: RecordingHands = {
    keep: async (_show, piece, beside) => {
      if (this.refuses) return this.refuses;
      const segment = this.pieces.push(piece);
      await database.dataSource.transaction((manager) => beside(manager, segment));
      return null;
    },
    titleOf: async () => '',
    isOver: async () => true,
    bidderOf: async () => null,
    saleOf: async () => null,
  };
}

let shows = 0;
function house(more: { withStore?: boolean; nowMs?: () => number } = {}) {
  const log = new Log();
  const warned: string[] = [];
  shows += 1;
  const show = `${SHOW.slice(0, 8)}-${String(shows + 10)}`;
  const recordings = new Recordings({
    ...{ db: database.dataSource, hands: log.hands, folder, keepMs: 1_096 * DAY_MS, freeBytesMin: 0 },
    store: more.withStore ? new S3Store({ url: fake.url, ...FakeS3.keys }) : null,
    nowMs: more.nowMs ?? (() => T0),
    warn: (event) => warned.push(event),
  });
  const record = (fromMs: number, text: string) => {
    mkdirSync(join(folder, show), { recursive: true });
    mkdirSync(join(folder, 'inbox'), { recursive: true });
    writeFileSync(join(folder, show, `${fromMs}.mp4`), text);
    const sha256 = createHash('sha256').update(text).digest('base64');
    const note = { show, file: `${fromMs}.mp4`, sha256, bytes: text.length, fromMs, toMs: fromMs + 1_000 };
    writeFileSync(join(folder, 'inbox', `${show}-${fromMs}.json`), JSON.stringify(note));
  };
  return { recordings, log, warned, record, show };
}

test('notes are taken up once, and go into the log in the order they were filmed in', async () => {
  const { recordings, log, record, show } = house();
  record(T0 + 5_000, 'second');
  record(T0, 'first');
  expect(await recordings.takeUp()).toBe(2);
  record(T0, 'first');
  await recordings.takeUp();
  await recordings.keep({ showId: show });
  await recordings.keep({ showId: show });
  expect(log.pieces.map(({ fromMs }) => fromMs)).toEqual([T0, T0 + 5_000]);
  expect((await recordings.piecesOf(show)).map(({ segment, bytes }) => [segment, bytes])).toEqual([
    [1, 5],
    [2, 6],
  ]);
  expect(readdirSync(join(folder, 'inbox'))).toEqual([]);
});

test('a log that is settled takes nothing more, and one that is away is asked again', async () => {
  const { recordings, log, warned, record, show } = house();
  record(T0, 'first');
  await recordings.takeUp();
  log.refuses = 'not-ready';
  await expect(recordings.keep({ showId: show })).rejects.toThrow();
  log.refuses = 'wrong-phase';
  await recordings.keep({ showId: show });
  expect(warned).toEqual(['recording.not-logged']);
  log.refuses = null;
  await recordings.keep({ showId: show });
  expect([log.pieces, await recordings.piecesOf(show)]).toEqual([[], []]);
});

test('a note that nobody can read is told of and left where it is', async () => {
  const { recordings, warned } = house();
  mkdirSync(join(folder, 'inbox'), { recursive: true });
  writeFileSync(join(folder, 'inbox', 'x.json'), '{"show":"../../etc"}');
  await recordings.takeUp();
  expect(warned).toEqual(['recording.note-unreadable']);
  expect(existsSync(join(folder, 'inbox', 'x.json'))).toBe(true);
});

test('a piece goes to the object store after its hash is in the log, whole or again, and comes back from there', async () => {
  const { recordings, record, show } = house({ withStore: true });
  record(T0, 'first');
  await recordings.takeUp();
  await recordings.keep({ showId: show });
  const job = { showId: show, fromMs: String(T0) };
  fake.failures = 1;
  await expect(recordings.storePiece(job)).rejects.toThrow('500');
  fake.cutsShort = true;
  await expect(recordings.storePiece(job)).rejects.toThrow('does not have');
  fake.cutsShort = false;
  await recordings.storePiece(job);
  const before = fake.asked.length;
  await recordings.storePiece(job);
  expect(fake.asked).toHaveLength(before);
  const [piece] = await recordings.piecesOf(show);
  rmSync(piece!.path);
  expect(await recordings.sizeOf(piece!)).toBe(5);
  expect(readFileSync((await recordings.fileOf(show, piece!))!, 'utf8')).toBe('first');
});

test('a store with other keys takes nothing', async () => {
  const path = join(folder, 'file.mp4');
  writeFileSync(path, 'first');
  const sha256 = createHash('sha256').update('first').digest('base64');
  const store = new S3Store({ url: fake.url, ...FakeS3.keys, secretAccessKey: 'guessed' });
  await expect(store.put('a/file.mp4', path, sha256)).rejects.toThrow('403');
  expect(fake.objects.size).toBe(0);
});

test('after three years a piece is deleted here and there, and its row says when', async () => {
  let nowMs = T0 + 1_095 * DAY_MS;
  const { recordings, record, show } = house({ withStore: true, nowMs: () => nowMs });
  record(T0, 'first');
  await recordings.takeUp();
  await recordings.keep({ showId: show });
  await recordings.storePiece({ showId: show, fromMs: String(T0) });
  await recordings.sweep();
  expect((await recordings.piecesOf(show))[0]!.isDeleted).toBe(false);
  nowMs += 2 * DAY_MS;
  await recordings.sweep();
  const [piece] = await recordings.piecesOf(show);
  expect([piece!.isDeleted, existsSync(piece!.path), fake.objects.size]).toEqual([true, false, 0]);
  expect(await recordings.fileOf(show, piece!)).toBeNull();
});

test('the township is told how long pieces are kept, and whose go first', async () => {
  const filmedMs = T0 - 5 * DAY_MS;
  let nowMs = T0;
  const { recordings, record, show } = house({ nowMs: () => nowMs });
  record(filmedMs, 'first');
  record(filmedMs + 2_000, 'second');
  await recordings.takeUp();
  const goesAtMs = filmedMs + 1_000 + 1_096 * DAY_MS;
  expect(await recordings.disk()).toMatchObject({
    ...{ keepDays: 1_096, nextToGo: { showId: show, goesAtMs, bytes: 11 } },
  });
  nowMs = goesAtMs + 1;
  await recordings.sweep();
  expect((await recordings.disk()).nextToGo).toEqual({ showId: show, goesAtMs: goesAtMs + 2_000, bytes: 6 });
  nowMs += 2_000;
  await recordings.sweep();
  expect((await recordings.disk()).nextToGo?.showId).not.toBe(show);
});

test('the part that a player asks for', () => {
  expect([rangeOf('bytes=0-', 10), rangeOf('bytes=2-4', 10), rangeOf('bytes=-3', 10)]).toEqual([
    [0, 9],
    [2, 4],
    [7, 9],
  ]);
  expect([rangeOf('bytes=4-99', 10), rangeOf('bytes=10-', 10), rangeOf('bytes=5-4', 10)]).toEqual([
    [4, 9],
    'none',
    'none',
  ]);
  expect([rangeOf('bytes=-', 10), rangeOf('bytes=0-1,4-5', 10), rangeOf('lines=1-2', 10)]).toEqual([
    null,
    null,
    null,
  ]);
});

test('a sale that was filmed in several pieces is cut from all of them, and what nobody filmed is told', () => {
  const piece = (segment: number, fromMs: number, toMs: number, isDeleted = false): KeptPiece => ({
    ...{ segment, fromMs, toMs, bytes: 1, sha256: '', path: String(segment), isStored: false, isDeleted },
  });
  const pieces = [
    ...[piece(1, 0, 100_000), piece(2, 100_040, 120_000), piece(3, 125_000, 200_000)],
    ...[piece(4, 200_000, 300_000, true)],
  ];
  const cut = (sale: { fromMs: number; toMs: number }) =>
    cutsOf(pieces, spanOf(sale)).map((one) => [one.piece.segment, one.fromSeconds, one.toSeconds]);
  const sale = { fromMs: 95_000, toMs: 130_000 };
  expect(cut(sale)).toEqual([...[[1, 93, 134] as const, [2, 0, 33.96] as const, [3, 0, 9] as const]]);
  expect(gapsOf(cutsOf(pieces, spanOf(sale)), sale)).toEqual([{ fromMs: 120_000, toMs: 125_000 }]);
  const late = { fromMs: 190_000, toMs: 210_000 };
  expect(cut(late)).toEqual([[3, 63, 89]]);
  expect(gapsOf(cutsOf(pieces, spanOf(late)), late)).toEqual([{ fromMs: 200_000, toMs: 210_000 }]);
  expect(cut({ fromMs: 400_000, toMs: 410_000 })).toEqual([]);
});
