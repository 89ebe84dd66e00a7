import { bigintColumn } from '@qingpai/platform';
import {
  type Format,
  type LotPhase,
  type SaleState,
  type ShowCard,
  type ShowPhase,
  type ShowRules,
} from '@qingpai/wire';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A show, with what its log says of it: phase, code and times are projected in the log's own transaction. */
@Entity('shows')
export class Show {
  @PrimaryColumn('text', { name: 'show_id' }) showId!: string;
  @Column('uuid', { name: 'township_id' }) townshipId!: string;
  @Column('uuid', { name: 'host_id' }) hostId!: string;
  @Column('text') title!: string;
  @Column('timestamptz', { name: 'starts_at' }) startsAt!: Date;
  @Column('jsonb') card!: ShowCard;
  @Column('jsonb') rules!: ShowRules;
  @Column('text') origin!: string;
  /** 32 bytes, sealed by the vault: they turn members into pseudonyms. */
  @Column('bytea', { name: 'show_key' }) showKey!: Buffer;
  @Column('boolean') demo!: boolean;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('text') phase!: ShowPhase;
  /** Short code of the root that ends with the first seal, e.g. 7F3A·C2D1·09BE. */
  @Column('text', { nullable: true }) code!: string | null;
  @Column('timestamptz', { name: 'sealed_at', nullable: true }) sealedAt!: Date | null;
  @Column('timestamptz', { name: 'opened_at', nullable: true }) openedAt!: Date | null;
  @Column('timestamptz', { name: 'closed_at', nullable: true }) closedAt!: Date | null;
  @Column('timestamptz', { name: 'settled_at', nullable: true }) settledAt!: Date | null;
}

/** Projection of a lot's state, for lists and totals. */
@Entity('lots')
export class Lot {
  @PrimaryColumn('text', { name: 'show_id' }) showId!: string;
  @PrimaryColumn('text') lot!: string;
  /** The last leaf that describes it. */
  @Column('bigint', { transformer: bigintColumn }) i!: number;
  @Column('int') list!: number;
  @Column('text') number!: string;
  @Column('text') title!: string;
  @Column('text') grower!: string;
  @Column('text') unit!: string;
  @Column('int') units!: number;
  @Column('text') format!: Format;
  @Column('bigint', { name: 'start_fen', transformer: bigintColumn }) startFen!: number;
  @Column('bigint', { name: 'reference_fen', nullable: true, transformer: bigintColumn })
  referenceFen!: number | null;
  /** The commitment; null: no floor. */
  @Column('text', { nullable: true }) floor!: string | null;
  @Column('text') phase!: LotPhase;
  @Column('int') offerings!: number;
  @Column('int', { name: 'sold_units' }) soldUnits!: number;
  @Column('int', { name: 'passed_units' }) passedUnits!: number;
  @Column('int', { name: 'withdrawn_units' }) withdrawnUnits!: number;
  @Column('int', { name: 'carried_units' }) carriedUnits!: number;
  @Column('bigint', { name: 'best_fen', nullable: true, transformer: bigintColumn }) bestFen!: number | null;
  /** Null: no floor. */
  @Column('boolean', { name: 'floor_met', nullable: true }) floorMet!: boolean | null;
}

/** Projection of a sale. */
@Entity('sales')
export class Sale {
  @PrimaryColumn('text', { name: 'show_id' }) showId!: string;
  @PrimaryColumn('text') sale!: string;
  /** Leaf of the hammer. */
  @Column('bigint', { transformer: bigintColumn }) i!: number;
  @Column('bigint', { name: 't_ms', transformer: bigintColumn }) tMs!: number;
  @Column('text') lot!: string;
  @Column('int') offering!: number;
  @Column('text') bidder!: string;
  @Column('int', { name: 'first_unit' }) firstUnit!: number;
  @Column('int') units!: number;
  @Column('bigint', { name: 'unit_price_fen', transformer: bigintColumn }) unitPriceFen!: number;
  @Column('text') phase!: SaleState['phase'];
  @Column('bigint', { name: 'paid_at_ms', nullable: true, transformer: bigintColumn }) paidAtMs!:
    number | null;
  /** Of a sale in default: the sale that has its units now, or `carried`. */
  @Column('text', { name: 'followed_by', nullable: true }) followedBy!: string | null;
  /** Given back so far. */
  @Column('bigint', { name: 'refunded_fen', transformer: bigintColumn }) refundedFen!: number;
  /** The way of the goods. */
  @Column('bigint', { name: 'packed_at_ms', nullable: true, transformer: bigintColumn }) packedAtMs!:
    number | null;
  @Column('bigint', { name: 'shipped_at_ms', nullable: true, transformer: bigintColumn }) shippedAtMs!:
    number | null;
  @Column('bigint', { name: 'received_at_ms', nullable: true, transformer: bigintColumn }) receivedAtMs!:
    number | null;
}

/** Floor and salt of a lot, sealed by the vault; the log holds only the commitment. */
@Entity('lot_floors')
export class LotFloor {
  @PrimaryColumn('text', { name: 'show_id' }) showId!: string;
  @PrimaryColumn('text') lot!: string;
  @Column('bytea') sealed!: Buffer;
}

/** Who stands behind a pseudonym. */
@Entity('show_bidders')
export class ShowBidder {
  @PrimaryColumn('text', { name: 'show_id' }) showId!: string;
  @PrimaryColumn('text') bidder!: string;
  @Column('uuid', { name: 'member_id' }) memberId!: string;
  @Column('int') paddle!: number;
}

/** What a maximum bid goes up to, sealed by the vault. */
@Entity('proxy_secrets')
export class ProxySecretRow {
  @PrimaryColumn('text', { name: 'show_id' }) showId!: string;
  @PrimaryColumn('text') bid!: string;
  @Column('bytea') sealed!: Buffer;
}

export const storeEntities = [Show, Lot, Sale, LotFloor, ShowBidder, ProxySecretRow];
