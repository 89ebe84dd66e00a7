import { formatPolicy, toBase64 } from '@qingpai/ledger/rules';
import { inOrder, rootsAt, verifyBundle, verifyContinued, verifySeason } from '../index.js';
import {
  bundleOf,
  digested,
  essenceOf,
  leavesOf,
  receiptOf,
  sealedShow,
  signerOf,
} from '../testing/paperBundle.js';
import { threeBundles, policyOfThree } from '../testing/paperContinued.js';
import { originOf, PaperSeason, registryPolicy } from '../testing/paperSeason.js';
import { LIN, type PaperLot, type PaperShow, WU } from '../testing/paperShow.js';

const [FIRST, SECOND, THIRD] = ['20261124-01', '20261124-02', '20261124-03'];
const policy = formatPolicy({
  logs: [FIRST, SECOND].map((show, at) => signerOf(originOf(show), at + 1).key),
  ...{ witnesses: [], groups: [], quorum: 'none' },
});
const textOf = (show: PaperShow, fill = show.state.origin.endsWith('01') ? 1 : 2) =>
  digested(bundleOf(show, undefined, signerOf(show.state.origin, fill)));

/** Three lots: L1 is sold, L2 stands on the block with a bid on it, two of the five pots of L3 are taken. */
function interrupted(): PaperShow {
  const show = sealedShow(
    { L1: {}, L2: {}, L3: { format: 'dutch', units: 5, startFen: 2_000, stepFen: 200 } },
    { opened: { origin: originOf(FIRST) } },
  );
  show.does(1_000, { name: 'offer', lot: 'L1' });
  show.bid(2_000, LIN, 3_600);
  show.pass(100_000);
  show.does(100_000, { name: 'offer', lot: 'L3' });
  show.bid(100_000, WU, 2_000, { units: 2 });
  show.does(100_100, { name: 'setAside', lot: 'L3' });
  show.does(110_000, { name: 'offer', lot: 'L2' });
  show.bid(111_000, LIN, 3_600);
  return show;
}
const headOf = (show: PaperShow, size = show.leaves.length) => {
  const bytes = leavesOf(show.leaves, show.state.origin);
  return { origin: show.state.origin, size, root: toBase64(rootsAt(bytes, [size]).get(size)!) };
};
const rest: Record<string, PaperLot> = {
  L1: { from: `${originOf(FIRST)}#L2` },
  L2: { from: `${originOf(FIRST)}#L3`, units: 3 },
};
/** The log that goes on: everything in it is sold. */
function goesOn(before: PaperShow, lots = rest, continues = headOf(before), show = SECOND): PaperShow {
  const next = sealedShow(lots, { opened: { origin: originOf(show), continues } });
  for (const lot of Object.keys(lots)) {
    const atMs = next.state.t + 1_000;
    next.does(atMs, { name: 'offer', lot });
    next.bid(atMs + 1_000, WU, 3_600);
    next.pass(atMs + 200_000);
  }
  next.does(next.state.t, { name: 'close' });
  return next;
}
const judged = (before: PaperShow | null, next: PaperShow, options = {}) =>
  verifyContinued(before ? [textOf(next), textOf(before)] : [textOf(next)], { policy, ...options });
const codes = (...args: Parameters<typeof judged>) => {
  const { verdict, findings } = judged(...args);
  return [verdict, ...findings.map(({ code }) => code)];
};

describe('a log that goes on from another', () => {
  it('alone is incomplete, however well it ends, and says so', () => {
    const next = goesOn(interrupted());
    const alone = verifyBundle(textOf(next), { policy });
    expect([alone.verdict, alone.findings]).toEqual(['INCOMPLETE', []]);
    expect(alone.notes.map(({ code }) => code)).toContain('continues');
    const { verdict, exitCode, before, notes } = judged(null, next);
    expect([verdict, exitCode, before]).toEqual(['INCOMPLETE', 30, undefined]);
    expect(notes.map(({ code }) => code)).toContain('before-missing');
  });

  it('is judged together with the one before: what is sold in either is sold', () => {
    const before = interrupted();
    const verification = judged(before, goesOn(before));
    expect(verification).toMatchObject({ verdict: 'ALL_SOLD_UNSETTLED', exitCode: 10, findings: [] });
    expect(verification.before!.map(({ verdict }) => verdict)).toEqual(['INCOMPLETE']);
    expect(verification.gates.at(-1)).toMatchObject({ gate: 'before', ok: true });
  });

  it('is not all sold when something was withdrawn before', () => {
    const before = interrupted();
    before.does(112_000, { name: 'withdraw', lot: 'L3', reason: 'damaged' });
    expect(codes(before, goesOn(before, { L1: rest.L1! }))).toEqual(['ALL_ACCOUNTED_NOT_ALL_SOLD']);
  });

  it('is settled only when the sales before are paid too', () => {
    const before = interrupted();
    const next = goesOn(before);
    const pay = (show: PaperShow) => {
      for (const [at, { sale, unitPriceFen, units }] of Object.values(show.state.sales).entries()) {
        const txn = `${'AEIM'[at]!.repeat(43)}=`;
        const body = { sale, amountFen: unitPriceFen * units, channel: 'cash' as const, txn };
        show.does(show.state.t, { name: 'paid', body });
      }
    };
    pay(next);
    next.does(next.state.t + 86_400_000, { name: 'settle' });
    expect(codes(before, next)).toEqual(['ALL_SOLD_UNSETTLED']);
    const paid = interrupted();
    pay(paid);
    const after = goesOn(paid);
    pay(after);
    after.does(after.state.t + 86_400_000, { name: 'settle' });
    expect(codes(paid, after)).toEqual(['ALL_SOLD_AND_SETTLED']);
  });

  it('is not over before it is sealed and closed itself', () => {
    const before = interrupted();
    const next = sealedShow(rest, { opened: { origin: originOf(SECOND), continues: headOf(before) } });
    expect(codes(before, next)).toEqual(['INCOMPLETE']);
  });
});

describe('the log before', () => {
  it('must be the one whose head was quoted', () => {
    const before = interrupted();
    const other = sealedShow({ L1: {} }, { opened: { origin: originOf(THIRD) } });
    const next = goesOn(before);
    const all = policy.replace('quorum', `log ${vkeyOf(THIRD, 3)}\nquorum`);
    const options = { policy: all };
    expect(verifyContinued([textOf(next), textOf(other, 3)], options).findings[0]!.code).toBe(
      'before-differs',
    );
    const wrong = goesOn(before, rest, { ...headOf(before), root: `${'A'.repeat(43)}=` });
    expect(codes(before, wrong)).toEqual(['INVALID', 'before-differs']);
  });

  it('that is shorter than what was quoted leaves the question open', () => {
    const before = interrupted();
    const early = sealedShow({ L1: {} }, { opened: { origin: originOf(FIRST) } });
    expect(codes(early, goesOn(before))).toEqual(['INCOMPLETE', 'leaves-missing']);
  });

  it('that had signed more than was quoted shows what was abandoned', () => {
    const before = interrupted();
    const head = headOf(before);
    before.pass(200_000);
    const { verdict, findings } = judged(before, goesOn(before, rest, head));
    expect([verdict, findings[0]!.code, findings[0]!.i]).toEqual(['INVALID', 'leaves-abandoned', head.size]);
  });

  it('is told by a receipt that a phone kept, when the leaves after it are gone', () => {
    const longer = interrupted();
    longer.pass(200_000);
    const bytes = leavesOf(longer.leaves, originOf(FIRST));
    const receipt = receiptOf(bytes, bytes.length - 1, bytes.length, signerOf(originOf(FIRST)));
    const file = JSON.stringify({
      ...{ format: 'qingpai/receipts/v1', origin: originOf(FIRST), receipts: [receipt] },
    });
    const before = interrupted();
    // Also by what a square holds of it; the log that goes on is told of neither.
    for (const kept of [file, essenceOf(receipt)]) {
      const { verdict, before: judgedBefore, notes } = judged(before, goesOn(before), { receipts: [kept] });
      expect([verdict, judgedBefore![0]!.verdict]).toEqual(['STALE', 'STALE']);
      expect(notes.map(({ code }) => code)).not.toContain('receipt-ignored');
    }
  });

  it('that does not hold itself makes both invalid', () => {
    const before = interrupted();
    const bundle = bundleOf(before);
    const leaves = bundle.leaves.map((leaf) => leaf.replace('"amountFen":3600', '"amountFen":3700'));
    const both = verifyContinued([textOf(goesOn(before)), digested({ ...bundle, leaves })], { policy });
    expect([both.verdict, both.before![0]!.findings[0]!.code]).toEqual(['INVALID', 'root-wrong']);
    // And names the log whose leaves they are.
    expect(both.findings).toMatchObject([{ code: 'root-wrong', log: originOf(FIRST) }]);
    expect(both.gates.at(-1)).toMatchObject({
      gate: 'before',
      ok: false,
      en: expect.stringContaining('root'),
    });
    expect(verifyContinued([textOf(goesOn(before)), 'nonsense'], { policy }).verdict).toBe('DAMAGED');
  });
});

describe('a log that goes on from one that goes on from another', () => {
  const [first, second, third] = threeBundles().map(digested);
  const three = (...texts: (string | undefined)[]) =>
    verifyContinued(
      texts.map((text) => text!),
      { policy: policyOfThree },
    );

  it('is judged with both, and told of each', () => {
    const all = three(third, second, first);
    expect(all).toMatchObject({ verdict: 'ALL_SOLD_AND_SETTLED', exitCode: 0, findings: [] });
    expect(all.before!.map(({ verdict }) => verdict)).toEqual(['INCOMPLETE', 'INCOMPLETE']);
    expect(all.gates.filter(({ gate }) => gate === 'before').map(({ ok }) => ok)).toEqual([true, true]);
  });

  it('is incomplete while one is missing, which it names', () => {
    for (const texts of [[third], [third, second]]) {
      const { verdict, notes } = three(...texts);
      expect([verdict, notes.filter(({ code }) => code === 'before-missing').length]).toEqual([
        'INCOMPLETE',
        1,
      ]);
    }
    expect(three(third, second).notes.find(({ code }) => code === 'before-missing')!.en).toContain(
      '20261122-01',
    );
    // The oldest is none that the newest goes on from.
    expect(three(third, first).findings[0]!.code).toBe('before-differs');
  });

  it('is invalid where the first two do not fit, however well the rest does', () => {
    const [before] = threeBundles();
    const short = {
      ...before,
      leaves: before.leaves.slice(0, -1),
      checkpoints: before.checkpoints.slice(0, -1),
    };
    const { verdict, gates } = three(third, second, digested(short));
    expect([verdict, gates.map(({ ok }) => ok).slice(-2)]).toEqual(['INVALID', [true, false]]);
  });

  it('is found among other bundles by what each says of itself, whatever their order', () => {
    const other = textOf(interrupted());
    expect(inOrder([first!, third!, second!])).toEqual({ chain: [third, second, first], aside: [] });
    expect(inOrder([other, second!, 'nonsense', third!])).toEqual({
      chain: [third, second],
      aside: [other, 'nonsense'],
    });
    expect(inOrder([second!, second!])).toEqual({ chain: [second], aside: [second] });
    expect(inOrder([])).toEqual({ chain: [], aside: [] });
  });
});

describe('every unit without an end goes on', () => {
  it.each<[string, Record<string, PaperLot>, string]>([
    ['a lot is left out', { L2: rest.L2! }, 'units-lost'],
    ['some of its units are left out', { ...rest, L2: { ...rest.L2, units: 2 } }, 'units-lost'],
    ['a unit is made of nothing', { ...rest, L2: { ...rest.L2, units: 4 } }, 'carried-unfounded'],
  ])('it is invalid where %s', (_, lots, code) => {
    const before = interrupted();
    expect(codes(before, goesOn(before, lots))).toEqual(['INVALID', code]);
  });

  it('and of lots that were struck, or described for a list that nobody sealed, none is owed', () => {
    const before = interrupted();
    for (const lot of ['L8', 'L9']) before.describe(112_000, lot);
    before.does(112_000, { name: 'strike', lot: 'L8' });
    expect(codes(before, goesOn(before))).toEqual(['ALL_SOLD_UNSETTLED']);
  });

  it('and further lots may come with them', () => {
    const before = interrupted();
    expect(codes(before, goesOn(before, { ...rest, L9: {} }))).toEqual(['ALL_SOLD_UNSETTLED']);
  });
});

describe('in a season', () => {
  const seasonOf = (before: PaperShow, ...next: PaperShow[]) => {
    const season = new PaperSeason();
    for (const show of [before, ...next]) {
      const id = show.state.origin.slice(-11);
      season.registers(id);
      season.holds(show);
    }
    return season;
  };

  it('the show that was continued is over, and its units are followed', () => {
    const before = interrupted();
    const { verdict, shows, notes } = verifySeason(seasonOf(before, goesOn(before)).text(), {
      policy: registryPolicy,
    });
    expect([verdict, shows.map(({ standing }) => standing)]).toEqual([
      'ALL_SOLD_UNSETTLED',
      ['continued', 'judged'],
    ]);
    expect(notes.map(({ code }) => code)).toContain('show-continued');
  });

  it.each<[string, (before: PaperShow) => PaperShow[], string]>([
    ['a unit is lost', (before) => [goesOn(before, { L2: rest.L2! })], 'units-lost'],
    [
      'it is continued twice',
      (before) => [goesOn(before), goesOn(before, rest, headOf(before), THIRD)],
      'continued-twice',
    ],
  ])('it is invalid where %s', (_, next, code) => {
    const before = interrupted();
    const season = seasonOf(before, ...next(before));
    const { verdict, findings } = verifySeason(season.text(), { policy: registryPolicy });
    expect([verdict, findings[0]!.code]).toEqual(['INVALID', code]);
  });

  it('a log before that is not there stays missing, also when the log that goes on is itself continued', () => {
    const first = sealedShow({ L1: {} }, { opened: { origin: originOf(FIRST) } });
    first.does(1_000, { name: 'withdraw', lot: 'L1', reason: 'damaged' });
    // Nothing of the first is left to take up: that it is missing shows in the head alone that was quoted.
    const second = sealedShow({ L1: {} }, { opened: { origin: originOf(SECOND), continues: headOf(first) } });
    const third = goesOn(second, { L1: { from: `${originOf(SECOND)}#L1` } }, headOf(second), THIRD);
    const { verdict, notes } = verifySeason(seasonOf(second, third).text(), { policy: registryPolicy });
    expect([verdict, notes.map(({ code }) => code)]).toEqual([
      'INCOMPLETE',
      ['before-missing', 'show-continued'],
    ]);
  });

  it('a show that was closed and went on for its sales alone is settled there', () => {
    const before = sealedShow({ L1: {} }, { opened: { origin: originOf(FIRST) } });
    before.does(1_000, { name: 'offer', lot: 'L1' });
    before.bid(2_000, LIN, 3_600);
    before.pass(100_000);
    before.does(100_000, { name: 'close' });
    const next = sealedShow(
      {},
      { opened: { origin: originOf(SECOND), continues: headOf(before) }, takesOver: before },
    );
    next.does(next.state.t, { name: 'close' });
    const body = { sale: 'S1', amountFen: 3_600, channel: 'cash' as const, txn: `${'A'.repeat(43)}=` };
    next.does(next.state.t, { name: 'paid', body });
    next.does(next.state.t + 30 * 86_400_000, { name: 'settle' });
    const { verdict, shows } = verifySeason(seasonOf(before, next).text(), { policy: registryPolicy });
    expect([verdict, shows[0]!.standing]).toEqual(['ALL_SOLD_AND_SETTLED', 'continued']);
  });

  it('it is invalid where the registry does not list the log before', () => {
    const season = seasonOf(goesOn(interrupted()));
    const { verdict, notes } = verifySeason(season.text(), { policy: registryPolicy });
    expect([verdict, notes.map(({ code }) => code)]).toEqual(['INVALID', ['before-missing']]);
  });
});

function vkeyOf(show: string, fill: number): string {
  const text = formatPolicy({
    logs: [signerOf(originOf(show), fill).key],
    ...{ witnesses: [], groups: [], quorum: 'none' },
  });
  return /^log (\S+)$/m.exec(text)![1]!;
}

it('a log that goes on from none is judged alone, whatever lies beside it', () => {
  const text = textOf(interrupted());
  const alone = verifyBundle(text, { policy });
  expect(verifyContinued([text, textOf(interrupted())], { policy })).toEqual(alone);
});
