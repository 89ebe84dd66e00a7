import { createHash, randomBytes } from 'node:crypto';
import { CAMERA_LINK_MS, CAMERA_LINKS_MAX } from './limits.js';

interface Link {
  show: string;
  person: string;
  untilMs: number;
}

/** Links for a second phone, each good for one opening within minutes: kept in memory, a restart forgets them. */
export class CameraLinks {
  private readonly links = new Map<string, Link>();

  constructor(private readonly nowMs: () => number) {}

  /** The token stands in the fragment, which browsers keep out of requests, and so out of logs. */
  make(show: string, person: string): { path: string; untilMs: number } {
    const token = randomBytes(32).toString('base64url');
    const untilMs = this.nowMs() + CAMERA_LINK_MS;
    this.links.set(hashOf(token), { show, person, untilMs });
    for (const hash of this.links.keys()) {
      if (this.links.size <= CAMERA_LINKS_MAX) break;
      this.links.delete(hash);
    }
    return { path: `/camera#link=${token}`, untilMs };
  }

  /** Null: used, expired or never made. */
  use(token: string): Omit<Link, 'untilMs'> | null {
    const hash = hashOf(token);
    const link = this.links.get(hash);
    this.links.delete(hash);
    return link && link.untilMs > this.nowMs() ? { show: link.show, person: link.person } : null;
  }
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
