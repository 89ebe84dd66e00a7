import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Claims, Defaulters, Parcels } from '@qingpai/auction';
import { MembersService } from '@qingpai/members';
import { openElsewhere, Recordings, RelayServer } from '@qingpai/media';
import { DepositsService, OnlinePayments, PaymentsService, PayWindows } from '@qingpai/payments';
import {
  anchoredClock,
  type Claim,
  Jobs,
  type Log,
  openDatabase,
  startEmbeddedPostgres,
} from '@qingpai/platform';
import { DailyReports, InvariantRuns } from '@qingpai/township';
import { type Config } from '../config.js';
import { marketEntities, marketMigrations } from '../entities.js';
import { Metrics } from '../health/metrics.js';
import { type MarketParts } from '../parts.js';
import { createMarket } from '../server.js';
import { type Addresses, addressesOf, networkIps } from './addresses.js';
import { type Closers } from './closers.js';
import { hangDoorbell } from './doorbell.js';
import { keepHouse } from './housekeeping.js';
import { ownCertificate } from './ownCertificate.js';
import { openOwnHttps } from './ownHttps.js';
import { startOwnRelay } from './ownRelay.js';
import { startOwnWitness } from './ownWitness.js';
import { projectFolder, projectVersion } from './projectFolder.js';
import { peopleAndShow } from './seed.js';
import { vaultKeyIn } from './vaultKey.js';
import { welcome } from './welcome.js';

/** A claim that is ours. */
type OurClaim = Extract<Claim, { mine: true }>;

/**
 * From nothing to a room that is open; whatever was opened is put on `closers`, so that it is closed also when a
 * later step fails. Answers the text that greets whoever started it.
 */
export async function startMarket(
  config: Config,
  claim: OurClaim,
  log: Log,
  closers: Closers,
): Promise<string> {
  const db = await openData(config, log, closers);
  const { ownWitness, witnesses, dataDir, logHost } = config;
  const own = ownWitness
    ? await startOwnWitness({ dataDir, name: `${logHost}/witness` }, log, closers)
    : null;
  const origins: string[] = [];
  const clock = anchoredClock();
  const parts: MarketParts = {
    config,
    db,
    vaultKey: config.vaultKey ?? vaultKeyIn(config.vaultKeyFile),
    origins,
    clock,
    log,
    webFolder: join(projectFolder(), 'dist/web'),
    version: projectVersion(),
    witnesses: own ? [own.witness, ...witnesses] : witnesses,
    ...(own && { introduce: own.introduce }),
    media: await openMedia(config, log, closers),
  };
  const app = await createMarket(parts);
  closers.add('the server', () => app.close());
  const members = app.get(MembersService, { strict: false });
  const payments = app.get(PaymentsService, { strict: false });
  const deposits = app.get(DepositsService, { strict: false });
  const payWindows = app.get(PayWindows, { strict: false });
  const catchUp = () => payWindows.catchUp();
  const [parcels, claims] = [app.get(Parcels, { strict: false }), app.get(Claims, { strict: false })];
  const recordings = app.get(Recordings, { strict: false });
  const sweep = async () => {
    await members.sweep();
    await payments.sweep();
    await deposits.sweep();
    await catchUp();
    await claims.sweep();
    await parcels.lapse();
    await app.get(Defaulters, { strict: false }).catchUp();
    await reports.keep();
    await recordings.sweep();
  };
  const reports = app.get(DailyReports, { strict: false });
  const online = app.get(OnlinePayments, { strict: false });
  const reconcile = () => online.reconcile();
  const [runs, metrics] = [app.get(InvariantRuns, { strict: false }), app.get(Metrics, { strict: false })];
  runs.onRun(metrics.handleInvariants);
  const household = {
    clock,
    log,
    sweep,
    reconcile,
    audit: () => runs.run(),
    onClockJump: metrics.handleClockJump,
  };
  closers.add('housekeeping', keepHouse(household));
  void catchUp().catch((err: unknown) => log.warn({ err }, 'pay windows were not caught up with'));
  closers.add('jobs', app.get(Jobs, { strict: false }).start(db));
  const addresses = await listen(app, config, log, closers);
  origins.push(...addresses.origins);
  const greet = async () => welcome(addresses, await peopleAndShow(app, config, log));
  const text = await greet();
  const doorbell = await hangDoorbell(greet);
  closers.add('the doorbell', () => doorbell.close());
  claim.leaveNote(doorbell.note);
  return text;
}

/** Null: no live video, by choice or because it cannot run here. */
async function openMedia(
  { video, recordings, host, publicUrl, logHost }: Config,
  log: Log,
  closers: Closers,
) {
  if (video === null) return null;
  const key = vaultKeyIn(video.keyFile);
  if (video.elsewhere !== null) {
    const server = await openElsewhere(video.elsewhere, { key, roomsOf: logHost, nowMs: Date.now });
    closers.add('the media server elsewhere', async () => server.close());
    log.info({ by: video.elsewhere.by }, '直播视频在别的服务器上 / live video is carried elsewhere');
    return { server, key };
  }
  const announced = video.publicIp ?? (publicUrl === null ? null : (networkIps()[0] ?? null));
  if (video.relayUrl !== null) {
    const server = new RelayServer(video.relayUrl, key, announced);
    closers.add('the news of the relay', async () => server.close());
    return { server, key };
  }
  const server = await startOwnRelay(
    { video, recordings, keyFile: video.keyFile, key, host, announced },
    log,
    closers,
  );
  return server && { server, key };
}

async function openData(config: Config, log: Log, closers: Closers) {
  const urls = config.database ?? (await embedded(config, log, closers));
  if (urls.ownerUrl === null) {
    log.warn(
      'DATABASE_OWNER_URL 未设：应用自己就能拆掉账本的保护 / without it the app could drop the guards of its log',
    );
  }
  const db = await openDatabase({
    url: urls.url,
    ownerUrl: urls.ownerUrl ?? undefined,
    entities: marketEntities,
    migrations: marketMigrations,
    onLostClient: (err) => log.warn({ err }, '数据库连接断开 / a database connection was lost'),
  });
  closers.add('the database connections', () => db.destroy());
  log.info('数据库就绪 / the database is ready');
  return db;
}

const steps = {
  making: '首次启动：正在建数据库 / first start: making the database',
  'ended-orphan': '上次没有正常关闭，已清理 / ended a database left over from a crash',
  restarting: '数据库意外停止，正在重启 / the database stopped unexpectedly; starting it again',
};

async function embedded(config: Config, log: Log, closers: Closers) {
  const postgres = await startEmbeddedPostgres({
    dataDirectory: config.dataDir,
    onStep: (step) => log.info(steps[step]),
  });
  closers.add('Postgres', () => postgres.stop());
  return postgres;
}

async function listen(
  app: NestFastifyApplication,
  config: Config,
  log: Log,
  closers: Closers,
): Promise<Addresses> {
  await app.listen(config.port, config.host);
  const http = app.getHttpServer() as Server;
  const { port } = http.address() as AddressInfo;
  const ips = networkIps();
  const httpsPort = await listenSecurely(http, config, ips, log, closers);
  log.info({ port, httpsPort }, '开始监听 / listening');
  return addressesOf({ publicUrl: config.publicUrl, host: config.host, port, httpsPort, networkIps: ips });
}

/** Null when it is off or its port is taken: phones then do without a camera, and everything else goes on. */
async function listenSecurely(http: Server, config: Config, ips: string[], log: Log, closers: Closers) {
  if (config.httpsPort === null) return null;
  const certificate = await ownCertificate(config.dataDir, ips, Date.now());
  try {
    const https = await openOwnHttps(http, certificate, config.host, config.httpsPort);
    closers.add('https', () => https.close());
    return https.port;
  } catch (err) {
    log.warn(
      { err: String(err) },
      `HTTPS_PORT ${config.httpsPort} 用不了，没有 https / cannot be used: no https`,
    );
    return null;
  }
}
