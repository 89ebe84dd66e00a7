import {
  consistencyProof,
  formatProof,
  grow,
  type Hash,
  inclusionProof,
  leafBytes,
  toBase64,
  type Tree,
} from '@qingpai/ledger/rules';
import { type LeafVersion, type LoggedEvent, type Receipt } from '@qingpai/wire';
import { leafOf } from '../store/leafFormat.js';
import { type Appended, type ShowHead, type TakenShow } from '../store/showLog.js';

/**
 * What a desk hands out after a commit: proofs, no promises. A receipt rests on the checkpoint that ends the batch of
 * its leaf, so the same leaf has the same receipt always, also after a restart.
 */
export class Receipts {
  private readonly origin: string;
  private readonly version: LeafVersion;
  private readonly tree: Tree;
  private readonly heads: ShowHead[];
  /** The newest batch's leaves as they were written, from the index of its first: most receipts are for these. */
  private newest: { from: number; leaves: readonly Uint8Array[] } = { from: 0, leaves: [] };

  constructor({ origin, version, tree, heads }: Pick<TakenShow, 'origin' | 'version' | 'tree' | 'heads'>) {
    this.origin = origin;
    this.version = version;
    this.tree = tree;
    this.heads = heads;
  }

  commit({ head, leaves, hashes }: Appended): void {
    this.newest = { from: head.size - leaves.length, leaves };
    for (const hash of hashes) grow(this.tree, hash);
    this.heads.push(head);
  }

  /** Whether this log was ever signed with this root at this size. */
  holds([size, root]: readonly [number, string]): boolean {
    return this.headFrom(size)?.size === size && this.headFrom(size)?.root === root;
  }

  /** @param from size of a head that the asker holds: the receipt then shows that the log still extends it */
  of(event: LoggedEvent, from?: number): Receipt {
    const head = this.headFrom(event.i + 1);
    if (!head) throw new Error(`bug: leaf ${event.i} is covered by no checkpoint`);
    const path = inclusionProof(this.tree, event.i, head.size);
    const leaf = Buffer.from(this.bytesOf(event)).toString('utf8');
    const proof = formatProof({ index: event.i, path, checkpoint: head.note });
    if (from === undefined || from > head.size) return { leaf, proof };
    return { leaf, proof, consistency: encoded(consistencyProof(this.tree, from, head.size)) };
  }

  private bytesOf(event: LoggedEvent): Uint8Array {
    const { from, leaves } = this.newest;
    return leaves[event.i - from] ?? leafBytes(leafOf(event, this.origin, this.version));
  }

  /** The first signed head of at least this size. */
  private headFrom(size: number): ShowHead | undefined {
    let [low, high] = [0, this.heads.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.heads[middle]!.size < size) low = middle + 1;
      else high = middle;
    }
    return this.heads[low];
  }
}

const encoded = (hashes: readonly Hash[]): string[] => hashes.map(toBase64);
