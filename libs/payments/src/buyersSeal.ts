import { type MembersService, type Seal, type Vault } from '@qingpai/members';
import { type ShowSales } from './sales.js';

/** What is personal about a payment is sealed under its buyer's key; a buyer of the hall has none, so it is the vault's. */
export async function buyersSeal(
  { sales, members, vault }: { sales: ShowSales; members: MembersService; vault: Vault },
  showId: string,
  bidder: string,
): Promise<{ sealedFor: string | null; seal: Seal }> {
  const buyers = await sales.buyersOf(showId);
  const memberId = buyers.find((one) => one.bidder === bidder)?.memberId ?? null;
  const seal = memberId === null ? undefined : (await members.sealsOf([memberId])).get(memberId);
  return seal ? { sealedFor: memberId, seal } : { sealedFor: null, seal: vault };
}
