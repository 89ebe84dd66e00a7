import { OneByOne, type PictureFolder, Refused } from '@qingpai/platform';
import { type LotCard, type LotDraft, type LotState, type ShowState } from '@qingpai/wire';
import { type DataSource, type EntityManager } from 'typeorm';
import { type Desks } from '../desk/desks.js';
import { type Command } from '../rules/command.js';
import { TakenLotRow } from '../registry/entities.js';
import { openList } from '../rules/show.js';
import { type ShowStore } from '../store/showStore.js';
import { lotNumberOf } from './columns.js';
import { problemsOf, wordsOf } from './draftProblems.js';
import { PHOTOS_PER_LOT_MAX } from './limits.js';
import { addPhotoToCard, cardOfLot, cardsOf, photoPath, writeCards } from './lotCards.js';
import { nextLotIds, nextNumber, takenNumbers } from './numbers.js';

export interface CatalogueParts {
  db: DataSource;
  store: ShowStore;
  desks: Desks;
  /** Photos of lots: anybody may look at them. */
  photos: PictureFolder;
}

type Describing = Extract<Command, { name: 'catalogue' | 'amend' }>;
type Beside = (manager: EntityManager) => Promise<void>;
/** A draft with its id and number: ready to be described in the log. */
export interface NumberedDraft {
  lot: string;
  draft: LotDraft & { number: string };
  /** Taken up from another show: `<origin>#<lot>`. */
  from?: string;
}

/**
 * The catalogue of a show before its list is sealed. Each change is a leaf of the show's log, written by the desk;
 * who grew a lot, its floor and its photos are kept beside. What is expected to fail throws `Refused`.
 */
export class Catalogue {
  private readonly lines = new OneByOne();

  constructor(private readonly parts: CatalogueParts) {}

  /** One change of a show's catalogue at a time: numbers and ids are taken from what the last one left. */
  inTurn<T>(showId: string, work: (state: ShowState) => Promise<T>): Promise<T> {
    return this.lines.run(showId, async () => work((await this.parts.desks.of(showId)).state));
  }

  /** Refuses what `problemsOf` names, `number-taken`, `wrong-phase`, `unknown-show`. */
  add(showId: string, draft: LotDraft): Promise<{ lot: string; number: string }> {
    return this.inTurn(showId, async (state) => {
      const number = numberOf(draft) ?? nextNumber(takenNumbers(state));
      const [lot] = nextLotIds(state, 1);
      await this.describe(showId, state, 'catalogue', [{ lot: lot!, draft: { ...draft, number } }]);
      return { lot: lot!, number };
    });
  }

  /**
   * Describes a lot anew. Refuses as `add` does, and `unknown-lot`; after sealing `wrong-phase`; `units-of-carried` for
   * other units of a lot that was taken up from another show.
   */
  amend(showId: string, lot: string, draft: LotDraft): Promise<{ lot: string; number: string }> {
    return this.inTurn(showId, async (state) => {
      const number = numberOf(draft) ?? lotOf(state, lot).number;
      const taken = await this.parts.db.manager.findOneBy(TakenLotRow, { showId, lot });
      if (taken && taken.units !== draft.units) throw new Refused('units-of-carried');
      const from = taken && `${(await this.parts.store.show(taken.fromShow)).origin}#${taken.fromLot}`;
      await this.describe(showId, state, 'amend', [
        { lot, draft: { ...draft, number }, ...(from && { from }) },
      ]);
      return { lot, number };
    });
  }

  /** Takes a lot out before its list is sealed; one of another show waits again. Refuses: `unknown-lot`, `wrong-phase`. */
  strike(showId: string, lot: string): Promise<void> {
    return this.inTurn(showId, async () => {
      const desk = await this.parts.desks.of(showId);
      const giveBack = async (manager: EntityManager) =>
        void (await manager.delete(TakenLotRow, { showId, lot }));
      const answer = await desk.command({ by: 'host', name: 'strike', lot }, giveBack);
      if (!answer.ok) throw new Refused(answer.reason);
    });
  }

  /** Puts these lots into the log, all or none, their floors and cards beside, and `also` in the same transaction. */
  async describe(
    showId: string,
    state: ShowState,
    name: Describing['name'],
    lots: readonly NumberedDraft[],
    also?: Beside,
  ): Promise<void> {
    for (const { draft } of lots) assertSellable(draft, state.rules);
    const list = openList(state);
    const described = await Promise.all(lots.map((one) => this.described(showId, list, name, one)));
    const desk = await this.parts.desks.of(showId);
    const answer = await desk.command(
      described.map(({ command }) => command),
      async (manager) => {
        for (const { besideFloor } of described) await besideFloor(manager);
        await writeCards(manager, showId, lots);
        await also?.(manager);
      },
    );
    if (!answer.ok) throw new Refused(answer.reason);
  }

  private async described(
    showId: string,
    list: number,
    name: Describing['name'],
    { lot, draft, from }: NumberedDraft,
  ): Promise<{ command: Describing; besideFloor: Beside }> {
    const { number, title, unit, units, format, startFen, stepFen, referenceFen, floorFen } = draft;
    const { capFen, buyNowFen } = draft;
    const { commitment, beside } = this.parts.store.sealFloor(showId, lot, floorFen);
    const grower = await this.parts.store.pseudonymOf(showId, growerKey(draft));
    const body = {
      ...{ list, lot, number, title, grower, unit, units, format, startFen },
      ...(stepFen !== undefined && { stepFen }),
      ...(capFen !== undefined && { capFen }),
      ...(buyNowFen !== undefined && { buyNowFen }),
      // 0 and none are the same: there is no reference price.
      ...(referenceFen !== undefined && referenceFen > 0 && { referenceFen }),
      ...(draft.fresh === false && { fresh: false as const }),
      floor: commitment,
      ...(from !== undefined && { from }),
    };
    return { command: { by: 'host', name, lot: body, floorFen }, besideFloor: beside };
  }

  // ------------------------------------------------------------ beside the log

  cards(showId: string): Promise<LotCard[]> {
    return cardsOf(this.parts.db.manager, showId);
  }

  /** Fen per unit, by lot; lots without a floor are not in it. For host and officer only. */
  async floors(showId: string): Promise<{ lot: string; floorFen: number }[]> {
    const { state } = await this.parts.desks.of(showId);
    const openings = [...(await this.parts.store.floorsOf(showId)).values()];
    return openings
      .filter(({ lot }) => state.lots[lot]?.floor)
      .map(({ lot, floorFen }) => ({ lot, floorFen }));
  }

  /** Refuses: `unknown-lot`, `bad-photo`, `too-large`, `photos-full`. Also while the show runs: a photo changes no terms. */
  addPhoto(showId: string, lot: string, upload: Buffer): Promise<{ path: string; cards: LotCard[] }> {
    return this.inTurn(showId, async (state) => {
      lotOf(state, lot);
      const card = await cardOfLot(this.parts.db.manager, showId, lot);
      if (!card) throw new Error(`bug: lot ${lot} of ${showId} has no card`);
      const { name } = await this.parts.photos.keep(upload);
      const isNew = !card.photos.includes(photoPath(name));
      if (isNew && card.photos.length >= PHOTOS_PER_LOT_MAX) throw new Refused('photos-full');
      await addPhotoToCard(this.parts.db.manager, showId, lot, name);
      return { path: photoPath(name), cards: await this.cards(showId) };
    });
  }

  /** WebP bytes; null when there is no such photo. */
  photo(name: string): Promise<Buffer | null> {
    return this.parts.photos.read(name);
  }
}

/** A grower has no account yet: name and village say who it is, the same in all lots of the show. */
const growerKey = ({ village, growerName }: LotDraft): string => `grower:${village}/${growerName}`;

function lotOf(state: ShowState, lot: string): LotState {
  const found = Object.hasOwn(state.lots, lot) ? state.lots[lot] : undefined;
  if (!found) throw new Refused('unknown-lot');
  return found;
}

/** The number as it is printed, so that 0012 and 012 are one; undefined where none was given. */
function numberOf({ number }: LotDraft): string | undefined {
  if (number === undefined) return undefined;
  const reading = lotNumberOf(number);
  if (!reading.ok) throw malformed('number', reading.problem);
  return reading.value;
}

function assertSellable(draft: LotDraft, rules: ShowState['rules']): void {
  const problems = problemsOf(draft, rules);
  if (problems.length === 0) return;
  const errors = problems.map(({ field, reason }) => ({ path: field, message: wordsOf(reason).en }));
  throw new Refused(problems[0]!.reason, undefined, errors);
}

function malformed(path: string, { en }: { en: string }): Refused {
  return new Refused('malformed', undefined, [{ path, message: en }]);
}
