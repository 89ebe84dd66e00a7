import { type DynamicModule, Global, Module } from '@nestjs/common';
import { MembersModule } from '@qingpai/members';
import { DataSource } from 'typeorm';
import { DocsController } from './docs/docs.controller.js';
import { HealthController } from './health/health.controller.js';
import { Metrics } from './health/metrics.js';
import { BuiltPages } from './pages/builtPages.js';
import { PlainPages } from './pages/plainPages.js';
import { MARKET_PARTS, type MarketParts } from './parts.js';

/** Wiring, no rules: which libs make up the server, and what they are given. */
@Module({})
export class MarketModule {
  static forRoot(parts: MarketParts): DynamicModule {
    const { config } = parts;
    return {
      module: MarketModule,
      imports: [
        GroundModule.forRoot(parts),
        MembersModule.forRoot({
          vaultKey: parts.vaultKey,
          publicOrigins: parts.origins,
          secureCookies: config.publicUrl?.startsWith('https:') ?? false,
          nowMs: () => parts.clock.nowMs(),
        }),
      ],
      controllers: [HealthController, DocsController],
      providers: [
        Metrics,
        { provide: BuiltPages, useValue: new BuiltPages(parts.webFolder) },
        {
          provide: PlainPages,
          useFactory: (built: BuiltPages) => new PlainPages(built),
          inject: [BuiltPages],
        },
      ],
    };
  }
}

/** What every lib may ask for: the database. */
@Global()
@Module({})
class GroundModule {
  static forRoot(parts: MarketParts): DynamicModule {
    const provided = [
      { provide: MARKET_PARTS, useValue: parts },
      { provide: DataSource, useValue: parts.db },
    ];
    return { module: GroundModule, providers: provided, exports: provided };
  }
}
