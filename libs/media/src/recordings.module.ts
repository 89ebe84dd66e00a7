import {
  type DynamicModule,
  Inject,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Jobs } from '@qingpai/platform';
import { DataSource } from 'typeorm';
import { LOOK_INTO_INBOX_EVERY_MS } from './limits.js';
import { RECORDING_HANDS, type RecordingHands } from './recordings/hands.js';
import {
  KEEP_RECORDING,
  Recordings,
  RECORDINGS_FOLDER,
  STORE_RECORDING,
  type RecordingsParts,
} from './recordings/recordings.js';
import { ReplayController } from './recordings/replay.controller.js';

export type RecordingsOptions = Omit<RecordingsParts, 'db' | 'hands'> &
  Pick<DynamicModule, 'imports'> & {
    /** Whether the relay records here; else what was recorded before is still shown. */
    isOn: boolean;
  };
const IS_ON = Symbol('recording is on');

/** Recordings and their replay. Needs the MembersModule, `Jobs`, and `RECORDING_HANDS` from one of `imports`. */
@Module({})
export class RecordingsModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly recordings: Recordings,
    jobs: Jobs,
    @Inject(IS_ON) private readonly isOn: boolean,
  ) {
    jobs.handle(KEEP_RECORDING, (payload) => recordings.keep(payload));
    jobs.handle(STORE_RECORDING, (payload) => recordings.storePiece(payload));
  }

  static forRoot({ imports, isOn, ...parts }: RecordingsOptions): DynamicModule {
    return {
      module: RecordingsModule,
      imports: imports ?? [],
      controllers: [ReplayController],
      providers: [
        { provide: IS_ON, useValue: isOn },
        { provide: RECORDINGS_FOLDER, useValue: parts.folder },
        {
          provide: Recordings,
          useFactory: (db: DataSource, hands: RecordingHands) => new Recordings({ ...parts, db, hands }),
          inject: [DataSource, RECORDING_HANDS],
        },
      ],
      exports: [Recordings],
    };
  }

  onApplicationBootstrap(): void {
    if (!this.isOn) return;
    let isLooking = false;
    this.timer = setInterval(() => {
      if (isLooking) return;
      isLooking = true;
      void this.recordings.takeUpAll().finally(() => (isLooking = false));
    }, LOOK_INTO_INBOX_EVERY_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }
}
