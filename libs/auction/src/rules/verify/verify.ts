import { shortCode, type VerifyEd25519, verifyEd25519 } from '@qingpai/ledger/rules';
import { type ShowState, type Verdict, verdicts, type Verification } from '@qingpai/wire';
import { checkBooks } from './books.js';
import { disposition } from './disposition.js';
import { finding, type Stop, type VerifyFinding } from './finding.js';
import { checkKnown } from './known.js';
import { isLate, notesOf, type VerifyNote } from './notes.js';
import { readBundle, type ReadBundle } from './parse.js';
import { type Replayed, replayLeaves } from './replay.js';
import { checkRoots, rootsAt } from './roots.js';
import { checkQuorum, readHeads } from './signatures.js';

export interface VerifyOptions {
  /** The auditor's own policy file (c2sp.org/tlog-policy); without it the verdict is UNTRUSTED. */
  policy?: string;
  /** Signed notes of this log that the auditor kept from before. */
  known?: readonly string[];
  /** Files of receipts that phones kept (`qingpai/receipts/v1`). */
  receipts?: readonly string[];
  /** Default: plain JavaScript; the server brings a faster one. */
  verify?: VerifyEd25519;
}

type Gate = Verification['gates'][number];
const gateNames = ['parse', 'signatures', 'roots', 'freshness', 'replay', 'disposition'] as const;
type GateName = (typeof gateNames)[number];

/**
 * Judges a bundle offline (LEDGER §4): six gates, each of which stops the next. Without a policy the verdict is
 * UNTRUSTED, and the later gates are still run and reported. Never throws on foreign bytes.
 */
export const verifyBundle = (text: string, options: VerifyOptions = {}): Verification =>
  judgeBundle(text, options).verification;

/** A verdict, and what it was reached by; `read` and `state` are null where a gate stopped the way before them. */
export interface JudgedBundle {
  verification: Verification;
  read: ReadBundle | null;
  state: ShowState | null;
}

/**
 * The same for who judges several bundles together.
 * @param given the bundle's text, or what that says as JSON
 */
export function judgeBundle(
  given: string | object,
  options: VerifyOptions & { isWithBefore?: boolean } = {},
): JudgedBundle {
  const gates: Gate[] = [];
  const findings: VerifyFinding[] = [];
  const notes: VerifyNote[] = [];
  const pass = (gate: GateName, zh: string, en: string) => void gates.push({ gate, ok: true, zh, en });
  const parsed = readBundle(given);
  const read = 'verdict' in parsed ? null : parsed;

  const end = (gate: GateName, stop: Stop): JudgedBundle => {
    findings.push(...stop.findings);
    const [first] = stop.findings;
    gates.push({ gate, ok: false, zh: first?.zh ?? '', en: first?.en ?? '' });
    return report(stop.verdict, null);
  };
  /** A bundle nobody vouches for accuses nobody: whatever else was found, it is UNTRUSTED, unless it is broken. */
  const report = (verdict: Verdict, state: ShowState | null): JudgedBundle => {
    const final = options.policy === undefined && verdict !== 'DAMAGED' ? 'UNTRUSTED' : verdict;
    const missed = gateNames
      .slice(gates.length)
      .map((gate) => ({ gate, ok: null, zh: '未执行', en: 'not reached' }));
    const size = read?.bytes.length ?? 0;
    const verification = {
      verdict: final,
      exitCode: verdicts[final],
      gates: [...gates, ...missed],
      findings,
      notes,
      size,
      code: read ? sealedCode(read) : null,
    };
    return { verification, read, state };
  };

  if (read === null) return end('parse', parsed as Stop);
  pass('parse', `${read.bytes.length} 条记录`, `${read.bytes.length} leaves`);

  const verify = options.verify ?? verifyEd25519;
  const heads = readHeads(read.bundle.checkpoints, read.bundle.origin, options.policy, verify);
  if ('verdict' in heads) return end('signatures', heads);
  const unwitnessed = checkQuorum(heads, lastCut(read));
  if (unwitnessed) return end('signatures', unwitnessed);
  if (heads.policy) {
    const n = heads.heads.length;
    pass('signatures', `${n} 个检查点，签名相符`, `${n} checkpoints, signed by the pinned key`);
  } else {
    const wrong = finding('no-policy');
    findings.push(wrong);
    gates.push({ gate: 'signatures', ok: false, zh: wrong.zh, en: wrong.en });
  }

  const outside = checkRoots(read, heads.heads);
  if (outside) return end('roots', outside);
  pass('roots', '记录算出签过名的根', 'the leaves reproduce the signed roots');

  const kept = { known: options.known ?? [], receipts: options.receipts ?? [] };
  if (heads.policy) {
    const newest = heads.heads.at(-1)!;
    const known = checkKnown(read, kept, { policy: heads.policy, newest, verify });
    notes.push(...known.notes);
    if (known.stop) return end('freshness', known.stop);
  }
  const count = kept.known.length + kept.receipts.length;
  pass(
    'freshness',
    `对照手里的 ${count} 个检查点和凭证`,
    `compared with ${count} checkpoints and receipts you hold`,
  );

  const replayed = replayLeaves(read, heads.heads, verify);
  if ('verdict' in replayed) return end('replay', replayed);
  const misbooked = checkBooks(read, replayed.state);
  if (misbooked) return end('replay', misbooked);
  pass('replay', ...replayWords(replayed));

  const judged = { ...replayed, ...heads };
  notes.push(...notesOf(read, judged));
  const disposed = disposition(replayed.state, isLate(judged));
  const { zh, en } = disposed;
  const isConserved = disposed.verdict !== 'INVALID';
  gates.push({ gate: 'disposition', ok: isConserved, zh, en });
  findings.push(...disposed.findings);
  const isAlone = continuedLog(read) !== null && !options.isWithBefore;
  const verdict = isAlone ? worse('INCOMPLETE', disposed.verdict) : disposed.verdict;
  return report(verdict, isConserved ? replayed.state : null);
}

/** After a restore: the head that this log goes on from. Alone it tells a part of the show only. */
export function continuedLog({ events: [first] }: Pick<ReadBundle, 'events'>) {
  return (first?.type === 'log.opened' && first.body.continues) || null;
}

export const worse = (a: Verdict, b: Verdict): Verdict => (verdicts[a] > verdicts[b] ? a : b);

function replayWords({ state, floorsUnchecked }: Replayed): [string, string] {
  return [
    `按规则重放 ${state.next} 条，全部相符；${floorsUnchecked === 0 ? '保留价已核对' : `保留价未核对：${floorsUnchecked} 件`}`,
    `${state.next} leaves replayed by the rules; ${floorsUnchecked === 0 ? 'floors checked' : `floors not checked: ${floorsUnchecked} lots`}`,
  ];
}

/** Size of the log at the last cut after its end: the whole of a show that is over must be witnessed. */
function lastCut({ events }: ReadBundle): number | null {
  const last = events.findLast(({ type }) => type === 'show.closed' || type === 'show.settled');
  return last ? last.i + 1 : null;
}

/** Short code of the root that ends with the first seal; what stood on page, poster and picture. */
function sealedCode(read: ReadBundle): string | null {
  const sealed = read.events.find((event) => event.type === 'show.sealed');
  if (!sealed) return null;
  return shortCode(rootsAt(read.bytes.slice(0, sealed.i + 1), [sealed.i + 1]).get(sealed.i + 1)!);
}
