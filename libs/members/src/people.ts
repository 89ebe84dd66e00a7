import { randomBytes, randomUUID } from 'node:crypto';
import { type Role } from '@qingpai/wire';
import { type EntityManager, In } from 'typeorm';
import { Member, MemberKey } from './entities.js';
import { type MemberState } from './rules/roles.js';
import { rowsOf } from './sql.js';
import { type Seal, type Vault } from './vault.js';

export interface NewMember {
  role: Role;
  nickname: string;
  state?: MemberState;
  townshipId?: string;
  phone?: string;
}

/** What is sealed of a member, opened. */
export interface Personal {
  nickname: string;
  phone: string | null;
  /** 32 bytes. */
  salt: Buffer;
}

/** `personal` is null once he is erased: his key is gone. */
export interface OpenedMember {
  member: Member;
  personal: Personal | null;
}

/**
 * Stores a new member, what is personal sealed under a fresh key of his own; of two with the same phone at once, one
 * stays. Answers the id.
 */
export async function addMember(
  manager: EntityManager,
  vault: Vault,
  person: NewMember,
  nowMs: number,
): Promise<string> {
  const id = randomUUID();
  const { wrapped, seal } = vault.newPersonKey(id);
  const { nickname, phone = null } = person;
  await manager
    .createQueryBuilder()
    .insert()
    .into(Member)
    .values({
      id,
      role: person.role,
      townshipId: person.townshipId ?? null,
      state: person.state ?? 'active',
      phoneMac: phone === null ? null : vault.phoneMac(phone),
      ...sealed(seal, id, { nickname, phone, salt: randomBytes(32) }),
      createdAt: new Date(nowMs),
    })
    .orIgnore()
    .execute();
  await keepKey(manager, id, wrapped, nowMs);
  return id;
}

export function memberByPhone(manager: EntityManager, vault: Vault, phone: string): Promise<Member | null> {
  return manager.findOneBy(Member, { phoneMac: vault.phoneMac(phone) });
}

/** The member with this phone, made when there is none. */
export async function memberOfPhone(
  manager: EntityManager,
  vault: Vault,
  person: NewMember & { phone: string },
  nowMs: number,
): Promise<Member> {
  const known = await memberByPhone(manager, vault, person.phone);
  if (known) return known;
  await addMember(manager, vault, person, nowMs);
  const added = await memberByPhone(manager, vault, person.phone);
  if (!added) throw new Error('bug: a member just stored is not there');
  return added;
}

/** Members by id, what is sealed of them opened. Unknown ids are left out. */
export async function openedMembers(
  manager: EntityManager,
  vault: Vault,
  ids: string[],
): Promise<Map<string, OpenedMember>> {
  const [members, keys] = await Promise.all([
    manager.findBy(Member, { id: In(ids) }),
    manager.findBy(MemberKey, { memberId: In(ids) }),
  ]);
  const wrapped = new Map(keys.map((key) => [key.memberId, key.wrapped]));
  return new Map(
    members.map((member) => {
      const seal = personSeal(vault, member.id, wrapped.get(member.id) ?? null);
      return [member.id, { member, personal: personalOf(seal, member) }];
    }),
  );
}

export async function openedMember(
  manager: EntityManager,
  vault: Vault,
  id: string,
): Promise<OpenedMember | null> {
  return (await openedMembers(manager, vault, [id])).get(id) ?? null;
}

/** What seals for a member, by id; who is locked or erased has none. */
export async function sealsOf(
  manager: EntityManager,
  vault: Vault,
  ids: string[],
): Promise<Map<string, Seal>> {
  const rows = await rowsOf<{ id: string; wrapped: Buffer }>(
    manager,
    `SELECT m.id, k.wrapped FROM members m JOIN member_keys k ON k.member_id = m.id
     WHERE m.id = ANY($1) AND m.state NOT IN ('locked', 'erased')`,
    [ids],
  );
  return new Map(rows.map(({ id, wrapped }) => [id, vault.openPersonKey(wrapped, id)]));
}

/** What opens a member's data: his own key, or the vault's for a row from before persons had keys. */
export function personSeal(vault: Vault, memberId: string, wrapped: Buffer | null): Seal {
  return wrapped === null ? vault : vault.openPersonKey(wrapped, memberId);
}

/** A nickname of a row, sealed or from before. Null: erased. */
export function nicknameOf(
  seal: Seal,
  { id, nickname, nicknameCipher }: Pick<Member, 'id' | 'nickname' | 'nicknameCipher'>,
): string | null {
  return nicknameCipher === null ? nickname : seal.open(nicknameCipher, id).toString();
}

function personalOf(seal: Seal, member: Member): Personal | null {
  const nickname = nicknameOf(seal, member);
  if (nickname === null || member.identitySalt === null) return null;
  const phone = member.phoneCipher === null ? null : seal.open(member.phoneCipher, member.id).toString();
  return { nickname, phone, salt: seal.open(member.identitySalt, member.id) };
}

export async function rename(
  manager: EntityManager,
  vault: Vault,
  memberId: string,
  nickname: string,
): Promise<void> {
  const key = await manager.findOneBy(MemberKey, { memberId });
  const seal = personSeal(vault, memberId, key?.wrapped ?? null);
  const nicknameCipher = seal.seal(Buffer.from(nickname), memberId);
  await manager.update(Member, { id: memberId }, { nickname: null, nicknameCipher });
}

/** Gives members from before persons had keys a key of their own, and seals anew under it. Answers how many. */
export async function sealAnew(manager: EntityManager, vault: Vault, nowMs: number): Promise<number> {
  const older = await manager
    .createQueryBuilder(Member, 'm')
    .where(`m.state <> 'erased' AND NOT EXISTS (SELECT FROM member_keys k WHERE k.member_id = m.id)`)
    .setLock('pessimistic_write')
    .getMany();
  for (const member of older) {
    const personal = personalOf(vault, member);
    if (personal === null) throw new Error('bug: a member who is not erased has no salt');
    const { wrapped, seal } = vault.newPersonKey(member.id);
    await manager.update(Member, { id: member.id }, sealed(seal, member.id, personal));
    await keepKey(manager, member.id, wrapped, nowMs);
  }
  return older.length;
}

function sealed(seal: Seal, id: string, { nickname, phone, salt }: Personal) {
  return {
    nickname: null,
    nicknameCipher: seal.seal(Buffer.from(nickname), id),
    phoneCipher: phone === null ? null : seal.seal(Buffer.from(phone), id),
    identitySalt: seal.seal(salt, id),
  };
}

/** Nobody's key when the member was not stored: another with his phone was first. */
async function keepKey(manager: EntityManager, id: string, wrapped: Buffer, nowMs: number): Promise<void> {
  await manager.query(
    `INSERT INTO member_keys (member_id, wrapped, created_at)
     SELECT id, $2, $3 FROM members WHERE id = $1`,
    [id, wrapped, new Date(nowMs)],
  );
}
