import { author, bundle, eventBodies, type EventType, type Leaf, type Verdict } from '@qingpai/wire';
import { endsOpen } from './proxies.js';
import { wrongBooks } from './books.js';
import { canonicalText, fromBase64, readCanonical, sha256 } from './json.js';
import { type Head, judgeNote, isQuorum, type NaivePolicy, readPolicy } from './notes.js';
import { all, count, lotIds, lotOf, type Past } from './past.js';
import { wrongOf, type World } from './rules.js';
import { rootOf } from './tree.js';

/** What the naive judge says: the verdict, the leaf it stumbled over, and why in a word or two. */
export interface NaiveVerdict {
  verdict: Verdict;
  i: number | null;
  why: string;
}
interface Options {
  policy?: string;
  known?: readonly string[];
}
type Bundle = ReturnType<typeof bundle.parse>;
/** A show's, or a registry's. */
type Log = Pick<Bundle, 'origin' | 'leaves' | 'checkpoints'>;

const say = (verdict: Verdict, why: string, i: number | null = null): NaiveVerdict => ({ verdict, i, why });

/** LEDGER §4, gate by gate. */
export function naiveVerdict(text: string, options: Options = {}): NaiveVerdict {
  const read = readBundle(text);
  if (!read) return say('DAMAGED', 'unreadable');
  const judged = judgeBundle(read, options);
  return options.policy === undefined ? { ...judged, verdict: 'UNTRUSTED' } : judged;
}

function readBundle(text: string): Bundle | null {
  try {
    const raw = JSON.parse(text) as Record<string, unknown>;
    const parsed = bundle.safeParse(raw);
    delete raw.digest;
    const digest = sha256(canonicalText(raw)!).toString('hex');
    return parsed.success && parsed.data.digest === digest ? parsed.data : null;
  } catch {
    return null;
  }
}

function judgeBundle(read: Bundle, { policy: policyText, known = [] }: Options): NaiveVerdict {
  const leaves: Leaf[] = [];
  for (const [i, text] of read.leaves.entries()) {
    const leaf = readLeaf(text, i, read.origin);
    if (!leaf || (leaves[0] && leaf.v !== leaves[0].v)) return say('INVALID', 'no leaf of this log', i);
    if (leaves.length > 0 && leaf.t < leaves.at(-1)!.t) return say('INVALID', 'time goes backwards', i);
    leaves.push(leaf);
  }
  const policy = policyText === undefined ? null : readPolicy(policyText);
  if (policy === undefined) return say('UNTRUSTED', 'policy');
  const told = headsOf(read, policy);
  if ('verdict' in told) return told;
  const { heads } = told;
  return (
    judgeQuorum(leaves, heads, policy) ??
    judgeRoots(read, heads) ??
    judgeKnown(read, known, policy) ??
    judgeLeaves(read, leaves, heads) ??
    judgeBooks(read, leaves) ??
    judgeEnd(read, leaves)
  );
}

/** Gate 2, first half: every note is this log's, and none is broken. */
export function headsOf(
  { checkpoints, origin }: Log,
  policy: NaivePolicy | null,
): { heads: Head[] } | NaiveVerdict {
  const heads: Head[] = [];
  if (checkpoints.length === 0) return say('INCOMPLETE', 'no checkpoint');
  for (const note of checkpoints) {
    const judged = judgeNote(note, policy);
    if ('wrong' in judged) return say(judged.wrong === 'bad' ? 'INVALID' : 'UNTRUSTED', 'note');
    if (judged.head.origin !== origin) return say('INVALID', 'note of another log');
    heads.push(judged.head);
  }
  return { heads };
}

function readLeaf(text: string, i: number, origin: string): Leaf | null {
  if (Buffer.byteLength(text) > 65_535) return null;
  const leaf = readCanonical(text) as (Leaf & Record<string, unknown>) | undefined;
  if (leaf === undefined || leaf === null || typeof leaf !== 'object') return null;
  const keys = Object.keys(leaf).filter((key) => key !== 'sig');
  if (keys.join() !== 'body,by,i,show,t,type,v') return null;
  const { sig } = leaf as { sig?: unknown };
  if ('sig' in leaf && (typeof sig !== 'string' || fromBase64(sig)?.length !== 64)) return null;
  if (leaf.v !== 1 && leaf.v !== 2) return null;
  if (leaf.i !== i || leaf.show !== origin || typeof leaf.t !== 'number' || leaf.t < 0) return null;
  if (!author.safeParse(leaf.by).success || !Object.hasOwn(eventBodies, leaf.type)) return null;
  return eventBodies[leaf.type as EventType].safeParse(leaf.body).success ? leaf : null;
}

/** Gate 2, second half: the whole of a show that is over is witnessed as this auditor asks. */
function judgeQuorum(leaves: Past, heads: readonly Head[], policy: NaivePolicy | null): NaiveVerdict | null {
  const ending = leaves.findLast(({ type }) => type === 'show.closed' || type === 'show.settled');
  if (!policy || policy.quorum === 'none' || !ending) return null;
  const isEnough = ({ size, cosigners }: Head) =>
    size > ending.i &&
    isQuorum(
      policy,
      cosigners.map(({ name }) => name),
    );
  return heads.some(isEnough) ? null : say('UNTRUSTED', 'quorum');
}

/** Gate 3: every signed root is that of the leaves, and nothing stands outside. */
export function judgeRoots(read: Log, heads: readonly Head[]): NaiveVerdict | null {
  for (const a of heads) {
    for (const b of heads)
      if (a.size === b.size && !a.root.equals(b.root)) return say('EQUIVOCATION', 'two roots');
  }
  const newest = Math.max(...heads.map(({ size }) => size));
  if (newest > read.leaves.length) return say('INCOMPLETE', 'leaves are missing');
  const fits = ({ size, root }: Head) => rootOf(read.leaves.slice(0, size)).equals(root);
  for (const wrong of heads.filter((head) => !fits(head))) {
    const other = heads.some((head) => head.size > wrong.size && fits(head));
    return other ? say('EQUIVOCATION', 'two histories') : say('INVALID', 'root');
  }
  return newest < read.leaves.length ? say('INVALID', 'a leaf without signature', newest) : null;
}

/** Gate 4: what the auditor holds from before. What no pinned log signed is ignored. */
function judgeKnown(read: Bundle, known: readonly string[], policy: NaivePolicy | null): NaiveVerdict | null {
  let stale = false;
  for (const note of policy ? known : []) {
    const judged = judgeNote(note, policy);
    if ('wrong' in judged || judged.head.origin !== read.origin) continue;
    const { size, root } = judged.head;
    if (size > read.leaves.length) stale = true;
    else if (!rootOf(read.leaves.slice(0, size)).equals(root)) return say('EQUIVOCATION', 'known otherwise');
  }
  return stale ? say('STALE', 'older than known') : null;
}

/** Gate 5: leaf by leaf, for every floor there might be. */
function judgeLeaves(read: Bundle, leaves: readonly Leaf[], heads: readonly Head[]): NaiveVerdict | null {
  const opened = openFloors(read, leaves);
  if (!opened) return say('INVALID', 'opening');
  const floors: Record<string, number[]> = {};
  for (const id of lotIds(leaves))
    floors[id] = opened[id] === undefined ? thinkable(leaves, id, read.rules) : [opened[id]];
  for (const leaf of leaves) {
    const past = leaves.slice(0, leaf.i);
    const wrong = wrongWithAnyFloor(read, past, leaf, floors);
    if (wrong !== null) return say('INVALID', wrong, leaf.i);
    const needsHead =
      leaf.type === 'show.sealed' || leaf.type === 'show.closed' || leaf.type === 'show.settled';
    if (needsHead && !heads.some(({ size }) => size === leaf.i + 1)) {
      return say('INCOMPLETE', 'no checkpoint right after it', leaf.i);
    }
  }
  if (endsOpen(leaves, read.rules)) return say('INVALID', 'ends with a reason owed', leaves.length - 1);
  return null;
}

function openFloors(read: Bundle, leaves: Past): Record<string, number> | null {
  const opened: Record<string, number> = {};
  for (const { lot, floorFen, salt } of read.openings ?? []) {
    const told = leaves.filter(
      (leaf) => (leaf.type === 'lot.catalogued' || leaf.type === 'lot.amended') && leaf.body.lot === lot,
    );
    const last = told.at(-1);
    const bytes = fromBase64(salt);
    if (!last || !('floor' in last.body) || bytes?.length !== 32) return null;
    const sealed = sha256('qingpai/floor/v1\n', bytes, canonicalText({ floorFen, lot })!).toString('base64');
    if (sealed !== last.body.floor) return null;
    opened[lot] = floorFen;
  }
  return opened;
}

/** Every floor that could make a difference to what is logged of a lot: around each amount, and around its share. */
function thinkable(
  leaves: Past,
  id: string,
  { bidLimitFen, hallLimitFen, ladder }: Bundle['rules'],
): number[] {
  const amounts = new Set<number>([1, Number.MAX_SAFE_INTEGER]);
  // What somebody may bid at most, for up to three units: above it he is not asked.
  const limits = [
    bidLimitFen,
    hallLimitFen,
    ...all(leaves, 'bidder.limited').map(({ body }) => body.limitFen),
  ];
  for (const limitFen of ladder?.offers ? limits : []) {
    for (let units = 1; units <= 3; units++) if (limitFen) amounts.add(Math.floor(limitFen / units));
  }
  for (const { body } of leaves) {
    if (!('lot' in body) || body.lot !== id) continue;
    for (const key of [
      'amountFen',
      'pressedFen',
      'startFen',
      'unitPriceFen',
      'bestFen',
      'referenceFen',
      'capFen',
      'buyNowFen',
    ]) {
      const amount = (body as Record<string, unknown>)[key];
      if (typeof amount === 'number') amounts.add(amount);
    }
  }
  for (const { type, body } of leaves) {
    // A clock's prices, down from each of its starts.
    if ((type !== 'lot.offered' && type !== 'clock.restarted') || body.lot !== id) continue;
    const offered = all(leaves, 'lot.offered').find(
      (leaf) => leaf.body.lot === id && leaf.body.offering === body.offering,
    );
    const stepFen = offered?.body.clock?.stepFen ?? body.startFen;
    for (let price = body.startFen, n = 0; price > 0 && n < 100; price -= stepFen, n++) amounts.add(price);
  }
  const floors = new Set<number>();
  for (const amount of amounts) {
    for (const near of [amount, Math.floor((amount * 100) / 120)]) {
      for (const floor of [near - 1, near, near + 1]) {
        if (floor >= 1 && floor <= Number.MAX_SAFE_INTEGER) floors.add(floor);
      }
    }
  }
  return [...floors];
}

/** A seal speaks of many lots, of each by itself; and what a low floor does not explain, a higher one does not either. */
function wrongSealWithAnyFloor(
  world: World,
  leaf: Leaf,
  floors: Record<string, number[]>,
  guess: Record<string, number>,
  asked: readonly string[],
): string | null {
  const lowest = Object.fromEntries(asked.map((lot) => [lot, Math.min(...floors[lot]!)]));
  const wrongAt = (floor: Record<string, number>) => {
    Object.assign(guess, lowest, floor);
    return wrongOf(world, leaf);
  };
  const wrong = wrongAt({});
  if (wrong !== null) return wrong;
  for (const lot of asked) {
    floors[lot] = floors[lot]!.filter((floor) => wrongAt({ [lot]: floor }) === null);
  }
  return null;
}

/** Right when some floor that explained all so far explains this too; those that do not are given up. */
function wrongWithAnyFloor(
  read: Bundle,
  past: Past,
  leaf: Leaf,
  floors: Record<string, number[]>,
): string | null {
  const guess: Record<string, number> = {};
  const asked = new Set<string>();
  const world: World = {
    past,
    texts: read.leaves,
    rules: read.rules,
    origin: read.origin,
    floorOf: (lot) => {
      asked.add(lot);
      return guess[lot] ?? floors[lot]![0]!;
    },
  };
  const first = wrongOf(world, leaf);
  if (asked.size === 0) return first;
  if (leaf.type === 'show.sealed') return wrongSealWithAnyFloor(world, leaf, floors, guess, [...asked]);
  // Two lots at most matter to one leaf: the one on the block and the one it speaks of.
  let right: Record<string, number>[] = [{}];
  for (const lot of asked)
    right = right.flatMap((one) => floors[lot]!.map((floor) => ({ ...one, [lot]: floor })));
  right = right.filter((one) => {
    Object.assign(guess, one);
    return wrongOf(world, leaf) === null;
  });
  if (right.length === 0) return first ?? 'no floor explains it';
  for (const lot of asked) floors[lot] = [...new Set(right.map((one) => one[lot]!))];
  return null;
}

function judgeBooks(read: Bundle, leaves: Past): NaiveVerdict | null {
  const wrong = wrongBooks(leaves, read.rules, read.journal);
  return wrong === null ? null : say('INVALID', wrong);
}

/** Gate 6: every sealed unit has exactly one end. */
function judgeEnd(read: Bundle, leaves: Past): NaiveVerdict {
  const ending = leaves.findLast(({ type }) => type === 'show.closed' || type === 'show.settled');
  if (!ending) return say('INCOMPLETE', 'not closed');
  const lots = lotIds(leaves)
    .map((id) => lotOf(leaves, id, read.rules)!)
    .filter(({ phase }) => phase !== 'draft' && phase !== 'struck');
  if (lots.some((lot) => count(lot, 'open') > 0)) return say('INVALID', 'units without an end');
  if (lots.some((lot) => count(lot, 'sold') < lot.units.length)) return say('ALL_ACCOUNTED_NOT_ALL_SOLD', '');
  return say(ending.type === 'show.closed' ? 'ALL_SOLD_UNSETTLED' : 'ALL_SOLD_AND_SETTLED', '');
}
