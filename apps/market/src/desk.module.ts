import { type DynamicModule, Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Desks, LoopWatch, PostgresShowLog, processTimers } from '@qingpai/auction';
import { type MarketParts } from './parts.js';

@Module({})
export class DeskModule {
  static forRoot({ clock, log }: MarketParts, imports: NonNullable<DynamicModule['imports']>): DynamicModule {
    const desks = {
      provide: Desks,
      useFactory: (showLog: PostgresShowLog) =>
        new Desks({
          log: showLog,
          clock,
          timers: processTimers,
          watch: new LoopWatch(clock),
          warn: (event, details) => log.warn(details, event),
        }),
      inject: [PostgresShowLog],
    };
    return { module: DeskModule, imports, providers: [desks, DesksEnd], exports: [Desks] };
  }
}

class DesksEnd implements OnApplicationShutdown {
  async onApplicationShutdown() {}
}
void Global;
