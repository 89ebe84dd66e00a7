import { type ArgumentsHost, Catch, type ExceptionFilter, Global, Module } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { MembersModule } from '@qingpai/members';
import { vaultKey } from '@qingpai/members/testing';
import { problemOf, Refused } from '@qingpai/platform';
import { type FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { StoreModule, type StoreOptions } from '../store.module.js';
import { type StoredTownship } from './storedShow.js';

@Catch(Refused)
class AsProblem implements ExceptionFilter {
  catch(refused: Refused, host: ArgumentsHost) {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.status(refused.status).send(problemOf(refused, 'r1'));
  }
}

/** The routes of the store over a township's database, as the server has them. */
export async function storedApp(
  township: StoredTownship,
  options: Omit<StoreOptions, 'host'> = {},
): Promise<NestFastifyApplication> {
  class Db {}
  const source = { provide: DataSource, useValue: township.database.dataSource };
  Global()(Db);
  Module({ providers: [source], exports: [source] })(Db);
  const built = await Test.createTestingModule({
    imports: [
      Db,
      MembersModule.forRoot({ vaultKey, publicOrigins: [], secureCookies: false }),
      StoreModule.forRoot({ host: 'market.example', ...options }),
    ],
  }).compile();
  const app = built.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  app.useGlobalFilters(new AsProblem());
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
