import { join } from 'node:path';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { MembersModule } from '@qingpai/members';
import { Jobs } from '@qingpai/platform';
import {
  AfterSaleModule,
  afterSaleInvariants,
  AuctionModule,
  Desks,
  Proofs,
  Rooms,
  ShowStore,
} from '@qingpai/auction';
import {
  MediaModule,
  RECORDING_HANDS,
  RecordingsModule,
  S3Store,
  STAGE_HANDS,
  type StageHands,
} from '@qingpai/media';
import { type Counter, paymentsInvariants, PaymentsModule, StripeProvider } from '@qingpai/payments';
import { SHOW_VERDICTS, type ShowVerdicts, TownshipModule } from '@qingpai/township';
import { DataSource } from 'typeorm';
import { type Config } from './config.js';
import { PagesController } from './pages/pages.controller.js';
import { RoomController } from './pages/room.controller.js';
import { DocsController } from './docs/docs.controller.js';
import { HealthController } from './health/health.controller.js';
import { Metrics } from './health/metrics.js';
import { BuiltPages } from './pages/builtPages.js';
import { PackingController } from './pages/packing.controller.js';
import { PlainPages } from './pages/plainPages.js';
import { SlipController } from './pages/slip.controller.js';
import { recordingHands } from './recordingHands.js';
import { MARKET_PARTS, type MarketParts } from './parts.js';

/** Wiring, no rules: which libs make up the server, and what they are given. */
@Module({})
export class MarketModule {
  static forRoot(parts: MarketParts): DynamicModule {
    const { config } = parts;
    const metrics = new Metrics();
    const nowMs = () => parts.clock.nowMs();
    const auction = AuctionModule.forRoot({
      host: config.logHost,
      dataDir: config.dataDir,
      house: config.house,
      demo: config.demo,
      verifierPage: join(parts.webFolder, '../verify/verify.html'),
      clock: parts.clock,
      warn: (event, details) => parts.log.warn(details, event),
      onBid: metrics.handleBid,
      witnesses: parts.witnesses,
      rateTimes: config.rateTimes,
      stages: parts.media?.server,
      ...(parts.introduce && { introduce: parts.introduce }),
    });
    const payments = PaymentsModule.forRoot({
      dataDir: config.dataDir,
      imports: [auction],
      counter: counterOf(config),
      provider: config.stripe && new StripeProvider(config.stripe),
      origin: () => config.publicUrl ?? parts.origins[0]!,
      tell: (kind, details) =>
        parts.log.error({ kind, ...details }, '有一笔款要人处理 / a payment needs a person'),
      warn: (event, details) => parts.log.warn(details, event),
      nowMs,
    });
    return {
      module: MarketModule,
      imports: [
        GroundModule.forRoot(parts),
        MembersModule.forRoot({
          vaultKey: parts.vaultKey,
          publicOrigins: parts.origins,
          secureCookies: config.publicUrl?.startsWith('https:') ?? false,
          limits: config.rateTimes === 1,
          nowMs,
        }),
        auction,
        payments,
        AfterSaleModule.forRoot({ dataDir: config.dataDir, imports: [auction, payments], nowMs }),
        MediaModule.forRoot({
          imports: [HandsModule.with(auction)],
          server: parts.media?.server ?? null,
          key: parts.media?.key ?? parts.vaultKey,
          behindProxy: config.publicUrl !== null,
          nowMs,
        }),
        RecordingsModule.forRoot({
          imports: [RecordingHandsModule.with(auction)],
          ...config.recordings,
          store: config.recordings.s3 && new S3Store(config.recordings.s3),
          isOn: parts.media !== null && config.recordings.isOn,
          nowMs,
          warn: (event, details) => parts.log.warn(details, event),
        }),
        TownshipModule.forRoot({
          imports: [auction, VerdictsModule.with(auction)],
          invariants: [...paymentsInvariants, ...afterSaleInvariants],
          alarm: (invariant, details) =>
            parts.log.error(
              { invariant, ...details },
              details.holds === 'no'
                ? '账目自检不通过 / an invariant does not hold'
                : '账目自检没能完成 / an invariant could not be looked at',
            ),
          nowMs,
        }),
      ],
      controllers: [
        HealthController,
        DocsController,
        PagesController,
        RoomController,
        SlipController,
        PackingController,
      ],
      providers: [
        { provide: Metrics, useValue: metrics },
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

/** What the pay page says of paying by hand. */
const counterOf = ({ house, offlinePayment: byHand }: Config): Counter => ({
  ...{ payBy: house.payBy, freight: house.freight, byHand },
  ...{ payee: house.seller.name, contact: house.seller.contact },
});

/** What every lib may ask for: the database, and to have something done later. */
@Global()
@Module({})
class GroundModule {
  static forRoot(parts: MarketParts): DynamicModule {
    const provided = [
      { provide: MARKET_PARTS, useValue: parts },
      { provide: DataSource, useValue: parts.db },
      { provide: Jobs, useValue: new Jobs(parts.log) },
    ];
    return { module: GroundModule, providers: provided, exports: provided };
  }
}

/** What live video asks of the auction: who holds a show's console, and what the show is called. */
@Module({})
class HandsModule {
  static with(auction: DynamicModule): DynamicModule {
    const hands = {
      provide: STAGE_HANDS,
      useFactory: (rooms: Rooms): StageHands => ({
        refusalToPublish: async (showId, member) => (await rooms.of(showId)).refusalToPublish(member),
        faceOf: async (showId) => {
          const { card, code } = await (await rooms.of(showId)).snapshot();
          return { title: card.title, code };
        },
      }),
      inject: [Rooms],
    };
    return { module: HandsModule, imports: [auction], providers: [hands], exports: [STAGE_HANDS] };
  }
}

/** What recordings ask of the auction. */
@Module({})
class RecordingHandsModule {
  static with(auction: DynamicModule): DynamicModule {
    const hands = {
      provide: RECORDING_HANDS,
      useFactory: (desks: Desks, store: ShowStore) => recordingHands(desks, store),
      inject: [Desks, ShowStore],
    };
    return {
      module: RecordingHandsModule,
      imports: [auction],
      providers: [hands],
      exports: [RECORDING_HANDS],
    };
  }
}

/** What the verifier says of a show is the township's badge. */
@Module({})
class VerdictsModule {
  static with(auction: DynamicModule): DynamicModule {
    const verdicts = {
      provide: SHOW_VERDICTS,
      useFactory: (proofs: Proofs): ShowVerdicts => ({ of: (showId) => proofs.verification(showId) }),
      inject: [Proofs],
    };
    return { module: VerdictsModule, imports: [auction], providers: [verdicts], exports: [SHOW_VERDICTS] };
  }
}
