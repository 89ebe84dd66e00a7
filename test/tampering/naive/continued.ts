import { bundle, type Leaf, type Verdict, verdicts } from '@qingpai/wire';
import { canonicalText } from './json.js';
import { type NaiveVerdict, naiveVerdict } from './judge.js';
import { all, count, lotIds, lotOf, type Past, salesOf } from './past.js';
import { rootOf } from './tree.js';

/** Logs of which each goes on from the one before, judged side by side: what was must stand in both. */
export type Bundle = ReturnType<typeof bundle.parse>;
const readBundle = (text: string): Bundle => bundle.parse(JSON.parse(text));
const leavesOf = ({ leaves }: Bundle): Leaf[] => leaves.map((leaf) => JSON.parse(leaf) as Leaf);
const say = (verdict: Verdict, why: string, i: number | null = null): NaiveVerdict => ({ verdict, i, why });
/** Nothing can be said of it beyond this. */
const isBroken = ({ verdict, why }: NaiveVerdict): boolean =>
  verdicts[verdict] > verdicts.INCOMPLETE || (verdict === 'INCOMPLETE' && why !== 'not closed');

/** @param texts the newest first, each followed by the one that it goes on from */
export function naiveContinued(texts: readonly string[], policy: string): NaiveVerdict {
  const [own, ...past] = texts.map((text) => naiveVerdict(text, { policy }));
  if (!own || isBroken(own)) return own!;
  const broken = past.find(isBroken);
  if (broken) return { ...broken, i: null };
  const bundles = texts.map(readBundle);
  let verdict = own.verdict;
  for (const [k, now] of bundles.entries()) {
    const old = bundles[k + 1];
    const quotes = quotedBy(now) !== undefined;
    if (!old || !quotes) return say(quotes ? worst(verdict, 'INCOMPLETE') : verdict, '');
    const wrong = wrongBetween(old, now) ?? wrongFrom(bundles, k);
    if (wrong) return say(worst(verdict, wrong.verdict), wrong.why, wrong.i);
    verdict = worst(verdict, endOf(old, saysMoneyAgain(now)));
  }
  return say(verdict, '');
}
const worst = (a: Verdict, b: Verdict): Verdict => (verdicts[a] > verdicts[b] ? a : b);

const quotedBy = (now: Bundle) => {
  const [first] = leavesOf(now);
  return first?.type === 'log.opened' ? first.body.continues : undefined;
};
/** What does not hold between a log and the one that goes on from it; null: nothing. */
export const wrongBetween = (old: Bundle, now: Bundle): NaiveVerdict | null =>
  wrongLink(old, now) ?? wrongAgain(old, now) ?? wrongUnits(old, now);
export const saysMoneyAgain = (now: Bundle): boolean => saidAgain(leavesOf(now)).some(isOfMoney);

/** Lots that say they come from a lot of the logs before, where nothing was left of it to take up. */
function wrongFrom(bundles: readonly Bundle[], k: number): NaiveVerdict | null {
  const now = bundles[k]!;
  const since = leavesOf(now);
  for (const id of lotIds(since)) {
    const { at, phase, said } = lotOf(since, id, now.rules)!;
    const [origin, lot] = [said.from?.split('#')[0], said.from?.split('#')[1] ?? ''];
    const old = bundles.find((one) => one.origin === origin);
    if (!old || phase === 'draft' || phase === 'struck') continue;
    const there = lotOf(leavesOf(old), lot, old.rules);
    const isNext = old === bundles[k + 1];
    const left = there ? count(there, isNext && count(there, 'open') > 0 ? 'open' : 'carried') : 0;
    if (said.units > left) return say('INVALID', 'from nothing', at);
  }
  return null;
}

/** The first leaf quotes the very last head of the log before. */
function wrongLink(old: Bundle, now: Bundle): NaiveVerdict | null {
  const quoted = quotedBy(now);
  if (!quoted || quoted.origin !== old.origin) return say('INVALID', 'another log');
  if (old.leaves.length < quoted.size) return say('INCOMPLETE', 'leaves of the log before are missing');
  const root = rootOf(old.leaves.slice(0, quoted.size)).toString('base64');
  if (root !== quoted.root) return say('INVALID', 'another root');
  return old.leaves.length > quoted.size ? say('INVALID', 'leaves left behind', quoted.size) : null;
}

const AGAIN =
  /^(bidder\.(registered|limited)|sale\.(takenOver|paid|defaulted|refunded|packed|shipped|received)|(claim|deposit|clawback)\..+|payout\.made)$/;
const isOfMoney = ({ type }: Leaf): boolean => !type.startsWith('bidder.');

function saidAgain(leaves: Past): Leaf[] {
  const again: Leaf[] = [];
  for (const leaf of leaves.slice(1)) {
    if (!AGAIN.test(leaf.type)) break;
    again.push(leaf);
  }
  return again;
}

/** One line for each thing that has to be said again. */
function linesOf(old: Bundle): string[] {
  const leaves = leavesOf(old);
  const people: string[] = [];
  const lines: string[] = [];
  for (const { type, by, body } of leaves) {
    if (type === 'bidder.registered') {
      if (people.includes(body.bidder)) continue;
      people.push(body.bidder);
      const { bidder, device, id, kind, paddle } = body;
      lines.push(lineOf(type, by, { bidder, ...(device && { device }), id, kind, paddle }));
    } else if (type === 'lot.hammered' || type === 'sale.accepted') {
      if (all(leaves, 'sale.voided').some((leaf) => leaf.body.sale === body.sale)) continue;
      const known = salesOf(leaves).find((one) => one.sale === body.sale)!;
      const { sale, lot, offering, bidder, firstUnit, units, unitPriceFen } = known;
      const { number, title, unit, grower, fresh } = lotOf(leaves, lot, old.rules)!.said;
      const sold = { sale, lot, offering, bidder, firstUnit, units, unitPriceFen };
      const of = { number, title, unit, grower, ...(fresh === false && { fresh }) };
      lines.push(lineOf('sale.takenOver', 'platform', { ...sold, ...of }));
    } else if (AGAIN.test(type)) lines.push(lineOf(type, by, body));
  }
  return lines;
}
const lineOf = (type: string, by: string, body: object): string => `${type} ${by} ${canonicalText(body)}`;

function wrongAgain(old: Bundle, now: Bundle): NaiveVerdict | null {
  const again = saidAgain(leavesOf(now));
  if (!again.some(isOfMoney)) return null;
  const owed = linesOf(old);
  for (const [k, { i, type, by, body }] of again.entries()) {
    if (k >= owed.length && type === 'bidder.registered') continue;
    if (lineOf(type, by, body) !== owed[k]) return say('INVALID', 'said otherwise', i);
  }
  if (again.length < owed.length) return say('INVALID', 'not all said again', again.length + 1);
  return null;
}

/** Once the list is sealed: as many units of each lot as had no end. */
function wrongUnits(old: Bundle, now: Bundle): NaiveVerdict | null {
  const [then, since] = [leavesOf(old), leavesOf(now)];
  if (all(since, 'show.sealed').length === 0) return null;
  for (const id of lotIds(then)) {
    const lot = lotOf(then, id, old.rules)!;
    if (lot.phase === 'draft' || lot.phase === 'struck') continue;
    let taken = 0;
    for (const other of lotIds(since)) {
      const one = lotOf(since, other, now.rules)!;
      const isIts = one.said.from === `${old.origin}#${id}`;
      if (isIts && one.phase !== 'draft' && one.phase !== 'struck') taken += one.units.length;
    }
    const open = count(lot, 'open');
    if (taken < open || (open > 0 && taken > open)) return say('INVALID', 'units', lot.at);
  }
  return null;
}

export function endOf(old: Bundle, areTakenOver: boolean): Verdict {
  const leaves = leavesOf(old);
  const lots = lotIds(leaves).map((id) => lotOf(leaves, id, old.rules)!);
  const unsold = lots.some((lot) => lot.units.some((unit) => unit !== 'open' && unit !== 'sold'));
  if (unsold) return 'ALL_ACCOUNTED_NOT_ALL_SOLD';
  const due = salesOf(leaves).some(({ paid, voided, defaulted }) => !paid && !voided && !defaulted);
  return due && !areTakenOver ? 'ALL_SOLD_UNSETTLED' : 'ALL_SOLD_AND_SETTLED';
}
