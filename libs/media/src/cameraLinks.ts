import { createHash, randomBytes } from 'node:crypto';
import { type DataSource } from 'typeorm';
import { CAMERA_LINK_MS, CAMERA_LINKS_MAX } from './limits.js';

/** What a link lets somebody do: send to this show in the name of who made it. */
export interface CameraLinkOf {
  show: string;
  person: string;
}

/** Links for a second phone, each good for one opening within minutes. The table holds their hashes; a restart keeps them. */
export class CameraLinks {
  constructor(
    private readonly db: Pick<DataSource, 'query'>,
    private readonly nowMs: () => number,
  ) {}

  /** The token stands in the fragment, which browsers keep out of requests, and so out of logs. */
  async make(show: string, person: string): Promise<{ path: string; untilMs: number }> {
    const token = randomBytes(32).toString('base64url');
    const untilMs = this.nowMs() + CAMERA_LINK_MS;
    await this.db.query(
      'INSERT INTO camera_links (token_hash, show_id, made_by, until_ms) VALUES ($1, $2, $3, $4)',
      [hashOf(token), show, person, untilMs],
    );
    await this.forget();
    return { path: `/camera#link=${token}`, untilMs };
  }

  /** Null: used, expired or never made. Of two at once, one. */
  async use(token: string): Promise<CameraLinkOf | null> {
    const [gone] = await this.db.query<[{ show: string; person: string }[], number]>(
      `DELETE FROM camera_links WHERE token_hash = $1 AND until_ms > $2
       RETURNING show_id AS show, made_by AS person`,
      [hashOf(token), this.nowMs()],
    );
    return gone[0] ?? null;
  }

  /** What has run out, and the oldest beyond what anybody needs. */
  private async forget(): Promise<void> {
    await this.db.query(
      `DELETE FROM camera_links WHERE until_ms <= $1 OR token_hash IN
         (SELECT token_hash FROM camera_links ORDER BY until_ms DESC, token_hash OFFSET $2)`,
      [this.nowMs(), CAMERA_LINKS_MAX],
    );
  }
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
