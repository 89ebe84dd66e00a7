import { type MembersService } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type Bill } from '@qingpai/wire';
import { dueFenOf, paidFenOf } from './rules/payment.js';
import { type Buyer, type ShowSales, type SoldSale } from './sales.js';

type Contacts = Awaited<ReturnType<MembersService['contactsOf']>>;

/** 合并账单: one bill per buyer per show. */
export class Bills {
  constructor(
    private readonly sales: ShowSales,
    private readonly members: MembersService,
  ) {}

  /** Of everybody who won something, by paddle. */
  async ofShow(showId: string): Promise<Bill[]> {
    const [sales, buyers] = await Promise.all([this.sales.salesOf(showId), this.sales.buyersOf(showId)]);
    const winners = buyers.filter(({ bidder }) => sales.some((sale) => sale.bidder === bidder));
    const contacts = await this.contactsOf(winners);
    return winners.sort((a, b) => a.paddle - b.paddle).map((buyer) => billOf(buyer, sales, contacts));
  }

  /** Of one buyer, empty before he has won. Refuses: `no-paddle`. */
  async ofMember(showId: string, memberId: string): Promise<Bill> {
    const buyers = await this.sales.buyersOf(showId);
    const buyer = buyers.find((one) => one.memberId === memberId);
    if (!buyer) throw new Refused('no-paddle');
    return billOf(buyer, await this.sales.salesOf(showId), await this.contactsOf([buyer]));
  }

  private contactsOf(buyers: readonly Buyer[]): Promise<Contacts> {
    return this.members.contactsOf(buyers.flatMap(({ memberId }) => (memberId === null ? [] : [memberId])));
  }
}

function billOf({ bidder, paddle, memberId }: Buyer, all: readonly SoldSale[], contacts: Contacts): Bill {
  const contact = memberId === null ? undefined : contacts.get(memberId);
  const sales = all.filter((sale) => sale.bidder === bidder);
  const [paidFen, dueFen] = [paidFenOf(sales), dueFenOf(sales)];
  return {
    bidder,
    paddle,
    nickname: contact?.nickname ?? '现场',
    phone: contact?.phone ?? null,
    sales: sales.map(({ bidder: _, refundedFen: __, ...sale }) => sale),
    hammerFen: paidFen + dueFen,
    paidFen,
    dueFen,
  };
}
