import { type Leaf, loggedRegistryEvent, seasonBundle, type Verdict, verdicts } from '@qingpai/wire';
import { wrongBetween, endOf, saysMoneyAgain, type Bundle } from './continued.js';
import { canonicalText, fromBase64, readCanonical, sha256 } from './json.js';
import { headsOf, judgeRoots, naiveVerdict } from './judge.js';
import { isSigned, isVkeyOf, type Key, type NaivePolicy, readKey, readPolicy } from './notes.js';
import { all, count, lotIds, lotOf } from './past.js';
import { rootOf } from './tree.js';

/** What the naive judge says of a season, and in a word of every show that its registry lists. */
export interface NaiveSeason {
  verdict: Verdict;
  why: string;
  /** Verdict of each registered show, by its id, with what became of it beside the others. */
  shows: Record<string, Verdict>;
  /** Units that were carried and that no sealed list has taken up, by log and lot. */
  waiting: Record<string, number>;
}
type Season = ReturnType<typeof seasonBundle.parse>;
type Log = Season['registry'];
type Heads = Exclude<ReturnType<typeof headsOf>, { verdict: Verdict }>;
type Registry = ReturnType<typeof loggedRegistryEvent.parse>[];
interface Show {
  id: string;
  origin: string;
  vkey: string;
  startsAt: number;
  cancelled: boolean;
  sealed: string | null;
  closed: string | null;
  verdict: Verdict;
  /** Where its own log holds. */
  held: Bundle | null;
}
const DAY_MS = 24 * 60 * 60 * 1_000;
const worst = (a: Verdict, b: Verdict): Verdict => (verdicts[a] > verdicts[b] ? a : b);
const leavesOf = ({ leaves }: Bundle): Leaf[] => leaves.map((leaf) => JSON.parse(leaf) as Leaf);

/** A township's shows, judged side by side from the published words alone. @param policy pins the registry's key */
export function naiveSeason(text: string, policy: string): NaiveSeason {
  const stop = (verdict: Verdict, why: string): NaiveSeason => ({ verdict, why, shows: {}, waiting: {} });
  const read = readSeason(text);
  if (!read) return stop('DAMAGED', 'unreadable');
  // In the order in which they were written.
  const logs = [...(read.before ?? [])].reverse().concat(read.registry);
  const told: Registry[] = [];
  for (const log of logs) {
    const events = readRegistry(log, told.flat());
    if (!events) return stop('INVALID', 'a leaf that is none of the registry');
    told.push(events);
  }
  const wrong = judgeLogs(logs, told, policy);
  if (wrong) return stop(wrong.verdict, wrong.why);
  const registry = told.flat();
  const shows = registered(told, logs);
  if (!shows) return stop('INVALID', 'what the registry may not say');

  const known = shows.map(({ origin }) => origin);
  const given = read.shows.map(({ origin }) => origin);
  const isStrange =
    given.some((origin) => !known.includes(origin)) || given.some((origin, k) => given.indexOf(origin) < k);
  const lastT = registry.at(-1)!.t;
  for (const show of shows) judgeShow(show, read, logs, lastT);
  linkAll(shows);
  const chain = chainOf(shows);
  let verdict: Verdict = shows.some(({ held }) => held) ? 'ALL_SOLD_AND_SETTLED' : 'INCOMPLETE';
  // A show that was judged and did not hold is something too, but a worse one.
  for (const show of shows) verdict = worst(verdict, show.verdict);
  if (isStrange || chain.wrong) verdict = worst(verdict, 'INVALID');
  const said = Object.fromEntries(shows.map((show) => [show.id, show.verdict]));
  return { verdict, why: isStrange ? 'strange' : (chain.wrong ?? ''), shows: said, waiting: chain.waiting };
}

function readSeason(text: string): Season | null {
  try {
    const season = seasonBundle.parse(JSON.parse(text));
    const exact = ({ origin, leaves, checkpoints }: Log) => ({ origin, leaves, checkpoints });
    const shows = season.shows.map(({ digest }) => digest);
    const covered: Record<string, unknown> = {
      format: season.format,
      registry: exact(season.registry),
      shows,
    };
    if (season.before) covered.before = season.before.map(exact);
    return sha256(canonicalText(covered)!).toString('hex') === season.digest ? season : null;
  } catch {
    return null;
  }
}

/** By the pinned key, or by one that the key before vouches for; each log ends where the next one says it does. */
function judgeLogs(
  logs: readonly Log[],
  told: readonly Registry[],
  policy: string,
): { verdict: Verdict; why: string } | null {
  const pinned = readPolicy(policy);
  if (!pinned) return { verdict: 'UNTRUSTED', why: 'policy' };
  const all: Heads[] = [];
  for (const [k, log] of logs.entries()) {
    const key = k === 0 ? null : vouchedIn(told[k]!, logs[k - 1]!.origin, pinned);
    if (k > 0 && !key) return { verdict: 'INVALID', why: 'nobody vouches for the key' };
    if (key) pinned.logs.push(key);
    const heads = headsOf(log, pinned);
    if ('verdict' in heads) return heads;
    all.push(heads);
  }
  for (const [k, log] of logs.entries()) {
    const outside = judgeRoots(log, all[k]!.heads);
    if (outside) return outside;
  }
  for (const [k, log] of logs.slice(0, -1).entries()) {
    const quoted = continuesIn(told[k + 1]!)!;
    if (quoted.origin !== log.origin) return { verdict: 'INVALID', why: 'another log' };
    if (log.leaves.length < quoted.size) return { verdict: 'INCOMPLETE', why: 'leaves are missing before' };
    const isThat = rootOf(log.leaves.slice(0, quoted.size)).toString('base64') === quoted.root;
    if (!isThat || log.leaves.length > quoted.size) return { verdict: 'INVALID', why: 'another end' };
  }
  return continuesIn(told[0]!) ? { verdict: 'INCOMPLETE', why: 'the registry before is missing' } : null;
}
const continuesIn = ([first]: Registry) =>
  first?.type === 'registry.opened' ? first.body.continues : undefined;

/** The key of a log that goes on; null where the one before has not signed for it, or another one is pinned. */
function vouchedIn(registry: Registry, before: string, { logs }: NaivePolicy): Key | null {
  const quoted = continuesIn(registry);
  const own = logs.find(({ name }) => name === before);
  if (!quoted || !own) return null;
  const { origin, root, size, vkey, vouched } = quoted;
  const signed = `qingpai/registry-continues/v1\n${canonicalText({ origin, root, size, vkey })!}`;
  if (!isSigned(own.bytes, Buffer.from(signed), fromBase64(vouched)!)) return null;
  const key = readKey(vkey) ?? null;
  const pinned = logs.find(({ name }) => name === key?.name);
  return key && pinned && !pinned.bytes.equals(key.bytes) ? null : key;
}

function readRegistry({ leaves, origin }: Log, before: Registry): Registry | null {
  const events: Registry = [];
  for (const [i, text] of leaves.entries()) {
    const leaf = readCanonical(text) as (Leaf & { v: number }) | undefined;
    if (!leaf || typeof leaf !== 'object') return null;
    if (Object.keys(leaf).join() !== 'body,by,i,show,t,type,v') return null;
    if (leaf.v !== 2 || leaf.by !== 'platform' || leaf.i !== i || leaf.show !== origin) return null;
    const event = loggedRegistryEvent.safeParse({ i, t: leaf.t, type: leaf.type, body: leaf.body });
    if (!event.success || leaf.t < ([...before, ...events].at(-1)?.t ?? 0)) return null;
    events.push(event.data);
  }
  return events;
}

/** The shows as the registry lists them; null where it says what it may not. */
function registered(told: readonly Registry[], logs: readonly Log[]): Show[] | null {
  const shows: Show[] = [];
  const keys: string[] = [];
  for (const [k, { type, body, i }] of told.flat().entries()) {
    if (body.n !== k + 1 || (type === 'registry.opened') !== (i === 0)) return null;
    if (type === 'registry.opened') {
      const at = logs.findIndex(({ origin }) => origin === body.origin);
      if (told[at]?.[0]?.body !== body || (body.continues?.origin ?? '') !== (logs[at - 1]?.origin ?? ''))
        return null;
      if (body.continues && !isVkeyOf(body.continues.vkey, body.origin)) return null;
    }
    if (type === 'officer.enrolled') {
      if (fromBase64(body.key)?.length !== 32 || keys.includes(body.key)) return null;
      keys.push(body.key);
    }
    if (type === 'show.registered') {
      const { show: id, origin: log, vkey, startsAt } = body;
      if (!isVkeyOf(vkey, log)) return null;
      if (shows.some((one) => one.id === id || one.origin === log)) return null;
      const fresh = { cancelled: false, sealed: null, closed: null };
      shows.push({ id, origin: log, vkey, startsAt, ...fresh, verdict: 'INCOMPLETE', held: null });
    }
    if (type !== 'show.cancelled' && type !== 'show.sealed' && type !== 'show.closed') continue;
    const show = shows.find(({ id }) => id === body.show);
    if (!show || show.cancelled) return null;
    if (type === 'show.closed' ? show.sealed === null || show.closed !== null : show.sealed !== null)
      return null;
    if (type === 'show.cancelled') show.cancelled = true;
    if (type === 'show.sealed') show.sealed = body.note;
    if (type === 'show.closed') show.closed = body.note;
  }
  return shows;
}

function judgeShow(show: Show, { shows }: Season, logs: readonly Log[], lastT: number): void {
  const bundle = shows.findLast(({ origin }) => origin === show.origin);
  if (show.sealed === null && !show.cancelled) {
    show.verdict = show.startsAt + DAY_MS <= lastT ? 'INVALID' : 'INCOMPLETE';
  } else if (!bundle) {
    show.verdict = show.cancelled ? 'ALL_SOLD_AND_SETTLED' : 'INVALID';
  } else if (show.cancelled) {
    const isSealed = bundle.leaves.some((leaf) => leaf.includes('"type":"show.sealed"'));
    show.verdict = isSealed ? 'INVALID' : 'ALL_SOLD_AND_SETTLED';
  } else {
    const own = verdictOf(bundle, show);
    show.verdict = own.verdict;
    const isBroken = verdicts[own.verdict] > 30 || (own.verdict === 'INCOMPLETE' && own.why !== 'not closed');
    if (isBroken) return;
    show.held = bundle;
    show.verdict = worst(
      own.verdict,
      besideRegistry(
        show,
        bundle,
        logs.map(({ origin }) => origin),
        own.verdict,
      ),
    );
  }
}

/** The registry says which head ended with the seal, and which with the close. */
function besideRegistry(show: Show, bundle: Bundle, registries: string[], own: Verdict): Verdict {
  const leaves = leavesOf(bundle);
  const [first] = leaves;
  const township = first?.type === 'log.opened' ? first.body.township : undefined;
  if (township !== undefined && !registries.includes(township)) return 'INVALID';
  const hashAfter = (type: 'show.sealed' | 'show.closed'): string | null => {
    const leaf = leaves.find((one) => one.type === type);
    if (!leaf) return null;
    const root = rootOf(bundle.leaves.slice(0, leaf.i + 1)).toString('base64');
    return sha256(`${bundle.origin}\n${leaf.i + 1}\n${root}\n`).toString('base64');
  };
  const ends = [
    { noted: show.sealed, there: hashAfter('show.sealed') },
    { noted: show.closed, there: hashAfter('show.closed') },
  ];
  if (ends.some(({ noted, there }) => noted !== null && there === null)) return 'STALE';
  if (ends.some(({ noted, there }) => noted !== null && noted !== there)) return 'INVALID';
  return ends.some(({ noted, there }) => noted === null && there !== null) ? 'INCOMPLETE' : own;
}

/** A log that was continued is over: what had no end in it has one in the log that goes on, or it is wrong. */
function linkAll(shows: Show[]): void {
  const own = new Map(shows.map((show) => [show, show.verdict]));
  const taken: Show[] = [];
  const added: [Show, Verdict][] = [];
  for (const next of shows) {
    const [first] = next.held ? leavesOf(next.held) : [];
    const quoted = first?.type === 'log.opened' ? first.body.continues?.origin : undefined;
    if (!next.held || quoted === undefined) continue;
    const before = shows.find(({ origin }) => origin === quoted);
    if (!before?.held) added.push([next, 'INCOMPLETE']);
    else if (taken.includes(before)) added.push([next, 'INVALID']);
    else {
      const wrong = wrongBetween(before.held, next.held);
      if (wrong) added.push([next, wrong.verdict]);
      // What the registry has against it, it keeps.
      else if (own.get(before) === verdictOf(before.held, before).verdict)
        before.verdict = endOf(before.held, saysMoneyAgain(next.held));
    }
    if (before?.held) taken.push(before);
  }
  for (const [show, verdict] of added) show.verdict = worst(show.verdict, verdict);
}

/** By the key that the registry vouches for. */
const verdictOf = (bundle: Bundle, { vkey }: Show) =>
  naiveVerdict(JSON.stringify(bundle), { policy: `log ${vkey}\nquorum none` });

interface Taking {
  by: Show;
  t: number;
  from: string;
  units: number;
}

/** Units that a lot of a sealed list says it has from another lot, in the order in which they were taken. */
function takingsOf(shows: Show[]): Taking[] {
  const takings: Taking[] = [];
  for (const show of shows) {
    const leaves = show.held ? leavesOf(show.held) : [];
    for (const id of lotIds(leaves)) {
      const lot = lotOf(leaves, id, show.held!.rules)!;
      const { from, units } = lot.said;
      if (from === undefined || lot.phase === 'draft' || lot.phase === 'struck') continue;
      takings.push({ by: show, t: leaves[lot.at]!.t, from, units });
    }
  }
  return takings.sort((a, b) => a.t - b.t);
}

function chainOf(shows: Show[]): { wrong: string | null; waiting: Record<string, number> } {
  let wrong: string | null = null;
  // An old copy does not know what came later.
  const telling = shows.filter((show) => show.held && show.verdict !== 'STALE');
  const used: Record<string, number> = {};
  for (const { by, t, from, units } of takingsOf(telling)) {
    const [origin, lot] = [from.slice(0, from.lastIndexOf('#')), from.slice(from.lastIndexOf('#') + 1)];
    const source = telling.find((show) => show.origin === origin);
    if (!source && shows.some((show) => show.origin === origin && !show.cancelled)) continue;
    if (source && isOfRestore(source.held!, by.held!, lot)) continue;
    const already = used[from] ?? 0;
    used[from] = already + units;
    const before = source ? carriedOf(source.held!, lot, t) : 0;
    if (already + units > before) wrong ??= `${from}: ${already} + ${units} of ${before} at ${t}`;
  }
  const waiting: Record<string, number> = {};
  for (const { held, origin } of telling) {
    for (const id of lotIds(leavesOf(held!))) {
      const left = carriedOf(held!, id, Infinity) - (used[`${origin}#${id}`] ?? 0);
      if (left > 0) waiting[`${origin}#${id}`] = left;
    }
  }
  return { wrong, waiting };
}

function carriedOf(bundle: Bundle, lot: string, toMs: number): number {
  let units = 0;
  for (const { t, body } of all(leavesOf(bundle), 'lot.carried')) {
    if (body.lot === lot && t <= toMs) units += body.units;
  }
  return units;
}

/** Of the log before a restore: units that had no end there, or a copy too short to say. */
function isOfRestore(source: Bundle, by: Bundle, id: string): boolean {
  const [first] = leavesOf(by);
  const quoted = first?.type === 'log.opened' ? first.body.continues : undefined;
  if (quoted?.origin !== source.origin) return false;
  const lot = lotOf(leavesOf(source), id, source.rules);
  return source.leaves.length < quoted.size || (lot !== null && count(lot, 'open') > 0);
}
