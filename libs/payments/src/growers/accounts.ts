import { randomUUID } from 'node:crypto';
import { rowsOf, type Seal, type Vault } from '@qingpai/members';
import { growerAccount, type GrowerAccount } from '@qingpai/wire';
import { type DataSource } from 'typeorm';

/** Who a grower is to the house: he has no account of his own; village and name say who he is. */
export interface GrowerName {
  townshipId: string;
  village: string;
  name: string;
}

/**
 * Where growers are paid. Each grower's bank details are sealed under a key of his own; destroying that key
 * (`forget`) is forgetting them, in every copy of the database.
 */
export class GrowerAccounts {
  constructor(private readonly parts: { db: DataSource; vault: Vault; nowMs: () => number }) {}

  /** Keeps the account in place of an earlier one. */
  async keep(grower: GrowerName, account: GrowerAccount, memberId: string): Promise<void> {
    const { id, seal } = await this.sealOf(grower);
    await this.parts.db.query(
      `INSERT INTO grower_accounts (grower_id, sealed, entered_by, entered_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (grower_id) DO UPDATE SET sealed = excluded.sealed, entered_by = excluded.entered_by,
         entered_at = excluded.entered_at`,
      [id, seal.seal(Buffer.from(JSON.stringify(account)), ownerOf(id)), memberId, this.now()],
    );
  }

  /** By `village/name`; growers whose account is not known are not in it. */
  async of(townshipId: string): Promise<Map<string, GrowerAccount>> {
    const rows = await rowsOf<KeptAccount>(this.parts.db.manager, selectAccounts, [townshipId]);
    return new Map(
      rows.map(({ id, village, name, wrapped_key, sealed }) => {
        const seal = this.parts.vault.openPersonKey(wrapped_key, id);
        const account = growerAccount.parse(JSON.parse(seal.open(sealed, ownerOf(id)).toString()));
        return [nameKey({ village, name }), account];
      }),
    );
  }

  /** Nobody can read them any more. */
  async forget({ townshipId, village, name }: GrowerName): Promise<void> {
    const who = [townshipId, village, name];
    await this.parts.db.transaction(async (manager) => {
      await manager.query(
        `DELETE FROM grower_accounts USING growers WHERE growers.id = grower_id AND township_id = $1 AND village = $2
           AND name = $3`,
        who,
      );
      await manager.query(
        'UPDATE growers SET wrapped_key = NULL WHERE township_id = $1 AND village = $2 AND name = $3',
        who,
      );
    });
  }

  private async sealOf({ townshipId, village, name }: GrowerName): Promise<{ id: string; seal: Seal }> {
    const { db, vault } = this.parts;
    const newId = randomUUID();
    const [row] = await rowsOf<{ id: string; wrapped_key: Buffer | null }>(
      db.manager,
      `INSERT INTO growers AS known (id, township_id, village, name) VALUES ($1, $2, $3, $4)
       ON CONFLICT (township_id, village, name) DO UPDATE SET wrapped_key = known.wrapped_key
       RETURNING id, wrapped_key`,
      [newId, townshipId, village, name],
    );
    const { id, wrapped_key } = row!;
    if (wrapped_key) return { id, seal: vault.openPersonKey(wrapped_key, id) };
    const { wrapped } = vault.newPersonKey(id);
    // Of two at once one key stays, and both seal under it.
    const [kept] = await rowsOf<{ wrapped_key: Buffer }>(
      db.manager,
      'UPDATE growers SET wrapped_key = coalesce(wrapped_key, $2) WHERE id = $1 RETURNING wrapped_key',
      [id, wrapped],
    );
    return { id, seal: vault.openPersonKey(kept!.wrapped_key, id) };
  }

  private now(): Date {
    return new Date(this.parts.nowMs());
  }
}

interface KeptAccount {
  id: string;
  village: string;
  name: string;
  wrapped_key: Buffer;
  sealed: Buffer;
}

export const nameKey = ({ village, name }: Pick<GrowerName, 'village' | 'name'>): string =>
  JSON.stringify([village, name]);
const ownerOf = (growerId: string): string => `grower-account/${growerId}`;

const selectAccounts = `
  SELECT id, village, name, wrapped_key, sealed FROM growers JOIN grower_accounts ON grower_id = id
  WHERE township_id = $1 AND wrapped_key IS NOT NULL`;
