import { randomUUID } from 'node:crypto';
import { type Role } from '@qingpai/wire';
import { type DataSource, type EntityManager } from 'typeorm';
import { Township } from './entities.js';
import { makeLink, type OneTimePass } from './oneTimeTokens.js';
import { memberOfPhone } from './people.js';
import { type Vault } from './vault.js';

export interface Seed {
  township: { name: string; code: string };
  /** `goTo`: page of ours that the person's sign-in link opens. */
  people: { role: Role; phone: string; nickname: string; goTo: string }[];
}

export interface SeededPerson {
  memberId: string;
  role: Role;
  link: OneTimePass;
}

/** May be called at every start: who is there stays as he is, only the links are new. */
export function seed(
  db: DataSource,
  vault: Vault,
  wanted: Seed,
  nowMs: number,
): Promise<{ townshipId: string; people: SeededPerson[] }> {
  return db.transaction(async (manager) => {
    const townshipId = await ensureTownship(manager, wanted.township);
    const people: SeededPerson[] = [];
    for (const { goTo, ...person } of wanted.people) {
      const { id, role } = await memberOfPhone(manager, vault, { ...person, townshipId }, nowMs);
      people.push({ memberId: id, role, link: await makeLink(manager, { memberId: id, goTo }, nowMs) });
    }
    return { townshipId, people };
  });
}

async function ensureTownship(manager: EntityManager, township: Seed['township']): Promise<string> {
  await manager
    .createQueryBuilder()
    .insert()
    .into(Township)
    .values({ id: randomUUID(), ...township })
    .orIgnore()
    .execute();
  return (await manager.findOneByOrFail(Township, { code: township.code })).id;
}
