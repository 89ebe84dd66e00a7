import { type Role } from '@qingpai/wire';
import { type EntityManager, IsNull, LessThanOrEqual, Not } from 'typeorm';
import { Member, MemberKey } from './entities.js';
import { rowsOf } from './sql.js';

/** A member who asked to be erased while a retention period runs. */
export interface LockedMember {
  memberId: string;
  role: Role;
  townshipId: string | null;
  lockedAtMs: number;
  lockedUntilMs: number;
}

/**
 * Keeps what must be kept and shows it nowhere: nobody signs in as a locked member, and his phone no longer leads to
 * him. Who comes again with it is somebody new.
 */
export async function lock(
  manager: EntityManager,
  memberId: string,
  untilMs: number,
  nowMs: number,
): Promise<void> {
  await manager.update(
    Member,
    { id: memberId },
    { state: 'locked', phoneMac: null, lockedAt: new Date(nowMs), lockedUntil: new Date(untilMs) },
  );
  await forgetWaysIn(manager, memberId);
}

/** A period turned out to run longer, e.g. since a deal of his was only now completed. */
export async function keepLocked(manager: EntityManager, memberId: string, untilMs: number): Promise<void> {
  await manager.update(Member, { id: memberId, state: 'locked' }, { lockedUntil: new Date(untilMs) });
}

/**
 * Destroys a member's key and salt, and what was sealed under it. His row stays, without anything personal, since
 * seats and payments name it; his identity commitments in the logs can be opened by nobody any more.
 */
export async function erase(manager: EntityManager, memberId: string): Promise<void> {
  await manager.delete(MemberKey, { memberId });
  const nothing = {
    ...{ nickname: null, nicknameCipher: null, phoneCipher: null, phoneMac: null, identitySalt: null },
    lockedUntil: null,
  };
  await manager.update(Member, { id: memberId }, { state: 'erased', ...nothing });
  await forgetWaysIn(manager, memberId);
}

/** All who are locked, the first to be erased first. */
export async function lockedMembers(manager: EntityManager): Promise<LockedMember[]> {
  const rows = await manager.find(Member, {
    where: { state: 'locked', lockedUntil: Not(IsNull()) },
    order: { lockedUntil: 'ASC', id: 'ASC' },
  });
  return rows.map(lockedMember);
}

/** Locked members whose day has come. */
export async function dueToBeErased(manager: EntityManager, nowMs: number): Promise<LockedMember[]> {
  const rows = await manager.findBy(Member, {
    state: 'locked',
    lockedUntil: LessThanOrEqual(new Date(nowMs)),
  });
  return rows.map(lockedMember);
}

/** When a member was last seen signed in; null: never, or he has signed out everywhere. */
export async function lastSeenMs(manager: EntityManager, memberId: string): Promise<number | null> {
  const [row] = await rowsOf<{ at: Date | null }>(
    manager,
    'SELECT max(last_seen) AS at FROM sessions WHERE member_id = $1',
    [memberId],
  );
  return row?.at?.getTime() ?? null;
}

function lockedMember(row: Member): LockedMember {
  if (!row.lockedAt || !row.lockedUntil) throw new Error('bug: locked, but until when?');
  const { id, role, townshipId } = row;
  return {
    ...{ memberId: id, role, townshipId },
    lockedAtMs: row.lockedAt.getTime(),
    lockedUntilMs: row.lockedUntil.getTime(),
  };
}

async function forgetWaysIn(manager: EntityManager, memberId: string): Promise<void> {
  await manager.query('DELETE FROM one_time_tokens WHERE member_id = $1', [memberId]);
  await manager.query('DELETE FROM waiting WHERE member_id = $1', [memberId]);
}
