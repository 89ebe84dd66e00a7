import { type Bundle } from '@qingpai/wire';
import {
  bundleOf,
  cosigned,
  digested,
  essenceOf,
  evidenceOf,
  leavesOf,
  noteAt,
  policyOf,
  policyWith,
  receiptOf,
  receiptsOf,
  resigned,
  sealedShow,
  signerOf,
  witnessOf,
} from '../testing/paperBundle.js';
import { CHEN, LIN, type PaperShow, paperKey, WU } from '../testing/paperShow.js';
import { verifyBundle, type VerifyOptions } from './index.js';

const policy = policyOf();
const judged = (text: string, options: VerifyOptions = { policy }) => verifyBundle(text, options);
const codes = (text: string, options?: VerifyOptions) => {
  const { verdict, findings } = judged(text, options);
  return [verdict, ...findings.map(({ code }) => code)];
};
const notes = (text: string, options?: VerifyOptions) => judged(text, options).notes.map(({ code }) => code);

/** Two lots, everybody signs: one bid is refused, one carries the head that was seen, a lot is withdrawn. */
function signedShow(options: { witnessed?: true } = {}): PaperShow {
  const show = sealedShow({ L1: {}, L2: {}, L3: {} }, { signed: true, ...options });
  show.does(10_000, { name: 'offer', lot: 'L1' });
  show.bid(11_000, LIN, 3_600);
  show.bid(12_000, WU, 3_750);
  show.bid(13_000, WU, 3_800);
  show.pass(200_000);
  show.does(200_000, { name: 'offer', lot: 'L2' });
  show.bid(201_000, CHEN, 3_600);
  show.pass(400_000);
  show.does(400_000, { name: 'withdraw', lot: 'L3', reason: 'damaged' });
  show.does(400_000, { name: 'close' });
  return show;
}
const show = signedShow();
const bundle = bundleOf(show);
const at = (type: string, nth = 0) =>
  bundle.leaves.flatMap((leaf, i) => (leaf.includes(`"type":"${type}"`) ? [i] : []))[nth]!;
/** One leaf changed by an operator who holds the log's key. */
const changed = (i: number, change: (leaf: string) => string, of: Omit<Bundle, 'digest'> = bundle) =>
  resigned(of, of.leaves.with(i, change(of.leaves[i]!)));
const withoutSig = (leaf: string) => leaf.replace(/"sig":"[^"]+",/, '');

describe('nobody speaks for another', () => {
  it('holds when every author signed what is his', () => {
    expect(codes(digested(bundle))).toEqual(['ALL_ACCOUNTED_NOT_ALL_SOLD', 'lot-unsold']);
    expect(notes(digested(bundle))).not.toContain('unsigned-bids');
    expect(notes(digested(bundle))).not.toContain('unsigned-acts');
  });

  it.each(['bid.accepted', 'bid.refused', 'lot.withdrawn', 'show.approved', 'show.closed', 'show.sealed'])(
    'misses the signature under %s, and finds it bent or borrowed',
    (type) => {
      const i = at(type);
      expect(judged(changed(i, withoutSig))).toMatchObject({
        verdict: 'INVALID',
        findings: [{ code: 'author-signature-missing', i }],
      });
      const bent = changed(i, (leaf) => leaf.replace(/"sig":"./, (head) => head.slice(0, -1) + (head.endsWith('A') ? 'B' : 'A')));
      expect(codes(bent)).toEqual(['INVALID', 'author-signature-wrong']);
      const other = /"sig":"([^"]+)"/.exec(bundle.leaves[at('bid.accepted', type === 'bid.accepted' ? 1 : 0)]!)![1]!;
      const borrowed = changed(i, (leaf) => leaf.replace(/"sig":"[^"]+"/, `"sig":"${other}"`));
      expect(codes(borrowed)).toEqual(['INVALID', 'author-signature-wrong']);
    },
  ); // prettier-ignore

  it('finds a bid that was raised without its bidder', () => {
    const raised = changed(at('bid.accepted'), (leaf) =>
      leaf.replace('"amountFen":3600', '"amountFen":3700'),
    );
    expect(judged(raised)).toMatchObject({ findings: [{ code: 'author-signature-wrong', by: LIN }] });
  });

  it('finds a signature where none belongs', () => {
    const sig = /"sig":"[^"]+",/.exec(bundle.leaves[at('bid.accepted')]!)![0];
    const stray = changed(at('lot.offered'), (leaf) => leaf.replace('"t":', `${sig}"t":`));
    expect(codes(stray)).toEqual(['INVALID', 'author-signature-stray']);
  });

  it('finds an approval of another list than the sealed one', () => {
    const other = signedShow();
    const leaf = other.leaves.find(({ type }) => type === 'show.approved')!;
    if (leaf.type !== 'show.approved') throw new Error('no approval');
    leaf.body.note = `${'B'.repeat(43)}=`;
    Object.assign(leaf, other.signed(leaf));
    expect(codes(resigned(bundleOf(other), bundleOf(other).leaves))).toEqual(['INVALID', 'approval-differs']);
  });

  it('counts what goes unsigned, and says who was not pinned', () => {
    const silent = sealedShow({ L1: {} });
    silent.does(10_000, { name: 'offer', lot: 'L1' });
    silent.bid(11_000, LIN, 3_600);
    silent.pass(200_000);
    silent.does(200_000, { name: 'close' });
    const told = notes(digested(bundleOf(silent)));
    expect(told).toEqual(expect.arrayContaining(['unsigned-bids', 'unsigned-acts', 'not-approved']));
    expect(notes(digested(bundle))).toContain('officer-not-pinned');
  });

  it('takes leaves of one version only', () => {
    expect(codes(changed(at('bid.accepted'), (leaf) => leaf.replace('"v":2', '"v":1')))).toEqual([
      'INVALID',
      'version-mixed',
    ]);
    const old = bundle.leaves.map((leaf) => leaf.replace('"v":2', '"v":1'));
    expect(codes(resigned(bundle, old))).toEqual(['INVALID', 'author-signature-stray']);
  });
});

describe('what a bidder had seen', () => {
  /** A bid that quotes the head after leaf 5, signed by its bidder. */
  const quoting = (root?: string) => {
    const quoted = signedShow();
    const bytes = leavesOf(quoted.leaves);
    const receipt = receiptOf(bytes, 0, 5);
    const seen: [number, string] = [5, root ?? receipt.proof.split('\n\n')[1]!.split('\n')[2]!];
    const leaf = quoted.leaves.find(({ type }) => type === 'bid.accepted')!;
    if (leaf.type !== 'bid.accepted') throw new Error('no bid');
    leaf.body.seen = seen;
    Object.assign(leaf, quoted.signed(leaf));
    return bundleOf(quoted);
  };

  it('is a head of this very log', () => {
    expect(codes(resigned(quoting(), quoting().leaves))[0]).toBe('ALL_ACCOUNTED_NOT_ALL_SOLD');
  });

  it('betrays a history that was replaced', () => {
    const foreign = quoting(`${'C'.repeat(43)}=`);
    expect(codes(resigned(foreign, foreign.leaves))).toEqual(['INVALID', 'seen-foreign']);
  });
});

describe('witnesses', () => {
  const [one, two] = [witnessOf(), witnessOf('county.example/witness', 22)];
  const witnessed = bundleOf(signedShow({ witnessed: true }));
  const under = (note: string, time: number, ...who: ReturnType<typeof witnessOf>[]) =>
    who.reduce((text, witness) => cosigned(text, time, witness), note);
  const all = (time: number, ...who: ReturnType<typeof witnessOf>[]) =>
    witnessed.checkpoints.map((note) => under(note, time, ...who));

  it('who cosigned before bidding opened make the seal timely', () => {
    const text = digested({ ...witnessed, checkpoints: all(3, one, two) });
    const verification = judged(text, { policy: policyWith([one, two]) });
    expect(verification.verdict).toBe('ALL_ACCOUNTED_NOT_ALL_SOLD');
    expect(verification.notes.map(({ code }) => code)).not.toContain('late-witness');
    expect(verification.gates.at(-1)!.en).not.toContain('LATE_WITNESS');
  });

  it('who came after the opening are late, and the verdict says so', () => {
    const text = digested({ ...witnessed, checkpoints: all(900, one) });
    const verification = judged(text, { policy: policyWith([one]) });
    expect(verification.notes.map(({ code }) => code)).toContain('late-witness');
    expect(verification.gates.at(-1)!.en).toContain('LATE_WITNESS');
  });

  it('whose line was stripped leave the bundle untrusted, and accuse nobody', () => {
    const text = digested({ ...witnessed, checkpoints: all(3, one) });
    expect(codes(text, { policy: policyWith([one, two]) })).toEqual(['UNTRUSTED', 'quorum-missing']);
    expect(codes(digested(witnessed), { policy: policyWith([one]) })).toEqual([
      'UNTRUSTED',
      'quorum-missing',
    ]);
  });

  it('are not taken at another key’s word', () => {
    const impostor = witnessOf('township.example/witness', 99);
    const text = digested({ ...witnessed, checkpoints: all(3, impostor) });
    expect(codes(text, { policy: policyWith([one]) })).toEqual(['UNTRUSTED', 'quorum-missing']);
  });

  it('need only cosign the end for all that was before it', () => {
    const last = witnessed.checkpoints.length - 1;
    const checkpoints = witnessed.checkpoints.with(last, under(witnessed.checkpoints[last]!, 900, one));
    const verification = judged(digested({ ...witnessed, checkpoints }), { policy: policyWith([one]) });
    expect(verification.verdict).toBe('ALL_ACCOUNTED_NOT_ALL_SOLD');
    expect(verification.notes.map(({ code }) => code)).toContain('late-witness');
  });

  it('are asked for by the auditor’s policy, not by the log', () => {
    expect(notes(digested(witnessed))).toContain('witness-not-pinned');
  });
});

describe('receipts that phones kept', () => {
  const bytes = leavesOf(show.leaves);
  const i = at('bid.accepted', 1);
  const receipt = receiptOf(bytes, i, i + 2);
  const good = receiptsOf(receipt);
  /** The operator leaves out the accepted bid of Wu's, and signs all anew. */
  const rewritten = () => {
    const other = sealedShow({ L1: {}, L2: {}, L3: {} }, { signed: true });
    other.does(10_000, { name: 'offer', lot: 'L1' });
    other.bid(11_000, LIN, 3_600);
    other.pass(200_000);
    for (const lot of ['L2', 'L3']) other.does(300_000, { name: 'withdraw', lot, reason: 'damaged' });
    other.does(400_000, { name: 'close' });
    return digested(bundleOf(other));
  };

  const asHandedOut: [string, string][] = [
    ['a file of receipts', good],
    ['what a square holds of a long one', essenceOf(receipt)],
    ['evidence', evidenceOf(receipt)],
    ['the head alone that evidence holds', evidenceOf({ ...receipt, proof: '' }, { note: noteAt(bytes, i + 2) })],
  ]; // prettier-ignore
  it.each(asHandedOut.slice(0, 3))('agree with an honest bundle: %s', (_, file) => {
    const verification = judged(digested(bundle), { policy, receipts: [file] });
    expect(verification.verdict).toBe('ALL_ACCOUNTED_NOT_ALL_SOLD');
    expect(verification.notes.map(({ code }) => code)).not.toContain('receipt-ignored');
  });

  it.each(asHandedOut)('prove that an accepted bid was dropped and all signed anew: %s', (_, file) => {
    expect(codes(rewritten())[0]).toBe('ALL_ACCOUNTED_NOT_ALL_SOLD');
    const { verdict, findings, notes } = judged(rewritten(), { policy, receipts: [file] });
    expect([verdict, findings[0]!.code]).toEqual(['EQUIVOCATION', 'two-histories']);
    const isBroken = file.includes('"proof":""');
    expect(notes.some(({ code }) => code === 'receipt-ignored')).toBe(isBroken);
    expect(findings[0]!.en.match(/— market/g)).toHaveLength(2);
  });

  it('make a shorter bundle stale', () => {
    const early = sealedShow({ L1: {}, L2: {}, L3: {} }, { signed: true });
    expect(codes(digested(bundleOf(early)), { policy, receipts: [good] })).toEqual([
      'STALE',
      'older-than-known',
    ]);
  });

  it.each<[string, string]>([
    ['signed by no pinned key', receiptsOf(receiptOf(bytes, i, i + 2, signerOf(undefined, 9)))],
    ['with an altered leaf', receiptsOf({ ...receipt, leaf: receipt.leaf.replace('3800', '9800') })],
    [
      'with an altered index',
      receiptsOf({ ...receipt, proof: receipt.proof.replace(`index ${i}`, 'index 3') }),
    ],
    [
      'of another log',
      receiptsOf(receiptOf(bytes, i, i + 2, signerOf('market.example/shows/20261124-02', 1))),
    ],
    ['that cannot be read', '{"format":"qingpai/receipts/v1"'],
    ['as a square of another key', essenceOf(receiptOf(bytes, i, i + 2, signerOf(undefined, 9)))],
    ['as a square with another leaf', essenceOf({ ...receipt, leaf: receipt.leaf.replace('3800', '9800') })],
    ['as a square that cannot be read', essenceOf(receipt).replace('index ', 'index 0')],
    [
      'as evidence with an altered leaf',
      evidenceOf({ ...receipt, leaf: receipt.leaf.replace('3800', '9800') }),
    ],
  ])('frame nobody when forged: %s', (_, forged) => {
    const verification = judged(digested(bundle), { policy, receipts: [forged] });
    expect(verification.verdict).toBe('ALL_ACCOUNTED_NOT_ALL_SOLD');
    expect(verification.notes.map(({ code }) => code)).toContain('receipt-ignored');
  });
});

test('a key on paper is the same whenever it is made', () => {
  expect(paperKey(LIN).key).toBe(paperKey(LIN).key);
  expect(paperKey(LIN).key).not.toBe(paperKey(WU).key);
});
