import { verifyBundle, type VerifyOptions, verifySeason } from '@qingpai/auction/rules';
import { identityCommitment } from '@qingpai/ledger/rules';
import { type Verdict } from '@qingpai/wire';
import { bundleOf, digested, sealedShow } from '../../libs/auction/src/rules/testing/paperBundle.js';
import { originOf, PaperSeason, registryPolicy } from '../../libs/auction/src/rules/testing/paperSeason.js';
import { LIN } from '../../libs/auction/src/rules/testing/paperShow.js';
import { cases, plain, plainShow, policy, signed, verify } from './cases.js';
import { Chance } from './chance.js';
import { notesOver, readLeaves, textOf, written } from './mutations.js';
import { naiveVerdict } from './naive/judge.js';

const selling: Verdict[] = ['ALL_SOLD_AND_SETTLED', 'ALL_SOLD_UNSETTLED', 'ALL_ACCOUNTED_NOT_ALL_SOLD'];
const judged = (text: string, options: VerifyOptions = {}) =>
  verifyBundle(text, { policy, verify, ...options });
let met = 0;
let tried = cases.length;
let flips = 0;

describe('an honest evening', () => {
  it('is all sold and settled, with signatures and without', () => {
    for (const one of [plain, signed]) expect(judged(digested(one)).verdict).toBe('ALL_SOLD_AND_SETTLED');
  });

  it('still is when a person has been erased: the log holds a commitment that nothing opens any more', () => {
    const salt = new Uint8Array(32).fill(1);
    const person = { phone: '13800000000' };
    const id = identityCommitment(salt, person);
    const withId = (of: string): string => {
      const leaves = readLeaves(plain);
      leaves.find(({ type }) => type === 'bidder.registered')!.body.id = of;
      const texts = written(leaves);
      const seal = leaves.find(({ type }) => type === 'show.sealed')!;
      expect(texts[seal.i]).toContain('show.sealed');
      return textOf({ ...plain, leaves: texts, checkpoints: notesOver(texts) });
    };
    // Whether somebody could still open it changes no verdict; without its salt, knowing the person opens nothing.
    for (const one of [id, identityCommitment(new Uint8Array(32).fill(9), person)]) {
      expect(judged(withId(one)).verdict).toBe('ALL_SOLD_AND_SETTLED');
    }
    expect(identityCommitment(salt, person)).toBe(id);
    expect(identityCommitment(new Uint8Array(32), person)).not.toBe(id);
  });
});

describe('whoever tampers is told what it is called:', () => {
  it.each(cases)('$row → $verdict', ({ text, options = {}, verdict, code, i, note }) => {
    const { verdict: said, findings, notes } = judged(text(), options);
    const [first] = findings;
    // Acts out of nothing have no code of their own: that they are found is enough.
    expect([said, code === undefined && said === 'INVALID' ? undefined : first?.code]).toEqual([
      verdict,
      code,
    ]);
    if (i !== undefined) expect(first?.i).toBe(i);
    if (note !== undefined) expect(notes.map((one) => one.code)).toContain(note);
    // What a bundle alone can show, the naive judge sees too.
    if (!options.receipts && 'policy' in options === false) {
      expect(naiveVerdict(text(), { policy, ...options }).verdict).toBe(verdict);
    }
    met += 1;
  });
});

describe('whoever lets a show vanish', () => {
  const FIRST = '20261124-01';
  const evening = () => {
    const season = new PaperSeason();
    season.registers(FIRST);
    season.registers('20261125-01', 0, originOf('20261125-01'));
    season.holds(plainShow);
    season.logs({ type: 'show.cancelled', body: { show: '20261125-01' } });
    return season;
  };
  const seasonOf = (text: string) => verifySeason(text, { policy: registryPolicy, verify });

  it('is named by the registry: left out, never sealed, put in place of another, or struck from the list', () => {
    expect(seasonOf(evening().text())).toMatchObject({ verdict: 'ALL_SOLD_AND_SETTLED', findings: [] });
    const leftOut = evening();
    leftOut.bundles.delete(FIRST);
    const unsealed = evening();
    unsealed.registers('20261126-01');
    unsealed.logs(
      { type: 'report.filed', body: { hash: `${'A'.repeat(43)}=` } },
      plainShow.state.t + 2 * 86_400_000,
    );
    const struck = evening();
    const without = struck.text((season) => {
      const registry = season.registry as { leaves: string[] };
      registry.leaves = registry.leaves.filter((leaf) => !leaf.includes(FIRST));
    });
    const rows: [string, string, string][] = [
      [leftOut.text(), 'INVALID', 'show-missing'],
      [unsealed.text(), 'INVALID', 'show-unsealed'],
      [without, 'INVALID', 'leaf-elsewhere'],
    ];
    tried += rows.length;
    for (const [text, verdict, code] of rows) {
      const said = seasonOf(text);
      expect([said.verdict, said.findings[0]?.code]).toEqual([verdict, code]);
      met += 1;
    }
  });
});

describe('no bit can be turned', () => {
  const show = sealedShow({ L1: { startFen: 0 } });
  show.does(1_000, { name: 'offer', lot: 'L1' });
  show.bid(2_000, LIN, 100);
  show.pass(100_000);
  show.does(100_000, { name: 'close' });
  const small = bundleOf(show);
  const turned = (text: string, bit: number): string => {
    const raw = Buffer.from(text);
    raw[bit >> 3]! ^= 1 << (bit & 7);
    return raw.toString('utf8');
  };
  const expectTurned = (text: string, verdicts: Verdict[]) => {
    const { verdict } = judged(text);
    flips += 1;
    if (!verdicts.includes(verdict)) throw new Error(`${verdict}: ${text.slice(0, 200)}`);
  };

  it('is itself all sold', () => expect(judged(digested(small)).verdict).toBe('ALL_SOLD_UNSETTLED'));

  it.each(small.leaves.map((_, i) => i))(
    'of leaf %i, with the digest made to fit',
    (i) => {
      for (let bit = 0; bit < Buffer.byteLength(small.leaves[i]!) * 8; bit++) {
        const leaves = small.leaves.with(i, turned(small.leaves[i]!, bit));
        expectTurned(textOf({ ...small, leaves }), ['INVALID']);
      }
    },
    60_000,
  );

  it.each(small.checkpoints.map((_, i) => i))(
    'of note %i, with the digest made to fit: broken, or by a stranger',
    (i) => {
      for (let bit = 0; bit < Buffer.byteLength(small.checkpoints[i]!) * 8; bit++) {
        const checkpoints = small.checkpoints.with(i, turned(small.checkpoints[i]!, bit));
        expectTurned(textOf({ ...small, checkpoints }), ['INVALID', 'UNTRUSTED']);
      }
    },
    60_000,
  );

  it('of the whole file, with the digest as it was: a damaged copy', () => {
    const text = digested(small);
    for (let bit = 0; bit < Buffer.byteLength(text) * 8; bit += 3)
      expectTurned(turned(text, bit), ['DAMAGED']);
  }, 60_000);

  it('of a whole evening, where chance strikes', () => {
    const chance = new Chance(7);
    const text = digested(signed);
    for (let n = 0; n < 1_000; n++) {
      expectTurned(turned(text, chance.below(Buffer.byteLength(text) * 8)), ['DAMAGED']);
      const i = chance.below(signed.leaves.length);
      const leaf = turned(signed.leaves[i]!, chance.below(Buffer.byteLength(signed.leaves[i]!) * 8));
      expectTurned(textOf({ ...signed, leaves: signed.leaves.with(i, leaf) }), ['INVALID']);
    }
  }, 60_000);
});

it('no case of ours sells what is not sold', () => {
  const sold = cases.filter(({ verdict }) => selling.includes(verdict)).map(({ row }) => row);
  // What the bundle shows is whole in each of these; the last says what no log can prove.
  expect(sold).toEqual([
    'the cosignature there',
    'a forged receipt frames nobody',
    'a receipt whose leaf was altered frames nobody',
    'a file that holds no receipts frames nobody',
    'a square that names another leaf under an honest head frames nobody',
    'evidence with an altered leaf frames nobody',
    'an accepted bid dropped, all signed anew, and nobody kept a receipt: no log can tell',
    'an honest show with a supplementary list',
    'honest time given back to a clock',
    'an honest show that asked around',
    'honest books of an evening with a refund and a default',
    'an honest evening with freight, and longer to pay for one',
    'an honest evening whose freight went back alone, or stayed until it had come over',
    'an honest evening whose goods travelled, and one was made good',
    'an honest evening that was filmed',
    'an honest evening whose growers were paid, with its books',
    'an honest show with two defaults, one sold again, one carried',
    'an honest show with a forfeited deposit paid out, and what a grower owed taken, repaid and carried on',
    'an honest show with deposits, one forfeited',
    'an honest timed show',
  ]);
});

afterAll(() => process.stdout.write(`\ntamper cases ${met} of ${tried}, flips ${flips}\n`));
