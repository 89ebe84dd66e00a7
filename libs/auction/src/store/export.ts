import { readFile } from 'node:fs/promises';
import { type Readable } from 'node:stream';
import { type LogTiles } from '@qingpai/ledger';
import { tilePath, tilesOf } from '@qingpai/ledger/rules';
import { archiveOf, type ArchivedFile } from './archive.js';
import { type Proofs } from './proofs.js';
import { howToCheck } from './howToCheck.js';
import { type ShowStore } from './showStore.js';

export interface ExportParts {
  proofs: Proofs;
  shows: ShowStore;
  tiles: LogTiles;
  /** The verifier as one page that works offline; left out while it has not been built. */
  verifierPage?: string;
}

/** A show in one archive, for somebody who will never ask this server again. */
export class Export {
  constructor(private readonly parts: ExportParts) {}

  /** A tar of one folder named like the show, written while it is read. All of it is of one signed head. */
  async archive(showId: string): Promise<Readable> {
    const { origin } = await this.parts.shows.show(showId);
    const [{ head, text }, policy] = await Promise.all([
      this.parts.proofs.bundle(showId, false),
      this.parts.proofs.policy(showId),
    ]);
    const page = await this.page();
    return archiveOf(showId, head.tMs, [
      fileOf('README.txt', howToCheck({ showId, origin, hasPage: page !== null })),
      fileOf('policy.txt', policy),
      fileOf('checkpoint', head.note),
      { name: 'bundle.json', pieces: text },
      ...(page === null ? [] : [fileOf('verify.html', page)]),
      ...this.tilesOf(origin, head.size),
    ]);
  }

  private tilesOf(origin: string, size: number): ArchivedFile[] {
    return [...tilesOf(size)].map((tile) => ({
      name: tilePath(tile),
      whole: async () => {
        const bytes = await this.parts.tiles.tile(origin, tile);
        if (!bytes) throw new Error(`bug: ${origin} lacks ${tilePath(tile)} of ${size}`);
        return bytes;
      },
    }));
  }

  private async page(): Promise<string | null> {
    const { verifierPage } = this.parts;
    return verifierPage ? readFile(verifierPage, 'utf8').catch(() => null) : null;
  }
}

const fileOf = (name: string, text: string): ArchivedFile => ({ name, whole: () => Promise.resolve(text) });
