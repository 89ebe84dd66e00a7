import { verifyBundle } from '@qingpai/auction/rules';
import { policy, verify } from './cases.js';
import { naiveVerdict } from './naive/judge.js';
import { randomBundle } from './randomBundle.js';

/** Two judges that share no code: the verifier, and the naive one. They must agree on the verdict and on the leaf. */
const shows = Number(process.env.NAIVE_SHOWS ?? 10_000);
const parts = 10;
function compare(seed: number): { verdict: string; disagreement: string | null } {
  const { text, how } = randomBundle(seed);
  const one = verifyBundle(text, { policy, verify });
  const other = naiveVerdict(text, { policy });
  // A lot that was not sold is named in a finding, but nothing is wrong with its leaf.
  const [finding] = one.findings.filter(({ code }) => code !== 'lot-unsold' && code !== 'opening-wrong');
  const isSame = one.verdict === other.verdict && (finding?.i ?? null) === other.i;
  const told = `${how}: ${one.verdict} ${finding?.i} ${finding?.code} / ${other.verdict} ${other.i} ${other.why}`;
  return { verdict: one.verdict, disagreement: isSame ? null : `seed ${seed}, ${told}` };
}

describe(`a naive judge and the verifier agree on ${shows} shows that were tampered with:`, () => {
  const verdicts = new Map<string, number>();

  it.each(Array.from({ length: parts }, (_, part) => part + 1))(
    `part %i of ${parts}`,
    (part) => {
      const disagreements: string[] = [];
      const [from, to] = [part - 1, part].map((end) => Math.floor((end * shows) / parts));
      for (let seed = from!; seed < to!; seed++) {
        const { verdict, disagreement } = compare(seed);
        verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
        if (disagreement) disagreements.push(disagreement);
      }
      expect(disagreements).toEqual([]);
    },
    120_000,
  );

  it('and they met every kind of verdict that leaves can lead to', () => {
    const kinds = ['ALL_SOLD_AND_SETTLED', 'ALL_SOLD_UNSETTLED', 'ALL_ACCOUNTED_NOT_ALL_SOLD', 'INCOMPLETE', 'INVALID', 'EQUIVOCATION'];
    expect(kinds.filter((kind) => !verdicts.has(kind))).toEqual([]);
  }); // prettier-ignore
});
