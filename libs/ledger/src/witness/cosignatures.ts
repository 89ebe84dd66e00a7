import { rowsOf } from '@qingpai/members';
import { safeInteger } from '@qingpai/platform';
import { type DataSource } from 'typeorm';
import { type Cosignature, withSignatures } from '../rules/index.js';

/** A cosignature as it is kept. */
export interface GivenCosignature {
  readonly size: number;
  /** The name of the witness's key. */
  readonly witness: string;
  /** `— name base64\n` */
  readonly line: string;
  /** By the witness's clock, seconds since 1970 UTC. */
  readonly tSeconds: number;
}

/** The cosignatures under the heads of our logs: kept beside the notes, put together when somebody asks. */
export class Cosignatures {
  constructor(private readonly db: DataSource) {}

  /** Keeps verified cosignatures of the head at `size`; of a witness that signed it before, the first one stays. */
  async add(origin: string, size: number, given: readonly Cosignature[]): Promise<void> {
    await this.db.query(
      `INSERT INTO cosignatures (log, size, witness, line, t_s)
       SELECT log, $2, witness, line, t_s FROM logs, unnest($3::text[], $4::text[], $5::bigint[]) AS given (witness, line, t_s)
       WHERE origin = $1 ON CONFLICT DO NOTHING`,
      [
        origin,
        size,
        given.map(({ key }) => key.name),
        given.map(({ line }) => line),
        given.map(({ timeSeconds }) => timeSeconds),
      ],
    );
  }

  /** All of a log, smallest head first. */
  of(origin: string): Promise<GivenCosignature[]> {
    return this.read(origin, 'TRUE', []);
  }

  /** Under the heads at these sizes. */
  at(origin: string, sizes: readonly number[]): Promise<GivenCosignature[]> {
    return this.read(origin, 'size = ANY ($2)', [sizes]);
  }

  /** The newest head of each of these witnesses. */
  newestOf(origin: string, witnesses: readonly string[]): Promise<GivenCosignature[]> {
    return this.read(
      origin,
      `(witness, size) IN (SELECT witness, max(size) FROM cosignatures
        WHERE log = logs.log AND witness = ANY ($2) GROUP BY witness)`,
      [witnesses],
    );
  }

  /** The same heads, their notes with the lines of the witnesses under them. */
  async under<H extends { size: number; note: string }>(origin: string, heads: readonly H[]): Promise<H[]> {
    const given = await this.at(
      origin,
      heads.map(({ size }) => size),
    );
    return heads.map((head) => {
      const lines = given.filter(({ size }) => size === head.size).map(({ line }) => line);
      return { ...head, note: withSignatures(head.note, lines) };
    });
  }

  private async read(origin: string, which: string, parameters: unknown[]): Promise<GivenCosignature[]> {
    const rows = await rowsOf<{ size: string; witness: string; line: string; t_s: string }>(
      this.db.manager,
      `SELECT size, witness, line, t_s FROM (SELECT log FROM logs WHERE origin = $1) AS logs
       JOIN cosignatures USING (log) WHERE ${which} ORDER BY size, t_s, witness`,
      [origin, ...parameters],
    );
    return rows.map(({ size, witness, line, t_s }) => ({
      ...{ size: safeInteger(size), witness, line },
      tSeconds: safeInteger(t_s),
    }));
  }
}
