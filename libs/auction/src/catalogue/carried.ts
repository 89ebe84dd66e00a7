import { OneByOne, Refused } from '@qingpai/platform';
import { type CarriedLot, type LotCard, type LotState, type TakeUp } from '@qingpai/wire';
import { type DataSource, type EntityManager, In } from 'typeorm';
import { type Desks } from '../desk/desks.js';
import { EndedShow, TakenLotRow } from '../registry/entities.js';
import { openUnits } from '../rules/lot.js';
import { Lot, Show } from '../store/entities.js';
import { type ShowStore } from '../store/showStore.js';
import { type Catalogue, type NumberedDraft } from './catalogue.service.js';
import { cardOfLot, copyPhotos } from './lotCards.js';
import { nextLotIds, nextNumber, takenNumbers } from './numbers.js';

export interface CarriedParts {
  db: DataSource;
  store: ShowStore;
  desks: Desks;
  catalogue: Catalogue;
}

/** Where a lot was carried from, as its leaf says it: `<origin>#<lot>`. */
const fromOf = (origin: string, lot: string): string => `${origin}#${lot}`;

/**
 * Lots that another show carried, or left without an end when its log was continued: each is taken up once, whole, so
 * that nothing gets lost between two shows (LEDGER §1.3).
 */
export class Carried {
  private readonly turns = new OneByOne();

  constructor(private readonly parts: CarriedParts) {}

  /** What this show may take up, of all shows of its township. Refuses: `unknown-show`. */
  async listFor(showId: string): Promise<CarriedLot[]> {
    const { db, store } = this.parts;
    const { townshipId } = await store.show(showId);
    const shows = await db.manager.findBy(Show, { townshipId });
    const sources = shows.map((show) => show.showId).filter((id) => id !== showId);
    if (sources.length === 0) return [];
    const taken = new Set(
      (await db.manager.findBy(TakenLotRow, { fromShow: In(sources) })).map(({ fromShow, fromLot }) =>
        fromOf(fromShow, fromLot),
      ),
    );
    const [carried, left] = [await this.carriedIn(sources), await this.leftIn(sources)];
    return [...carried, ...left].filter(({ show, lot }) => !taken.has(fromOf(show, lot)));
  }

  /** Carried by the host. */
  private async carriedIn(shows: string[]): Promise<CarriedLot[]> {
    const order = { showId: 'ASC', number: 'ASC' } as const;
    const where = { showId: In(shows), phase: 'carried' as const };
    const lots = await this.parts.db.manager.find(Lot, { where, order });
    return lots.map((lot) => ({
      ...{ show: lot.showId, lot: lot.lot, number: lot.number, title: lot.title, unit: lot.unit },
      ...{
        units: lot.carriedUnits,
        format: lot.format,
        startFen: lot.startFen,
        hasFloor: lot.floor !== null,
      },
    }));
  }

  /** Without an end in a log that another one goes on from. */
  private async leftIn(shows: string[]): Promise<CarriedLot[]> {
    const { db, desks } = this.parts;
    const continued = await db.manager.findBy(EndedShow, { showId: In(shows), how: 'continued' });
    const left: CarriedLot[] = [];
    for (const { showId } of continued) {
      const { lots } = (await desks.of(showId)).state;
      for (const lot of Object.values(lots)) if (isLeft(lot)) left.push(carriedLot(showId, lot));
    }
    return left;
  }

  /**
   * Describes it anew in this show, with its photos. Refuses: `not-carried`, `already-taken-up`, `floor-word-missing`,
   * and as `Catalogue.add` does.
   */
  takeUp(showId: string, wanted: TakeUp): Promise<{ lot: string; number: string }> {
    // Two shows may want the same lot: whoever comes second finds it taken.
    return this.turns.run('take-up', async () => {
      const found = (await this.listFor(showId)).find(
        ({ show, lot }) => show === wanted.show && lot === wanted.lot,
      );
      if (!found) throw new Refused((await this.isTaken(wanted)) ? 'already-taken-up' : 'not-carried');
      const floorFen = await this.floorOf(found, wanted);
      return this.parts.catalogue.inTurn(showId, async (state) => {
        const numbers = takenNumbers(state);
        const number = numbers.has(found.number) ? nextNumber(numbers) : found.number;
        const [lot] = nextLotIds(state, 1);
        const draft = await this.draftOf(found, number, floorFen);
        const from = fromOf((await this.parts.store.show(found.show)).origin, found.lot);
        await this.parts.catalogue.describe(
          showId,
          state,
          'catalogue',
          [{ lot: lot!, draft, from }],
          (manager) => this.writeTaken(manager, { showId, lot: lot!, found }),
        );
        return { lot: lot!, number };
      });
    });
  }

  private async isTaken({ show, lot }: TakeUp): Promise<boolean> {
    return this.parts.db.manager.existsBy(TakenLotRow, { fromShow: show, fromLot: lot });
  }

  private async writeTaken(
    manager: EntityManager,
    { showId, lot, found }: { showId: string; lot: string; found: CarriedLot },
  ): Promise<void> {
    const { show: fromShow, lot: fromLot, units } = found;
    await manager.insert(TakenLotRow, { fromShow, fromLot, showId, lot, units });
    await copyPhotos(manager, { showId: fromShow, lot: fromLot }, { showId, lot });
  }

  /** A floor stands only by the grower's word; a lot without one may get one. */
  private async floorOf(
    { show, lot, hasFloor }: CarriedLot,
    { floorStands, floorFen }: TakeUp,
  ): Promise<number> {
    if (floorFen !== undefined) return floorFen;
    if (!hasFloor) return 0;
    const opening = floorStands && (await this.parts.store.floorsOf(show)).get(lot);
    if (!opening) throw new Refused('floor-word-missing');
    return opening.floorFen;
  }

  /** As it was described, but for the number and the floor. */
  private async draftOf(
    { show, lot: id, units }: CarriedLot,
    number: string,
    floorFen: number,
  ): Promise<NumberedDraft['draft']> {
    const lot = (await this.parts.desks.of(show)).state.lots[id];
    const card = await cardOfLot(this.parts.db.manager, show, id);
    if (!lot || !card) throw new Error(`bug: lot ${id} of ${show} is not described`);
    const { title, unit, format, startFen, stepFen, referenceFen, capFen, buyNowFen } = lot;
    return {
      ...{ number, title, unit, units, format, startFen, floorFen, ...sourceOf(card) },
      ...(stepFen !== null && { stepFen }),
      ...(capFen !== null && { capFen }),
      ...(buyNowFen !== null && { buyNowFen }),
      ...(referenceFen !== null && { referenceFen }),
      ...(lot.fresh === false && { fresh: false }),
    };
  }
}

const isLeft = (lot: LotState): boolean =>
  lot.phase !== 'draft' && lot.phase !== 'struck' && openUnits(lot) > 0;

const carriedLot = (show: string, lot: LotState): CarriedLot => ({
  ...{ show, lot: lot.lot, number: lot.number, title: lot.title, unit: lot.unit, units: openUnits(lot) },
  ...{ format: lot.format, startFen: lot.startFen, hasFloor: lot.floor !== null },
});

const sourceOf = ({ growerName, village, grade, source }: LotCard) => ({
  growerName,
  village,
  grade,
  source,
});
