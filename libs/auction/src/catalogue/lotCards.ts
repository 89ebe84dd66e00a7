import { type LotCard, type LotDraft } from '@qingpai/wire';
import { type EntityManager } from 'typeorm';
import { LotCardRow } from './entities.js';

/** The cards of a show's lots, by lot id; struck lots keep theirs. */
export async function cardsOf(manager: EntityManager, showId: string): Promise<LotCard[]> {
  const rows = await manager.find(LotCardRow, { where: { showId }, order: { lot: 'ASC' } });
  return rows.map(cardOf);
}

export async function cardOfLot(
  manager: EntityManager,
  showId: string,
  lot: string,
): Promise<LotCard | null> {
  const row = await manager.findOneBy(LotCardRow, { showId, lot });
  return row && cardOf(row);
}

/** Writes what these lots' drafts say, beside their leaves. Photos stay. */
export async function writeCards(
  manager: EntityManager,
  showId: string,
  lots: readonly { lot: string; draft: LotDraft }[],
): Promise<void> {
  const rows = lots.map(({ lot, draft: { growerName, village, grade, source } }) => ({
    ...{ showId, lot, growerName, village, grade, source },
  }));
  await manager.upsert(LotCardRow, rows, ['showId', 'lot']);
}

export async function addPhotoToCard(
  manager: EntityManager,
  showId: string,
  lot: string,
  name: string,
): Promise<void> {
  await manager.query(
    `UPDATE lot_cards SET photos = array_append(photos, $3)
      WHERE show_id = $1 AND lot = $2 AND NOT photos @> ARRAY[$3]`,
    [showId, lot, name],
  );
}

/** A lot that was taken up from another show looks as it did there. */
export async function copyPhotos(
  manager: EntityManager,
  from: { showId: string; lot: string },
  to: { showId: string; lot: string },
): Promise<void> {
  await manager.query(
    `UPDATE lot_cards AS taken SET photos = source.photos FROM lot_cards AS source
      WHERE taken.show_id = $1 AND taken.lot = $2 AND source.show_id = $3 AND source.lot = $4`,
    [to.showId, to.lot, from.showId, from.lot],
  );
}

/** Where a lot's photo can be looked at. */
export const photoPath = (name: string): string => `/photos/${name}`;

function cardOf({ lot, growerName, village, grade, source, photos }: LotCardRow): LotCard {
  return { lot, growerName, village, grade, source, photos: photos.map(photoPath) };
}
