import { verifySeason } from '@qingpai/auction/rules';
import { registryPolicy as policy } from '../../libs/auction/src/rules/testing/paperSeason.js';
import { verify } from './cases.js';
import { naiveSeason } from './naive/season.js';
import { randomSeason } from './randomSeason.js';
import { type Compared, theyAgree } from './twoJudges.js';

/** Two judges that share no code, over all shows of a township together: what one calls wrong the other must. */
const SEASONS = Number(process.env.NAIVE_SEASONS ?? 200);

function compare(seed: number): Compared {
  const { text, how } = randomSeason(seed);
  const one = verifySeason(text, { policy, verify });
  const other = naiveSeason(text, policy);
  const waiting = one.notes.flatMap(({ code, en }) => (code === 'carried-waiting' ? /: (\d+) /.exec(en)![1] : []));
  const mine = [one.verdict, waiting.map(Number).sort().join()];
  const others = [other.verdict, Object.values(other.waiting).sort().join()];
  const isSame = mine.join(' ') === others.join(' ');
  const found = one.findings.map(({ code, log, i }) => `${code} ${log ?? ''}#${i}`).join('; ');
  const told = `${how}: ${mine.join(' ')} (${found}) / ${others.join(' ')} ${other.why} ${JSON.stringify(other.shows)}`;
  return { verdict: one.verdict, disagreement: isSame ? null : `seed ${seed}, ${told}` };
} // prettier-ignore

describe(`a naive judge and the verifier agree on ${SEASONS} seasons that were tampered with:`, () => {
  theyAgree(SEASONS, 5, compare, [
    'ALL_SOLD_AND_SETTLED',
    'ALL_SOLD_UNSETTLED',
    'ALL_ACCOUNTED_NOT_ALL_SOLD',
    'INCOMPLETE',
    'INVALID',
    'STALE',
    'UNTRUSTED',
  ]);
});
