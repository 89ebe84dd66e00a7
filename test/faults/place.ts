import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@qingpai/platform';
import { type InvariantRun, type Leaf, type ShowRules } from '@qingpai/wire';
import { Client } from 'pg';
import { Market, pot, shortRules } from '../stories/kit/market.js';
import { type Person } from '../stories/kit/person.js';
import { Bidder } from './bidder.js';
import { SmallDisk } from './disk.js';
import { Line } from './proxy.js';

const BIDDERS = 8;
const LONG_MS = 86_400_000;
/** What is put up, and how. */
export interface Stage {
  lots: number;
  rules: ShowRules;
}
/** One lot; nothing closes while it is struck. */
const longOpen: Stage = { lots: 1, rules: { ...shortRules, openForMs: LONG_MS, hardEndMs: LONG_MS } };

/**
 * What the room stands on: the server's own Postgres; one of ours behind a line, so that several servers may share it;
 * the same on a small disk; or the server's own, with a line between the bidders and the server.
 */
export type Ground = 'own' | 'line' | 'disk' | 'door';

/** A Postgres of ours, and how a server gets there. */
interface Beside {
  postgres: EmbeddedPostgres;
  line: Line;
  disk: SmallDisk | null;
}

/** The built server, its Postgres, one lot that stays open, and people who bid on it. */
export class Place {
  bidders: Bidder[] = [];
  showId = '';
  private host!: Person;
  /** The name of the show's log. */
  private origin = '';
  private officer = '';

  private constructor(
    /** The server that is asked; another one after a change of servers. */
    public market: Market,
    private readonly environment: Record<string, string>,
    /** Where the server was told to find a database; without one it runs its own. */
    private readonly beside: Beside | null,
    private readonly frontDoor: Line | null,
  ) {}

  /** @param folder for what must outlive a server */
  static async open(ground: Ground, folder: string, stage?: Stage): Promise<Place> {
    const place = await Place.onGround(ground, folder);
    try {
      await place.furnish(stage ?? longOpen);
      if (!stage) await place.offers('L1');
      return place;
    } catch (error) {
      await place.close();
      throw error;
    }
  }
  /** The server with its own Postgres, run with something more in its environment. */
  static async openWith(environment: Record<string, string>, stage: Stage): Promise<Place> {
    const place = new Place(await Market.open(environment), environment, null, null);
    await place.furnish(stage);
    return place;
  }

  private static async onGround(ground: Ground, folder: string): Promise<Place> {
    if (ground === 'own' || ground === 'door') {
      const market = await Market.open();
      const door = ground === 'door' ? await Line.to(() => Number(new URL(market.origin).port)) : null;
      return new Place(market, {}, null, door);
    }
    const disk = ground === 'disk' ? SmallDisk.mounted() : null;
    try {
      return await Place.besides(disk, folder);
    } catch (error) {
      disk?.unmount();
      throw error;
    }
  }

  private static async besides(disk: SmallDisk | null, folder: string): Promise<Place> {
    const postgres = await startEmbeddedPostgres({ dataDirectory: disk?.folder ?? folder });
    const line = await Line.to(() => postgres.port);
    const url = Object.assign(new URL(postgres.url), { port: String(line.port) }).href;
    const environment = {
      ...{ DATABASE_URL: url, DATABASE_OWNER_URL: postgres.ownerUrl },
      VAULT_KEY_FILE: join(folder, 'vault.key'),
    };
    const market = await Market.open(environment);
    return new Place(market, environment, { postgres, line, disk }, null);
  }

  /** A second server on the same database, with a folder of its own. */
  anotherServer(): Promise<Market> {
    return Market.open(this.environment);
  }

  private async furnish({ lots, rules }: Stage): Promise<void> {
    const { market } = this;
    this.officer = await market.officer();
    const pots = Array.from({ length: lots }, () => pot({ startFen: 100, stepFen: 100 }));
    const { showId, host } = await market.openShow(pots, rules);
    [this.showId, this.host, this.origin] = [showId, host, host.state.origin];
    for (let n = 0; n < BIDDERS; n += 1) {
      const name = `竞买人${n + 1}`;
      // Every other one has a key and signs.
      const person = await (n % 2 ? market.buyer(showId, name) : market.signer(showId, name));
      this.bidders.push(new Bidder(market, person, this.frontDoor));
    }
  }

  /** Puts a lot on the block; answers when it is to close. */
  async offers(lot: string): Promise<number> {
    const { market, showId } = this;
    if (!this.host.isConnected) this.host = await market.enter(showId, await market.host());
    await this.host.offers(lot, ...this.bidders.map(({ here }) => here));
    return this.host.state.lots[lot]!.offerings.at(-1)!.closesAt!;
  }

  get line(): Line {
    return must(this.beside?.line);
  }
  get disk(): SmallDisk {
    return must(this.beside?.disk);
  }
  get door(): Line {
    return must(this.frontDoor);
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
    const { market, beside, frontDoor } = this;
    for (const one of this.bidders) one.leaves();
    frontDoor?.close();
    const isDead = await Promise.race([market.ended.then(() => true), pause(0, false)]);
    if (isDead && !beside) this.endOrphan();
    try {
      await market.close();
      beside?.line.close();
      await beside?.postgres.stop();
    } finally {
      beside?.disk?.unmount();
    }
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

function must<T>(ground: T | null | undefined): T {
  if (!ground) throw new Error('bug: the place does not stand on what is to be struck');
  return ground;
}
