import { type Courier } from '@qingpai/wire';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A parcel that left: the courier's number, which the log knows by its hash alone. Written beside its leaves. */
@Entity('shipments')
export class ShipmentRow {
  @PrimaryColumn('text', { name: 'show_id' }) showId!: string;
  @PrimaryColumn('text', { name: 'tracking_hash' }) trackingHash!: string;
  @Column('text') bidder!: string;
  @Column('text') courier!: Courier;
  @Column('bytea') tracking!: Buffer;
  @Column('uuid', { name: 'sealed_for', nullable: true }) sealedFor!: string | null;
}

/** What a claim brings with it that is in no log: its photo. Written beside its leaf. */
@Entity('claims')
export class ClaimRow {
  @PrimaryColumn('text', { name: 'show_id' }) showId!: string;
  @PrimaryColumn('text') claim!: string;
  /** Whose claim it is; he may be erased. */
  @Column('uuid', { name: 'member_id' }) memberId!: string;
  /** Name of the picture. */
  @Column('text', { nullable: true }) photo!: string | null;
}

/** What was written about a claim, by the buyer or by the house; sealed under the buyer's key. */
@Entity('claim_words')
export class ClaimWordRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'show_id' }) showId!: string;
  @Column('text') claim!: string;
  @Column('uuid', { name: 'said_by' }) saidBy!: string;
  @Column('boolean', { name: 'is_house' }) isHouse!: boolean;
  @Column('bytea') words!: Buffer;
  @Column('uuid', { name: 'sealed_for', nullable: true }) sealedFor!: string | null;
  @Column('timestamptz', { name: 'said_at' }) saidAt!: Date;
}

/** A buyer confirmed once that living goods do not go back, and that damage is made good. */
@Entity('fresh_words')
export class FreshWordRow {
  @PrimaryColumn('text', { name: 'show_id' }) showId!: string;
  @PrimaryColumn('uuid', { name: 'member_id' }) memberId!: string;
  @Column('timestamptz', { name: 'said_at' }) saidAt!: Date;
}

export const afterSaleEntities = [ShipmentRow, ClaimRow, ClaimWordRow, FreshWordRow];
