import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@qingpai/platform';
import { type InvariantRun, type Leaf, type ShowRules } from '@qingpai/wire';
import { Client } from 'pg';
import { Market, pot, shortRules } from '../stories/kit/market.js';
import { Bidder } from './bidder.js';
import { CuttableLine } from './proxy.js';

const BIDDERS = 8;
const LONG_MS = 86_400_000;
/** Nothing closes while it is struck. */
const rules: ShowRules = { ...shortRules, openForMs: LONG_MS, hardEndMs: LONG_MS };

/** The built server, its Postgres, one lot that stays open, and people who bid on it. */
export class Place {
  bidders: Bidder[] = [];
  showId = '';
  /** The name of the show's log. */
  private origin = '';
  private officer = '';

  private constructor(
    readonly market: Market,
    /** Where the server was told to find a database; without one it runs its own. */
    private readonly beside: { postgres: EmbeddedPostgres; line: CuttableLine } | null,
  ) {}

  static async open(): Promise<Place> {
    return new Place(await Market.open(), null).furnished();
  }
  /** The same with a Postgres of ours, which the server reaches over a line that can be cut. */
  static async openOverLine(folder: string): Promise<Place> {
    const postgres = await startEmbeddedPostgres({ dataDirectory: folder });
    const line = await CuttableLine.to(postgres.port);
    const url = Object.assign(new URL(postgres.url), { port: String(line.port) }).href;
    const market = await Market.open({ DATABASE_URL: url, DATABASE_OWNER_URL: postgres.ownerUrl });
    return new Place(market, { postgres, line }).furnished();
  }

  private async furnished(): Promise<this> {
    const { market } = this;
    this.officer = await market.officer();
    const { showId, host } = await market.openShow([pot({ startFen: 100, stepFen: 100 })], rules);
    this.showId = showId;
    const people = [];
    for (let n = 0; n < BIDDERS; n += 1) {
      const name = `竞买人${n + 1}`;
      // Every other one has a key and signs.
      people.push(await (n % 2 ? market.buyer(showId, name) : market.signer(showId, name)));
    }
    await host.offers('L1', ...people);
    this.origin = host.state.origin;
    host.drop();
    this.bidders = people.map((person) => new Bidder(market, person));
    return this;
  }

  get line(): CuttableLine {
    if (!this.beside) throw new Error('bug: no line to cut');
    return this.beside.line;
  }

  private get home(): string {
    const note = join(this.market.dataDir, 'postgres-is-in');
    return existsSync(note) ? readFileSync(note, 'utf8') : join(this.market.dataDir, 'postgres');
  }
  /** As its postmaster.pid says. */
  private get postmaster(): { pid: number; port: number } {
    const [pid, , , port] = readFileSync(join(this.home, 'data/postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(pid), port: Number(port) };
  }
  get postgresPid(): number {
    return this.postmaster.pid;
  }

  private get databaseUrl(): string {
    if (this.beside) return this.beside.postgres.superuserUrl;
    const { superuser } = JSON.parse(readFileSync(join(this.home, 'passwords.json'), 'utf8')) as {
      superuser: string;
    };
    return `postgres://postgres:${superuser}@127.0.0.1:${this.postmaster.port}/qingpai`;
  }

  /** All leaves of the show, from the database itself. */
  async log(): Promise<Leaf[]> {
    const client = new Client({ connectionString: this.databaseUrl });
    await client.connect();
    try {
      const { rows } = await client.query<{ text: string }>(
        `SELECT convert_from(bytes, 'UTF8') AS text FROM leaves JOIN logs USING (log)
         WHERE origin = $1 ORDER BY i`,
        [this.origin],
      );
      return rows.map(({ text }) => JSON.parse(text) as Leaf);
    } finally {
      await client.end();
    }
  }

  /** The look that the server takes every night, now. */
  async invariants(): Promise<InvariantRun['invariants']> {
    return (await this.market.must<InvariantRun>('POST', '/api/invariants', this.officer)).invariants;
  }

  async close(): Promise<void> {
    const { market, beside } = this;
    const isDead = await Promise.race([market.ended.then(() => true), pause(0, false)]);
    if (isDead && !beside) this.endOrphan();
    await market.close();
    beside?.line.close();
    await beside?.postgres.stop();
  }

  /** A server that was killed and did not come back has left its Postgres behind. */
  private endOrphan(): void {
    if (!existsSync(join(this.home, 'data/postmaster.pid'))) return;
    try {
      process.kill(this.postgresPid, 'SIGINT');
    } catch {
      // It has ended by itself.
    }
  }
}
