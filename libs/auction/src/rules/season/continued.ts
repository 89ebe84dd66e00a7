import { toBase64 } from '@qingpai/ledger/rules';
import { type ContinuedVerification, type ShowState, type Verdict, verdicts } from '@qingpai/wire';
import { openUnits } from '../lot.js';
import { finding, type Stop } from '../verify/finding.js';
import { parseJson } from '../verify/parse.js';
import { rootsAt } from '../verify/roots.js';
import { continuedLog, judgeBundle, type JudgedBundle, type VerifyOptions, worse } from '../verify/verify.js';
import { type HeldShow, takenLots } from './chain.js';
import { keptOf } from './kept.js';
import { seasonFinding, seasonNote } from './words.js';

/**
 * Judges a log that goes on from another after a restore, both together: the leaves before lead to the very head that
 * leaf 0 quotes, and every unit that had no end there is in the list of the log that goes on. Each log is signed by its
 * own key, so the policy pins both. Without the log before only half is told: INCOMPLETE.
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
  return ended(stop?.verdict ?? verdictBefore(past.state!), {
    before: past.verification,
    gates: [...verification.gates, { gate: 'before', ok: stop === null, zh: words.zh, en: words.en }],
    findings: [...verification.findings, ...(stop?.findings ?? [])],
  });
}

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
  return next.state.seals.length === 0 ? null : judgeUnits(before, next);
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

/** What became of the units that had an end before, and of their sales. */
export function verdictBefore(state: ShowState): Verdict {
  const lots = Object.values(state.lots);
  const isUnsold = lots.some((lot) => lot.passedUnits + lot.withdrawnUnits + lot.carriedUnits > 0);
  if (isUnsold) return 'ALL_ACCOUNTED_NOT_ALL_SOLD';
  const isDue = Object.values(state.sales).some(({ phase }) => phase === 'awaiting');
  return isDue ? 'ALL_SOLD_UNSETTLED' : 'ALL_SOLD_AND_SETTLED';
}

const invalid = (wrong: Stop['findings'][number]): Stop => ({ verdict: 'INVALID', findings: [wrong] });
