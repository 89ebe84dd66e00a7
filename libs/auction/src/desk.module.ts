import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { anchoredClock, type Clock } from '@qingpai/platform';
import { DataSource } from 'typeorm';
import { Desks } from './desk/desks.js';
import { ANSWERS_LEAVE_MS } from './desk/limits.js';
import { LoopWatch } from './desk/loopWatch.js';
import { nodeSignatures } from './desk/signatures.js';
import { processTimers } from './desk/timers.js';
import { type BidListener } from './room/room.js';
import { Show } from './store/entities.js';
import { PostgresShowLog } from './store/postgresShowLog.js';

export const DESK_OPTIONS = Symbol('desk options');

export interface DeskOptions {
  /** The clock that stamps; default: one of its own. */
  clock?: Clock;
  /** Told of what an operator should see; default: nobody. */
  warn?: (event: string, details: Record<string, unknown>) => void;
  /** Told of every bid's answer, and how long it took; default: nobody. */
  onBid?: BidListener;
  /** Modules that provide `PostgresShowLog`. */
  imports: NonNullable<DynamicModule['imports']>;
}
export type DeskParts = Required<Pick<DeskOptions, 'clock' | 'warn' | 'onBid'>>;

/** The desks of this server's shows. At the start it takes over what is open, so that lots close though nobody comes. */
@Module({})
export class DeskModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly desks: Desks,
    private readonly db: DataSource,
    @Inject(DESK_OPTIONS) private readonly parts: DeskParts,
  ) {}

  static forRoot({
    imports,
    clock = anchoredClock(),
    warn = () => {},
    onBid = () => {},
  }: DeskOptions): DynamicModule {
    return {
      module: DeskModule,
      imports,
      providers: [
        { provide: DESK_OPTIONS, useValue: { clock, warn, onBid } satisfies DeskParts },
        {
          provide: Desks,
          useFactory: (log: PostgresShowLog) =>
            new Desks({
              log,
              clock,
              warn,
              timers: processTimers,
              watch: new LoopWatch(clock),
              signatures: nodeSignatures,
            }),
          inject: [PostgresShowLog],
        },
      ],
      exports: [Desks, DESK_OPTIONS],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const { showId } of await showsToTakeOver(this.db)) {
      await this.desks.of(showId).catch((error: unknown) => {
        this.parts.warn('desk.not-resumed', { show: showId, error: String(error) });
      });
    }
  }

  /** Before sockets are closed, so that who waits in line still hears the answer. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.desks.close();
    // What the desk has answered still has to leave by the sockets; cut at once, buyers would never hear it.
    await new Promise((resolve) => setTimeout(resolve, ANSWERS_LEAVE_MS));
  }
}

/** Those that are open; those in which a default may be followed by something, or a deposit let go; and those older than the books, which are written when their log is taken over. */
function showsToTakeOver(db: DataSource): Promise<Pick<Show, 'showId'>[]> {
  return db.manager
    .createQueryBuilder(Show, 'show')
    .where(`phase = 'open'`)
    .orWhere(`phase = 'closed' AND rules ? 'deposit'`)
    .orWhere(
      `phase = 'closed' AND rules ? 'secondChance' AND EXISTS (
         SELECT FROM sales WHERE sales.show_id = show.show_id AND sales.phase = 'defaulted' AND followed_by IS NULL)`,
    )
    .orWhere(
      `EXISTS (SELECT FROM sales WHERE sales.show_id = show.show_id) AND NOT EXISTS (
         SELECT FROM journal_entries JOIN logs USING (log) WHERE logs.origin = show.origin)`,
    )
    .getMany();
}
