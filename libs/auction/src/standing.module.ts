import { type DynamicModule, Module } from '@nestjs/common';
import { MembersService } from '@qingpai/members';
import { DataSource } from 'typeorm';
import { DESK_OPTIONS, type DeskParts } from './desk.module.js';
import { Desks } from './desk/desks.js';
import { Seats } from './room/seats.js';
import { Defaulters } from './standing/defaulters.js';
import { StandingController } from './standing/standing.controller.js';
import { PostgresShowLog } from './store/postgresShowLog.js';

/** Who may not bid any more, in whatever show of the township. */
@Module({})
export class StandingModule {
  constructor(seats: Seats, defaulters: Defaulters) {
    seats.judgeBy(defaulters);
  }

  /** @param imports modules that provide `Desks`, `PostgresShowLog`, `Seats` and the desk's options */
  static forRoot({ imports }: Pick<DynamicModule, 'imports'>): DynamicModule {
    return {
      module: StandingModule,
      imports: imports ?? [],
      controllers: [StandingController],
      providers: [
        {
          provide: Defaulters,
          useFactory: (
            db: DataSource,
            desks: Desks,
            members: MembersService,
            log: PostgresShowLog,
            { clock, warn }: DeskParts,
          ) => new Defaulters({ db, desks, members, log, warn, nowMs: () => clock.nowMs() }),
          inject: [DataSource, Desks, MembersService, PostgresShowLog, DESK_OPTIONS],
        },
      ],
      exports: [Defaulters],
    };
  }
}
