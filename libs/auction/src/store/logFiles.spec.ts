import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { leafBytes, leafHash, tilePath, tilesOf } from '@qingpai/ledger/rules';
import { type Bundle } from '@qingpai/wire';
import { storedApp } from '../testing/storedApp.js';
import { startMs, StoredShow, storedTownship, type StoredTownship } from '../testing/storedShow.js';
import { leafOf } from './leafFormat.js';

const folder = mkdtempSync(join(tmpdir(), 'qingpai-export-'));
const verifierPage = join(folder, 'page.html');
let township: StoredTownship;
let app: NestFastifyApplication;
let show: StoredShow;
/** The exact bytes of each leaf. */
let leaves: Uint8Array[];

/** A show longer than one tile: 260 lots are listed, nothing else happens. */
beforeAll(async () => {
  township = await storedTownship();
  app = await storedApp(township, { verifierPage });
  show = await StoredShow.takeOver(township, await township.newShow());
  for (let n = 1; n <= 260; n++) await show.catalogue(startMs + n, n);
  const { events, origin, version } = show.taken;
  leaves = events.map((event) => leafBytes(leafOf(event, origin, version)));
}, 60_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await app.close();
  await township.database.close();
});

const get = (path: string, headers: Record<string, string> = {}) =>
  app.inject({ method: 'GET', url: `/api/shows/${show.taken.showId}/${path}`, headers });

describe('the log over HTTP', () => {
  test('its checkpoint is the newest, and nobody keeps it', async () => {
    const answer = await get('log/checkpoint');
    expect(answer.body).toBe(show.head.note);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-cache',
    });
  });

  test('a tile of hashes is what the leaves hash to, and may be kept for good', async () => {
    const answer = await get('log/tile/0/000');
    expect(answer.rawPayload).toEqual(Buffer.concat(leaves.slice(0, 256).map(leafHash)));
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect((await get('log/tile/0/001.p/5')).rawPayload).toEqual(
      Buffer.concat(leaves.slice(256, 261).map(leafHash)),
    );
    expect((await get('log/tile/1/000.p/1')).rawPayload).toHaveLength(32);
  });

  test('a bundle of entries holds the leaves, each after its length; zipped for who reads that', async () => {
    const plain = await get('log/tile/entries/001.p/5');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(leaves[256]!.length);
    expect(plain.rawPayload.subarray(0, 2 + leaves[256]!.length)).toEqual(
      Buffer.concat([length, leaves[256]!]),
    );
    expect(plain.headers['content-encoding']).toBeUndefined();
    const zipped = await get('log/tile/entries/001.p/5', { 'accept-encoding': 'br, gzip' });
    expect(zipped.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(gunzipSync(zipped.rawPayload)).toEqual(plain.rawPayload);
  });

  test.each([
    ['beyond the head', '0/002'],
    ['wider than the head', '0/001.p/6'],
    ['of a level not reached', '2/000.p/1'],
    ['written otherwise', '0/1'],
    ['without a name', ''],
  ])('a tile %s is not found, and that is not kept', async (_, path) => {
    const answer = await get(`log/tile/${path}`);
    expect(answer.json()).toMatchObject({ status: 404, code: 'not-found' });
    expect(answer.headers['cache-control']).toBeUndefined();
  });

  test('nobody made the show: no file of it is found', async () => {
    for (const path of ['log/checkpoint', 'log/tile/0/000', 'export.tar']) {
      const answer = await app.inject({ method: 'GET', url: `/api/shows/20200101-01/${path}` });
      expect(answer.json()).toMatchObject({ status: 404, code: 'unknown-show' });
    }
  });
});

async function shortShow(): Promise<StoredShow> {
  const short = await StoredShow.takeOver(township, await township.newShow());
  await short.catalogue(startMs + 1, 1);
  return short;
}

describe('the export', () => {
  let exported: string;
  beforeAll(async () => {
    writeFileSync(verifierPage, '<!doctype html>');
    exported = await unpacked('with-page');
  });

  /** The folder that an archive unpacks to. */
  async function unpacked(name: string, showId = show.taken.showId): Promise<string> {
    const answer = await app.inject({ method: 'GET', url: `/api/shows/${showId}/export.tar` });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/x-tar' });
    const at = mkdtempSync(join(folder, name));
    writeFileSync(join(at, 'export.tar'), answer.rawPayload);
    execFileSync('tar', ['xf', 'export.tar'], { cwd: at });
    return join(at, showId);
  }
  const filesIn = (at: string) =>
    readdirSync(at, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(at, join(entry.parentPath, entry.name)))
      .sort();

  test('has the files of one head: bundle, policy, checkpoint, tiles, page and how to', async () => {
    const { size } = show.head;
    const files = ['README.txt', 'bundle.json', 'checkpoint', 'policy.txt', 'verify.html'];
    expect(filesIn(exported)).toEqual([...files, ...[...tilesOf(size)].map(tilePath)].sort());
    expect(readFileSync(join(exported, 'checkpoint'), 'utf8')).toBe(show.head.note);
    expect(readFileSync(join(exported, 'tile/0/000'))).toEqual((await get('log/tile/0/000')).rawPayload);
    const bundle = JSON.parse(readFileSync(join(exported, 'bundle.json'), 'utf8')) as Bundle;
    expect(bundle).toEqual((await get('bundle')).json());
    expect(bundle.leaves).toHaveLength(size);
  });

  test('goes without the page while it has not been built', async () => {
    rmSync(verifierPage);
    const without = await unpacked('without-page');
    expect(filesIn(without)).not.toContain('verify.html');
    expect(readFileSync(join(without, 'README.txt'), 'utf8')).not.toContain('verify.html');
  });

  const tools = ['openssl', 'sha256sum', 'xxd'].filter((tool) => spawnSync(tool, ['--version']).error);
  (tools.length === 0 ? test : test.skip)(
    `can be checked by hand with what its README says${tools.length ? `: no ${tools.join(', ')} here` : ''}`,
    () => {
      const readme = readFileSync(join(exported, 'README.txt'), 'utf8');
      const commands = readme.slice(readme.indexOf('  # 1\n'), readme.indexOf('sed -n 3p checkpoint') + 20);
      const checked = spawnSync('bash', ['-e'], { cwd: exported, input: commands, encoding: 'utf8' });
      const [leaf, inTile, signature, root, signed, ...rest] = checked.stdout.split('\n');
      expect([checked.stderr, signature, rest]).toEqual(['', 'Signature Verified Successfully', ['']]);
      expect(leaf).toBe(Buffer.from(leafHash(leaves[0]!)).toString('hex'));
      expect(inTile).toBe(leaf);
      expect([root, signed]).toEqual([show.head.root, show.head.root]);
    },
    30_000,
  );

  (tools.length === 0 ? test.each : test.skip.each)(['a long show', 'one of less than a tile'])(
    'can be checked by hand with what docs/proof.md says: %s',
    async (length) => {
      const page = readFileSync(join(__dirname, '../../../../docs/proof.md'), 'utf8');
      const [, commands] = /```bash\n([^]+?)```/.exec(page)!;
      const cwd =
        length === 'a long show' ? exported : await unpacked('short', (await shortShow()).taken.showId);
      const checked = spawnSync('bash', ['-e'], { cwd, input: commands, encoding: 'utf8' });
      const [leaf] = (JSON.parse(readFileSync(join(cwd, 'bundle.json'), 'utf8')) as Bundle).leaves;
      const hash = Buffer.from(leafHash(Buffer.from(leaf!))).toString('hex');
      const said = [`${hash}  -`, 'Signature Verified Successfully', ''];
      expect([checked.stderr, checked.stdout.split('\n')]).toEqual(['', said]);
    },
    30_000,
  );
});
