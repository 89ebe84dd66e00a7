import { rowsOf } from '@qingpai/members';
import { safeInteger } from '@qingpai/platform';
import { type EventType } from '@qingpai/wire';
import { type DataSource } from 'typeorm';

/** A head that ends at a moment of the show. Each is cosigned by itself: a later head would not show how it stood. */
export interface Moment {
  readonly type: EventType;
  /** Of the head: the leaf's index + 1. */
  readonly size: number;
}

const types: readonly EventType[] = ['show.sealed', 'show.closed', 'show.settled'];

/** Where the logs were cut. They only grow, so each is read once, from where it was left. */
export class Moments {
  private readonly read = new Map<string, { upTo: number; moments: Moment[] }>();

  constructor(private readonly db: DataSource) {}

  /** Those of the first `size` leaves, oldest first. */
  async of(origin: string, size: number): Promise<Moment[]> {
    const known = this.read.get(origin) ?? { upTo: 0, moments: [] };
    if (known.upTo >= size) return known.moments.filter((moment) => moment.size <= size);
    const moments = [...known.moments, ...(await this.between(origin, known.upTo, size))];
    this.read.set(origin, { upTo: size, moments });
    return moments;
  }

  private async between(origin: string, after: number, upTo: number): Promise<Moment[]> {
    const rows = await rowsOf<{ size: string; type: EventType }>(
      this.db.manager,
      `SELECT size, type FROM (
         SELECT c.size, convert_from(l.bytes, 'UTF8')::json ->> 'type' AS type
         FROM logs JOIN checkpoints c USING (log) JOIN leaves l ON l.log = c.log AND l.i = c.size - 1
         WHERE origin = $1 AND c.size > $2 AND c.size <= $3
       ) AS ends WHERE type = ANY ($4) ORDER BY size`,
      [origin, after, upTo, types],
    );
    return rows.map(({ size, type }) => ({ type, size: safeInteger(size) }));
  }
}
