import { type DynamicModule, Global, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { OriginGuard, SessionGuard } from './guards.js';
import { MembersService } from './members.service.js';
import { MEMBERS_OPTIONS, type MembersOptions } from './options.js';
import { PrivacyController } from './privacy.controller.js';
import { SessionAnswer } from './sessionAnswer.js';
import { SignInController } from './signIn.controller.js';
import { SignInLimits } from './signInLimits.js';
import { ConsoleSms } from './sms.js';
import { Vault } from './vault.js';
import { WaitingController } from './waiting.controller.js';

/**
 * People and their sign-in. Global, because its two guards stand before every route of the app: whatever carries
 * neither @May nor @Public is refused. Needs a `DataSource` provider with `membersEntities`.
 */
@Global()
@Module({})
export class MembersModule implements OnApplicationBootstrap {
  constructor(private readonly members: MembersService) {}

  static forRoot(options: MembersOptions): DynamicModule {
    return {
      module: MembersModule,
      controllers: [SignInController, PrivacyController, WaitingController],
      providers: [
        { provide: MEMBERS_OPTIONS, useValue: options },
        { provide: SignInLimits, useValue: new SignInLimits(options.limits ?? true) },
        {
          provide: MembersService,
          useFactory: serviceOf,
          inject: [DataSource, MEMBERS_OPTIONS, SignInLimits],
        },
        SessionAnswer,
        { provide: APP_GUARD, useClass: OriginGuard },
        { provide: APP_GUARD, useClass: SessionGuard },
      ],
      exports: [MembersService, MEMBERS_OPTIONS, SessionAnswer, SignInLimits],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.members.sealAnew();
  }
}

function serviceOf(db: DataSource, options: MembersOptions, limits: SignInLimits): MembersService {
  return new MembersService({
    db,
    limits,
    vault: new Vault(options.vaultKey),
    sms: options.smsSender ?? new ConsoleSms(),
    nowMs: options.nowMs ?? Date.now,
  });
}
