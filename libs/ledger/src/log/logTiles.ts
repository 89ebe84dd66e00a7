import {
  entryBundle,
  hashTile,
  isWithin,
  rangeOf,
  TILE_WIDTH,
  tileRoot,
  type Hash,
  type Tile,
} from '../rules/index.js';
import { type Ledger } from './ledger.js';
import { TILE_ROOTS_KEPT_MAX } from './limits.js';

/**
 * Logs as static files (c2sp.org/tlog-tiles), made from the database as they are asked for. A tile of leaf hashes or
 * of entries reads its own rows and no others; one above them is hashed from the full tiles below it, and the roots
 * of those are kept: they can never change.
 */
export class LogTiles {
  private readonly roots = new Map<string, Promise<Hash>>();

  constructor(private readonly ledger: Pick<Ledger, 'headOf' | 'hashesAt' | 'leavesOf'>) {}

  /** The bytes of a tile; null when the log has not come so far, or is unknown. */
  async tile(origin: string, tile: Tile): Promise<Uint8Array | null> {
    const head = await this.ledger.headOf(origin);
    if (!head || !isWithin(tile, head.size)) return null;
    const { from, to } = rangeOf(tile);
    if (tile.level === 'entries') return entryBundle(await this.ledger.leavesOf(origin, from, to));
    return hashTile(await this.hashes(origin, tile.level, from, to));
  }

  /** Hashes `from` to `to` − 1 of a level; the log has them all. */
  private async hashes(origin: string, level: number, from: number, to: number): Promise<Hash[]> {
    const indexes = Array.from({ length: to - from }, (_, at) => from + at);
    if (level === 0) return this.ledger.hashesAt(origin, indexes);
    const hashes: Hash[] = [];
    // One after another: whoever asks for tiles can wait, the bids beside it cannot.
    for (const index of indexes) hashes.push(await this.rootOf(origin, level - 1, index));
    return hashes;
  }

  /** The root of a full tile. */
  private rootOf(origin: string, level: number, index: number): Promise<Hash> {
    const tile = `${level}/${index} ${origin}`;
    const known = this.roots.get(tile);
    if (known) return known;
    const from = index * TILE_WIDTH;
    const root = this.hashes(origin, level, from, from + TILE_WIDTH).then(tileRoot);
    this.roots.set(tile, root);
    root.catch(() => this.roots.delete(tile));
    if (this.roots.size > TILE_ROOTS_KEPT_MAX) this.roots.delete(this.roots.keys().next().value!);
    return root;
  }
}
