import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, type Certificate } from '@qingpai/wire';
import { Market, pot, shortRules } from '../stories/kit/market.js';
import { builtFrom } from './kit/foreign.js';

/** The Go team's own notes, trees, proofs and tiles (golang.org/x/mod/sumdb v0.42.0) judge our logs: test/interop/go. */
const program = builtFrom(join(__dirname, 'go'), 'foreignjudge');
const title = program ? '' : 'golang.org/x/mod v0.42.0 could not be had: not judged: ';
const judged = program ? it : it.skip;

let market: Market;
let folder: string;
let showId: string;
/** The evening as somebody downloaded it. */
let archive: string;
beforeAll(async () => {
  if (!program) return;
  folder = mkdtempSync(join(tmpdir(), 'qingpai-go-'));
  market = await Market.open();
  const token = await market.host();
  const lots = ['1', '2', '3'].map((n) => pot({ title: `绣球 ${n}` }));
  showId = await market.draft(token, lots, { ...shortRules, openForMs: 1_000 });
  // Every description is a leaf: more than one tile of them.
  for (let k = 0; k < 256; k++) {
    await market.must('PUT', `/api/shows/${showId}/lots/L3`, token, pot({ title: `绣球 3 第 ${k} 稿` }));
  }
  const host = await market.enter(showId, token);
  await host.does({ name: 'seal', withoutConsent: 'on-paper' });
  await host.does({ name: 'open', reason: 'none-configured' });
  const buyer = await market.signer(showId, '小林');
  for (const lot of ['L1', 'L2', 'L3']) {
    const hammered = host.event('lot.hammered', lot);
    await host.offers(lot, buyer);
    expect(await buyer.bid(lot, 3_600)).toMatchObject({ ok: true });
    await hammered;
  }
  await host.does({ name: 'close' });
  const policy = await market.must<string>('GET', `/api/shows/${showId}/policy`);
  writeFileSync(join(folder, 'policy.txt'), policy);
  const tar = await fetch(`${market.origin}/api/shows/${showId}/export.tar`);
  writeFileSync(join(folder, 'export.tar'), Buffer.from(await tar.arrayBuffer()));
  spawnSync('tar', ['xf', 'export.tar'], { cwd: folder });
  archive = join(folder, showId);
}, 120_000);
afterAll(async () => {
  if (!program) return;
  await market.close();
  rmSync(folder, { recursive: true, force: true });
});

function judge(source: string, ...more: string[]) {
  const args = ['-policy', join(folder, 'policy.txt'), ...more, source];
  const { status, stdout, stderr } = spawnSync(program!, args, { encoding: 'utf8' });
  return { status, said: status === 0 ? (JSON.parse(stdout) as Record<string, number | string>) : stderr };
}
/** A copy of the archive in which one file is another. */
function tampered(path: string, change: (bytes: Buffer) => Buffer): string {
  const copy = mkdtempSync(join(folder, 'copy-'));
  cpSync(archive, copy, { recursive: true });
  writeFileSync(join(copy, path), change(readFileSync(join(copy, path))));
  return copy;
}
const turned = (at: number) => (bytes: Buffer) => {
  bytes[at] = bytes[at]! ^ 1;
  return bytes;
};

judged(
  `${title}finds every leaf of a running show in the tree, by tiles over HTTP, and the receipts of phones good`,
  async () => {
    const { head } = await market.must<Certificate>('GET', `/api/shows/${showId}/certificate`);
    const { checkpoints } = await market.must<Bundle>('GET', `/api/shows/${showId}/bundle`);
    const { status, said } = judge(`${market.origin}/api/shows/${showId}`, '-receipts', '40');
    expect([status, said]).toEqual([
      0,
      expect.objectContaining({
        leaves: head.size,
        inclusions: head.size,
        receipts: 40,
        checkpoints: checkpoints.length,
      }),
    ]);
    expect(head.size).toBeGreaterThan(256);
  },
);

judged(`${title}judges the downloaded archive as well, without any server`, () => {
  const { status, said } = judge(archive);
  expect(status).toBe(0);
  expect(said).toMatchObject({ consistency: (said as { checkpoints: number }).checkpoints });
});

judged(
  `${title}refuses a tile, a leaf, a note and a bundle's note that were changed, and a stranger's key`,
  () => {
    const whole = 'tile/0/000';
    const rows: [string, string][] = [
      ['a tile', tampered(whole, turned(40))],
      ['the tile above', tampered('tile/1/000.p/1', turned(3))],
      ['a leaf', tampered('tile/entries/000', turned(300))],
      [
        'the checkpoint',
        tampered('checkpoint', (note) => Buffer.from(note.toString().replace(/\n\d+\n/, '\n257\n'))),
      ],
      [
        'a note of the bundle',
        tampered('bundle.json', (text) =>
          Buffer.from(text.toString().replace(/(shows\/[\d-]+\\n)\d+/, '$119')),
        ),
      ],
    ];
    for (const [what, copy] of rows) expect([what, judge(copy).status]).toEqual([what, 1]);
    const policy = readFileSync(join(folder, 'policy.txt'), 'utf8');
    const stranger = policy.replace(
      /^(log [^+]+\+)[0-9a-f]{8}\+\S+$/m,
      '$111f679f9+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c',
    );
    writeFileSync(join(folder, 'policy.txt'), stranger);
    expect(judge(archive).status).toBe(1);
    writeFileSync(join(folder, 'policy.txt'), policy);
    expect(judge(archive).status).toBe(0);
  },
);
