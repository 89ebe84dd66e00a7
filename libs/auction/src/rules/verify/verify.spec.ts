import { type Bundle } from '@qingpai/wire';
import {
  bundleOf,
  digested,
  leavesOf,
  noteAt,
  openingOf,
  policyOf,
  resigned,
  sealedShow,
  signerOf,
  withFloor,
} from '../testing/paperBundle.js';
import { CHEN, LIN, type PaperShow, WU } from '../testing/paperShow.js';
import { verifyBundle } from './index.js';

const policy = policyOf();
const judge = (bundle: object) => verifyBundle(digested(bundle), { policy });
const codes = (text: string, options = { policy }) => {
  const { verdict, findings } = verifyBundle(text, options);
  return [verdict, ...findings.map(({ code }) => code)];
};

/** Two lots: one with a floor that is met, one without; both sold. */
function soldOut(): PaperShow {
  const show = sealedShow({
    L1: withFloor('L1', { startFen: 3_600, floorFen: 4_000 }),
    L2: { startFen: 0 },
  });
  show.does(1_000, { name: 'offer', lot: 'L1' });
  show.bid(2_000, LIN, 3_600);
  show.bid(3_000, WU, 3_800);
  show.bid(3_500, CHEN, 3_700);
  show.bid(4_000, LIN, 4_000);
  show.pass(200_000);
  show.does(200_000, { name: 'offer', lot: 'L2' });
  show.bid(201_000, WU, 100);
  show.pass(400_000);
  return show;
}
function closed(show = soldOut()): PaperShow {
  show.does(400_000, { name: 'close' });
  return show;
}
const leafOf = (bundle: Omit<Bundle, 'digest'>, type: string) =>
  bundle.leaves.findIndex((leaf) => leaf.includes(`"type":"${type}"`));
/** The bundle with one leaf rewritten, all signed anew by the operator's own key. */
function rewritten(show: PaperShow, type: string, change: (leaf: string) => string): string {
  const bundle = bundleOf(show);
  const at = leafOf(bundle, type);
  return resigned(
    bundle,
    bundle.leaves.map((leaf, i) => (i === at ? change(leaf) : leaf)),
  );
}

describe('a bundle that holds', () => {
  it('is all sold while nobody has paid yet', () => {
    const verification = judge(bundleOf(closed()));
    expect(verification).toMatchObject({ verdict: 'ALL_SOLD_UNSETTLED', exitCode: 10, findings: [] });
    expect(verification.gates.map(({ ok }) => ok)).toEqual([true, true, true, true, true, true]);
  });

  it('says how many floors it could not check, and checks those the officer opens', () => {
    const replayOf = (bundle: object) => judge(bundle).gates.find(({ gate }) => gate === 'replay')?.en;
    expect(replayOf(bundleOf(closed()))).toContain('floors not checked: 1 lots');
    expect(replayOf(bundleOf(closed(), [openingOf('L1', 4_000)]))).toContain('floors checked');
  });

  it('is not over while a lot has no end', () => {
    expect(judge(bundleOf(soldOut()))).toMatchObject({ verdict: 'INCOMPLETE', exitCode: 30 });
  });

  it('names the lot that was not sold', () => {
    const show = sealedShow({ L1: {}, L2: {} });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.bid(2_000, LIN, 3_600);
    show.pass(200_000);
    show.does(200_000, { name: 'withdraw', lot: 'L2', reason: 'damaged' });
    const verification = judge(bundleOf(closed(show)));
    expect(verification).toMatchObject({ verdict: 'ALL_ACCOUNTED_NOT_ALL_SOLD', exitCode: 20 });
    expect(verification.findings).toMatchObject([
      { code: 'lot-unsold', en: expect.stringContaining('002 绣球') },
    ]);
  });

  it('is settled when every sale is paid and the time for complaints is over', () => {
    const show = closed();
    const hash = (fill: string) => `${fill.repeat(43)}=`;
    for (const [at, sale] of Object.values(show.state.sales).entries()) {
      const amountFen = sale.unitPriceFen * sale.units;
      const body = { sale: sale.sale, amountFen, channel: 'cash' as const, txn: hash('AE'[at]!) };
      show.does(500_000, { name: 'paid', body });
    }
    show.does(400_000 + 86_400_000, { name: 'settle' });
    expect(judge(bundleOf(show))).toMatchObject({ verdict: 'ALL_SOLD_AND_SETTLED', exitCode: 0 });
  });
});

describe('trust comes from the auditor alone', () => {
  it('is untrusted without a policy, and the other gates still run', () => {
    const { verdict, exitCode, gates } = verifyBundle(digested(bundleOf(closed())));
    expect([verdict, exitCode]).toEqual(['UNTRUSTED', 80]);
    expect(gates.map(({ ok }) => ok)).toEqual([true, false, true, true, true, true]);
  });

  it('is untrusted when the pinned key has not signed, whoever else has', () => {
    const stranger = signerOf(undefined, 9);
    expect(codes(digested(bundleOf(closed(), undefined, stranger)))).toEqual(['UNTRUSTED', 'key-not-pinned']);
    expect(codes(digested(bundleOf(closed())), { policy: policyOf(stranger) })[0]).toBe('UNTRUSTED');
  });

  it('is untrusted under a policy that cannot be read', () => {
    expect(codes(digested(bundleOf(closed())), { policy: 'log nonsense\n' })[0]).toBe('UNTRUSTED');
  });

  it('does not take a checkpoint of another log', () => {
    const other = signerOf('market.example/shows/20261124-02', 2);
    const bundle = bundleOf(closed());
    const note = noteAt(
      bundle.leaves.map((leaf) => new TextEncoder().encode(leaf)),
      3,
      other,
    );
    const both = `${policy}${policyOf(other).split('\n')[0]}\n`
      .replace(/quorum none\n/, '')
      .concat('quorum none\n');
    expect(codes(digested({ ...bundle, checkpoints: [note] }), { policy: both })).toEqual([
      'INVALID',
      'checkpoint-foreign',
    ]);
  });
});

describe('a damaged copy accuses nobody', () => {
  const text = digested(bundleOf(closed()));
  it.each([
    ['cut off in the middle', text.slice(0, text.length / 2)],
    ['empty', ''],
    ['another file', '{"format":"something else"}'],
    ['one digit changed', text.replace('"amountFen\\":3800', '"amountFen\\":3900')],
    ['a float where none can be', text.replace('"openForMs":60000', '"openForMs":60000.5')],
  ])('%s', (_, damaged) => {
    expect(damaged).not.toBe(text);
    expect(verifyBundle(damaged, { policy })).toMatchObject({ verdict: 'DAMAGED', exitCode: 70 });
  });

  it('never passes with any one character changed, and never throws', () => {
    for (let at = 0; at < text.length; at += 7) {
      const changed = text.slice(0, at) + (text[at] === '5' ? '6' : '5') + text.slice(at + 1);
      expect([0, 10, 20]).not.toContain(verifyBundle(changed, { policy }).exitCode);
    }
  });
});

describe('what was signed is what is shown', () => {
  const bundle = bundleOf(closed());

  it('finds a changed leaf when the digest was made to fit', () => {
    const leaves = bundle.leaves.map((leaf) => leaf.replace('"amountFen":3800', '"amountFen":3900'));
    expect(codes(digested({ ...bundle, leaves }))).toEqual(['INVALID', 'root-wrong']);
  });

  it('finds a leaf in another form, or in another place', () => {
    const spaced = bundle.leaves.with(4, bundle.leaves[4]!.replace('{', '{ '));
    expect(codes(digested({ ...bundle, leaves: spaced }))).toEqual(['INVALID', 'not-canonical']);
    const swapped = bundle.leaves.with(4, bundle.leaves[5]!).with(5, bundle.leaves[4]!);
    expect(codes(digested({ ...bundle, leaves: swapped }))).toEqual(['INVALID', 'leaf-elsewhere']);
  });

  it('misses leaves that a signature covers', () => {
    const leaves = bundle.leaves.slice(0, -1);
    expect(codes(digested({ ...bundle, leaves }))).toEqual(['INCOMPLETE', 'leaves-missing']);
  });

  it('finds a leaf that no signature covers', () => {
    const checkpoints = bundle.checkpoints.slice(0, 1);
    expect(codes(digested({ ...bundle, checkpoints }))).toEqual(['INVALID', 'leaf-unsigned']);
  });

  it('asks for the checkpoint that ends right after the close', () => {
    const [sealed, close] = bundle.checkpoints;
    const late = closed();
    late.does(500_000, {
      name: 'paid',
      body: { sale: 'S1', amountFen: 4_000, channel: 'cash', txn: `${'A'.repeat(43)}=` },
    });
    const longer = bundleOf(late);
    expect(longer.checkpoints.slice(0, 2)).toEqual([sealed, close]);
    const checkpoints = [longer.checkpoints[0], longer.checkpoints[2]];
    expect(codes(digested({ ...longer, checkpoints }))).toEqual(['INCOMPLETE', 'checkpoint-missing']);
  });

  it('refuses a note whose signature does not hold', () => {
    const [note = '', ...rest] = bundle.checkpoints;
    const forged = note.replace(/\n(\d+)\n/, (_, size) => `\n${Number(size) + 1}\n`);
    expect(codes(digested({ ...bundle, checkpoints: [forged, ...rest] }))).toEqual([
      'INVALID',
      'note-bad-signature',
    ]);
  });

  it('shows both notes when two histories were signed', () => {
    const other = leavesOf(soldOut().leaves).map((leaf, i) => (i === 1 ? Uint8Array.of(1) : leaf));
    const note = noteAt(other, 8);
    const { verdict, exitCode, findings } = judge({ ...bundle, checkpoints: [...bundle.checkpoints, note] });
    expect([verdict, exitCode]).toEqual(['EQUIVOCATION', 50]);
    expect(findings[0]?.en).toContain(note);
  });
});

describe('what the auditor already holds', () => {
  const show = closed();
  const bytes = leavesOf(show.leaves);
  const older = digested(bundleOf(soldOut()));

  it('makes an older bundle stale', () => {
    const { verdict, exitCode } = verifyBundle(older, { policy, known: [noteAt(bytes, bytes.length)] });
    expect([verdict, exitCode]).toEqual(['STALE', 60]);
  });

  it('proves a rewritten history', () => {
    const known = [noteAt(bytes.with(3, Uint8Array.of(1)), 5)];
    expect(verifyBundle(older, { policy, known })).toMatchObject({ verdict: 'EQUIVOCATION', exitCode: 50 });
  });

  it('frames nobody by a note that the log did not sign', () => {
    const known = [noteAt(bytes.with(3, Uint8Array.of(1)), 5, signerOf(undefined, 9)), 'nonsense'];
    const { verdict, notes } = verifyBundle(digested(bundleOf(show)), { policy, known });
    expect([verdict, ...notes.map(({ code }) => code).slice(0, 2)]).toEqual([
      'ALL_SOLD_UNSETTLED',
      'known-ignored',
      'known-ignored',
    ]);
  });
});

describe('an operator with the key cannot bend the rules', () => {
  it.each<[string, string, (leaf: string) => string, string]>([
    ['another winner', 'lot.hammered', (leaf) => leaf.replace(LIN, WU), 'hammer-differs'],
    ['a hammer below the best bid', 'lot.hammered', (leaf) => leaf.replace(':4000', ':3800'), 'hammer-differs'],
    ['another catalogue', 'show.sealed', (leaf) => leaf.replace(/"catalogue":"./, '"catalogue":"_'.replace('_', 'x')), 'catalogue-differs'],
    ['a lot less than sealed', 'show.sealed', (leaf) => leaf.replace('"lots":2', '"lots":1'), 'sealed-miscounted'],
    ['a total that is not the sum', 'show.closed', (leaf) => leaf.replace('"hammerFen":4100', '"hammerFen":4200'), 'closed-miscounted'],
    ['a bid by someone else', 'bid.accepted', (leaf) => leaf.replace(`"by":"${LIN}"`, '"by":"host"'), 'author-wrong'],
    ['an event of its own making', 'lot.offered', (leaf) => leaf.replace('"lot.offered"', '"lot.gifted"'), 'event-malformed'],
    ['a leaf before its time', 'lot.hammered', (leaf) => leaf.replace(/"t":\d+/, '"t":5'), 'time-backwards'],
  ])('%s', (_, type, change, code) => {
    expect(codes(rewritten(closed(), type, change))).toEqual(['INVALID', code]);
  }); // prettier-ignore

  it('nor open a floor that was not sealed', () => {
    expect(judge(bundleOf(closed(), [openingOf('L1', 3_000)]))).toMatchObject({ verdict: 'INVALID' });
    expect(judge(bundleOf(closed(), [openingOf('L2', 1)])).findings[0]?.code).toBe('opening-wrong');
  });

  it('nor hand over other rules than the sealed ones', () => {
    const bundle = bundleOf(closed());
    const rules = { ...bundle.rules, slipSteps: 99 };
    expect(codes(digested({ ...bundle, rules }))).toEqual(['INVALID', 'rules-differ']);
  });
});
