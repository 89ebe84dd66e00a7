import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A piece of a show's recording. Times are ms UTC; bigints come as texts. */
@Entity('recordings')
export class RecordingRow {
  @PrimaryColumn('text', { name: 'show_id' }) showId!: string;
  @PrimaryColumn('bigint', { name: 'from_ms' }) fromMs!: string;
  @Column('bigint', { name: 'to_ms' }) toMs!: string;
  /** Its name in the show's folder. */
  @Column('text') file!: string;
  /** Base64. */
  @Column('text') sha256!: string;
  @Column('bigint') bytes!: string;
  /** Its number in the log; null: it is not there yet. */
  @Column('integer', { nullable: true }) segment!: number | null;
  /** Why the log did not take it, e.g. since it was settled. */
  @Column('text', { nullable: true }) refused!: string | null;
  /** When it lay in the object store, whole; null: there is none, or not yet. */
  @Column('bigint', { name: 'stored_at_ms', nullable: true }) storedAtMs!: string | null;
  /** When its time to be kept was over. */
  @Column('bigint', { name: 'deleted_at_ms', nullable: true }) deletedAtMs!: string | null;
}

/** Whether the host lets those who bid along watch the show again; the last word counts. */
@Entity('replays')
export class ReplayRow {
  @PrimaryColumn('text', { name: 'show_id' }) showId!: string;
  @Column('boolean', { name: 'buyers_may_watch' }) buyersMayWatch!: boolean;
  @Column('uuid', { name: 'said_by' }) saidBy!: string;
  @Column('timestamptz', { name: 'said_at' }) saidAt!: Date;
}

export const mediaEntities = [RecordingRow, ReplayRow];
