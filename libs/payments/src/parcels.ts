import { randomUUID } from 'node:crypto';
import { maskPhone, type MembersService, type Seal, type Vault } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import {
  type FreightTable,
  type MaskedParcel,
  type PackingList,
  type ParcelAsk,
  parcelAsk,
  provinces,
} from '@qingpai/wire';
import { type DataSource } from 'typeorm';
import { buyersSeal } from './buyersSeal.js';
import { ParcelReadingRow, ParcelRow } from './entities.js';
import { freightTableOf } from './rules/freight.js';
import { type ParcelChoice, type ShowSales } from './sales.js';

export interface ParcelsParts {
  db: DataSource;
  vault: Vault;
  members: MembersService;
  sales: ShowSales;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
}

type Parcel = Exclude<ParcelAsk, { how: 'as-before' }>;

/**
 * Where each buyer's one parcel of a show goes (合并一个包裹): asked once, sealed under his own key, shown masked, and read in
 * the clear only to pack. What he gave for one show is offered again in the next; with his key all of it is gone.
 */
export class Parcels {
  constructor(private readonly parts: ParcelsParts) {}

  /**
   * Refuses: `no-paddle`, `not-found` (nothing before), `not-served`, `no-pick-up`, `parcel-fixed` (paid, and the freight
   * would be another).
   */
  async keep(showId: string, memberId: string, ask: ParcelAsk): Promise<MaskedParcel> {
    const { db, nowMs } = this.parts;
    const bidder = await this.bidderOf(showId, memberId);
    const parcel = ask.how === 'as-before' ? await this.lastOf(memberId) : ask;
    if (parcel === null) throw new Refused('not-found');
    await this.assertFits(showId, bidder, choiceOf(parcel));
    const { sealedFor, seal } = await buyersSeal(this.parts, showId, bidder);
    const sealed = seal.seal(Buffer.from(JSON.stringify(parcel)), ownerOf({ showId, bidder }));
    await db.manager.save(ParcelRow, { showId, bidder, sealedFor, sealed, updatedAt: new Date(nowMs()) });
    return masked(parcel);
  }

  /** Of the buyers who have said it, by pseudonym; nobody whose key is gone. */
  async choicesOf(showId: string): Promise<Map<string, { choice: ParcelChoice; shown: MaskedParcel }>> {
    const parcels = await this.open(await this.parts.db.manager.findBy(ParcelRow, { showId }));
    return new Map(
      parcels.map(({ row, parcel }) => [row.bidder, { choice: choiceOf(parcel), shown: masked(parcel) }]),
    );
  }

  /** By bidder, in the clear: for who packs. Whoever takes them to a person logs it. */
  async addressesOf(showId: string): Promise<Map<string, { name: string; phone: string; text: string }>> {
    const parcels = await this.open(await this.parts.db.manager.findBy(ParcelRow, { showId }));
    return new Map(
      parcels.map(({ row: { bidder }, parcel }) => {
        const { name, phone } = parcel;
        const text =
          parcel.how === 'parcel' ? provinces[parcel.province].zh + parcel.city + parcel.address : '自提';
        return [bidder, { name, phone, text }];
      }),
    );
  }

  /** What he gave in another show, to be offered again; null: nothing. */
  async offeredTo(memberId: string): Promise<MaskedParcel | null> {
    const last = await this.lastOf(memberId);
    return last && masked(last);
  }

  /** `none`: this show charges no freight. */
  async tableOf(showId: string): Promise<FreightTable | 'none'> {
    const rule = await this.parts.sales.freightRuleOf(showId);
    return rule === null ? 'none' : freightTableOf(rule);
  }

  /** For whoever packs: what is paid, and where it goes. That it was read is written down before it is told. */
  async read(showId: string, readBy: string): Promise<PackingList> {
    const { db, sales, nowMs } = this.parts;
    const [rows, sold, buyers] = await Promise.all([
      db.manager.findBy(ParcelRow, { showId }),
      sales.salesOf(showId),
      sales.buyersOf(showId),
    ]);
    const opened = await this.open(rows);
    const parcels = opened.flatMap(({ row: { bidder }, parcel }) => {
      const lots = sold.filter((sale) => sale.bidder === bidder && sale.phase === 'paid');
      const buyer = buyers.find((one) => one.bidder === bidder);
      if (lots.length === 0 || !buyer) return [];
      const { how, name, phone } = parcel;
      const where = parcel.how === 'parcel' ? parcel : null;
      const { city, address } = where ?? { city: '', address: '' };
      const place = where ? provinces[where.province].zh : '';
      const numbers = lots.map(({ number }) => number);
      return [{ paddle: buyer.paddle, how, name, phone, place, city, address, lots: numbers }];
    });
    const reading = { id: randomUUID(), showId, readBy, readAt: new Date(nowMs()), parcels: parcels.length };
    await db.manager.insert(ParcelReadingRow, reading);
    return { parcels: parcels.sort((a, b) => a.paddle - b.paddle) };
  }

  /** Once something is paid, what would cost otherwise is not for the buyer to change. */
  private async assertFits(showId: string, bidder: string, choice: ParcelChoice): Promise<void> {
    const { sales } = this.parts;
    const rule = await sales.freightRuleOf(showId);
    if (choice.pickUp && rule?.pickUp === false) throw new Refused('no-pick-up');
    const due = await sales.freightOf(showId, bidder, choice);
    if (due.state === 'not-served') throw new Refused('not-served');
    const before = (await this.choicesOf(showId)).get(bidder)?.choice;
    const isPaid = (await sales.salesOf(showId)).some(
      (sale) => sale.bidder === bidder && sale.phase === 'paid',
    );
    if (!isPaid || rule === null || !before) return;
    const isSame = before.pickUp === choice.pickUp && provinceOf(before) === provinceOf(choice);
    if (!isSame) throw new Refused('parcel-fixed');
  }

  private async bidderOf(showId: string, memberId: string): Promise<string> {
    const buyers = await this.parts.sales.buyersOf(showId);
    const buyer = buyers.find((one) => one.memberId === memberId);
    if (!buyer) throw new Refused('no-paddle');
    return buyer.bidder;
  }

  private async lastOf(memberId: string): Promise<Parcel | null> {
    const where = { sealedFor: memberId };
    const rows = await this.parts.db.manager.find(ParcelRow, {
      where,
      order: { updatedAt: 'DESC' },
      take: 1,
    });
    const [last] = await this.open(rows);
    return last?.parcel ?? null;
  }

  private async open(rows: readonly ParcelRow[]): Promise<{ row: ParcelRow; parcel: Parcel }[]> {
    const people = [...new Set(rows.flatMap(({ sealedFor }) => sealedFor ?? []))];
    const seals = await this.parts.members.sealsOf(people);
    return rows.flatMap((row) => {
      const seal: Seal | undefined = row.sealedFor === null ? this.parts.vault : seals.get(row.sealedFor);
      return seal ? [{ row, parcel: parcelIn(seal.open(row.sealed, ownerOf(row))) }] : [];
    });
  }
}

const ownerOf = ({ showId, bidder }: Pick<ParcelRow, 'showId' | 'bidder'>): string =>
  `parcel ${showId} ${bidder}`;

function parcelIn(plain: Buffer): Parcel {
  const parcel = parcelAsk.parse(JSON.parse(plain.toString()));
  if (parcel.how === 'as-before') throw new Error('bug: a kept parcel says where it goes');
  return parcel;
}

const choiceOf = (parcel: Parcel): ParcelChoice =>
  parcel.how === 'pick-up' ? { pickUp: true } : { pickUp: false, province: parcel.province };
const provinceOf = (choice: ParcelChoice): string | null => (choice.pickUp ? null : choice.province);

const masked = (parcel: Parcel): MaskedParcel => ({
  how: parcel.how,
  name: `${[...parcel.name][0]}**`,
  phone: maskPhone(parcel.phone),
  place:
    parcel.how === 'parcel'
      ? `${provinces[parcel.province].zh} ${[...parcel.city].slice(0, 2).join('')}***`
      : '',
});
