import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import multipart from '@fastify/multipart';
import { type ArgumentsHost, Catch, type ExceptionFilter, Global, Module } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { ledgerEntities, ledgerMigrations } from '@qingpai/ledger';
import { membersEntities, membersMigrations, MembersModule, MembersService } from '@qingpai/members';
import { seedSiqiao, vaultKey } from '@qingpai/members/testing';
import { anchoredClock, type Clock, problemOf, Refused } from '@qingpai/platform';
import { testDatabase } from '@qingpai/platform/testing';
import { type ClientMessage, type clientMessages, type HostCommand, type ShowRules } from '@qingpai/wire';
import { type FastifyReply } from 'fastify';
import { io, type Socket } from 'socket.io-client';
import { DataSource } from 'typeorm';
import { type z } from 'zod';
import { AuctionModule } from '../auction.module.js';
import { auctionEntities, auctionMigrations } from '../database.js';
import { type DeskOptions } from '../desk.module.js';
import { Desks } from '../desk/desks.js';
import { Seats } from '../room/seats.js';
import { judgeHere, judgeSeasonHere } from '../store/judge.js';
import { ShowStore } from '../store/showStore.js';
import { type WitnessOptions } from '../witness.module.js';
import { done, lotNamed } from './rig.js';
import { siqiaoCard } from './storedShow.js';

@Catch(Refused)
class AsProblem implements ExceptionFilter {
  catch(refused: Refused, host: ArgumentsHost) {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = problemOf(refused, 'r1');
    void reply.status(refused.status).type('application/problem+json').send(problem);
  }
}

export const ours = 'https://market.example';
type Answer<N extends ClientMessage> = z.infer<(typeof clientMessages)[N]['answer']>;

/** A page's socket: asks, and keeps what it was told. */
export class TestSocket {
  readonly told: { name: string; payload: unknown }[] = [];
  constructor(readonly socket: Socket) {
    socket.onAny((name: string, payload: unknown) => this.told.push({ name, payload }));
  }
  ask<N extends ClientMessage>(name: N, payload: unknown): Promise<Answer<N>> {
    return this.emit(name, payload) as Promise<Answer<N>>;
  }
  /** Anything at all, however wrong. */
  emit(name: string, ...args: unknown[]): Promise<unknown> {
    return this.socket.timeout(5_000).emitWithAck(name, ...args);
  }
  news<T>(name: string): T[] {
    return this.told.filter((one) => one.name === name).map(({ payload }) => payload as T);
  }
}

/** The auction as a server on a real Postgres and real sockets, with Siqiao's people in it. */
export async function roomApp({
  clock = anchoredClock(),
  ...witnessing
}: WitnessOptions & { clock?: Clock; warn?: DeskOptions['warn'] } = {}) {
  const database = await testDatabase({
    entities: [...membersEntities, ...ledgerEntities, ...auctionEntities],
    migrations: [...membersMigrations, ...ledgerMigrations, ...auctionMigrations],
  });
  const dataDir = await mkdtemp(join(tmpdir(), 'qingpai-room-'));
  const app = await started(database.dataSource, dataDir, { clock, ...witnessing });
  const members = app.get(MembersService);
  const store = app.get(ShowStore);
  const desks = app.get(Desks);
  const { townshipId, host, officer } = await seedSiqiao(members);
  members.findShowsBy(store.findShow);
  const more = await members.ensureSeed({
    township: { name: '泗桥乡', code: 'siqiao' },
    people: [
      { role: 'moderator', phone: '13700000005', nickname: '小陈', goTo: '/host' },
      { role: 'operator', phone: '13700000007', nickname: '老吴', goTo: '/host' },
      { role: 'host', phone: '13700000009', nickname: '小赵', goTo: '/host' },
    ],
  });
  const limen = await members.ensureSeed({
    township: { name: '礼门乡', code: 'limen' },
    people: [{ role: 'host', phone: '13700000008', nickname: '小林', goTo: '/host' }],
  });
  const tokenOf = async ({ link }: { link: { token: string } }) =>
    (await members.exchangeToken(link.token)).token;
  const people = {
    host: await tokenOf(host),
    officer: await tokenOf(officer),
    moderator: await tokenOf(more.people[0]!),
    operator: await tokenOf(more.people[1]!),
    /** Another host of the same township. */
    coHost: await tokenOf(more.people[2]!),
    foreignHost: await tokenOf(limen.people[0]!),
  };
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const open: Socket[] = [];

  /** Opens a socket as a page of ours would, with this session. */
  const socketOf = async (token: string | null, options: Parameters<typeof io>[1] = {}) => {
    const headers = { origin: ours, ...(token !== null && { cookie: `qp_session=${token}` }) };
    const socket = io(url, {
      ...{ transports: ['websocket'], reconnection: false, forceNew: true, extraHeaders: headers },
      ...options,
    });
    open.push(socket);
    const test = new TestSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    return test;
  };
  const sealedShow = async (rules: ShowRules, lots = ['L1', 'L2']) => {
    const wanted = { townshipId, hostId: host.memberId, card: siqiaoCard, rules, demo: false };
    const { showId } = await database.dataSource.transaction((manager) =>
      store.createShow(manager, { ...wanted, nowMs: Date.now() - 1_000 }),
    );
    const desk = await desks.of(showId);
    await done(desk.command(lots.map((lot) => lotNamed(lot))));
    await done(desk.command({ by: 'host', name: 'seal' }));
    return showId;
  };
  const newShow = async (rules: ShowRules, lots?: string[]) => {
    const showId = await sealedShow(rules, lots);
    await done((await desks.of(showId)).command({ by: 'host', name: 'open' }));
    return showId;
  };
  /** A buyer with a paddle in this show. */
  const buyer = async (nickname: string, showId: string) => {
    const [slip] = await members.makeSlips(showId, 1);
    const { token, memberId } = await members.exchangeToken(slip!.token, nickname);
    const seat = await app.get(Seats).take(showId, memberId);
    return { token, memberId, ...seat };
  };
  let commands = 0;
  return {
    ...{ app, url, database, members, desks, store, people, socketOf, newShow, sealedShow, buyer },
    command: (socket: TestSocket, command: HostCommand) =>
      socket.ask('command', { commandId: `command-${(commands += 1)}`, command }),
    close: async () => {
      for (const socket of open) socket.disconnect();
      await app.close();
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
export type RoomApp = Awaited<ReturnType<typeof roomApp>>;

async function started(
  db: DataSource,
  dataDir: string,
  options: WitnessOptions & { clock: Clock; warn?: DeskOptions['warn'] },
): Promise<NestFastifyApplication> {
  class Ground {}
  const provided = [{ provide: DataSource, useValue: db }];
  Global()(Ground);
  Module({ providers: provided, exports: [DataSource] })(Ground);
  const built = await Test.createTestingModule({
    imports: [
      Ground,
      MembersModule.forRoot({ vaultKey, publicOrigins: [ours], secureCookies: false }),
      AuctionModule.forRoot({
        ...{ host: 'market.example', dataDir, judge: judgeHere, judgeSeason: judgeSeasonHere },
        ...options,
      }),
    ],
  }).compile();
  const app = built.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  await app.getHttpAdapter().getInstance().register(multipart);
  app.useGlobalFilters(new AsProblem());
  await app.listen(0, '127.0.0.1');
  return app;
}
