import { createHash } from 'node:crypto';
import { type MembersService, type Vault } from '@qingpai/members';
import { buyersSeal, type ShowSales } from '@qingpai/payments';
import { Refused } from '@qingpai/platform';
import {
  type Author,
  type Courier,
  type Parcel,
  reasons,
  type ShowState,
  trackingNumber,
  type TrackingReport,
} from '@qingpai/wire';
import { type DataSource } from 'typeorm';
import { cardsOf } from '../catalogue/lotCards.js';
import { tableOf } from '../catalogue/table.js';
import { type Desks } from '../desk/desks.js';
import { type Asked, type Beside } from '../desk/line.js';
import { lapsedSales } from '../rules/index.js';
import { type ShowStore } from '../store/showStore.js';
import { type Address, type Addresses } from './addresses.js';
import { ShipmentRow } from './entities.js';
import { parcelsOf } from './lists.js';
import { sheetRows } from './parcelSheet.js';
import { readTracking } from './tracking.js';

export interface ParcelsParts {
  db: DataSource;
  desks: Desks;
  store: ShowStore;
  members: MembersService;
  sales: ShowSales;
  vault: Vault;
  addresses: Addresses;
}

/** The way of the goods: each step is a leaf per sale, and what is personal lies beside it. */
export class Parcels {
  constructor(private readonly parts: ParcelsParts) {}

  /** By paddle; phones masked. @param only this bidder's */
  async list(showId: string, only?: string): Promise<Parcel[]> {
    const { db, desks, members, store, addresses } = this.parts;
    const { state } = await desks.of(showId);
    const [cards, seats, places, kept] = await Promise.all([
      cardsOf(db.manager, showId),
      store.membersOf(showId),
      addresses.addressesOf(showId),
      db.manager.findBy(ShipmentRow, { showId, ...(only && { bidder: only }) }),
    ]);
    const contacts = await members.contactsOf([...seats.values()].map(({ memberId }) => memberId));
    const people = new Map(
      [...seats].map(([bidder, { memberId }]) => {
        const { nickname = '', phone = null } = contacts.get(memberId) ?? {};
        return [bidder, { nickname, phone, address: masked(places.get(bidder)) }];
      }),
    );
    const parcels = parcelsOf(state, { cards, people, trackings: await this.trackings(kept) });
    return parcels.filter(({ bidder }) => only === undefined || bidder === only);
  }

  /** Everything paid of these buyers is packed. Refuses: `not-paid` (nothing is), and what the log refuses. */
  async pack(showId: string, by: Author, bidders: readonly string[]): Promise<string[]> {
    const { state } = await this.parts.desks.of(showId);
    const sales = bidders.flatMap((bidder) => salesAt(state, bidder, 'paid'));
    if (sales.length === 0) throw new Refused('not-paid');
    return this.log(
      showId,
      sales.map((sale) => ({ by, name: 'pack', sale })),
    );
  }

  /**
   * What is paid of one buyer leaves under one number; what was not packed yet is packed with it. Refuses: `malformed`
   * (the number), `not-paid`, `already-shipped`, `tracking-used`.
   */
  async ship(
    showId: string,
    by: Author,
    to: { bidder: string; courier: Courier; tracking: string },
  ): Promise<string[]> {
    const { bidder, courier } = to;
    const number = trackingNumber.safeParse(to.tracking);
    if (!number.success)
      throw new Refused('malformed', undefined, [{ path: 'tracking', message: 'no such number' }]);
    const { state } = await this.parts.desks.of(showId);
    const [paid, packed] = [salesAt(state, bidder, 'paid'), salesAt(state, bidder, 'packed')];
    if (paid.length + packed.length === 0) throw new Refused(nothingToShip(state, bidder));
    const tracking = hashOfTracking(number.data);
    const asked: Asked[] = [
      ...paid.map((sale): Asked => ({ by, name: 'pack', sale })),
      ...[...packed, ...paid].map((sale): Asked => ({ by, name: 'ship', body: { sale, courier, tracking } })),
    ];
    const beside = await this.kept(showId, bidder, courier, number.data);
    return this.log(showId, asked, beside);
  }

  /** Of one buyer: taken along, or brought by the courier as he says. Refuses: `not-paid`, `not-shipped`. */
  async receive(showId: string, by: Author, bidder: string, cause: 'courier' | 'pickup'): Promise<string[]> {
    const { state } = await this.parts.desks.of(showId);
    const steps = cause === 'pickup' ? (['paid', 'packed'] as const) : (['shipped'] as const);
    const sales = steps.flatMap((step) => salesAt(state, bidder, step));
    if (sales.length === 0) throw new Refused(cause === 'pickup' ? 'not-paid' : 'not-shipped');
    return this.log(
      showId,
      sales.map((sale) => ({ by, name: 'receive', body: { sale, cause } })),
    );
  }

  /** 收到了: by the buyer, of everything that is under way to him. Refuses: `not-shipped`. */
  async received(showId: string, bidder: string): Promise<string[]> {
    const { state } = await this.parts.desks.of(showId);
    const sales = salesAt(state, bidder, 'shipped');
    if (sales.length === 0) throw new Refused('not-shipped');
    return this.log(
      showId,
      sales.map((sale) => ({ by: bidder, name: 'receive', body: { sale, cause: 'buyer', bidder } })),
    );
  }

  /** What was shipped so long ago that it counts as received; to be called now and then for shows that are closed. */
  async lapse(): Promise<void> {
    const { desks, db } = this.parts;
    const open: { show_id: string }[] = await db.query(
      `SELECT DISTINCT show_id FROM sales JOIN shows s USING (show_id) WHERE s.phase IN ('open', 'closed')
         AND shipped_at_ms IS NOT NULL AND received_at_ms IS NULL
         AND show_id NOT IN (SELECT show_id FROM ended_shows)`,
    );
    for (const { show_id: showId } of open) {
      const desk = await desks.of(showId);
      const sales = lapsedSales(desk.state, desk.nowMs());
      if (sales.length === 0) continue;
      await this.log(
        showId,
        sales.map((sale) => ({ by: 'platform', name: 'receive', body: { sale, cause: 'lapse' } })),
      );
    }
  }

  /** Parcels that are still to be sent, for a courier: addresses and phones in the clear. */
  async sheet(showId: string): Promise<string[][]> {
    return sheetRows(await this.list(showId), await this.parts.addresses.addressesOf(showId));
  }

  /** The same sheet come back, with numbers in it: good rows are shipped, the others say what is wrong. */
  async track(showId: string, by: Author, file: Buffer): Promise<TrackingReport> {
    const { encoding, cells } = await tableOf(file);
    const { rows, missingColumns, tracked } = readTracking(cells, await this.list(showId));
    for (const { row, ...to } of tracked) {
      try {
        await this.ship(showId, by, to);
      } catch (error) {
        if (!(error instanceof Refused) || error.status >= 500) throw error;
        row.accepted = false;
        row.problems.push({ column: '快递单号', ...reasons[error.reason] });
      }
    }
    const accepted = rows.filter((row) => row.accepted).length;
    return { encoding, rows, missingColumns, accepted, refused: rows.length - accepted };
  }

  private async log(showId: string, asked: readonly Asked[], beside?: Beside): Promise<string[]> {
    const desk = await this.parts.desks.of(showId);
    const answer = await desk.command(asked, beside);
    if (!answer.ok) throw new Refused(answer.reason);
    return [
      ...new Set(answer.events.flatMap(({ body }) => ('sale' in body && body.sale ? [body.sale] : []))),
    ];
  }

  private async kept(showId: string, bidder: string, courier: Courier, number: string): Promise<Beside> {
    const { sealedFor, seal } = await buyersSeal(this.parts, showId, bidder);
    const trackingHash = hashOfTracking(number);
    const tracking = seal.seal(Buffer.from(number), ownerOf(showId, trackingHash));
    const row: ShipmentRow = { showId, trackingHash, bidder, courier, tracking, sealedFor };
    // The rest of a parcel may leave under the number of its first part.
    return async (manager) => {
      await manager.createQueryBuilder().insert().into(ShipmentRow).values(row).orIgnore().execute();
    };
  }

  private async trackings(kept: readonly ShipmentRow[]): Promise<Map<string, string>> {
    const seals = await this.parts.members.sealsOf([
      ...new Set(kept.flatMap(({ sealedFor }) => sealedFor ?? [])),
    ]);
    return new Map(
      kept.flatMap(({ showId, trackingHash, tracking, sealedFor }) => {
        const seal = sealedFor === null ? this.parts.vault : seals.get(sealedFor);
        return seal ? [[trackingHash, seal.open(tracking, ownerOf(showId, trackingHash)).toString()]] : [];
      }),
    );
  }
}

const hashOfTracking = (number: string): string => createHash('sha256').update(number).digest('base64');
const ownerOf = (showId: string, trackingHash: string): string => `parcel/${showId}/${trackingHash}`;

function salesAt(state: ShowState, bidder: string, step: 'paid' | 'packed' | 'shipped'): string[] {
  return Object.values(state.sales).flatMap(({ sale, bidder: whose, phase, goods }) => {
    if (whose !== bidder || goods?.received !== undefined) return [];
    if (step === 'shipped') return goods?.shipped !== undefined ? [sale] : [];
    const isThere = phase === 'paid' && goods?.shipped === undefined;
    return isThere && (goods !== undefined) === (step === 'packed') ? [sale] : [];
  });
}

const nothingToShip = (state: ShowState, bidder: string) =>
  salesAt(state, bidder, 'shipped').length > 0 ? ('already-shipped' as const) : ('not-paid' as const);

const masked = (address: Address | undefined): Parcel['address'] =>
  address ? { ...address, phone: `${address.phone.slice(0, 3)}****${address.phone.slice(-4)}` } : null;
