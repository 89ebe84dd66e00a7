import { consistencyProof, grow, type Hash, sizeOf, type Tree, treeOf } from '../rules/index.js';
import { type Ledger } from '../log/ledger.js';
import { LEAVES_PER_READ, LOG_TREES_KEPT_MAX } from '../log/limits.js';

/**
 * Consistency proofs of logs that are growing: each log's tree is kept and grows by what is new, since hashing a whole
 * evening again for every head would take its time from the bids.
 */
export class LogTrees {
  private readonly trees = new Map<string, Promise<Tree>>();

  constructor(private readonly ledger: Pick<Ledger, 'hashesAt'>) {}

  /** The proof that the first `oldSize` leaves begin the first `size` ones; the log must have those. */
  async proof(origin: string, oldSize: number, size: number): Promise<Hash[]> {
    return consistencyProof(await this.upTo(origin, size), oldSize, size);
  }

  /** Reads the log anew next time: what is kept did not fit. */
  forget(origin: string): void {
    this.trees.delete(origin);
  }

  private upTo(origin: string, size: number): Promise<Tree> {
    const kept = this.trees.get(origin) ?? Promise.resolve(treeOf([]));
    const grown = kept.then((tree) => this.grown(origin, tree, size));
    this.trees.delete(origin);
    this.trees.set(origin, grown);
    grown.catch(() => this.trees.delete(origin));
    if (this.trees.size > LOG_TREES_KEPT_MAX) this.trees.delete(this.trees.keys().next().value!);
    return grown;
  }

  /** Page by page: the hashing leaves other work its turns. */
  private async grown(origin: string, tree: Tree, size: number): Promise<Tree> {
    while (sizeOf(tree) < size) {
      const from = sizeOf(tree);
      const count = Math.min(LEAVES_PER_READ, size - from);
      const indexes = Array.from({ length: count }, (_, at) => from + at);
      for (const hash of await this.ledger.hashesAt(origin, indexes)) grow(tree, hash);
    }
    return tree;
  }
}
