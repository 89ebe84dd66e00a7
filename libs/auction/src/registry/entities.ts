import { type Reason, type ShowEnd } from '@qingpai/wire';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Which log is a township's registry. After a restore another one goes on: the newest is the one that grows. */
@Entity('registries')
export class RegistryRow {
  @PrimaryColumn('uuid', { name: 'township_id' }) townshipId!: string;
  /** From 1. */
  @PrimaryColumn('int') nth!: number;
  /** As in its address, e.g. siqiao. */
  @Column('text') code!: string;
  @Column('text') origin!: string;
  /** 32 bytes, sealed by the vault: they turn officers into pseudonyms. */
  @Column('bytea', { name: 'registry_key' }) registryKey!: Buffer;
}

/** A show that ended otherwise than by its close: its log takes nothing more. */
@Entity('ended_shows')
export class EndedShow {
  @PrimaryColumn('text', { name: 'show_id' }) showId!: string;
  @Column('text') how!: 'cancelled' | 'continued';
  /** The show that goes on from its log. */
  @Column('text', { name: 'by_show', nullable: true }) byShow!: string | null;
  @Column('timestamptz', { name: 'ended_at' }) endedAt!: Date;
}

/** A lot that took up one of another show. Each is taken up once, whole. */
@Entity('taken_lots')
export class TakenLotRow {
  @PrimaryColumn('text', { name: 'from_show' }) fromShow!: string;
  @PrimaryColumn('text', { name: 'from_lot' }) fromLot!: string;
  @Column('text', { name: 'show_id' }) showId!: string;
  @Column('text') lot!: string;
  @Column('int') units!: number;
}

/** What whoever asks for more is told. */
export const reasonOfEnd = ({ how }: Pick<ShowEnd, 'how'>): Reason =>
  how === 'cancelled' ? 'show-cancelled' : 'show-continued';

export const registryEntities = [RegistryRow, EndedShow, TakenLotRow];
