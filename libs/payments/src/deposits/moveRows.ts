import { rowsOf } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type Reason } from '@qingpai/wire';
import { type EntityManager, In } from 'typeorm';
import { PAYMENTS_PER_SHOW_MAX } from '../limits.js';
import { DepositMoveRow } from './entities.js';

/** Of a show or of one bidder in it, newest first. */
export const movesOf = (
  manager: EntityManager,
  where: { showId: string; bidder?: string },
): Promise<DepositMoveRow[]> =>
  manager.find(DepositMoveRow, { where, order: { recordedAt: 'DESC' }, take: PAYMENTS_PER_SHOW_MAX });

/** Unique indexes by what it means to run into them. */
const collisions: Record<string, Reason> = {
  deposits_reference_once: 'reference-used',
  deposits_one_waits: 'payment-pending',
  deposits_back_once: 'payment-pending',
};

/** Refuses: `reference-used`, `payment-pending`. */
export async function keepMove(manager: EntityManager, row: DepositMoveRow): Promise<void> {
  await manager.insert(DepositMoveRow, row).catch((error: { constraint?: string }) => {
    const reason = collisions[error.constraint ?? ''];
    throw reason === undefined ? error : new Refused(reason);
  });
}

/** Takes the photos off the movements of erased buyers; answers those that no other movement shows. */
export async function dropPhotosOfErased(manager: EntityManager): Promise<string[]> {
  const dropped = await rowsOf<{ photo: string }>(
    manager,
    `UPDATE deposit_moves m SET photo = NULL, photo_hash = NULL FROM deposit_moves old
     WHERE old.id = m.id AND m.photo IS NOT NULL AND m.sealed_for IN (SELECT id FROM members WHERE state = 'erased')
     RETURNING old.photo`,
    [],
  );
  const names = [...new Set(dropped.map(({ photo }) => photo))];
  const shown = await manager.findBy(DepositMoveRow, { photo: In(names) });
  return names.filter((name) => !shown.some(({ photo }) => photo === name));
}
