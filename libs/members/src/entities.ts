import { type Role } from '@qingpai/wire';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { type MemberState } from './rules/roles.js';

@Entity('townships')
export class Township {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') name!: string;
  /** As in the origin of its registry log, e.g. siqiao. */
  @Column('text') code!: string;
}

@Entity('members')
export class Member {
  @PrimaryColumn('uuid') id!: string;
  /** Null: a buyer, who belongs to no township. */
  @Column('uuid', { name: 'township_id', nullable: true }) townshipId!: string | null;
  @Column('text') role!: Role;
  /** In clear: only in rows from before persons had keys, until they are sealed anew. */
  @Column('text', { nullable: true }) nickname!: string | null;
  /** What is sealed here is sealed under the member's own key (`member_keys`); null once he is erased. */
  @Column('bytea', { name: 'nickname_cipher', nullable: true }) nicknameCipher!: Buffer | null;
  /** Null also for those who came by slip or were admitted. */
  @Column('bytea', { name: 'phone_cipher', nullable: true }) phoneCipher!: Buffer | null;
  /** How he is found when he signs in by phone; null once he asked to be erased. */
  @Column('bytea', { name: 'phone_mac', nullable: true }) phoneMac!: Buffer | null;
  /** 32 random bytes: the salt of this member's identity commitment. */
  @Column('bytea', { name: 'identity_salt', nullable: true }) identitySalt!: Buffer | null;
  @Column('text') state!: MemberState;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  /** He asked to be erased, and a retention period runs until then. */
  @Column('timestamptz', { name: 'locked_until', nullable: true }) lockedUntil!: Date | null;
  @Column('timestamptz', { name: 'locked_at', nullable: true }) lockedAt!: Date | null;
}

/** A person's own key, wrapped by the vault's. Deleting the row erases the person. */
@Entity('member_keys')
export class MemberKey {
  @PrimaryColumn('uuid', { name: 'member_id' }) memberId!: string;
  @Column('bytea') wrapped!: Buffer;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
}

@Entity('sessions')
export class Session {
  /** SHA-256 of the token: who reads this table cannot use what he reads. */
  @PrimaryColumn('bytea', { name: 'token_hash' }) tokenHash!: Buffer;
  @Column('uuid', { name: 'member_id' }) memberId!: string;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @Column('timestamptz', { name: 'last_seen' }) lastSeen!: Date;
}

@Entity('one_time_tokens')
export class OneTimeToken {
  @PrimaryColumn('bytea') hash!: Buffer;
  /** A link signs this member in; a slip makes a new one. */
  @Column('uuid', { name: 'member_id', nullable: true }) memberId!: string | null;
  @Column('text') kind!: 'link' | 'slip';
  @Column('text') role!: Role;
  @Column('text', { name: 'show_id', nullable: true }) showId!: string | null;
  @Column('text', { name: 'go_to' }) goTo!: string;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @Column('timestamptz', { name: 'used_at', nullable: true }) usedAt!: Date | null;
}

@Entity('codes')
export class SignInCode {
  @PrimaryColumn('bytea', { name: 'phone_mac' }) phoneMac!: Buffer;
  @Column('bytea', { name: 'code_hash' }) codeHash!: Buffer;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
  @Column('smallint') tries!: number;
  @Column('timestamptz', { name: 'sent_at' }) sentAt!: Date;
}

/** Who waits for which show's host to let him in. */
@Entity('waiting')
export class Waiting {
  @PrimaryColumn('uuid', { name: 'member_id' }) memberId!: string;
  @PrimaryColumn('text', { name: 'show_id' }) showId!: string;
  @Column('timestamptz', { name: 'since' }) since!: Date;
}

export const membersEntities = [Township, Member, MemberKey, Session, OneTimeToken, SignInCode, Waiting];
