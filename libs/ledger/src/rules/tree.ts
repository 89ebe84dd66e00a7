import { nodeHash, type Hash } from './merkle.js';

/**
 * A whole tree in memory, for who hands out proofs: `levels[k][j]` is the root of the full subtree over leaves
 * j·2^k to (j+1)·2^k − 1. It takes two hashes a leaf, and a proof then costs a few hashes instead of all of them.
 */
export interface Tree {
  readonly levels: Hash[][];
}

export const treeOf = (leaves: readonly Hash[]): Tree => {
  const tree: Tree = { levels: [[]] };
  for (const leaf of leaves) grow(tree, leaf);
  return tree;
};

export const sizeOf = (tree: Tree): number => tree.levels[0]!.length;

/** Adds a leaf hash in place. */
export function grow(tree: Tree, leaf: Hash): void {
  let hash = leaf;
  for (let level = 0; ; level++) {
    const row = (tree.levels[level] ??= []);
    row.push(hash);
    if (row.length % 2 === 1) return;
    hash = nodeHash(row.at(-2)!, hash);
  }
}

/**
 * The audit path of leaf `index` in the tree of the first `size` leaves, from its sibling up (RFC 6962 §2.1.1).
 * @param leaves leaf hashes, or the tree where many proofs are made
 */
export function inclusionProof(
  leaves: readonly Hash[] | Tree,
  index: number,
  size = countOf(leaves),
): Hash[] {
  const tree = asTree(leaves);
  if (!(0 <= index && index < size && size <= sizeOf(tree)))
    throw new Error(`bug: no leaf ${index} of ${size}`);
  const proof: Hash[] = [];
  addPath(proof, tree, index, 0, size);
  return proof;
}

/** The proof that the first `oldSize` leaves begin the tree of the first `size` leaves (RFC 6962 §2.1.2). */
export function consistencyProof(
  leaves: readonly Hash[] | Tree,
  oldSize: number,
  size = countOf(leaves),
): Hash[] {
  const tree = asTree(leaves);
  if (!(0 <= oldSize && oldSize <= size && size <= sizeOf(tree)))
    throw new Error(`bug: no size ${oldSize} of ${size}`);
  const proof: Hash[] = [];
  if (oldSize > 0 && oldSize < size) addSubproof(proof, tree, oldSize, 0, size, true);
  return proof;
}

function addPath(proof: Hash[], tree: Tree, index: number, from: number, to: number): void {
  if (to - from === 1) return;
  const middle = split(from, to);
  if (index < middle) {
    addPath(proof, tree, index, from, middle);
    proof.push(rangeRoot(tree, middle, to));
  } else {
    addPath(proof, tree, index, middle, to);
    proof.push(rangeRoot(tree, from, middle));
  }
}

/** @param known whether the verifier has the root of the range up to `oldSize`: it is then left out */
function addSubproof(
  proof: Hash[],
  tree: Tree,
  oldSize: number,
  from: number,
  to: number,
  known: boolean,
): void {
  if (oldSize === to) return void (known || proof.push(rangeRoot(tree, from, to)));
  const middle = split(from, to);
  if (oldSize <= middle) {
    addSubproof(proof, tree, oldSize, from, middle, known);
    proof.push(rangeRoot(tree, middle, to));
  } else {
    addSubproof(proof, tree, oldSize, middle, to, false);
    proof.push(rangeRoot(tree, from, middle));
  }
}

/** The root over leaves `from` to `to` − 1, a range as the tree itself splits them. */
function rangeRoot(tree: Tree, from: number, to: number): Hash {
  const level = Math.log2(to - from);
  if (Number.isInteger(level)) return tree.levels[level]![from / (to - from)]!;
  const middle = split(from, to);
  return nodeHash(rangeRoot(tree, from, middle), rangeRoot(tree, middle, to));
}

/** Where RFC 6962 splits a range: after the largest power of two smaller than its length. */
function split(from: number, to: number): number {
  let left = 1;
  while (left * 2 < to - from) left *= 2;
  return from + left;
}

const isTree = (leaves: readonly Hash[] | Tree): leaves is Tree => 'levels' in leaves;
const asTree = (leaves: readonly Hash[] | Tree): Tree => (isTree(leaves) ? leaves : treeOf(leaves));
const countOf = (leaves: readonly Hash[] | Tree): number => (isTree(leaves) ? sizeOf(leaves) : leaves.length);
