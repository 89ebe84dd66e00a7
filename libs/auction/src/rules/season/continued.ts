import { toBase64 } from '@qingpai/ledger/rules';
import { type ContinuedVerification, type ShowState, type Verdict, verdicts } from '@qingpai/wire';
import { openUnits } from '../lot.js';
import { same } from '../same.js';
import { takenOverLeaves, toldAgainOf, tookOverMoney } from '../takenOver.js';
import { finding, type Stop, type VerifyFinding } from '../verify/finding.js';
import { parseJson } from '../verify/parse.js';
import { rootsAt } from '../verify/roots.js';
import { continuedLog, judgeBundle, type JudgedBundle, type VerifyOptions, worse } from '../verify/verify.js';
import { type HeldShow, takenLots } from './chain.js';
import { keptOf } from './kept.js';
import { seasonFinding, seasonNote } from './words.js';

/**
 * Judges a log that goes on from another after a restore, both together: the leaves before lead to the very head that
 * leaf 0 quotes, every unit that had no end there is in the list of the log that goes on, and every sale is taken over as
 * it stood. Each log is signed by its own key, so the policy pins both. Without the log before only half is told:
 * INCOMPLETE; and so it is where that one goes on from a third.
 * @param before text of its bundle; null: not at hand
 */
export function verifyContinued(
  before: string | null,
  text: string,
  options: VerifyOptions = {},
): ContinuedVerification {
  const { verification, read, state } = judgeText(text, options, true);
  const link = read && continuedLog(read);
  if (!link) return { ...verification, before: null };
  const ended = (verdict: Verdict, more: Partial<ContinuedVerification>): ContinuedVerification => {
    const final = worse(verification.verdict, verdict);
    return { ...verification, before: null, ...more, verdict: final, exitCode: verdicts[final] };
  };
  if (before === null) {
    const notes = [...verification.notes, seasonNote('before-missing', `${link.origin}:`)];
    return ended('INCOMPLETE', { notes });
  }
  const past = judgeText(before, options, false);
  const wrong = past.read && past.state && state && judgeContinued(held(past), held({ read, state }));
  const stop = wrong ?? (past.state ? null : { verdict: past.verification.verdict, findings: [] });
  const words = stop?.findings[0] ?? seasonNote('before-counted');
  const isTakenOver = read !== null && tookOverMoney(read.events);
  const earlier = past.read && continuedLog(past.read);
  const standing = past.state && verdictBefore(past.state, isTakenOver);
  const notes = [
    ...verification.notes,
    ...(earlier ? [seasonNote('before-missing', `${earlier.origin}:`)] : []),
    ...(stop || isTakenOver || !hasSales(past.state) ? [] : [seasonNote('sales-left-behind')]),
  ];
  return ended(stop?.verdict ?? worse(earlier ? 'INCOMPLETE' : standing!, standing!), {
    before: past.verification,
    notes,
    gates: [...verification.gates, { gate: 'before', ok: stop === null, zh: words.zh, en: words.en }],
    findings: [...verification.findings, ...(stop?.findings ?? [])],
  });
}

const hasSales = (state: ShowState | null): boolean =>
  Object.values(state?.sales ?? {}).some(({ phase }) => phase !== 'voided');

const held = ({ read, state }: { read: HeldShow['read'] | null; state: ShowState | null }): HeldShow => ({
  read: read!,
  state: state!,
});

/** With what the auditor kept of the very log that this text is of. */
function judgeText(text: string, options: VerifyOptions, isWithBefore: boolean): JudgedBundle {
  const raw = parseJson(text) as { origin?: unknown } | undefined;
  const kept = typeof raw?.origin === 'string' ? keptOf(raw.origin, options) : options;
  return judgeBundle(raw ?? text, { ...kept, isWithBefore });
}

/** What does not hold between a log and the one that goes on from it; null: nothing. */
export function judgeContinued(before: HeldShow, next: HeldShow): Stop | null {
  const { origin, size, root } = continuedLog(next.read)!;
  const { bundle, bytes, events } = before.read;
  if (bundle.origin !== origin) return invalid(seasonFinding('before-differs', { more: bundle.origin }));
  if (bytes.length < size) {
    const more = `${bytes.length} < ${size}`;
    return { verdict: 'INCOMPLETE', findings: [finding('leaves-missing', { more })] };
  }
  const there = rootsAt(bytes, [size]).get(size)!;
  if (toBase64(there) !== root) return invalid(seasonFinding('before-differs', { more: `#${size}` }));
  if (bytes.length > size) {
    return invalid(seasonFinding('leaves-abandoned', { i: size, by: events[size]!.by }));
  }
  const wrong = judgeTakenOver(before, next);
  if (wrong) return invalid(wrong);
  return next.state.seals.length === 0 ? null : judgeUnits(before, next);
}

/**
 * What is told again is what the log before says, all of it, in its order and by the same authors. A log of an earlier
 * version took nothing over: its sales stand as they stood.
 */
function judgeTakenOver(before: HeldShow, next: HeldShow): VerifyFinding | null {
  if (!tookOverMoney(next.read.events)) return null;
  const owed = toldAgainOf(before.state, before.read.events);
  const told = takenOverLeaves(next.read.events);
  for (const [k, leaf] of told.entries()) {
    const where = { i: leaf.i, by: leaf.by, more: leaf.type };
    // Newcomers may have come by before the first lot was described.
    if (k >= owed.length && leaf.type === 'bidder.registered') continue;
    const it = owed[k];
    if (!it) return seasonFinding('taken-over-unfounded', where);
    const isThat = it.type === leaf.type && it.by === leaf.by && same(it.body, leaf.body);
    if (!isThat) return seasonFinding('taken-over-differs', where);
  }
  const missing = owed[told.length];
  const more = missing && `${missing.type} ${'sale' in missing.body ? missing.body.sale : ''}`.trim();
  return missing
    ? seasonFinding('taken-over-incomplete', { i: told.length + 1, by: 'platform', more })
    : null;
}

/** Every unit that has no end in the log before is sealed in the one that goes on, once. */
function judgeUnits(before: HeldShow, next: HeldShow): Stop | null {
  const taken = takenLots(next).filter(({ origin }) => origin === before.read.bundle.origin);
  for (const lot of Object.values(before.state.lots)) {
    if (lot.phase === 'draft' || lot.phase === 'struck') continue;
    const units = taken
      .filter(({ source, lot: { phase } }) => source === lot.lot && phase !== 'draft')
      .reduce((sum, one) => sum + one.lot.units, 0);
    const open = openUnits(lot);
    const where = { i: lot.i, by: 'host', more: `${lot.number} ${lot.title}: ${units} / ${open}` };
    if (units < open) return invalid(seasonFinding('units-lost', where));
    if (open > 0 && units > open) return invalid(seasonFinding('carried-unfounded', where));
  }
  return null;
}

/** What became of the units that had an end before, and of their sales; of those that went on, the log that took them over tells. */
export function verdictBefore(state: ShowState, areSalesTakenOver: boolean): Verdict {
  const lots = Object.values(state.lots);
  const isUnsold = lots.some((lot) => lot.passedUnits + lot.withdrawnUnits + lot.carriedUnits > 0);
  if (isUnsold) return 'ALL_ACCOUNTED_NOT_ALL_SOLD';
  if (areSalesTakenOver) return 'ALL_SOLD_AND_SETTLED';
  const isDue = Object.values(state.sales).some(({ phase }) => phase === 'awaiting');
  return isDue ? 'ALL_SOLD_UNSETTLED' : 'ALL_SOLD_AND_SETTLED';
}

const invalid = (wrong: Stop['findings'][number]): Stop => ({ verdict: 'INVALID', findings: [wrong] });
