import { bigintColumn } from '@qingpai/platform';
import { Column, PrimaryColumn } from 'typeorm';

/** A page at the provider's on which one bidder pays one amount, by one charge at most. */
export abstract class ProviderPage {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'show_id' }) showId!: string;
  @Column('text') bidder!: string;
  @Column('bigint', { name: 'amount_fen', transformer: bigintColumn }) amountFen!: number;
  @Column('text', { name: 'return_url' }) returnUrl!: string;
  /** When the buyer ticked that number and amount go abroad. */
  @Column('timestamptz', { name: 'consent_at' }) consentAt!: Date;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  /** The provider's number of the page; null: not known yet, asked for again under our own number. */
  @Column('text', { nullable: true }) ref!: string | null;
  /** The provider's number of the charge, set once. */
  @Column('text', { nullable: true }) charge!: string | null;
  /** What the provider said when the money came, sealed like the reference of a payment by hand. */
  @Column('bytea', { nullable: true }) answer!: Buffer | null;
  @Column('bytea', { name: 'answer_hash', nullable: true }) answerHash!: Buffer | null;
  @Column('uuid', { name: 'sealed_for', nullable: true }) sealedFor!: string | null;
}
