import { type MembersService } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type Bill, type FreightDue } from '@qingpai/wire';
import { type FreshWords } from './freshWords.js';
import { type Parcels } from './parcels.js';
import { dueFenOf, paidFenOf, refundedFenOf } from './rules/payment.js';
import { type Buyer, type ShowSales, type SoldSale } from './sales.js';

type Contacts = Awaited<ReturnType<MembersService['contactsOf']>>;
type Choices = Awaited<ReturnType<Parcels['choicesOf']>>;

/** What bills are made of, read once for all of a show. */
interface Known {
  sales: readonly SoldSale[];
  contacts: Contacts;
  choices: Choices;
}

/** 合并账单: one bill per buyer per show, with one parcel and one freight. */
export class Bills {
  constructor(
    private readonly sales: ShowSales,
    private readonly members: MembersService,
    private readonly parcels: Parcels,
    private readonly freshWords: FreshWords,
  ) {}

  /** Of everybody who won something, by paddle. */
  async ofShow(showId: string): Promise<Bill[]> {
    const [sales, buyers] = await Promise.all([this.sales.salesOf(showId), this.sales.buyersOf(showId)]);
    const winners = buyers.filter(({ bidder }) => sales.some((sale) => sale.bidder === bidder));
    winners.sort((a, b) => a.paddle - b.paddle);
    return this.billsOf(showId, winners, sales);
  }

  /** Of one buyer, empty before he has won. Refuses: `no-paddle`. */
  async ofMember(showId: string, memberId: string): Promise<Bill> {
    const buyers = await this.sales.buyersOf(showId);
    const buyer = buyers.find((one) => one.memberId === memberId);
    if (!buyer) throw new Refused('no-paddle');
    const [bill] = await this.billsOf(showId, [buyer], await this.sales.salesOf(showId));
    return bill!;
  }

  /** Of one bidder, also of one in the hall. */
  async freightOf(showId: string, bidder: string): Promise<FreightDue> {
    const choice = (await this.parcels.choicesOf(showId)).get(bidder)?.choice ?? null;
    return this.sales.freightOf(showId, bidder, choice);
  }

  private async billsOf(
    showId: string,
    buyers: readonly Buyer[],
    sales: readonly SoldSale[],
  ): Promise<Bill[]> {
    const [contacts, choices] = await Promise.all([this.contactsOf(buyers), this.parcels.choicesOf(showId)]);
    return Promise.all(
      buyers.map(async (buyer) => {
        const choice = choices.get(buyer.bidder)?.choice ?? null;
        const freight = await this.sales.freightOf(showId, buyer.bidder, choice);
        const fresh = await this.freshWords.of(showId, buyer);
        return { ...billOf(buyer, freight, { sales, contacts, choices }), fresh };
      }),
    );
  }

  private contactsOf(buyers: readonly Buyer[]): Promise<Contacts> {
    return this.members.contactsOf(buyers.flatMap(({ memberId }) => (memberId === null ? [] : [memberId])));
  }
}

function billOf(
  { bidder, paddle, memberId }: Buyer,
  freight: FreightDue,
  { sales: all, contacts, choices }: Known,
): Omit<Bill, 'fresh'> {
  const contact = memberId === null ? undefined : contacts.get(memberId);
  const sales = all.filter((sale) => sale.bidder === bidder);
  const [paidFen, dueFen] = [paidFenOf(sales), dueFenOf(sales)];
  const deadlines = sales.flatMap(({ payByMs }) => payByMs ?? []);
  return {
    bidder,
    paddle,
    nickname: contact?.nickname ?? '现场',
    phone: contact?.phone ?? null,
    sales: sales.map(({ sale, lot, number, title, units, amountFen, refundedFen, phase }) => {
      return { sale, lot, number, title, units, amountFen, refundedFen, phase };
    }),
    hammerFen: paidFen + dueFen,
    paidFen,
    refundedFen: refundedFenOf(sales),
    dueFen,
    freight,
    totalDueFen: dueFen + (freight.state === 'due' ? freight.feeFen : 0),
    payByMs: deadlines.length === 0 ? null : Math.min(...deadlines),
    extended: sales.some(({ extended }) => extended),
    parcel: choices.get(bidder)?.shown ?? 'none',
  };
}
