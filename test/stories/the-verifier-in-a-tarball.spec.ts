import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyBundle } from '@qingpai/auction/rules';
import { verdicts } from '@qingpai/wire';
import { digested } from '../../libs/auction/src/rules/testing/paperBundle.js';
import { PaperSeason, registryPolicy } from '../../libs/auction/src/rules/testing/paperSeason.js';
import { cases, policy, signed, verify } from '../tampering/cases.js';

const root = join(__dirname, '../..');
const runs = (args: string[], cwd: string) => {
  const { status, stdout, stderr } = spawnSync(args[0]!, args.slice(1), { cwd, encoding: 'utf8' });
  return { status, stdout, stderr };
};

let folder: string;
let tarball: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qingpai-tarball-'));
  const packed = runs([process.execPath, 'scripts/pack-verify.mjs'], root);
  tarball = packed.stdout.trim().split('\n').at(-1)!;
  if (packed.status !== 0) throw new Error(packed.stderr);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As somebody does who has the tarball, Node, and no network. */
const judges = (...args: string[]) =>
  runs(['npx', '--offline', '--yes', '--package', tarball, '--', 'qingpai-verify', ...args], folder);

it('needs nothing but Node: an honest evening, a tampered one and a season end with their own codes', () => {
  const changed = cases.find(({ code, i }) => code !== undefined && i !== undefined)!.text();
  const files = {
    'good.json': digested(signed),
    'bad.json': changed,
    policy,
    season: new PaperSeason().text(),
  };
  for (const [name, text] of Object.entries({ ...files, registry: registryPolicy })) {
    writeFileSync(join(folder, name), text);
  }
  const good = judges('good.json', '--policy', 'policy', '--json');
  expect(JSON.parse(good.stdout)).toEqual(verifyBundle(files['good.json'], { policy, verify }));
  expect(good.status).toBe(verdicts.ALL_SOLD_AND_SETTLED);
  expect(judges('bad.json', '--policy', 'policy').status).toBe(verdicts.INVALID);
  expect(judges('good.json').status).toBe(verdicts.UNTRUSTED);
  expect(judges('--season', 'season', '--policy', 'registry').status).toBe(verdicts.INCOMPLETE);
  expect(judges('nothing.json').status).toBe(2);
  // The short form, from the folder in which the tarball lies: npx takes any other path for a program.
  copyFileSync(tarball, join(folder, 'verify.tgz'));
  const shorter = ['npx', '--offline', '--yes', './verify.tgz', 'good.json', '--policy', 'policy', '--json'];
  expect(runs(shorter, folder)).toMatchObject({ status: 0, stdout: good.stdout });
  // It left nothing behind.
  const own = ['bad.json', 'good.json', 'policy', 'registry', 'season', 'verify.tgz'];
  expect(readdirSync(folder).sort()).toEqual(own);
}, 60_000);
