import { toBase64 } from '@qingpai/ledger/rules';
import {
  type ContinuedVerification,
  type ShowState,
  type Verdict,
  verdicts,
  type Verification,
} from '@qingpai/wire';
import { openUnits } from '../lot.js';
import { same } from '../same.js';
import { takenOverLeaves, toldAgainOf, tookOverMoney } from '../takenOver.js';
import { finding, type Stop, type VerifyFinding } from '../verify/finding.js';
import { type VerifyNote } from '../verify/notes.js';
import { parseJson, type ReadLog } from '../verify/parse.js';
import { rootsAt } from '../verify/roots.js';
import { continuedLog, judgeBundle, type JudgedBundle, type VerifyOptions, worse } from '../verify/verify.js';
import { type HeldShow, judgeChain, takenLots } from './chain.js';
import { keptOf } from './kept.js';
import { seasonFinding, seasonNote } from './words.js';

/**
 * Judges a log that goes on from others after restores, all together: the leaves before lead to the very head that leaf 0
 * quotes, every unit that had no end there is in the list of the log that goes on, and every sale is taken over as it
 * stood. Each log is signed by its own key, so the policy pins all of them. Where one that was gone on from is not at
 * hand, only a part is told: INCOMPLETE.
 * @param texts bundles, the newest first, each followed by the one it goes on from (see `inOrder`)
 */
export function verifyContinued(
  texts: readonly string[],
  options: VerifyOptions = {},
): ContinuedVerification {
  const [newest, ...before] = judgeChainOf(texts, options);
  if (newest === undefined) throw new Error('bug: nothing to judge');
  const logs = [newest, ...before];
  const links = logs.flatMap((next, at) => judgeLink(next, logs[at + 1]) ?? []);
  const areLinked = links.every(({ gate }) => gate?.ok !== false);
  const held = areLinked ? logs.flatMap((log) => heldBy(log) ?? []) : [];
  const chain = judgeChain(held, { has: () => true }).findings;
  const others = [...links.map((link) => link.verdict), ...chain.map(() => 'INVALID' as const)];
  const verdict = others.reduce(worse, newest.verification.verdict);
  return {
    ...newest.verification,
    ...{ verdict, exitCode: verdicts[verdict] },
    ...(before.length > 0 && { before: before.map(({ verification }) => verification) }),
    gates: [...newest.verification.gates, ...links.flatMap(({ gate }) => gate ?? [])],
    findings: [...newest.verification.findings, ...links.flatMap(({ findings }) => findings), ...chain],
    notes: [...newest.verification.notes, ...links.flatMap(({ notes }) => notes)],
  };
}

/** Each with what the auditor kept of that very log; what the last one of them does not go on from is left out. */
function judgeChainOf(texts: readonly string[], options: VerifyOptions): JudgedBundle[] {
  const logs: JudgedBundle[] = [];
  for (const text of texts) {
    const last = logs.at(-1);
    if (last && (last.read === null || continuedLog(last.read) === null)) break;
    const raw = parseJson(text) as { origin?: unknown } | undefined;
    const kept = typeof raw?.origin === 'string' ? keptOf(raw.origin, options) : options;
    logs.push(judgeBundle(raw ?? text, { ...kept, isWithBefore: true }));
  }
  return logs;
}

interface Link extends Stop {
  gate: Verification['gates'][number] | null;
  notes: VerifyNote[];
}

/** What a log that goes on from another adds to its own verdict; null: it goes on from none. */
function judgeLink(next: JudgedBundle, before: JudgedBundle | undefined): Link | null {
  const link = next.read && continuedLog(next.read);
  if (!next.read || !link) return null;
  if (!before) {
    const notes = [seasonNote('before-missing', `${link.origin}:`)];
    return { verdict: 'INCOMPLETE', gate: null, findings: [], notes };
  }
  const { state, verification } = before;
  const [heldBefore, heldNext] = [heldBy(before), heldBy(next)];
  const stop = heldBefore ? heldNext && judgeContinued(heldBefore, heldNext) : ofItself(before, link.origin);
  const words = stop?.findings[0] ?? seasonNote('before-counted', `${link.origin}:`);
  const isTakenOver = tookOverMoney(next.read.events);
  return {
    verdict: stop?.verdict ?? (state ? verdictBefore(state, isTakenOver) : verification.verdict),
    gate: { gate: 'before', ok: stop === null, zh: words.zh, en: words.en },
    findings: stop?.findings ?? [],
    notes: stop || isTakenOver || !hasSales(state) ? [] : [seasonNote('sales-left-behind')],
  };
}

/** A log before that does not hold says so itself. */
const ofItself = ({ verification: { verdict, findings } }: JudgedBundle, log: string): Stop => ({
  verdict,
  findings: findings.map((one) => ({ ...one, log })),
});

const hasSales = (state: ShowState | null): boolean =>
  Object.values(state?.sales ?? {}).some(({ phase }) => phase !== 'voided');

const heldBy = ({ read, state }: JudgedBundle): HeldShow | null => read && state && { read, state };

/** What does not hold between a log and the one that goes on from it; null: nothing. */
export function judgeContinued(before: HeldShow, next: HeldShow): Stop | null {
  const elsewhere = judgeQuoted(before.read, continuedLog(next.read)!);
  if (elsewhere) return elsewhere;
  const wrong = judgeTakenOver(before, next);
  if (wrong) return invalid(wrong);
  return next.state.seals.length === 0 ? null : judgeUnits(before, next);
}

/** The log before leads to the very head that the one after it quotes, and ends there. */
export function judgeQuoted(
  { bundle, bytes, events }: ReadLog,
  { origin, size, root }: { origin: string; size: number; root: string },
): Stop | null {
  if (bundle.origin !== origin) return invalid(seasonFinding('before-differs', { more: bundle.origin }));
  if (bytes.length < size) {
    const more = `${bytes.length} < ${size}`;
    return { verdict: 'INCOMPLETE', findings: [finding('leaves-missing', { more })] };
  }
  const there = rootsAt(bytes, [size]).get(size)!;
  if (toBase64(there) !== root) return invalid(seasonFinding('before-differs', { more: `#${size}` }));
  if (bytes.length > size) {
    return invalid(seasonFinding('leaves-abandoned', { i: size, by: events[size]!.by, log: origin }));
  }
  return null;
}

/**
 * What is told again is what the log before says, all of it, in its order and by the same authors. A log of an earlier
 * version took nothing over: its sales stand as they stood.
 */
function judgeTakenOver(before: HeldShow, next: HeldShow): VerifyFinding | null {
  if (!tookOverMoney(next.read.events)) return null;
  const owed = toldAgainOf(before.state, before.read.events);
  const told = takenOverLeaves(next.read.events);
  const log = next.read.bundle.origin;
  for (const [k, leaf] of told.entries()) {
    const where = { i: leaf.i, by: leaf.by, log, more: leaf.type };
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
    ? seasonFinding('taken-over-incomplete', { i: told.length + 1, by: 'platform', log, more })
    : null;
}

/** Every unit that has no end in the log before is sealed in the one that goes on, once. */
function judgeUnits(before: HeldShow, next: HeldShow): Stop | null {
  const log = before.read.bundle.origin;
  const taken = takenLots(next).filter(({ origin }) => origin === log);
  for (const lot of Object.values(before.state.lots)) {
    if (lot.phase === 'draft' || lot.phase === 'struck') continue;
    const units = taken
      .filter(({ source }) => source === lot.lot)
      .reduce((sum, one) => sum + one.lot.units, 0);
    const open = openUnits(lot);
    const where = { i: lot.i, by: 'host', log, more: `${lot.number} ${lot.title}: ${units} / ${open}` };
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
