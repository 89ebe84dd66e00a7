import { canonical, isBalanced, journalOf } from '@qingpai/ledger/rules';
import { type ShowState } from '@qingpai/wire';
import { moneyFactsOf } from '../books.js';
import { finding, type Stop } from './finding.js';
import { type ReadBundle } from './parse.js';

/** The books of the bundle are the ones that follow from its leaves, entry by entry (LEDGER §6, I1 and I2). */
export function checkBooks({ bundle, events }: ReadBundle, state: ShowState): Stop | null {
  const given = bundle.journal;
  if (given === undefined) return null;
  const derived = journalOf(moneyFactsOf(state, events));
  const at = derived.findIndex(
    (entry, k) => given[k] === undefined || canonical(given[k]) !== canonical(entry),
  );
  if (at < 0 && given.length === derived.length) return null;
  const [wrong, right] = at < 0 ? [given[derived.length], undefined] : [given[at], derived[at]];
  const where = { i: right?.i ?? wrong?.i, by: 'platform', more: `#${at < 0 ? derived.length + 1 : at + 1}` };
  const code = wrong && !isBalanced(wrong) ? 'journal-unbalanced' : 'journal-differs';
  return { verdict: 'INVALID', findings: [finding(code, where)] };
}
