import { Refused } from '@qingpai/platform';
import { type EntityManager } from 'typeorm';
import { Waiting } from './entities.js';
import { WAITING_PER_SHOW_MAX } from './limits.js';
import { openedMembers } from './people.js';
import { rowsOf } from './sql.js';
import { type Vault } from './vault.js';

export interface WaitingBuyer {
  member: string;
  nickname: string;
  sinceMs: number;
}

/** Puts a member into a show's line; refuses with `too-busy` when the line is full. */
export async function startWaiting(
  manager: EntityManager,
  memberId: string,
  showId: string,
  nowMs: number,
): Promise<void> {
  if ((await manager.countBy(Waiting, { showId })) >= WAITING_PER_SHOW_MAX) throw new Refused('too-busy');
  await manager.query(
    'INSERT INTO waiting (member_id, show_id, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [memberId, showId, new Date(nowMs)],
  );
}

/** Who waits for a show, longest first. */
export async function waitingFor(
  manager: EntityManager,
  vault: Vault,
  showId: string,
): Promise<WaitingBuyer[]> {
  const rows = await rowsOf<{ id: string; since: Date }>(
    manager,
    `SELECT m.id, w.since FROM waiting w JOIN members m ON m.id = w.member_id
     WHERE w.show_id = $1 AND m.state = 'waiting' ORDER BY w.since, m.id`,
    [showId],
  );
  const people = await openedMembers(
    manager,
    vault,
    rows.map(({ id }) => id),
  );
  return rows.map(({ id, since }) => ({
    member: id,
    nickname: people.get(id)?.personal?.nickname ?? '',
    sinceMs: since.getTime(),
  }));
}

/** Lets a member in who waits for this very show; false when he does not. */
export async function letIn(manager: EntityManager, memberId: string, showId: string): Promise<boolean> {
  const admitted = await rowsOf(
    manager,
    `UPDATE members m SET state = 'active' FROM waiting w
     WHERE w.member_id = m.id AND w.show_id = $2 AND m.id::text = $1 AND m.state = 'waiting' RETURNING m.id`,
    [memberId, showId],
  );
  if (admitted.length === 0) return false;
  await manager.query('DELETE FROM waiting WHERE member_id = $1', [memberId]);
  return true;
}
