import { verifyContinued } from '@qingpai/auction/rules';
import {
  letter,
  policyOfBoth as policy,
  policyOfThree,
  threeBundles,
} from '../../libs/auction/src/rules/testing/paperContinued.js';
import { verify } from './cases.js';
import { Chance } from './chance.js';
import { after, before, beforeText, plain, rows } from './continuedCases.js';
import { mutate, readLeaves, textOf, written } from './mutations.js';
import { naiveContinued } from './naive/continued.js';

const PAIRS = 600;
const TRIPLES = 150;

describe('whoever goes on from a backup is held to what was:', () => {
  it.each(rows)('$row → $verdict', ({ text, verdict, code, i }) => {
    const { verdict: said, findings } = verifyContinued([text(), beforeText], { policy, verify });
    expect([said, code === undefined && said === 'INVALID' ? undefined : findings[0]?.code]).toEqual([
      verdict,
      code,
    ]);
    if (i !== undefined) expect(findings[0]?.i).toBe(i);
    expect(naiveContinued([text(), beforeText], policy).verdict).toBe(verdict);
  });

  it('and a log that goes on from a third is not whole with the second alone', () => {
    const third = structuredClone(before);
    const leaves = readLeaves(third);
    leaves[0]!.body.continues = { origin: 'market.example/shows/20261122-01', size: 5, root: letter('A') };
    // Signed anew by its own key, which this suite does not hold: so nobody vouches, and the rest is judged all the same.
    const text = textOf({ ...third, leaves: written(leaves), checkpoints: third.checkpoints });
    expect(verifyContinued([plain, text], { policy, verify }).verdict).not.toMatch(/^ALL_SOLD/);
  });
});

it(`both judges agree on ${PAIRS} logs that went on and were tampered with`, () => {
  const disagreements: string[] = [];
  const verdicts = new Set<string>();
  for (let seed = 0; seed < PAIRS; seed++) {
    const { text, how } = mutate(new Chance(seed), after);
    const one = verifyContinued([text, beforeText], { policy, verify });
    const other = naiveContinued([text, beforeText], policy);
    verdicts.add(one.verdict);
    if (one.verdict !== other.verdict) {
      const [found] = one.findings;
      disagreements.push(
        `seed ${seed}, ${how}: ${one.verdict} ${found?.i} ${found?.code} / ${other.verdict} ${other.i} ${other.why}`,
      );
    }
  }
  expect(disagreements).toEqual([]);
  expect(verdicts).toContain('INVALID');
  expect(verdicts).toContain('ALL_SOLD_AND_SETTLED');
}, 120_000);

it(`both judges agree on ${TRIPLES} evenings of three logs whose last was tampered with`, () => {
  const [first, second, third] = threeBundles();
  const [firstText, secondText] = [first, second].map(textOf);
  const disagreements: string[] = [];
  const verdicts = new Set<string>();
  for (let seed = 0; seed < TRIPLES; seed++) {
    const chance = new Chance(seed);
    const { text, how } = mutate(chance, third);
    const given = [text, secondText!, firstText!].slice(0, chance.maybe(0.8) ? 3 : 2);
    const one = verifyContinued(given, { policy: policyOfThree, verify });
    const other = naiveContinued(given, policyOfThree);
    verdicts.add(one.verdict);
    if (one.verdict !== other.verdict) {
      const [found] = one.findings;
      disagreements.push(
        `seed ${seed}, ${given.length} logs, ${how}: ${one.verdict} ${found?.i} ${found?.code} / ${other.verdict} ${other.i} ${other.why}`,
      );
    }
  }
  expect(disagreements).toEqual([]);
  const kinds = ['INVALID', 'INCOMPLETE', 'ALL_SOLD_AND_SETTLED'];
  expect(kinds.filter((kind) => !verdicts.has(kind))).toEqual([]);
}, 120_000);
