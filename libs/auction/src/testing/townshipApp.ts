import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import multipart from '@fastify/multipart';
import { type ArgumentsHost, Catch, type ExceptionFilter, Global, Module } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Ledger, ledgerEntities, ledgerMigrations } from '@qingpai/ledger';
import { membersEntities, membersMigrations, MembersModule, MembersService } from '@qingpai/members';
import { seedSiqiao, SmsBox, vaultKey } from '@qingpai/members/testing';
import {
  paymentsEntities,
  paymentsMigrations,
  PaymentsModule,
  type PaymentsOptions,
} from '@qingpai/payments';
import { createLog, Jobs, platformMigrations, problemOf, Refused } from '@qingpai/platform';
import { testDatabase } from '@qingpai/platform/testing';
import { type FastifyReply } from 'fastify';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { AfterSaleModule } from '../afterSale.module.js';
import { CatalogueModule } from '../catalogue.module.js';
import { auctionEntities, auctionMigrations } from '../database.js';
import { Desks } from '../desk/desks.js';
import { Registry } from '../registry/registry.js';
import { PostgresShowLog } from '../store/postgresShowLog.js';
import { ShowStore } from '../store/showStore.js';
import { portsOn } from './rig.js';
import { storeOn } from './storedShow.js';

@Catch(Refused)
class AsProblem implements ExceptionFilter {
  catch(refused: Refused, host: ArgumentsHost) {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.status(refused.status).type('application/problem+json').send(problemOf(refused, 'r1'));
  }
}

/** A bearer token; null: nobody. */
export type Who = string | null;
type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Siqiao's shows, catalogues and payments as a server on a real Postgres, with its people signed in. */
export async function townshipApp(
  online: Pick<Partial<PaymentsOptions>, 'provider' | 'nowMs' | 'tell'> = {},
) {
  const database = await testDatabase({
    entities: [...membersEntities, ...ledgerEntities, ...auctionEntities, ...paymentsEntities],
    migrations: [
      ...platformMigrations,
      ...membersMigrations,
      ...ledgerMigrations,
      ...auctionMigrations,
      ...paymentsMigrations,
    ],
  });
  const dataDir = await mkdtemp(join(tmpdir(), 'qingpai-township-'));
  const sms = new SmsBox();
  const app = await started(database.dataSource, dataDir, sms, online);
  const [members, desks, store] = [app.get(MembersService), app.get(Desks), app.get(ShowStore)];
  const seeded = await seedSiqiao(members);
  members.findShowsBy(store.findShow);
  const people = await signedIn(members, seeded);
  const phoneBuyer = async (nickname: string, phone: string) => {
    await members.requestCode(phone);
    return (await members.verifyCode(phone, sms.lastCodeOf(phone), nickname)).token;
  };
  const buyer = async (nickname: string, showId: string) => {
    const [slip] = await members.makeSlips(showId, 1);
    return (await members.exchangeToken(slip!.token, nickname)).token;
  };
  return {
    ...{ app, members, desks, store, people, buyer, phoneBuyer, database, dataDir },
    ...requestsTo(app),
    /** As the role that owns the tables. */
    asOwner: async (sql: string) => {
      const owner = new Client({ connectionString: database.ownerUrl });
      await owner.connect();
      await owner.query(sql).finally(() => owner.end());
    },
    close: async () => {
      await desks.close();
      await app.close();
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
export type TownshipApp = Awaited<ReturnType<typeof townshipApp>>;

async function started(
  db: DataSource,
  dataDir: string,
  smsSender: SmsBox,
  online: Partial<PaymentsOptions>,
): Promise<NestFastifyApplication> {
  class Ground {}
  const provided = [
    { provide: DataSource, useValue: db },
    {
      provide: 'stored',
      useFactory: (members: MembersService) => storeOn(db, members),
      inject: [MembersService],
    },
    { provide: ShowStore, useFactory: ({ store }: Stored) => store, inject: ['stored'] },
    { provide: Ledger, useFactory: ({ ledger }: Stored) => ledger, inject: ['stored'] },
    { provide: Registry, useFactory: ({ registry }: Stored) => registry, inject: ['stored'] },
    { provide: PostgresShowLog, useFactory: ({ log }: Stored) => log, inject: ['stored'] },
    // Nobody works on them unless a test starts them.
    { provide: Jobs, useValue: new Jobs(createLog('silent')) },
    { provide: Desks, useFactory: ({ log }: Stored) => new Desks(portsOn(log)), inject: ['stored'] },
  ];
  Global()(Ground);
  Module({ providers: provided, exports: provided.map(({ provide }) => provide) })(Ground);
  const catalogue = CatalogueModule.forRoot({ dataDir, imports: [] });
  const payments = PaymentsModule.forRoot({ dataDir, imports: [catalogue], counter, ...online });
  const built = await Test.createTestingModule({
    imports: [
      Ground,
      MembersModule.forRoot({ vaultKey, publicOrigins: [], secureCookies: false, smsSender }),
      catalogue,
      payments,
      AfterSaleModule.forRoot({ dataDir, imports: [catalogue, payments], ...online }),
    ],
  }).compile();
  const app = built.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), {
    rawBody: true,
  });
  await app.getHttpAdapter().getInstance().register(multipart);
  app.useGlobalFilters(new AsProblem());
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
/** What the pay page says of paying by hand. */
const counter = {
  ...{ payBy: '次日中午 12 点前付款', freight: '合并一个包裹' },
  ...{ payee: '泗桥乡花卉专业合作社', contact: '乡便民服务中心', byHand: '转账或现金' },
};

type Stored = ReturnType<typeof storeOn>;

/** Host and officer of Siqiao, a moderator, another host beside them, and a host and an officer of Limen. */
async function signedIn(members: MembersService, { host, officer }: Awaited<ReturnType<typeof seedSiqiao>>) {
  const more = await members.ensureSeed({
    township: { name: '泗桥乡', code: 'siqiao' },
    people: [
      { role: 'moderator', phone: '13700000005', nickname: '小陈', goTo: '/host' },
      { role: 'host', phone: '13700000006', nickname: '小李', goTo: '/host' },
      { role: 'operator', phone: '13700000007', nickname: '老吴', goTo: '/host' },
    ],
  });
  const limen = await members.ensureSeed({
    township: { name: '礼门乡', code: 'limen' },
    people: [
      { role: 'host', phone: '13700000008', nickname: '小林', goTo: '/host' },
      { role: 'officer', phone: '13700000009', nickname: '老林', goTo: '/township' },
    ],
  });
  const tokens: string[] = [];
  for (const { link } of [host, officer, ...more.people, ...limen.people]) {
    tokens.push((await members.exchangeToken(link.token)).token);
  }
  const [hostToken, officerToken, moderator, otherHost, operator, foreignHost, foreignOfficer] = tokens as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return {
    host: hostToken,
    officer: officerToken,
    moderator,
    otherHost,
    operator,
    foreignHost,
    foreignOfficer,
  };
}

function requestsTo(app: NestFastifyApplication) {
  const send = (method: Method, url: string, who: Who, body?: object) =>
    app.inject({
      method,
      url,
      headers: authorization(who),
      ...(body !== undefined && { payload: body }),
    });
  return {
    get: (url: string, who: Who) => send('GET', url, who),
    post: (url: string, who: Who, body: object = {}) => send('POST', url, who, body),
    put: (url: string, who: Who, body: object) => send('PUT', url, who, body),
    del: (url: string, who: Who) => send('DELETE', url, who),
    upload: (url: string, who: Who, file: Buffer, name = 'file') => {
      const boundary = 'qingpai-boundary';
      const head = `--${boundary}\r\ncontent-disposition: form-data; name="${name}"; filename="f"\r\n\r\n`;
      return app.inject({
        method: 'POST',
        url,
        headers: { ...authorization(who), 'content-type': `multipart/form-data; boundary=${boundary}` },
        payload: Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]),
      });
    },
  };
}

const authorization = (who: Who) => (who === null ? {} : { authorization: `Bearer ${who}` });
