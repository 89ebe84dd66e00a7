import { type Role } from '@qingpai/wire';
import { type DataSource, type EntityManager } from 'typeorm';
import { bearerToken, cookieToken } from './cookie.js';
import { Session } from './entities.js';
import { SESSION_LIFE_MS, SESSION_TOUCH_MS } from './limits.js';
import { nicknameOf, personSeal } from './people.js';
import { type Actor, type MemberState } from './rules/roles.js';
import { hashOf, newToken } from './secrets.js';
import { rowsOf } from './sql.js';
import { type Vault } from './vault.js';

/** The member behind a request or a socket. */
export interface SessionMember extends Actor {
  nickname: string;
  /** Tells one session of a member from another; not the token, safe to log. */
  sessionId: string;
  expiresAtMs: number;
  /** Its thirty days have just started anew: the cookie is to be set again. */
  renewed: boolean;
}

export interface SessionEnded {
  memberId: string;
  sessionIds: string[];
}

interface SessionRow {
  id: string;
  township_id: string | null;
  role: Role;
  nickname: string | null;
  nickname_cipher: Buffer | null;
  wrapped: Buffer | null;
  state: MemberState;
  expires_at: Date;
  last_seen: Date;
}

/** Starts a session and answers its token, which is stored nowhere. */
export async function startSession(manager: EntityManager, memberId: string, nowMs: number): Promise<string> {
  const token = newToken();
  await manager.insert(Session, {
    tokenHash: hashOf(token),
    memberId,
    createdAt: new Date(nowMs),
    expiresAt: new Date(nowMs + SESSION_LIFE_MS),
    lastSeen: new Date(nowMs),
  });
  return token;
}

/** The token a request carries: a bearer token before a cookie. */
export function tokenOf(cookieHeader: string | undefined, authorization: string | undefined): string | null {
  return bearerToken(authorization) ?? cookieToken(cookieHeader);
}

export async function sessionOfToken(
  db: DataSource,
  vault: Vault,
  token: string,
  nowMs: number,
): Promise<SessionMember | null> {
  const tokenHash = hashOf(token);
  const [row] = await rowsOf<SessionRow>(
    db.manager,
    `SELECT m.id, m.township_id, m.role, m.nickname, m.nickname_cipher, k.wrapped, m.state, s.expires_at, s.last_seen
     FROM sessions s JOIN members m ON m.id = s.member_id LEFT JOIN member_keys k ON k.member_id = m.id
     WHERE s.token_hash = $1 AND s.expires_at > $2 AND m.state IN ('active', 'waiting')`,
    [tokenHash, new Date(nowMs)],
  );
  if (!row) return null;
  const { id, nickname, nickname_cipher: nicknameCipher } = row;
  const renewed = nowMs - row.last_seen.getTime() >= SESSION_TOUCH_MS;
  if (renewed) await touch(db, tokenHash, nowMs);
  return {
    memberId: row.id,
    townshipId: row.township_id,
    role: row.role,
    nickname: nicknameOf(personSeal(vault, id, row.wrapped), { id, nickname, nicknameCipher }) ?? '',
    state: row.state,
    sessionId: tokenHash.toString('hex'),
    expiresAtMs: renewed ? nowMs + SESSION_LIFE_MS : row.expires_at.getTime(),
    renewed,
  };
}

async function touch(db: DataSource, tokenHash: Buffer, nowMs: number): Promise<void> {
  await db.query('UPDATE sessions SET last_seen = $2, expires_at = $3 WHERE token_hash = $1', [
    tokenHash,
    new Date(nowMs),
    new Date(nowMs + SESSION_LIFE_MS),
  ]);
}

/** Ends one session, or all of a member; answers which. */
export async function deleteSessions(
  manager: EntityManager,
  which: { token: string } | { memberId: string },
): Promise<SessionEnded[]> {
  const [column, value] =
    'token' in which ? ['token_hash', hashOf(which.token)] : ['member_id', which.memberId];
  const ended = await rowsOf<{ token_hash: Buffer; member_id: string }>(
    manager,
    `DELETE FROM sessions WHERE ${column} = $1 RETURNING token_hash, member_id`,
    [value],
  );
  if (ended.length === 0) return [];
  const sessionIds = ended.map((row) => row.token_hash.toString('hex'));
  return [{ memberId: ended[0]!.member_id, sessionIds }];
}
