import { verifyContinued } from '@qingpai/auction/rules';
import {
  bothBundles,
  goesOnWith,
  paidOutShow,
  policyOfBoth as policy,
  restPaidIn,
} from '../../libs/auction/src/rules/testing/paperContinued.js';
import { verify } from './cases.js';
import { Chance } from './chance.js';
import { type LooseLeaf, mutate, notesOver, readLeaves, textOf, written } from './mutations.js';
import { naiveContinued } from './naive/continued.js';

const drop = (leaves: LooseLeaf[], ...types: [type: string, nth?: number][]) => {
  const dropped = types.map(([type, nth = 0]) => leaves.filter((leaf) => leaf.type === type).at(nth)!);
  for (const leaf of dropped) leaves.splice(leaves.indexOf(leaf), 1);
};
/** An evening whose growers had been paid, and owed something back, when the copy was made. */
const duesPast = paidOutShow();
const [duesBefore, duesAfter] = bothBundles(duesPast, restPaidIn(goesOnWith(duesPast, {})));
const withoutDue = (...types: [type: string, nth?: number][]) => {
  const leaves = readLeaves(duesAfter);
  drop(leaves, ...types);
  const texts = written(leaves);
  return textOf({ ...duesAfter, leaves: texts, checkpoints: notesOver(texts) });
};

describe('what growers got and owe back is told again:', () => {
  it.each([
    ['all of it', textOf(duesAfter), 'ALL_SOLD_AND_SETTLED'],
    ['not a payout', withoutDue(['payout.made', 0]), 'INVALID'],
    ['not what was taken off one', withoutDue(['clawback.taken', 0]), 'INVALID'],
    ['not what he gave back', withoutDue(['clawback.repaid']), 'INVALID'],
    ['not a default', withoutDue(['sale.defaulted'], ['deposit.forfeited']), 'INVALID'],
    ['not what was forfeited', withoutDue(['deposit.forfeited']), 'INVALID'],
    ['not who came next', withoutDue(['sale.takenOver', 3]), 'INVALID'],
    ['not that a deposit was let go', withoutDue(['deposit.released']), 'INVALID'],
  ])('%s', (_row, text, verdict) => {
    const said = verifyContinued([text, textOf(duesBefore)], { policy, verify });
    expect([said.verdict, naiveContinued([text, textOf(duesBefore)], policy).verdict]).toEqual([
      verdict,
      verdict,
    ]);
  });

  it('and both judges agree on 200 that were tampered with', () => {
    const disagreements: string[] = [];
    for (let seed = 0; seed < 200; seed++) {
      const { text, how } = mutate(new Chance(seed), duesAfter);
      const one = verifyContinued([text, textOf(duesBefore)], { policy, verify });
      const other = naiveContinued([text, textOf(duesBefore)], policy);
      if (one.verdict !== other.verdict)
        disagreements.push(
          `seed ${seed}, ${how}: ${one.verdict} ${one.findings[0]?.code} / ${other.verdict} ${other.why}`,
        );
    }
    expect(disagreements).toEqual([]);
  }, 120_000);
});
