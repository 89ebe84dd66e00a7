import { randomUUID } from 'node:crypto';
import { type Vault } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type ImportReport, type LotDraft } from '@qingpai/wire';
import { type DataSource, type EntityManager, In, LessThan } from 'typeorm';
import { type Desks } from '../desk/desks.js';
import { type Catalogue, type NumberedDraft } from './catalogue.service.js';
import { CatalogueImport } from './entities.js';
import { IMPORT_LIFE_MS, IMPORTS_PER_SHOW_MAX } from './limits.js';
import { catalogueMark } from './mark.js';
import { nextLotIds, takenNumbers } from './numbers.js';
import { isWhole, reportOf } from './report.js';
import { tableOf } from './table.js';

export interface ImportsParts {
  db: DataSource;
  vault: Vault;
  desks: Desks;
  catalogue: Catalogue;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
}

/** Catalogues from files: looked at first, confirmed afterwards, all of it or nothing. */
export class Imports {
  constructor(private readonly parts: ImportsParts) {}

  /** Says row by row what the file holds; kept for its confirmation when every row is right. Refuses: `bad-file`, `too-large`. */
  async preview(showId: string, file: Buffer): Promise<ImportReport> {
    const { encoding, cells } = await tableOf(file);
    const { state } = await this.parts.desks.of(showId);
    const report = reportOf(cells, takenNumbers(state), state.rules);
    const lots = report.rows.flatMap(({ lot }) => (lot ? [lot] : []));
    const importId = isWhole(report) ? await this.keep(showId, catalogueMark(state), lots) : null;
    return { importId, encoding, ...report };
  }

  /** Puts all its lots into the catalogue. Refuses: `import-stale` (changed, used or too old), `wrong-phase`. */
  confirm(showId: string, importId: string): Promise<{ lots: number; units: number }> {
    return this.parts.catalogue.inTurn(showId, async (state) => {
      const kept = await this.find(showId, importId);
      if (kept.mark !== catalogueMark(state)) throw new Refused('import-stale');
      const drafts = this.opened(kept);
      const ids = nextLotIds(state, drafts.length);
      const lots: NumberedDraft[] = drafts.map((draft, nth) => ({ lot: ids[nth]!, draft }));
      await this.parts.catalogue.describe(showId, state, 'catalogue', lots, useUp(importId));
      return { lots: lots.length, units: drafts.reduce((sum, { units }) => sum + units, 0) };
    });
  }

  private async keep(showId: string, mark: string, lots: readonly LotDraft[]): Promise<string> {
    const [id, nowMs] = [randomUUID(), this.parts.nowMs()];
    const { manager } = this.parts.db;
    await forgetOld(manager, showId, nowMs);
    const sealed = this.parts.vault.seal(Buffer.from(JSON.stringify(lots)), id);
    await manager.insert(CatalogueImport, {
      ...{ id, showId, mark },
      lots: sealed,
      expiresAt: new Date(nowMs + IMPORT_LIFE_MS),
    });
    return id;
  }

  private async find(showId: string, id: string): Promise<CatalogueImport> {
    const kept = isUuid(id) && (await this.parts.db.manager.findOneBy(CatalogueImport, { id, showId }));
    if (!kept || kept.expiresAt.getTime() < this.parts.nowMs()) throw new Refused('import-stale');
    return kept;
  }

  private opened({ id, lots }: CatalogueImport): NumberedDraft['draft'][] {
    return JSON.parse(this.parts.vault.open(lots, id).toString()) as NumberedDraft['draft'][];
  }
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** What nobody confirmed in time, and of this show all but the newest. */
async function forgetOld(manager: EntityManager, showId: string, nowMs: number): Promise<void> {
  await manager.delete(CatalogueImport, { expiresAt: LessThan(new Date(nowMs)) });
  const older = await manager.find(CatalogueImport, {
    select: { id: true },
    where: { showId },
    order: { expiresAt: 'DESC' },
    skip: IMPORTS_PER_SHOW_MAX - 1,
  });
  if (older.length > 0) await manager.delete(CatalogueImport, { id: In(older.map(({ id }) => id)) });
}

/** In the transaction of the lots: who confirms twice, also on another server, is refused. */
const useUp = (id: string) => async (manager: EntityManager) => {
  const { affected } = await manager.delete(CatalogueImport, { id });
  if (affected !== 1) throw new Refused('import-stale');
};
