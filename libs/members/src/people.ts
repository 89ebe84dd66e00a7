import { randomBytes, randomUUID } from 'node:crypto';
import { type Role } from '@qingpai/wire';
import { type EntityManager } from 'typeorm';
import { Member } from './entities.js';
import { type MemberState } from './rules/roles.js';
import { type Vault } from './vault.js';

export interface NewMember {
  role: Role;
  nickname: string;
  state?: MemberState;
  townshipId?: string;
  phone?: string;
}

/** Stores a new member, the phone sealed; of two with the same phone at once, one stays. Answers the id. */
export async function addMember(
  manager: EntityManager,
  vault: Vault,
  person: NewMember,
  nowMs: number,
): Promise<string> {
  const id = randomUUID();
  await manager
    .createQueryBuilder()
    .insert()
    .into(Member)
    .values({
      id,
      role: person.role,
      nickname: person.nickname,
      townshipId: person.townshipId ?? null,
      state: person.state ?? 'active',
      phoneMac: person.phone === undefined ? null : vault.phoneMac(person.phone),
      phoneCipher: person.phone === undefined ? null : vault.seal(Buffer.from(person.phone), id),
      identitySalt: vault.seal(randomBytes(32), id),
      createdAt: new Date(nowMs),
    })
    .orIgnore()
    .execute();
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

export function phoneOf(vault: Vault, member: Member): string | null {
  return member.phoneCipher === null ? null : vault.open(member.phoneCipher, member.id).toString();
}
