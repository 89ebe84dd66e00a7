import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a room shows of a lot besides the auction. Beside the log, never in it: it names the grower. */
@Entity('lot_cards')
export class LotCardRow {
  @PrimaryColumn('text', { name: 'show_id' }) showId!: string;
  @PrimaryColumn('text') lot!: string;
  @Column('text', { name: 'grower_name' }) growerName!: string;
  @Column('text') village!: string;
  @Column('text') grade!: string;
  @Column('text') source!: string;
  /** Names of its pictures, best first. */
  @Column('text', { array: true }) photos!: string[];
}

/** A file that was read and found whole, waiting for its confirmation. */
@Entity('catalogue_imports')
export class CatalogueImport {
  @PrimaryColumn('uuid') id!: string;
  @Column('text', { name: 'show_id' }) showId!: string;
  /** What the catalogue was when the file was read (`catalogueMark`). */
  @Column('text') mark!: string;
  /** The lots as JSON, sealed by the vault: floors are in it. */
  @Column('bytea') lots!: Buffer;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
}

export const catalogueEntities = [LotCardRow, CatalogueImport];
