import { append, emptyFrontier, equal, type Hash, leafHash, rootOf } from '@qingpai/ledger/rules';
import { type ReadLog } from './parse.js';
import { finding, type Stop, type VerifyFinding } from './finding.js';
import { type Head } from './signatures.js';

/** Roots of the tree of the first `size` leaves, for the sizes asked for; each leaf is hashed once. */
export function rootsAt(bytes: readonly Uint8Array[], sizes: readonly number[]): Map<number, Hash> {
  const wanted = new Set(sizes);
  const roots = new Map<number, Hash>();
  let frontier = emptyFrontier;
  if (wanted.has(0)) roots.set(0, rootOf(frontier));
  for (const leaf of bytes) {
    frontier = append(frontier, leafHash(leaf));
    if (wanted.has(frontier.size)) roots.set(frontier.size, rootOf(frontier));
  }
  return roots;
}

/**
 * Gate 3: the leaves reproduce every signed root, and no leaf stands outside the newest. Signed heads that contradict
 * each other are EQUIVOCATION; one signed head that the leaves miss only shows that leaves were changed.
 */
export function checkRoots(read: ReadLog, heads: readonly Head[]): Stop | null {
  const newest = heads.at(-1)!;
  const clash = heads.find(
    (head, at) => heads[at - 1]?.size === head.size && !sameRoot(heads[at - 1]!, head),
  );
  if (clash) return equivocation(heads[heads.indexOf(clash) - 1]!, clash);
  if (newest.size > read.bytes.length) {
    return stop('INCOMPLETE', finding('leaves-missing', { more: `${read.bytes.length} < ${newest.size}` }));
  }
  const roots = rootsAt(
    read.bytes,
    heads.map((head) => head.size),
  );
  const fits = (head: Head) => equal(roots.get(head.size)!, head.root);
  const wrong = heads.find((head) => !fits(head));
  if (wrong) {
    const later = heads.find((head) => head.size > wrong.size && fits(head));
    if (later) return equivocation(wrong, later);
    const from = heads.findLast((head) => head.size < wrong.size && fits(head))?.size ?? 0;
    return stop('INVALID', finding('root-wrong', { more: `#${from}–#${wrong.size - 1}` }));
  }
  if (newest.size === read.bytes.length) return null;
  return stop('INVALID', finding('leaf-unsigned', { i: newest.size, by: read.events[newest.size]?.by }));
}

const sameRoot = (a: Head, b: Head): boolean => equal(a.root, b.root);
const stop = (verdict: Stop['verdict'], ...findings: VerifyFinding[]): Stop => ({ verdict, findings });
/** Both notes are the evidence, so both are shown whole. */
export const equivocation = (a: Head, b: Head): Stop =>
  stop('EQUIVOCATION', finding('two-histories', { more: `\n${a.note}\n${b.note}` }));
