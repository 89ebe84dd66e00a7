import { type DynamicModule, Module, type OnApplicationShutdown, Optional } from '@nestjs/common';
import { MembersService } from '@qingpai/members';
import { Jobs } from '@qingpai/platform';
import { pseudonym, showId } from '@qingpai/wire';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { cardsOf } from './catalogue/lotCards.js';
import { SealConsents } from './consent/sealConsents.js';
import { DESK_OPTIONS, type DeskParts } from './desk.module.js';
import { Desks } from './desk/desks.js';
import { Loudspeaker } from './gateway/loudspeaker.js';
import { RoomGateway } from './gateway/room.gateway.js';
import { RateLimits } from './room/rateLimits.js';
import { RoomController, SigningController } from './room/room.controller.js';
import { type Stages } from './room/room.js';
import { Rooms } from './room/rooms.js';
import { Seats } from './room/seats.js';
import { KeptTalk } from './talk/keptTalk.js';
import { TalkController } from './talk/talk.controller.js';
import { ShowStore } from './store/showStore.js';
import { Witnessing } from './witness/witnessing.js';

export interface RoomOptions extends Pick<DynamicModule, 'imports'> {
  /** How many times wider the rates of `room/limits.ts` are; default 1. For load tests. */
  rateTimes?: number | undefined;
  /** Who carries live video, where there is any. */
  stages?: Stages | undefined;
}
const STAGES = Symbol('stages');

/** The rooms of shows, over sockets and over HTTP. */
@Module({})
export class RoomModule implements OnApplicationShutdown {
  constructor(
    private readonly rooms: Rooms,
    private readonly talk: KeptTalk,
    @Optional() jobs?: Jobs,
  ) {
    jobs?.handle('pay-reminder', async (payload) => {
      const { showId, bidder } = payReminder.parse(payload);
      await (await rooms.of(showId)).remindToPay(bidder);
    });
  }

  /** @param imports modules that provide `Desks`, `ShowStore`, `Witnessing` and the desk's options */
  static forRoot({ imports, rateTimes, stages }: RoomOptions): DynamicModule {
    return {
      module: RoomModule,
      imports: imports ?? [],
      controllers: [RoomController, SigningController, TalkController],
      providers: [
        Loudspeaker,
        { provide: RateLimits, useValue: new RateLimits(rateTimes) },
        RoomGateway,
        {
          provide: KeptTalk,
          useFactory: (db: DataSource, members: MembersService, { warn, clock }: DeskParts) =>
            new KeptTalk({ db, members, warn, clock }),
          inject: [DataSource, MembersService, DESK_OPTIONS],
        },
        { provide: STAGES, useValue: stages ?? null },
        {
          provide: Seats,
          useFactory: (desks: Desks, store: ShowStore) => new Seats(desks, store),
          inject: [Desks, ShowStore],
        },
        {
          provide: Rooms,
          useFactory: roomsOf,
          inject: [
            Desks,
            Seats,
            RateLimits,
            Loudspeaker,
            MembersService,
            ShowStore,
            DataSource,
            DESK_OPTIONS,
            Witnessing,
            KeptTalk,
            STAGES,
          ],
        },
      ],
      exports: [Rooms, Seats],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    this.rooms.close();
    await this.talk.close();
  }
}

/** Asked for by payments, when something is to be paid and before its deadline. */
const payReminder = z.object({ showId, bidder: pseudonym });

function roomsOf(
  desks: Desks,
  seats: Seats,
  limits: RateLimits,
  fanout: Loudspeaker,
  members: MembersService,
  store: ShowStore,
  db: DataSource,
  { warn, onBid, clock }: DeskParts,
  witnessing: Witnessing,
  talk: KeptTalk,
  stages: Stages | null,
): Rooms {
  return new Rooms({
    ...{ desks, seats, limits, fanout, members, warn, onBid, witnessing, talk, stages },
    consents: new SealConsents({ db, nowMs: () => clock.nowMs() }),
    faceOf: async (showId) => {
      const [{ card, code }, cards, ended] = await Promise.all([
        store.show(showId),
        cardsOf(db.manager, showId),
        store.endOf(showId),
      ]);
      return { card, code, cards, ...(ended && { ended }) };
    },
    waitingFor: async (showId) => (await members.waitingFor(showId)).length,
  });
}
