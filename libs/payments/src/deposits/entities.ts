import { bigintColumn } from '@qingpai/platform';
import { type depositMove } from '@qingpai/wire';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type z } from 'zod';
import { ProviderPage } from '../providerPage.js';
import { type DepositOrderState } from '../rules/depositOrder.js';

type Move = z.infer<typeof depositMove>;

/** Money of a deposit that came or went outside the market, as one person says and a second confirms. */
@Entity('deposit_moves')
export class DepositMoveRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'show_id' }) showId!: string;
  @Column('text') kind!: Move['kind'];
  @Column('text') bidder!: string;
  /** Of money that goes back: which one. */
  @Column('text', { nullable: true }) deposit!: string | null;
  @Column('bigint', { name: 'amount_fen', transformer: bigintColumn }) amountFen!: number;
  @Column('text') channel!: Move['channel'];
  /** Sealed, as that of a payment is. */
  @Column('bytea') reference!: Buffer;
  @Column('uuid', { name: 'sealed_for', nullable: true }) sealedFor!: string | null;
  @Column('bytea', { name: 'reference_hash' }) referenceHash!: Buffer;
  /** Name of the receipt's picture. */
  @Column('text', { nullable: true }) photo!: string | null;
  @Column('bytea', { name: 'photo_hash', nullable: true }) photoHash!: Buffer | null;
  @Column('text') state!: Move['state'];
  @Column('uuid', { name: 'recorded_by' }) recordedBy!: string;
  @Column('timestamptz', { name: 'recorded_at' }) recordedAt!: Date;
  @Column('uuid', { name: 'decided_by', nullable: true }) decidedBy!: string | null;
  @Column('timestamptz', { name: 'decided_at', nullable: true }) decidedAt!: Date | null;
}

/** One bidder's deposit paid online. */
@Entity('deposit_orders')
export class DepositOrderRow extends ProviderPage {
  @Column('text') state!: DepositOrderState;
}

/** Its way back; at most one that has not failed. */
@Entity('deposit_refunds')
export class DepositRefundRow {
  /** Also the provider's key, so that asking twice gives once. */
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'order_id' }) orderId!: string;
  @Column('bigint', { name: 'amount_fen', transformer: bigintColumn }) amountFen!: number;
  @Column('text') state!: 'asked' | 'given' | 'failed';
  @Column('timestamptz', { name: 'asked_at' }) askedAt!: Date;
  @Column('text', { nullable: true }) ref!: string | null;
  @Column('bytea', { name: 'answer_hash', nullable: true }) answerHash!: Buffer | null;
}
