import { bigintColumn } from '@qingpai/platform';
import { type payment } from '@qingpai/wire';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type z } from 'zod';
import { type PaymentState } from './rules/payment.js';

/** Money that came outside the market, as a person says: transfer, cash, WeChat, Alipay. */
@Entity('payments')
export class PaymentRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'show_id' }) showId!: string;
  @Column('text') bidder!: string;
  @Column('bigint', { name: 'amount_fen', transformer: bigintColumn }) amountFen!: number;
  @Column('text') channel!: z.infer<typeof payment>['channel'];
  /** Sealed: a transfer's number leads to a person. */
  @Column('bytea') reference!: Buffer;
  /** The buyer under whose own key it is sealed; null: a buyer of the hall, under the vault's. */
  @Column('uuid', { name: 'sealed_for', nullable: true }) sealedFor!: string | null;
  /** SHA-256 of the plain reference: what goes into the log, and what makes it unique in the show. */
  @Column('bytea', { name: 'reference_hash' }) referenceHash!: Buffer;
  /** Name of the receipt's picture. */
  @Column('text', { nullable: true }) photo!: string | null;
  @Column('bytea', { name: 'photo_hash', nullable: true }) photoHash!: Buffer | null;
  @Column('text') state!: PaymentState;
  @Column('uuid', { name: 'recorded_by' }) recordedBy!: string;
  @Column('timestamptz', { name: 'recorded_at' }) recordedAt!: Date;
  @Column('uuid', { name: 'decided_by', nullable: true }) decidedBy!: string | null;
  @Column('timestamptz', { name: 'decided_at', nullable: true }) decidedAt!: Date | null;
}

/** Which sales a payment pays. A sale has at most one payment that is not rejected. */
@Entity('payment_sales')
export class PaymentSaleRow {
  @PrimaryColumn('uuid', { name: 'payment_id' }) paymentId!: string;
  @PrimaryColumn('text') sale!: string;
  @Column('text', { name: 'show_id' }) showId!: string;
  @Column('bigint', { name: 'amount_fen', transformer: bigintColumn }) amountFen!: number;
  @Column('boolean') rejected!: boolean;
}

export const paymentsEntities = [PaymentRow, PaymentSaleRow];
