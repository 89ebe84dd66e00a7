import type { RoomMe } from '@qingpai/wire';
import { post, type Asked } from '../../shared/api';
import { ownKey, renewKey, type OwnKey } from '../../shared/ownKey';

/** Whoever takes a paddle, or comes back with this phone. The key is null where the phone can make none. */
export type Joined = { me: RoomMe; key: OwnKey | null };

const nameOf = (showId: string) => `bids/${showId}`;

/** Takes a paddle, or comes back to it, and registers this phone's own key for the show with it. */
export async function joinShow(showId: string, more: { nickname?: string } = {}): Promise<Asked<Joined>> {
  const key = await ownKey(nameOf(showId)).catch(() => null);
  const joined = await joinWith(showId, key, more);
  if (joined.ok || joined.problem.code !== 'key-taken') return joined;
  // Somebody else has bid with this phone before.
  return joinWith(showId, await renewKey(nameOf(showId)), more);
}

async function joinWith(
  showId: string,
  key: OwnKey | null,
  more: { nickname?: string },
): Promise<Asked<Joined>> {
  const path = `/api/shows/${showId}/join`;
  const joined = await post<{ me: RoomMe }>(path, { ...more, ...(key && { key: key.key }) });
  return joined.ok ? { ok: true, value: { me: joined.value.me, key } } : joined;
}
