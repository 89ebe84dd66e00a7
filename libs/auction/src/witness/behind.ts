import { rowsOf } from '@qingpai/members';
import { type DataSource } from 'typeorm';

/** A log some witness has not followed to its head; `showId` null: it is no show's. */
export interface LogBehind {
  origin: string;
  showId: string | null;
}

/** Drafts are nobody's business yet: a show is witnessed from its seal on. */
export async function logsBehind(db: DataSource, witnesses: readonly string[]): Promise<LogBehind[]> {
  const rows = await rowsOf<{ origin: string; show_id: string | null }>(
    db.manager,
    `SELECT origin, show_id FROM logs LEFT JOIN shows USING (origin)
     WHERE size > 0 AND phase IS DISTINCT FROM 'draft' AND EXISTS (
       SELECT FROM unnest($1::text[]) AS asked (witness) WHERE NOT EXISTS (
         SELECT FROM cosignatures AS given
         WHERE given.log = logs.log AND given.size = logs.size AND given.witness = asked.witness
       )
     )`,
    [witnesses],
  );
  return rows.map(({ origin, show_id }) => ({ origin, showId: show_id }));
}

/** Registries, and shows that were sealed and have not come to their end. */
export async function logsThatMayGrow(db: DataSource): Promise<string[]> {
  const rows = await rowsOf<{ origin: string }>(
    db.manager,
    `SELECT origin FROM (
       SELECT DISTINCT ON (township_id) origin FROM registries ORDER BY township_id, nth DESC
     ) AS newest
     UNION ALL
     SELECT origin FROM shows
     WHERE phase IN ('sealed', 'open', 'closed') AND NOT EXISTS (
       SELECT FROM ended_shows WHERE ended_shows.show_id = shows.show_id
     )`,
    [],
  );
  return rows.map(({ origin }) => origin);
}
