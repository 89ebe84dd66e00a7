import fc from 'fast-check';
import {
  append,
  appendAll,
  consistencyProof,
  emptyFrontier,
  emptyRoot,
  equal,
  fromHex,
  grow,
  inclusionProof,
  leafHash,
  nodeHash,
  rootOf,
  rootOfLeaves,
  sizeOf,
  toHex,
  treeOf,
  utf8,
  verifyConsistency,
  verifyInclusion,
  type Hash,
} from './index.js';

const SIZES = 70;
const leaves = Array.from({ length: SIZES }, (_, i) => leafHash(utf8(`leaf ${i}`)));
const tree = treeOf(leaves);
const roots = Array.from({ length: SIZES + 1 }, (_, size) => naiveRoot(leaves.slice(0, size)));

/** RFC 6962 §2.1 word by word. */
function naiveRoot(hashes: readonly Hash[]): Hash {
  if (hashes.length === 0) return emptyRoot();
  if (hashes.length === 1) return hashes[0]!;
  const k = naiveSplit(hashes.length);
  return nodeHash(naiveRoot(hashes.slice(0, k)), naiveRoot(hashes.slice(k)));
}

/** RFC 6962 §2.1.1 word by word: PATH(m, D[n]). */
function naivePath(m: number, hashes: readonly Hash[]): Hash[] {
  if (hashes.length === 1) return [];
  const k = naiveSplit(hashes.length);
  return m < k
    ? [...naivePath(m, hashes.slice(0, k)), naiveRoot(hashes.slice(k))]
    : [...naivePath(m - k, hashes.slice(k)), naiveRoot(hashes.slice(0, k))];
}

/** RFC 6962 §2.1.2 word by word: SUBPROOF(m, D[n], b). */
function naiveSubproof(m: number, hashes: readonly Hash[], b: boolean): Hash[] {
  if (m === hashes.length) return b ? [] : [naiveRoot(hashes)];
  const k = naiveSplit(hashes.length);
  return m <= k
    ? [...naiveSubproof(m, hashes.slice(0, k), b), naiveRoot(hashes.slice(k))]
    : [...naiveSubproof(m - k, hashes.slice(k), false), naiveRoot(hashes.slice(0, k))];
}

function naiveSplit(n: number): number {
  return 2 ** (Math.ceil(Math.log2(n)) - 1);
}

const sameHashes = (a: readonly Hash[], b: readonly Hash[]): boolean =>
  a.length === b.length && a.every((hash, at) => equal(hash, b[at]!));

function flip(hash: Hash, bit: number): Hash {
  const flipped = Uint8Array.from(hash);
  flipped[bit >> 3]! ^= 1 << (bit & 7);
  return flipped;
}

describe('the tree', () => {
  // The inputs and roots that Certificate Transparency implementations share.
  const known = [
    ['', '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    ['00', 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    ['10', 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
    ['2021', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
    ['3031', '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
    ['40414243', '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
    ['5051525354555657', 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
    ['606162636465666768696a6b6c6d6e6f', '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ] as const;

  it('has the roots of RFC 6962 that others have', () => {
    expect(toHex(emptyRoot())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    const hashes = known.map(([hex]) => leafHash(fromHex(hex)!));
    known.forEach(([, root], at) => expect(toHex(rootOfLeaves(hashes.slice(0, at + 1)))).toBe(root));
  });

  it('keeps one hash for each 1-bit of its size, and has the root of the plain definition', () => {
    let frontier = emptyFrontier;
    for (const leaf of leaves) {
      expect(rootOf(frontier)).toEqual(roots[frontier.size]);
      frontier = append(frontier, leaf);
      expect(frontier.hashes).toHaveLength(
        [...frontier.size.toString(2)].filter((bit) => bit === '1').length,
      );
    }
  });

  it('has one root, however its leaves arrive', () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(fc.array(fc.array(hash, { maxLength: 40 }), { maxLength: 5 }), (batches) => {
        const all = batches.flat();
        expect(rootOf(batches.reduce(appendAll, emptyFrontier))).toEqual(naiveRoot(all));
        expect(rootOfLeaves(all)).toEqual(naiveRoot(all));
      }),
    );
  });

  it('grows by one leaf at a time', () => {
    const growing = treeOf([]);
    leaves.forEach((leaf) => grow(growing, leaf));
    expect(growing).toEqual(tree);
    expect(sizeOf(growing)).toBe(SIZES);
  });

  it('does not ask for leaves it has not', () => {
    expect(() => inclusionProof(tree, 3, 3)).toThrow(/^bug: /);
    expect(() => inclusionProof(tree, 0, SIZES + 1)).toThrow(/^bug: /);
    expect(() => consistencyProof(leaves, SIZES + 1)).toThrow(/^bug: /);
  });
});

describe('an inclusion proof', () => {
  it('verifies for every leaf of every tree, and is the one of the plain definition', () => {
    const wrong: number[][] = [];
    for (let size = 1; size <= SIZES; size++) {
      for (let index = 0; index < size; index++) {
        const proof = inclusionProof(tree, index, size);
        const isNaive = sameHashes(proof, naivePath(index, leaves.slice(0, size)));
        if (!isNaive || !verifyInclusion(leaves[index]!, index, size, proof, roots[size]!))
          wrong.push([index, size]);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('fails with any bit flipped', () => {
    const picks = fc.record({
      size: fc.integer({ min: 1, max: SIZES }),
      seed: fc.nat(),
      at: fc.nat(),
      bit: fc.nat(255),
    });
    fc.assert(
      fc.property(picks, ({ size, seed, at, bit }) => {
        const index = seed % size;
        const parts = [leaves[index]!, roots[size]!, ...inclusionProof(leaves, index, size)];
        parts[at % parts.length] = flip(parts[at % parts.length]!, bit);
        const [leaf, root, ...proof] = parts;
        expect(verifyInclusion(leaf!, index, size, proof, root!)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it('fails at another index, shortened, lengthened, or for a leaf outside', () => {
    for (let index = 0; index < SIZES; index++) {
      const proof = inclusionProof(tree, index);
      const [leaf, root] = [leaves[index]!, roots[SIZES]!];
      expect(verifyInclusion(leaf, index ^ 1, SIZES, proof, root)).toBe(false);
      expect(verifyInclusion(leaf, index, SIZES, proof.slice(1), root)).toBe(false);
      expect(verifyInclusion(leaf, index, SIZES, proof.slice(0, -1), root)).toBe(false);
      expect(verifyInclusion(leaf, index, SIZES, [...proof, root], root)).toBe(false);
    }
    expect(verifyInclusion(leaves[0]!, 1, 1, [], roots[1]!)).toBe(false);
    expect(verifyInclusion(leaves[0]!, 0, 0, [], roots[0]!)).toBe(false);
    expect(verifyInclusion(leaves[0]!, -1, 1, [], roots[1]!)).toBe(false);
    expect(verifyInclusion(leaves[0]!, 0.5, 1, [], roots[1]!)).toBe(false);
  });

  it('does not go on above the root, whatever is built there', () => {
    const above = leafHash(utf8('above'));
    for (const size of [1, 5, 8]) {
      const proof = [...inclusionProof(treeOf(leaves.slice(0, size)), size - 1), above];
      const higher = nodeHash(above, roots[size]!);
      expect(verifyInclusion(leaves[size - 1]!, size - 1, size, proof, higher)).toBe(false);
    }
  });

  it('does not wrap sizes to 32 bits', () => {
    const proof = inclusionProof(tree, 0, 2);
    expect(verifyInclusion(leaves[0]!, 2 ** 32, 2 ** 32 + 2, proof, roots[2]!)).toBe(false);
  });
});

describe('a consistency proof', () => {
  it('verifies between any two sizes, and is the one of the plain definition', () => {
    const wrong: number[][] = [];
    for (let size = 1; size <= SIZES; size++) {
      for (let old = 1; old <= size; old++) {
        const proof = consistencyProof(tree, old, size);
        const isNaive = sameHashes(proof, naiveSubproof(old, leaves.slice(0, size), true));
        if (!isNaive || !verifyConsistency(old, size, proof, roots[old]!, roots[size]!))
          wrong.push([old, size]);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('fails with any bit flipped', () => {
    const picks = fc.record({
      size: fc.integer({ min: 1, max: SIZES }),
      seed: fc.nat(),
      at: fc.nat(),
      bit: fc.nat(255),
    });
    fc.assert(
      fc.property(picks, ({ size, seed, at, bit }) => {
        const old = 1 + (seed % size);
        const parts = [roots[old]!, roots[size]!, ...consistencyProof(leaves, old, size)];
        parts[at % parts.length] = flip(parts[at % parts.length]!, bit);
        const [oldRoot, newRoot, ...proof] = parts;
        expect(verifyConsistency(old, size, proof, oldRoot!, newRoot!)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it('from nothing is empty, and a tree never shrinks', () => {
    expect(consistencyProof(tree, 0)).toEqual([]);
    expect(verifyConsistency(0, SIZES, [], emptyRoot(), roots[SIZES]!)).toBe(true);
    expect(verifyConsistency(0, SIZES, [], roots[1]!, roots[SIZES]!)).toBe(false);
    expect(verifyConsistency(0, SIZES, [roots[1]!], emptyRoot(), roots[SIZES]!)).toBe(false);
    expect(verifyConsistency(5, 4, [], roots[5]!, roots[4]!)).toBe(false);
    expect(verifyConsistency(4, 4, [], roots[4]!, roots[5]!)).toBe(false);
    expect(verifyConsistency(4, 5, [], roots[4]!, roots[5]!)).toBe(false);
  });

  it('fails shortened or lengthened', () => {
    for (let old = 1; old < SIZES; old++) {
      const proof = consistencyProof(tree, old);
      const [before, after] = [roots[old]!, roots[SIZES]!];
      expect(verifyConsistency(old, SIZES, proof.slice(1), before, after)).toBe(false);
      expect(verifyConsistency(old, SIZES, proof.slice(0, -1), before, after)).toBe(false);
      expect(verifyConsistency(old, SIZES, [...proof, after], before, after)).toBe(false);
    }
  });

  it('does not go on above the roots, whatever is built there', () => {
    const above = leafHash(utf8('above'));
    for (const [old, size] of [[1, 2], [3, 7], [6, 8]] as const) {
      const proof = [...consistencyProof(leaves, old, size), above];
      const [before, after] = [nodeHash(above, roots[old]!), nodeHash(above, roots[size]!)];
      expect(verifyConsistency(old, size, proof, before, after)).toBe(false);
    }
    // Of a power of two the proof begins with the root itself, so only the new one can be carried higher.
    const [before, after] = [roots[4]!, nodeHash(above, roots[8]!)];
    expect(verifyConsistency(4, 8, [...consistencyProof(leaves, 4, 8), above], before, after)).toBe(false);
  }); // prettier-ignore
});
