import { type EntityManager } from 'typeorm';
import { OneTimeToken } from './entities.js';
import { LINK_LIFE_MS, SLIP_LIFE_MS } from './limits.js';
import { hashOf, newToken } from './secrets.js';
import { rowsOf } from './sql.js';

/** `path` ends in the token as a fragment, which browsers keep out of requests, and so out of logs. */
export interface OneTimePass {
  token: string;
  path: string;
  expiresAtMs: number;
}

export type UsedToken = { kind: 'link'; memberId: string; goTo: string } | { kind: 'slip'; goTo: string };

export async function makeLink(
  manager: EntityManager,
  link: { memberId: string; goTo: string },
  nowMs: number,
): Promise<OneTimePass> {
  const pass = newPass('link', link.goTo, nowMs + LINK_LIFE_MS);
  await manager.insert(OneTimeToken, {
    ...rowOf(pass, 'link', link.goTo),
    memberId: link.memberId,
    // What a link opens is its member's role; the column says what the link was made for.
    role: await roleOf(manager, link.memberId),
    showId: null,
  });
  return pass;
}

export async function makeSlips(
  manager: EntityManager,
  slips: { showId: string; goTo: string; count: number },
  nowMs: number,
): Promise<OneTimePass[]> {
  const passes = Array.from({ length: slips.count }, () => newPass('slip', slips.goTo, nowMs + SLIP_LIFE_MS));
  await manager.insert(
    OneTimeToken,
    passes.map((pass) => ({
      ...rowOf(pass, 'slip' as const, slips.goTo),
      memberId: null,
      role: 'buyer' as const,
      showId: slips.showId,
    })),
  );
  return passes;
}

/** Marks the token as used and says what it was for; null when used, expired or never made. Of two at once, one. */
export async function useToken(
  manager: EntityManager,
  token: string,
  nowMs: number,
): Promise<UsedToken | null> {
  const [used] = await rowsOf<{ kind: 'link' | 'slip'; member_id: string | null; go_to: string }>(
    manager,
    `UPDATE one_time_tokens SET used_at = $2 WHERE hash = $1 AND used_at IS NULL AND expires_at > $2
     RETURNING kind, member_id, go_to`,
    [hashOf(token), new Date(nowMs)],
  );
  if (!used) return null;
  if (used.member_id === null) return { kind: 'slip', goTo: used.go_to };
  return { kind: 'link', memberId: used.member_id, goTo: used.go_to };
}

function newPass(kind: 'link' | 'slip', goTo: string, expiresAtMs: number): OneTimePass {
  if (!/^\/(?!\/)[^#]*$/.test(goTo)) throw new Error('bug: a sign-in link stays on our own pages');
  const token = newToken();
  return { token, path: `${goTo}#${kind}=${token}`, expiresAtMs };
}

function rowOf<Kind extends 'link' | 'slip'>(pass: OneTimePass, kind: Kind, goTo: string) {
  return { hash: hashOf(pass.token), kind, goTo, expiresAt: new Date(pass.expiresAtMs), usedAt: null };
}

async function roleOf(manager: EntityManager, memberId: string) {
  const [member] = await rowsOf<{ role: OneTimeToken['role'] }>(
    manager,
    'SELECT role FROM members WHERE id = $1',
    [memberId],
  );
  if (!member) throw new Error('bug: a link for nobody');
  return member.role;
}
