import { bigintColumn } from '@qingpai/platform';
import {
  type CaseKind,
  type DisputeReason,
  type freshWord,
  type OrderState,
  type payment,
} from '@qingpai/wire';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type z } from 'zod';
import { DepositMoveRow, DepositOrderRow, DepositRefundRow } from './deposits/entities.js';
import { type RefundState } from './rules/order.js';
import { type PaymentState } from './rules/payment.js';
import { ProviderPage } from './providerPage.js';

/** Money that came outside the market, as a person says: transfer, cash, WeChat, Alipay. */
@Entity('payments')
export class PaymentRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'show_id' }) showId!: string;
  @Column('text') bidder!: string;
  @Column('bigint', { name: 'amount_fen', transformer: bigintColumn }) amountFen!: number;
  /** Freight that is in it. */
  @Column('bigint', { name: 'freight_fen', transformer: bigintColumn }) freightFen!: number;
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
  /** How its buyer confirmed what holds for living goods; null: he tapped it himself, or won none. */
  @Column('text', { name: 'fresh_word', nullable: true }) freshWord!: z.infer<typeof freshWord> | null;
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

/** What one buyer pays online at once. */
@Entity('orders')
export class OrderRow extends ProviderPage {
  /** Freight that is in it. */
  @Column('bigint', { name: 'freight_fen', transformer: bigintColumn }) freightFen!: number;
  @Column('text') state!: OrderState;
}

/** Which sales an order pays; until it lets go of them, nobody else may pay them. */
@Entity('order_sales')
export class OrderSaleRow {
  @PrimaryColumn('uuid', { name: 'order_id' }) orderId!: string;
  @PrimaryColumn('text') sale!: string;
  @Column('text', { name: 'show_id' }) showId!: string;
  @Column('bigint', { name: 'amount_fen', transformer: bigintColumn }) amountFen!: number;
  @Column('boolean', { name: 'let_go' }) letGo!: boolean;
}

@Entity('order_refunds')
export class OrderRefundRow {
  /** Chosen by who asked; also the provider's key, so that asking twice gives once. */
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'order_id' }) orderId!: string;
  @Column('text', { name: 'show_id' }) showId!: string;
  /** Null: stray money, which paid no sale. */
  @Column('text', { nullable: true }) sale!: string | null;
  @Column('bigint', { name: 'amount_fen', transformer: bigintColumn }) amountFen!: number;
  /** Freight that goes back beside it, with the last of all that was paid; or alone, where the amount is 0. */
  @Column('bigint', { name: 'freight_fen', transformer: bigintColumn }) freightFen!: number;
  @Column('text') state!: RefundState;
  /** Null: by itself. */
  @Column('uuid', { name: 'asked_by', nullable: true }) askedBy!: string | null;
  @Column('timestamptz', { name: 'asked_at' }) askedAt!: Date;
  /** The second person, above what one may give alone. */
  @Column('uuid', { name: 'decided_by', nullable: true }) decidedBy!: string | null;
  @Column('timestamptz', { name: 'decided_at', nullable: true }) decidedAt!: Date | null;
  @Column('text', { nullable: true }) ref!: string | null;
  @Column('bytea', { name: 'answer_hash', nullable: true }) answerHash!: Buffer | null;
  /** The claim that is made good by it. */
  @Column('text', { nullable: true }) claim!: string | null;
}

/** Money that was paid by hand and goes back by hand. */
@Entity('hand_refunds')
export class HandRefundRow {
  /** Chosen by who asked. */
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'show_id' }) showId!: string;
  @Column('text') sale!: string;
  /** The claim that is made good by it. */
  @Column('text', { nullable: true }) claim!: string | null;
  @Column('text') bidder!: string;
  @Column('bigint', { name: 'amount_fen', transformer: bigintColumn }) amountFen!: number;
  @Column('text') channel!: z.infer<typeof payment>['channel'];
  /** Beside the amount: with the refund after which nothing of his goods stays paid. */
  @Column('bigint', { name: 'freight_fen', transformer: bigintColumn }) freightFen!: number;
  /** Sealed like the reference of a payment. */
  @Column('bytea') reference!: Buffer;
  @Column('uuid', { name: 'sealed_for', nullable: true }) sealedFor!: string | null;
  @Column('bytea', { name: 'reference_hash' }) referenceHash!: Buffer;
  /** waiting: for a second person. */
  @Column('text') state!: 'waiting' | 'given' | 'dropped';
  @Column('uuid', { name: 'asked_by' }) askedBy!: string;
  @Column('timestamptz', { name: 'asked_at' }) askedAt!: Date;
  @Column('uuid', { name: 'decided_by', nullable: true }) decidedBy!: string | null;
  @Column('timestamptz', { name: 'decided_at', nullable: true }) decidedAt!: Date | null;
}

/** What the provider told us by itself, each once. */
@Entity('provider_events')
export class ProviderEventRow {
  @PrimaryColumn('text') id!: string;
  @Column('text') type!: string;
  @Column('uuid', { name: 'order_id', nullable: true }) orderId!: string | null;
  @Column('timestamptz', { name: 'received_at' }) receivedAt!: Date;
  @Column('timestamptz', { name: 'applied_at', nullable: true }) appliedAt!: Date | null;
  @Column('integer') times!: number;
}

/** What a machine must not decide about money; settled by a person, and never by who raised it. */
@Entity('payment_cases')
export class PaymentCaseRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'show_id' }) showId!: string;
  @Column('text') kind!: CaseKind;
  /** An order, or a payment by hand. */
  @Column('uuid') subject!: string;
  @Column('text', { nullable: true }) reason!: DisputeReason | null;
  @Column('text') note!: string;
  @Column('uuid', { name: 'raised_by', nullable: true }) raisedBy!: string | null;
  @Column('timestamptz', { name: 'raised_at' }) raisedAt!: Date;
  @Column('uuid', { name: 'settled_by', nullable: true }) settledBy!: string | null;
  @Column('timestamptz', { name: 'settled_at', nullable: true }) settledAt!: Date | null;
  @Column('text', { nullable: true }) outcome!: string | null;
}

/** Where a buyer's one parcel of a show goes: sealed, under his own key where he has one. */
@Entity('parcels')
export class ParcelRow {
  @PrimaryColumn('text', { name: 'show_id' }) showId!: string;
  @PrimaryColumn('text') bidder!: string;
  /** Null: a buyer of the hall, under the vault's key. */
  @Column('uuid', { name: 'sealed_for', nullable: true }) sealedFor!: string | null;
  @Column('bytea') sealed!: Buffer;
  @Column('timestamptz', { name: 'updated_at' }) updatedAt!: Date;
}

/** Somebody read the addresses of a show in the clear. */
@Entity('parcel_readings')
export class ParcelReadingRow {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'show_id' }) showId!: string;
  @Column('uuid', { name: 'read_by' }) readBy!: string;
  @Column('timestamptz', { name: 'read_at' }) readAt!: Date;
  @Column('integer') parcels!: number;
}

export const paymentsEntities = [
  DepositMoveRow,
  DepositOrderRow,
  DepositRefundRow,
  ParcelRow,
  ParcelReadingRow,
  PaymentRow,
  PaymentSaleRow,
  OrderRow,
  OrderSaleRow,
  OrderRefundRow,
  HandRefundRow,
  ProviderEventRow,
  PaymentCaseRow,
];
