import { createHash, randomUUID } from 'node:crypto';
import { membersMigrations } from '@qingpai/members';
import { platformMigrations } from '@qingpai/platform';
import { testDatabase, type TestDatabase } from '@qingpai/platform/testing';
import { CameraLinks } from './cameraLinks.js';
import { CAMERA_LINK_MS, CAMERA_LINKS_MAX } from './limits.js';
import { mediaMigrations } from './migrations/index.js';

const SHOW = '20261124-01';
let database: TestDatabase;
let nowMs: number;
let links: CameraLinks;
let host: string;
beforeAll(async () => {
  database = await testDatabase({
    entities: [],
    migrations: [...platformMigrations, ...membersMigrations, ...mediaMigrations],
  });
  host = randomUUID();
  await database.dataSource.query(
    `INSERT INTO members (id, role, nickname, identity_salt, state, created_at)
     VALUES ($1, 'host', '小李', '\\x00', 'active', now())`,
    [host],
  );
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.dataSource.query('DELETE FROM camera_links');
  nowMs = 1_795_000_000_000;
  links = new CameraLinks(database.dataSource, () => nowMs);
});
const made = async (): Promise<string> => (await links.make(SHOW, host)).path.split('#link=')[1]!;
const kept = () => database.dataSource.query<{ token_hash: string }[]>('SELECT token_hash FROM camera_links');

test('a link outlives the process that made it, and opens once', async () => {
  const token = await made();
  const next = new CameraLinks(database.dataSource, () => nowMs);
  expect(await next.use(token)).toEqual({ show: SHOW, person: host });
  expect(await next.use(token)).toBeNull();
  expect(await links.use(token)).toBeNull();
});

test('of many phones that open it at once one gets in', async () => {
  const token = await made();
  const got = await Promise.all(Array.from({ length: 8 }, () => links.use(token)));
  expect(got.filter((one) => one !== null)).toEqual([{ show: SHOW, person: host }]);
});

test('a link opens nothing once its ten minutes are over', async () => {
  const token = await made();
  nowMs += CAMERA_LINK_MS;
  expect(await links.use(token)).toBeNull();
});

test('what was never made opens nothing, and the table does not hold what opens', async () => {
  const token = await made();
  expect(await links.use(`${token}x`)).toBeNull();
  expect(await links.use('')).toBeNull();
  expect(await kept()).toEqual([{ token_hash: createHash('sha256').update(token).digest('hex') }]);
});

test('what ran out is forgotten when the next one is made, and so are the oldest of too many', async () => {
  const first = await made();
  nowMs += CAMERA_LINK_MS;
  const second = await made();
  expect(await kept()).toHaveLength(1);
  expect(await links.use(first)).toBeNull();
  for (let nth = 0; nth < CAMERA_LINKS_MAX; nth += 1) {
    nowMs += 1;
    await made();
  }
  expect(await kept()).toHaveLength(CAMERA_LINKS_MAX);
  expect(await links.use(second)).toBeNull();
});
