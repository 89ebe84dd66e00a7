import { inTransaction, type Ledger } from '@qingpai/ledger';
import { type DataSource } from 'typeorm';
import { type Timers } from '../desk/timers.js';
import { checkpointHash, type RegistryState, type RegistryWish } from '../rules/index.js';
import { Show } from '../store/entities.js';
import { type AppendListener } from '../store/postgresShowLog.js';
import { type Moments } from '../witness/moments.js';
import { SWEEP_EVERY_MS } from './limits.js';
import { type Registry } from './registry.js';

export interface RegistrarParts {
  db: DataSource;
  ledger: Ledger;
  registry: Registry;
  moments: Moments;
  /** Milliseconds since 1970, UTC. */
  nowMs(): number;
  timers: Timers;
  warn(event: string, details: Record<string, unknown>): void;
}

/**
 * Notes in the township's registry how each show was sealed and closed. Nobody waits for it: it follows the shows'
 * logs, and now and then it looks for what it missed, also for shows that are older than their registry.
 */
export class Registrar {
  private stopSweeping: () => void = () => undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(private readonly parts: RegistrarParts) {}

  nowMs(): number {
    return this.parts.nowMs();
  }

  start(): void {
    this.stopSweeping = this.parts.timers.later(() => this.start(), SWEEP_EVERY_MS);
    void this.catchUp();
  }

  /** Resolves when nothing is under way any more. */
  stop(): Promise<void> {
    this.stopSweeping();
    return this.turn;
  }

  /** After a commit, from the desk's log: it only notes what there is to do. */
  readonly handleAppended: AppendListener = (_, { events }) => {
    if (events.some(({ type }) => type === 'show.sealed' || type === 'show.closed')) void this.catchUp();
  };

  /** Registers and notes what is missing, township by township; resolves when that is done, or has failed. */
  catchUp(): Promise<void> {
    this.turn = this.turn
      .then(() => this.parts.registry.ahead.asked)
      .then(() => this.noteAll())
      .catch((error: unknown) => this.parts.warn('registry.not-noted', { error: String(error) }));
    return this.turn;
  }

  private async noteAll(): Promise<void> {
    const { db } = this.parts;
    const townships = await db.manager
      .createQueryBuilder(Show, 'show')
      .select('DISTINCT township_id', 'townshipId')
      .getRawMany<{ townshipId: string }>();
    for (const { townshipId } of townships) await this.noteIn(townshipId);
  }

  private async noteIn(townshipId: string): Promise<void> {
    const { db, registry, nowMs } = this.parts;
    const origin = await inTransaction(db, (manager) => registry.open(manager, townshipId, nowMs()));
    // Until somebody has it go on in another log.
    if (registry.isBehind(origin)) return;
    const state = await registry.stateOf(origin);
    const shows = await db.manager.find(Show, { where: { townshipId }, order: { showId: 'ASC' } });
    const behind = shows.filter((show) => isBehind(state, show));
    if (behind.length === 0) return;
    const facts = await Promise.all(behind.map((show) => this.factsOf(show)));
    // The registry may have grown since it was read: what is missing is asked again where it is written.
    await registry.append(origin, (now) => facts.flatMap((fact) => missing(now, fact)), nowMs());
  }

  private async factsOf({ showId, origin, startsAt }: Show): Promise<Facts> {
    const { ledger, moments } = this.parts;
    const size = (await ledger.headOf(origin))?.size ?? 0;
    const cuts = await moments.of(origin, size);
    const noteOf = async (type: 'show.sealed' | 'show.closed'): Promise<string | null> => {
      const cut = cuts.find((one) => one.type === type);
      if (!cut) return null;
      const [head] = await ledger.headsAt(origin, [cut.size]);
      if (!head) throw new Error(`bug: ${origin} was not cut at ${cut.size}`);
      return checkpointHash(origin, head.size, head.root);
    };
    return {
      ...{ show: showId, origin, startsAt: startsAt.getTime(), vkey: await ledger.vkeyOf(origin) },
      ...{ sealed: await noteOf('show.sealed'), closed: await noteOf('show.closed') },
    };
  }
}

interface Facts {
  show: string;
  origin: string;
  vkey: string;
  startsAt: number;
  /** Hashes of the checkpoints that end there, base64; null: it has not come to that. */
  sealed: string | null;
  closed: string | null;
}

function isBehind(state: RegistryState, { showId, phase }: Show): boolean {
  const known = state.shows.get(showId);
  if (!known) return true;
  const isClosed = phase === 'closed' || phase === 'settled';
  return (phase !== 'draft' && known.sealed === null) || (isClosed && known.closed === null);
}

function missing(
  state: RegistryState,
  { show, origin, vkey, startsAt, sealed, closed }: Facts,
): RegistryWish[] {
  const known = state.shows.get(show);
  const wishes: RegistryWish[] = [];
  if (!known) wishes.push({ type: 'show.registered', body: { show, origin, vkey, startsAt } });
  if (sealed !== null && !known?.sealed) wishes.push({ type: 'show.sealed', body: { show, note: sealed } });
  if (closed !== null && !known?.closed) wishes.push({ type: 'show.closed', body: { show, note: closed } });
  return wishes;
}
