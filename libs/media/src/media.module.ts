import { type DynamicModule, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CameraLinks } from './cameraLinks.js';
import { ForwardController } from './forward.controller.js';
import { MEDIA_OPTIONS, type MediaOptions } from './options.js';
import { NewsController } from './news.controller.js';
import { SenderPages } from './senderPages.js';
import { StageController } from './stage.controller.js';

/** The routes of live video. Needs the MembersModule, and `STAGE_HANDS` from one of `imports`. */
@Module({})
export class MediaModule {
  static forRoot({ imports, ...options }: MediaOptions & Pick<DynamicModule, 'imports'>): DynamicModule {
    return {
      module: MediaModule,
      imports: imports ?? [],
      controllers: [StageController, NewsController, ForwardController],
      providers: [
        { provide: MEDIA_OPTIONS, useValue: options },
        SenderPages,
        {
          provide: CameraLinks,
          useFactory: (db: DataSource) => new CameraLinks(db, options.nowMs),
          inject: [DataSource],
        },
      ],
    };
  }
}
