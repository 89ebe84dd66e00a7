import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type SeasonVerification } from '@qingpai/wire';
import {
  bundleOf,
  digested,
  leavesOf,
  policyOf,
  receiptOf,
  receiptsOf,
  sealedShow,
} from '../../../libs/auction/src/rules/testing/paperBundle.js';
import {
  bothBundles,
  endedWith,
  goesOnWith,
  interruptedShow,
  policyOfBoth,
  policyOfThree,
  threeBundles,
} from '../../../libs/auction/src/rules/testing/paperContinued.js';
import { PaperSeason, registryPolicy } from '../../../libs/auction/src/rules/testing/paperSeason.js';
import { LIN, WU } from '../../../libs/auction/src/rules/testing/paperShow.js';
import { compiledFolder, compiledMarket } from '../../market/src/testing/compiledMarket.js';

let program: string;
let folder: string;

beforeAll(async () => {
  program = join(dirname(await compiledMarket()), '../../auditor/src/verify.js');
  folder = mkdtempSync(join(tmpdir(), 'qingpai-verify-'));
  writeFileSync(join(folder, 'policy.txt'), registryPolicy);
}, 60_000);
afterAll(() => {
  for (const path of [folder, compiledFolder]) rmSync(path, { recursive: true, force: true });
});

/** One show, registered, sold out and closed. */
function oneEvening(): PaperSeason {
  const show = sealedShow({ L1: {} });
  show.does(1_000, { name: 'offer', lot: 'L1' });
  show.bid(2_000, LIN, 3_600);
  show.pass(200_000);
  show.does(200_000, { name: 'close' });
  const season = new PaperSeason();
  season.registers('20261124-01');
  season.holds(show);
  return season;
}
function verify(season: PaperSeason, ...args: string[]) {
  writeFileSync(join(folder, 'season.json'), season.text());
  const called = spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });
  return { ...called, last: called.stdout.trimEnd().split('\n').at(-1) };
}

describe('verify --season', () => {
  it('judges every registered show by the key of the registry alone, and exits with the verdict', () => {
    const { status, stdout, last } = verify(
      oneEvening(),
      '--season',
      'season.json',
      '--policy',
      'policy.txt',
    );
    expect([status, last]).toEqual([10, 'ALL_SOLD_UNSETTLED']);
    expect(stdout).toContain('20261124-01 已核验 judged: ALL_SOLD_UNSETTLED');
  });

  it('lets no registered show vanish', () => {
    const season = oneEvening();
    season.bundles.clear();
    const { status, stdout } = verify(season, '--season', 'season.json', '--policy', 'policy.txt', '--json');
    expect(status).toBe(40);
    const { findings, shows } = JSON.parse(stdout) as SeasonVerification;
    expect(findings.map(({ code }) => code)).toEqual(['show-missing']);
    expect(shows.map(({ standing }) => standing)).toEqual(['missing']);
  });

  it('relies on nothing without a policy', () => {
    expect(verify(oneEvening(), '--season', 'season.json').status).toBe(80);
  });

  it('judges one file at a time', () => {
    expect(verify(oneEvening(), '--season', 'season.json', 'bundle.json').status).toBe(2);
    expect(verify(oneEvening()).status).toBe(2);
    expect(verify(oneEvening(), '--season', 'no-such-file.json').status).toBe(2);
  });
});

describe('verify, of a log that went on after a restore', () => {
  it('judges both together, in either order; alone it is incomplete', () => {
    const before = interruptedShow();
    const [past, now] = bothBundles(before, endedWith(goesOnWith(before))).map(digested);
    const files = { 'before.json': past!, 'after.json': now!, 'both.txt': policyOfBoth };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const judge = (...args: string[]) =>
      spawnSync(process.execPath, [program, ...args, '--policy', 'both.txt'], { cwd: folder }).status;
    expect(judge('before.json', 'after.json')).toBe(0);
    expect(judge('after.json', 'before.json')).toBe(0);
    expect(judge('after.json')).toBe(30);
    // Bundles that do not belong together get no verdict; a bad copy is told as one.
    expect(judge('after.json', 'before.json', 'before.json')).toBe(2);
    writeFileSync(join(folder, 'cut.json'), past!.slice(0, 5_000));
    expect(judge('cut.json', 'after.json')).toBe(70);
  });

  it('judges three together, in any order; two of them are incomplete', () => {
    for (const [at, bundle] of threeBundles().entries()) {
      writeFileSync(join(folder, `${'abc'.charAt(at)}.json`), digested(bundle));
    }
    writeFileSync(join(folder, 'three.txt'), policyOfThree);
    const judge = (...args: string[]) =>
      spawnSync(process.execPath, [program, ...args, '--policy', 'three.txt'], { cwd: folder }).status;
    expect(judge('a.json', 'b.json', 'c.json')).toBe(0);
    expect(judge('b.json', 'c.json', 'a.json')).toBe(0);
    expect(judge('b.json', 'c.json')).toBe(30);
    expect(judge('a.json', 'c.json')).toBe(2);
  });
});

describe('verify --receipts', () => {
  const soldOut = (bids: number[]) => {
    const show = sealedShow({ L1: {} });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    bids.forEach((amountFen, at) => show.bid(2_000 + at, at % 2 === 0 ? LIN : WU, amountFen));
    show.pass(200_000);
    show.does(200_000, { name: 'close' });
    return show;
  };
  const judge = (bundle: string, receipts: string) => {
    writeFileSync(join(folder, 'bundle.json'), bundle);
    writeFileSync(join(folder, 'pinned.txt'), policyOf());
    writeFileSync(join(folder, 'receipts.json'), receipts);
    const args = ['bundle.json', '--policy', 'pinned.txt', '--receipts', 'receipts.json'];
    return spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });
  };
  const honest = soldOut([3_600, 3_800]);
  const bytes = leavesOf(honest.leaves);
  const bid = honest.leaves.findLast(({ type }) => type === 'bid.accepted')!.i;
  const receipt = receiptOf(bytes, bid, bid + 1);

  it('hold beside an honest bundle, and the reader is told what is worth knowing', () => {
    const { status, stdout } = judge(digested(bundleOf(honest)), receiptsOf(receipt));
    expect(status).toBe(10);
    expect(stdout).toContain('· unsigned-bids: 2');
    expect(stdout).not.toContain('receipt-ignored');
  });

  it('convict an operator who dropped the bid and signed all anew', () => {
    const rewritten = digested(bundleOf(soldOut([3_600])));
    const { status, stdout } = judge(rewritten, receiptsOf(receipt));
    expect([status, stdout.trimEnd().split('\n').at(-1)]).toEqual([50, 'EQUIVOCATION']);
  });

  it('frame nobody when their leaf was altered', () => {
    const forged = { ...receipt, leaf: receipt.leaf.replace('3800', '9800') };
    const { status, stdout } = judge(digested(bundleOf(honest)), receiptsOf(forged));
    expect(status).toBe(10);
    expect(stdout).toContain('· receipt-ignored');
  });
});
