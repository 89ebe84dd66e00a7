import { verifyBundle } from '@qingpai/auction/rules';
import { policy, verify } from './cases.js';
import { naiveVerdict } from './naive/judge.js';
import { randomBundle } from './randomBundle.js';
import { type Compared, theyAgree } from './twoJudges.js';

/** Two judges that share no code: the verifier, and the naive one. They must agree on the verdict and on the leaf. */
const shows = Number(process.env.NAIVE_SHOWS ?? 10_000);
function compare(seed: number): Compared {
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
  theyAgree(shows, 10, compare, [
    'ALL_SOLD_AND_SETTLED',
    'ALL_SOLD_UNSETTLED',
    'ALL_ACCOUNTED_NOT_ALL_SOLD',
    'INCOMPLETE',
    'INVALID',
    'EQUIVOCATION',
  ]);
});
