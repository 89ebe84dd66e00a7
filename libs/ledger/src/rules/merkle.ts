import { concat, equal } from './bytes.js';
import { sha256 } from './sha256.js';

/** A SHA-256 hash: 32 bytes. */
export type Hash = Uint8Array;

const LEAF = Uint8Array.of(0x00);
const NODE = Uint8Array.of(0x01);

/** RFC 6962 §2.1: different first bytes keep a leaf from being passed off as a node. */
export const leafHash = (bytes: Uint8Array): Hash => sha256(concat(LEAF, bytes));
export const nodeHash = (left: Hash, right: Hash): Hash => sha256(concat(NODE, left, right));
export const emptyRoot = (): Hash => sha256(new Uint8Array());

/**
 * What appending needs of a tree: its size and the roots of its full subtrees, largest first, one for each 1-bit
 * of the size. It is what the head of a log keeps.
 */
export interface Frontier {
  readonly size: number;
  readonly hashes: readonly Hash[];
}

export const emptyFrontier: Frontier = { size: 0, hashes: [] };

/** The frontier after more leaves, given by their leaf hashes. */
export function appendAll(frontier: Frontier, leaves: readonly Hash[]): Frontier {
  const hashes = [...frontier.hashes];
  let { size } = frontier;
  for (const leaf of leaves) {
    let carried = leaf;
    // As in counting: each trailing 1-bit is a full subtree that joins with the new one.
    for (let rest = size; isOdd(rest); rest = half(rest)) carried = nodeHash(hashes.pop()!, carried);
    hashes.push(carried);
    size += 1;
  }
  return { size, hashes };
}

/** The frontier after one more leaf, given by its leaf hash. */
export const append = (frontier: Frontier, leaf: Hash): Frontier => appendAll(frontier, [leaf]);

export function rootOf(frontier: Frontier): Hash {
  if (frontier.hashes.length === 0) return emptyRoot();
  return frontier.hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** The RFC 6962 root over leaf hashes. */
export const rootOfLeaves = (leaves: readonly Hash[]): Hash => rootOf(appendAll(emptyFrontier, leaves));

/**
 * Replays the root from an inclusion proof: RFC 9162 §2.1.3.2.
 * @param proof from the leaf's sibling up
 */
export function verifyInclusion(
  leaf: Hash,
  index: number,
  size: number,
  proof: readonly Hash[],
  root: Hash,
): boolean {
  if (!isSize(index) || !isSize(size) || index >= size) return false;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(at) || at === last) {
      hash = nodeHash(sibling, hash);
      // A last node without a right sibling is its own parent.
      while (!isOdd(at) && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && equal(hash, root);
}

/**
 * Whether the tree of `oldSize` is the beginning of the tree of `newSize`: RFC 9162 §2.1.4.2, and beside it the two
 * cases a witness meets: nothing known yet (size 0), and nothing new (same size); both have an empty proof.
 */
export function verifyConsistency(
  oldSize: number,
  newSize: number,
  proof: readonly Hash[],
  oldRoot: Hash,
  newRoot: Hash,
): boolean {
  if (!isSize(oldSize) || !isSize(newSize) || oldSize > newSize) return false;
  if (oldSize === newSize) return proof.length === 0 && equal(oldRoot, newRoot);
  if (oldSize === 0) return proof.length === 0 && equal(oldRoot, emptyRoot());
  return proof.length > 0 && replaysBothRoots(oldSize, newSize, proof, oldRoot, newRoot);
}

function replaysBothRoots(
  oldSize: number,
  newSize: number,
  proof: readonly Hash[],
  oldRoot: Hash,
  newRoot: Hash,
): boolean {
  const [start, ...path] = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  let [at, last] = [oldSize - 1, newSize - 1];
  while (isOdd(at)) [at, last] = [half(at), half(last)];
  let [oldHash, newHash] = [start!, start!];
  for (const hash of path) {
    if (last === 0) return false;
    if (isOdd(at) || at === last) {
      [oldHash, newHash] = [nodeHash(hash, oldHash), nodeHash(hash, newHash)];
      while (!isOdd(at) && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      newHash = nodeHash(newHash, hash);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && equal(oldHash, oldRoot) && equal(newHash, newRoot);
}

// Not with >> and &: sizes may exceed 32 bits, and must not wrap.
const half = (n: number): number => Math.floor(n / 2);
const isOdd = (n: number): boolean => n % 2 === 1;
const isSize = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;

function isPowerOfTwo(n: number): boolean {
  while (n > 1 && !isOdd(n)) n = half(n);
  return n === 1;
}
