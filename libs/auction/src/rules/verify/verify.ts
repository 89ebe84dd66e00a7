import { shortCode, type VerifyEd25519, verifyEd25519 } from '@qingpai/ledger/rules';
import { type LotState, type ShowState, type Verdict, verdicts, type Verification } from '@qingpai/wire';
import { finding, type Stop, type VerifyFinding } from './finding.js';
import { readBundle, type ReadBundle } from './parse.js';
import { type Replayed, replayLeaves } from './replay.js';
import { checkKnown, checkRoots, rootsAt } from './roots.js';
import { readHeads } from './signatures.js';

export interface VerifyOptions {
  /** The auditor's own policy file (c2sp.org/tlog-policy); without it the verdict is UNTRUSTED. */
  policy?: string;
  /** Signed notes of this log that the auditor kept from before. */
  known?: readonly string[];
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
export function verifyBundle(text: string, options: VerifyOptions = {}): Verification {
  const gates: Gate[] = [];
  const findings: VerifyFinding[] = [];
  const pass = (gate: GateName, zh: string, en: string) => void gates.push({ gate, ok: true, zh, en });
  const parsed = readBundle(text);
  const read = 'verdict' in parsed ? null : parsed;

  const end = (gate: GateName, stop: Stop): Verification => {
    findings.push(...stop.findings);
    const [first] = stop.findings;
    gates.push({ gate, ok: false, zh: first?.zh ?? '', en: first?.en ?? '' });
    return report(stop.verdict);
  };
  /** A bundle nobody vouches for accuses nobody: whatever else was found, it is UNTRUSTED, unless it is broken. */
  const report = (verdict: Verdict): Verification => {
    const final = options.policy === undefined && verdict !== 'DAMAGED' ? 'UNTRUSTED' : verdict;
    const missed = gateNames
      .slice(gates.length)
      .map((gate) => ({ gate, ok: null, zh: '未执行', en: 'not reached' }));
    const size = read?.bytes.length ?? 0;
    return {
      verdict: final,
      exitCode: verdicts[final],
      gates: [...gates, ...missed],
      findings,
      notes: [],
      size,
      code: read ? sealedCode(read) : null,
    };
  };

  if (read === null) return end('parse', parsed as Stop);
  pass('parse', `${read.bytes.length} 条记录`, `${read.bytes.length} leaves`);

  const verify = options.verify ?? verifyEd25519;
  const heads = readHeads(read.bundle.checkpoints, read.bundle.origin, options.policy, verify);
  if ('verdict' in heads) return end('signatures', heads);
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

  if (heads.policy) {
    const known = checkKnown(read, options.known ?? [], heads.policy, heads.heads.at(-1)!, verify);
    findings.push(...known.ignored);
    if (known.stop) return end('freshness', known.stop);
  }
  const kept = options.known?.length ?? 0;
  pass('freshness', `对照手里的 ${kept} 个检查点`, `compared with ${kept} checkpoints you hold`);

  const replayed = replayLeaves(read, heads.heads);
  if ('verdict' in replayed) return end('replay', replayed);
  pass('replay', ...replayWords(replayed));

  const judged = disposition(replayed.state);
  if (judged.stop) return end('disposition', judged.stop);
  pass('disposition', judged.zh, judged.en);
  findings.push(...judged.unsold);
  return report(judged.verdict);
}

function replayWords({ state, floorsUnchecked }: Replayed): [string, string] {
  return [
    `按规则重放 ${state.next} 条，全部相符；${floorsUnchecked === 0 ? '保留价已核对' : `保留价未核对：${floorsUnchecked} 件`}`,
    `${state.next} leaves replayed by the rules; ${floorsUnchecked === 0 ? 'floors checked' : `floors not checked: ${floorsUnchecked} lots`}`,
  ];
}

/** Gate 6: every sealed unit in exactly one end state, and what follows from it (LEDGER §1.3). */
function disposition(
  state: ShowState,
): { stop: Stop } | { stop?: undefined; verdict: Verdict; zh: string; en: string; unsold: VerifyFinding[] } {
  const sealed = Object.values(state.lots).filter((lot) => lot.phase !== 'struck' && lot.phase !== 'draft');
  const sum = (of: (lot: ShowState['lots'][string]) => number) =>
    sealed.reduce((all, lot) => all + of(lot), 0);
  const units = sum((lot) => lot.units);
  const sold = sum((lot) => lot.soldUnits);
  const passed = sum((lot) => lot.passedUnits);
  const withdrawn = sum((lot) => lot.withdrawnUnits);
  const carried = sum((lot) => lot.carriedUnits);
  const open = units - sold - passed - withdrawn - carried;
  if (open < 0 || (open > 0 && state.closedAt !== null)) {
    return { stop: { verdict: 'INVALID', findings: [finding('not-conserved')] } };
  }
  const zh = `清单 ${units} = 成交 ${sold} + 流拍 ${passed} + 撤拍 ${withdrawn} + 转下场 ${carried}`;
  const en = `sealed ${units} = sold ${sold} + passed ${passed} + withdrawn ${withdrawn} + carried ${carried}`;
  if (state.closedAt === null) {
    return { verdict: 'INCOMPLETE', zh: `${zh} + 未定 ${open}`, en: `${en} + open ${open}`, unsold: [] };
  }
  const late = state.witnessed === true ? '' : ' · LATE_WITNESS';
  const verdict =
    sold < units
      ? 'ALL_ACCOUNTED_NOT_ALL_SOLD'
      : state.settledAt === null
        ? 'ALL_SOLD_UNSETTLED'
        : 'ALL_SOLD_AND_SETTLED';
  return { verdict, zh: zh + late, en: en + late, unsold: sealed.filter(isUnsold).map(unsoldLot) };
}

const isUnsold = (lot: LotState): boolean => lot.passedUnits + lot.withdrawnUnits + lot.carriedUnits > 0;

/** A show that passed a lot says which one. */
function unsoldLot(lot: LotState): VerifyFinding {
  const ends = [
    { units: lot.passedUnits, zh: '流拍', en: 'passed' },
    { units: lot.withdrawnUnits, zh: '撤拍', en: 'withdrawn' },
    { units: lot.carriedUnits, zh: '转下场', en: 'carried' },
  ].filter(({ units }) => units > 0);
  const name = `${lot.number} ${lot.title}`;
  return finding('lot-unsold', {
    i: lot.i,
    more: {
      zh: `${name}（${ends.map(({ zh, units }) => `${zh} ${units}`).join('，')}）`,
      en: `${name} (${ends.map(({ en, units }) => `${en} ${units}`).join(', ')})`,
    },
  });
}

/** Short code of the root that ends with the first seal; what stood on page, poster and picture. */
function sealedCode(read: ReadBundle): string | null {
  const sealed = read.events.find((event) => event.type === 'show.sealed');
  if (!sealed) return null;
  return shortCode(rootsAt(read.bytes.slice(0, sealed.i + 1), [sealed.i + 1]).get(sealed.i + 1)!);
}
