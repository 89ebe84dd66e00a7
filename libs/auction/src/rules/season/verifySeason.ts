import { type Policy, verifyEd25519 } from '@qingpai/ledger/rules';
import { type SeasonVerification, type Verdict, verdicts } from '@qingpai/wire';
import { type RegistryState } from '../registry.js';
import { finding, type Stop, type VerifyFinding } from '../verify/finding.js';
import { checkKnown } from '../verify/known.js';
import { type VerifyNote } from '../verify/notes.js';
import { checkRoots } from '../verify/roots.js';
import { type VerifyOptions, worse } from '../verify/verify.js';
import { judgeChain } from './chain.js';
import { keptOf } from './kept.js';
import { readSeason, type ReadSeason } from './readSeason.js';
import { continuesOf, linkRegistries, signedRegistries } from './registries.js';
import { replayRegistries } from './registryLog.js';
import { linkContinued } from './linkContinued.js';
import { heldBy, judgeShow, reportOf, type SeasonShow } from './shows.js';
import { seasonFinding, seasonNote } from './words.js';

type Gate = SeasonVerification['gates'][number];
const gateNames = ['parse', 'signatures', 'roots', 'freshness', 'registry', 'shows', 'chain'] as const;
type GateName = (typeof gateNames)[number];

/**
 * Judges all shows of a township together (LEDGER §1.4): first the registry, like a show's log, by its pinned key; then
 * every show that it lists, by the key that the registry vouches for; then what was carried from one show to the next.
 * A show that is overdue and neither sealed nor cancelled, or whose bundle is missing, makes the season INVALID. The
 * worst verdict of all applies. Never throws on foreign bytes.
 * @param options `policy` pins the registry's key; `known` and `receipts` may be of the registry or of any show
 */
export function verifySeason(text: string, options: VerifyOptions = {}): SeasonVerification {
  const gates: Gate[] = [];
  const findings: VerifyFinding[] = [];
  const notes: VerifyNote[] = [];
  const pass = (gate: GateName, zh: string, en: string) => void gates.push({ gate, ok: true, zh, en });
  const fail = (gate: GateName, wrong: readonly VerifyFinding[]) => {
    findings.push(...wrong);
    gates.push({ gate, ok: false, zh: wrong[0]?.zh ?? '', en: wrong[0]?.en ?? '' });
  };
  const read = readSeason(text);
  const registry = 'verdict' in read ? null : read.registries.at(-1)!;
  const report = (verdict: Verdict, shows: readonly SeasonShow[] = []): SeasonVerification => {
    const final = options.policy === undefined && verdict !== 'DAMAGED' ? 'UNTRUSTED' : verdict;
    const missed = gateNames
      .filter((name) => !gates.some(({ gate }) => gate === name))
      .map((gate) => ({ gate, ok: null, zh: '未执行', en: 'not reached' }));
    return {
      ...{ verdict: final, exitCode: verdicts[final], gates: [...gates, ...missed], findings, notes },
      ...{ size: registry?.bytes.length ?? 0, code: null, registry: registry?.bundle.origin ?? null },
      shows: shows.map(reportOf),
    };
  };
  const end = (gate: GateName, stop: Stop): SeasonVerification => {
    fail(gate, stop.findings);
    return report(stop.verdict);
  };

  if ('verdict' in read) return end('parse', read);
  const { registries } = read;
  const leaves = registries.reduce((sum, { bytes }) => sum + bytes.length, 0);
  pass('parse', `登记簿 ${leaves} 条`, `${leaves} leaves of the registry`);

  const verify = options.verify ?? verifyEd25519;
  const signed = signedRegistries(registries, { policy: options.policy, verify });
  if ('verdict' in signed) return end('signatures', signed);
  const { policy } = signed.at(-1)!.heads;
  if (policy) pass('signatures', '登记簿的签名相符', 'the registry is signed by the pinned key');
  else fail('signatures', [finding('no-policy')]);

  for (const { read: log, heads } of signed) {
    const outside = checkRoots(log, heads.heads);
    if (outside) return end('roots', outside);
  }
  const apart = linkRegistries(registries);
  if (apart) return end('roots', apart);
  for (const { bundle, bytes } of registries.slice(0, -1)) {
    notes.push(seasonNote('registry-continued', `${bundle.origin} (${bytes.length}):`));
  }
  pass('roots', '登记簿的记录算出签过名的根', "the registry's leaves reproduce the signed roots");

  for (const { read: log, heads } of policy ? signed : []) {
    const { known = [], receipts = [] } = keptOf(log.bundle.origin, options);
    const newest = heads.heads.at(-1)!;
    const checked = checkKnown(log, { known, receipts }, { policy: heads.policy!, newest, verify });
    notes.push(...checked.notes);
    if (checked.stop) return end('freshness', checked.stop);
  }
  pass('freshness', '对照手里的检查点', 'compared with the checkpoints you hold');

  const { origin: missing } = continuesOf(registries[0]!) ?? {};
  if (missing !== undefined) {
    const before = seasonFinding('registry-before-missing', { more: missing });
    return end('registry', { verdict: 'INCOMPLETE', findings: [before] });
  }
  const state = replayRegistries(registries);
  if ('verdict' in state) return end('registry', state);
  pass('registry', `登记专场 ${state.shows.size} 场`, `${state.shows.size} shows are registered`);

  const strange = strangeShows(read, state);
  const shows = linkContinued(judgeShows(read, state, { policy, options: { ...options, verify } }));
  const faulty = [...strange, ...shows.flatMap((show) => show.findings)];
  notes.push(...shows.flatMap((show) => show.notes));
  // Of a season in which nothing was judged there is nothing to say yet.
  const isEmpty = !shows.some(({ judged }) => judged !== null);
  const verdict = shows
    .map((show) => show.verdict)
    .reduce(worse, isEmpty ? 'INCOMPLETE' : 'ALL_SOLD_AND_SETTLED');
  const bad = shows.filter((show) => verdicts[show.verdict] >= verdicts.INVALID);
  if (faulty.length > 0) fail('shows', faulty);
  else if (bad.length > 0) fail('shows', [seasonFinding('show-fails', { more: namesOf(bad) })]);
  else pass('shows', ...tally(shows));

  // An old copy does not tell what was carried later.
  const held = shows.flatMap((show) => (show.verdict === 'STALE' ? [] : (heldBy(show) ?? [])));
  const chain = judgeChain(held, judgedElsewhere(state));
  notes.push(...chain.notes);
  if (chain.findings.length > 0) fail('chain', chain.findings);
  else pass('chain', '转场的拍品首尾相接', 'what was carried was taken up once, or waits');
  const isInvalid = strange.length > 0 || chain.findings.length > 0;
  return report(isInvalid ? worse('INVALID', verdict) : verdict, shows);
}

/** Bundles of shows that the registry does not list, and second ones of the same show. */
function strangeShows({ season }: ReadSeason, state: RegistryState): VerifyFinding[] {
  const registered = new Set([...state.shows.values()].map(({ origin }) => origin));
  const origins = season.shows.map(({ origin }) => origin);
  return origins.flatMap((origin, at) => {
    if (!registered.has(origin)) return [seasonFinding('show-unregistered', { more: origin })];
    return origins.indexOf(origin) < at ? [seasonFinding('show-twice', { more: origin })] : [];
  });
}

function judgeShows(
  { season, shows }: ReadSeason,
  state: RegistryState,
  by: { policy: Policy | null; options: VerifyOptions },
): SeasonShow[] {
  const bundles = new Map(season.shows.map(({ origin }, at) => [origin, shows[at]!]));
  return [...state.shows.values()].map((show) => judgeShow(show, bundles.get(show.origin), state, by));
}

/** Whose own verdict says enough where it does not hold; a show that was called off has carried nothing. */
const judgedElsewhere = ({ shows }: RegistryState): ReadonlySet<string> =>
  new Set([...shows.values()].flatMap(({ origin, isCancelled }) => (isCancelled ? [] : origin)));

const namesOf = (shows: readonly SeasonShow[]): string =>
  shows.map(({ registered, verdict }) => `${registered.show} ${verdict}`).join(', ');

function tally(shows: readonly SeasonShow[]): [string, string] {
  const count = (...of: SeasonShow['standing'][]) =>
    shows.filter(({ standing }) => of.includes(standing)).length;
  const [judged, cancelled, due] = [count('judged', 'continued'), count('cancelled'), count('notDue')];
  return [
    `核验 ${judged} 场，取消 ${cancelled} 场，未到期 ${due} 场`,
    `${judged} shows judged, ${cancelled} cancelled, ${due} not due yet`,
  ];
}
