import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { type ConfiguredWitness } from '@qingpai/auction';
import { type Elsewhere, type S3Options } from '@qingpai/media';
import { type StripeKeys } from '@qingpai/payments';
import {
  keys,
  mediaSecretLeast,
  stripeHookSecret,
  stripeSecret,
  type Values,
  type Words,
} from './environmentKeys.js';

/** The environment as the server uses it: read once, here only, and handed on as this value. */
export interface Config {
  port: number;
  /** Own https for phones on the network; null: off, or a proxy has it. */
  httpsPort: number | null;
  host: string;
  /** Origin of the proxy in front, e.g. https://market.example; null: reached directly. */
  publicUrl: string | null;
  dataDir: string;
  /** Null: the embedded Postgres. `ownerUrl` null: one role for all, and the app could drop its own guards. */
  database: { url: string; ownerUrl: string | null } | null;
  /** Null: in `vaultKeyFile`, made at first start. */
  vaultKey: Buffer | null;
  vaultKeyFile: string;
  /** First part of the origin of every log. */
  logHost: string;
  /** A witness of our own, started with the server. */
  ownWitness: boolean;
  /** Independent ones. */
  witnesses: readonly ConfiguredWitness[];
  /** Null: rooms show photos. */
  video: LiveVideo | null;
  recordings: RecordingsConfig;
  logLevel: Values['LOG_LEVEL'];
  /** Above 1, for load tests on this machine alone: rates are so many times wider, and sign-in is not counted. */
  rateTimes: number;
  demo: boolean;
  seedShow: boolean;
  township: { name: string; code: string };
  people: Record<'host' | 'officer' | 'moderator', { phone: string; nickname: string }>;
  /** What every show of this house says of itself. */
  house: House;
  /** How bills are paid by hand. */
  offlinePayment: string;
  /** Null: nothing is paid online. */
  stripe: StripeKeys | null;
}

export interface LiveVideo {
  /** 0: any free one below 32768. */
  udpPort: number;
  /** For networks that let no UDP through; null: off. */
  tcpPort: number | null;
  /** IPv4 that clients send to, where it is not the one they reach the pages by. */
  publicIp: string | null;
  /** Origin of a relay that runs elsewhere; null: one is started with the server. */
  relayUrl: string | null;
  /** A media server that is not ours, in the relay's place; null: the relay. */
  elsewhere: Elsewhere | null;
  /** Signs tokens; made at first start. */
  keyFile: string;
  viewersMax: number;
  egressMbitMax: number;
}

export interface RecordingsConfig {
  isOn: boolean;
  folder: string;
  keepMs: number;
  segmentMinutes: number;
  freeBytesMin: number;
  /** An object store beside the disk; null: none. */
  s3: S3Options | null;
}

export interface House {
  hostTitle: string;
  seller: {
    name: string;
    statement: string;
    address: string;
    contact: string;
    legalMode: Values['LEGAL_MODE'];
    licence: string | null;
  };
  freight: string;
  payBy: string;
}

/** What is wrong with one key. Its value is not told: it may be a secret. */
export interface BadKey extends Words {
  key: string;
}

/** Thrown at start with every bad key at once. */
export class BadConfig extends Error {
  constructor(readonly badKeys: BadKey[]) {
    super(
      [
        '配置有误 / The configuration is wrong:',
        ...badKeys.map((bad) => `  ${bad.key}: ${bad.zh} / ${bad.en}`),
        '说明见 .env.example / See .env.example',
      ].join('\n'),
    );
    this.name = 'BadConfig';
  }
}

export type Environment = Record<string, string | undefined>;

/** The process's environment over the file `.env`, where there is one. Throws `BadConfig`. */
export function configOfProcess(): Config {
  const file = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return readConfig({ ...file, ...process.env }, Object.keys(file));
}

/**
 * @param ours names that were written for this program alone, so that an unknown one is a slip of the pen.
 * Throws `BadConfig`.
 */
export function readConfig(
  environment: Environment,
  ours: readonly string[] = [],
  nowMs = Date.now(),
): Config {
  const unknown = ours
    .filter((name) => !(name in keys))
    .map((name) => bad(name, '没有这个配置项', 'no such key'));
  const { values, badKeys } = parsed(environment);
  if (values === null) throw new BadConfig([...badKeys, ...unknown]);
  const read = { ...values, ...secretsInFiles(values) };
  const wrong = [...contradictions(read, new Date(nowMs).toISOString().slice(0, 10)), ...unknown];
  if (wrong.length > 0) throw new BadConfig(wrong);
  return configOf(read);
}

/** An empty value counts as none, so that .env.example can show keys that have no default. */
function parsed(environment: Environment): { values: Values | null; badKeys: BadKey[] } {
  const results = Object.entries(keys).map(([name, { schema, zh, en }]) => {
    const result = schema.safeParse(environment[name]?.trim() || undefined);
    return { name, result, bad: bad(name, zh, en) };
  });
  const badKeys = results.filter(({ result }) => !result.success).map((each) => each.bad);
  if (badKeys.length > 0) return { values: null, badKeys };
  return {
    values: Object.fromEntries(results.map(({ name, result }) => [name, result.data])) as unknown as Values,
    badKeys,
  };
}

/** Secrets, from their files where these are named; an unreadable one reads as an empty text. */
function secretsInFiles(values: Values): Pick<Values, (typeof secretNames)[number]> {
  return Object.fromEntries(
    secretNames.map((name) => [name, values[name] ?? textOf(values[`${name}_FILE`])]),
  ) as Pick<Values, (typeof secretNames)[number]>;
}
const mediaSecrets = ['LIVEKIT_API_SECRET', 'MEDIA_JWT_SECRET', 'MEDIA_NEWS_SECRET'] as const;
const secretNames = ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET', ...mediaSecrets] as const;

function textOf(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(resolve(file), 'utf8').trim();
  } catch {
    return '';
  }
}

const bad = (key: string, zh: string, en: string): BadKey => ({ key, zh, en });

/** What each key alone cannot tell. */
function contradictions(values: Values, today: string): BadKey[] {
  const found: [boolean, BadKey][] = [
    [
      values.DATABASE_OWNER_URL !== undefined && values.DATABASE_URL === undefined,
      bad('DATABASE_OWNER_URL', '要和 DATABASE_URL 一起给', 'needs DATABASE_URL beside it'),
    ],
    [
      values.VAULT_KEY !== undefined && values.VAULT_KEY_FILE !== undefined,
      bad('VAULT_KEY', '和 VAULT_KEY_FILE 只能给一个', 'cannot stand beside VAULT_KEY_FILE'),
    ],
    [
      (values.STRIPE_SECRET_KEY === undefined) !== (values.STRIPE_WEBHOOK_SECRET === undefined),
      bad(
        'STRIPE_WEBHOOK_SECRET',
        '和 STRIPE_SECRET_KEY 要一起给，或都不给',
        'and STRIPE_SECRET_KEY stand together, or neither',
      ),
    ],
    [
      !stripeSecret.test(values.STRIPE_SECRET_KEY ?? 'sk_test_0'),
      bad('STRIPE_SECRET_KEY_FILE', '文件里应为 sk_… 或 rk_…', 'must be a file that holds sk_… or rk_…'),
    ],
    [
      !stripeHookSecret.test(values.STRIPE_WEBHOOK_SECRET ?? 'whsec_0'),
      bad('STRIPE_WEBHOOK_SECRET_FILE', '文件里应为 whsec_…', 'must be a file that holds whsec_…'),
    ],
    ...mediaSecrets.map((name): [boolean, BadKey] => [
      (values[name]?.length ?? mediaSecretLeast) < mediaSecretLeast,
      bad(`${name}_FILE`, keys[name].zh, keys[name].en),
    ]),
    [
      values.LIVEKIT_URL !== undefined &&
        (values.LIVEKIT_API_KEY === undefined || values.LIVEKIT_API_SECRET === undefined),
      bad(
        'LIVEKIT_URL',
        '要和 LIVEKIT_API_KEY、LIVEKIT_API_SECRET 一起给',
        'needs LIVEKIT_API_KEY and LIVEKIT_API_SECRET beside it',
      ),
    ],
    [
      (values.MEDIA_WHIP_URL === undefined) !== (values.MEDIA_WHEP_URL === undefined),
      bad(
        'MEDIA_WHEP_URL',
        '和 MEDIA_WHIP_URL 要一起给，或都不给',
        'and MEDIA_WHIP_URL stand together, or neither',
      ),
    ],
    [
      [values.MEDIA_RELAY_URL, values.LIVEKIT_URL, values.MEDIA_WHIP_URL].filter(Boolean).length > 1,
      bad(
        'MEDIA_RELAY_URL',
        '和 LIVEKIT_URL、MEDIA_WHIP_URL 只能给一个',
        'LIVEKIT_URL and MEDIA_WHIP_URL: one of them at most',
      ),
    ],
    [
      new Set(
        [values.S3_BUCKET_URL, values.S3_ACCESS_KEY_ID, values.S3_SECRET_ACCESS_KEY].map(
          (one) => one === undefined,
        ),
      ).size === 2,
      bad(
        'S3_BUCKET_URL',
        '和 S3_ACCESS_KEY_ID、S3_SECRET_ACCESS_KEY 要一起给，或都不给',
        'S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY stand together, or none of them',
      ),
    ],
    [
      values.LEGAL_MODE === 'licensed' &&
        (values.LICENCE === undefined || values.LICENCE_UNTIL === undefined),
      bad('LICENCE', '持证拍卖要写明证书号和有效期', 'licensed needs LICENCE and LICENCE_UNTIL'),
    ],
    [
      values.LICENCE_UNTIL !== undefined && values.LICENCE_UNTIL < today,
      bad('LICENCE_UNTIL', '批准证书已过期，不能开拍', 'the licence has ended: no show may be held'),
    ],
    [
      values.PORT !== 0 && values.PORT === values.HTTPS_PORT,
      bad('HTTPS_PORT', '不能和 PORT 相同', 'must differ from PORT'),
    ],
    [
      values.RATE_TIMES !== 1 && values.HOST !== '127.0.0.1',
      bad('RATE_TIMES', '只能和 HOST=127.0.0.1 一起用', 'needs HOST=127.0.0.1: never where others can come'),
    ],
    [
      new Set([values.HOST_PHONE, values.OFFICER_PHONE, values.MODERATOR_PHONE]).size < 3,
      bad(
        'HOST_PHONE',
        '主播、乡镇、场控要用三个不同的手机号',
        'host, officer and moderator need three phones',
      ),
    ],
  ];
  return found.filter(([is]) => is).map(([, badKey]) => badKey);
}

function configOf(values: Values): Config {
  const publicUrl = values.PUBLIC_URL === undefined ? null : new URL(values.PUBLIC_URL).origin;
  const dataDir = resolve(values.DATA_DIR);
  return {
    port: values.PORT,
    httpsPort: publicUrl === null ? values.HTTPS_PORT : null,
    host: values.HOST,
    publicUrl,
    dataDir,
    database:
      values.DATABASE_URL === undefined
        ? null
        : { url: values.DATABASE_URL, ownerUrl: values.DATABASE_OWNER_URL ?? null },
    vaultKey: values.VAULT_KEY === undefined ? null : Buffer.from(values.VAULT_KEY, 'base64'),
    vaultKeyFile: resolve(values.VAULT_KEY_FILE ?? `${dataDir}/vault.key`),
    logHost: values.LOG_HOST ?? (publicUrl === null ? 'qingpai.localhost' : new URL(publicUrl).hostname),
    ownWitness: values.OWN_WITNESS,
    witnesses: values.WITNESSES ?? [],
    video: values.LIVE_VIDEO ? videoOf(values, dataDir) : null,
    recordings: recordingsOf(values, dataDir),
    logLevel: values.LOG_LEVEL,
    rateTimes: values.RATE_TIMES,
    demo: values.DEMO,
    seedShow: values.SEED_SHOW,
    township: { name: values.TOWNSHIP_NAME, code: values.TOWNSHIP_CODE },
    people: {
      host: { phone: values.HOST_PHONE, nickname: values.HOST_NAME },
      officer: { phone: values.OFFICER_PHONE, nickname: values.OFFICER_NAME },
      moderator: { phone: values.MODERATOR_PHONE, nickname: values.MODERATOR_NAME },
    },
    house: houseOf(values),
    offlinePayment: values.OFFLINE_PAYMENT,
    stripe: stripeOf(values),
  };
}

function stripeOf(values: Values): StripeKeys | null {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret, STRIPE_API: apiUrl } = values;
  return secretKey === undefined || webhookSecret === undefined ? null : { secretKey, webhookSecret, apiUrl };
}

const videoOf = (values: Values, dataDir: string): LiveVideo => ({
  udpPort: values.MEDIA_UDP_PORT,
  tcpPort: values.MEDIA_TCP_PORT,
  publicIp: values.MEDIA_PUBLIC_IP ?? null,
  relayUrl: values.MEDIA_RELAY_URL === undefined ? null : new URL(values.MEDIA_RELAY_URL).origin,
  elsewhere: elsewhereOf(values),
  keyFile: resolve(values.MEDIA_KEY_FILE ?? `${dataDir}/media.key`),
  viewersMax: values.MEDIA_VIEWERS_MAX,
  egressMbitMax: values.MEDIA_EGRESS_MBIT_MAX,
});

function elsewhereOf(values: Values): Elsewhere | null {
  const { LIVEKIT_URL, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret } = values;
  if (LIVEKIT_URL !== undefined && apiKey !== undefined && apiSecret !== undefined) {
    const url = bare(LIVEKIT_URL);
    const apiUrl = bare(values.LIVEKIT_API_URL ?? url.replace(/^ws/, 'http'));
    return { by: 'livekit', url, apiUrl, apiKey, apiSecret };
  }
  const { MEDIA_WHIP_URL: publish, MEDIA_WHEP_URL: watch } = values;
  if (publish === undefined || watch === undefined) return null;
  const jwtSecret = values.MEDIA_JWT_SECRET ?? null;
  return { by: 'whip', publish, watch, jwtSecret, newsSecret: values.MEDIA_NEWS_SECRET ?? null };
}
const bare = (url: string) => url.replace(/\/$/, '');

function s3Of(values: Values): S3Options | null {
  const { S3_BUCKET_URL: url, S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = values;
  if (url === undefined || accessKeyId === undefined || secretAccessKey === undefined) return null;
  return { url, accessKeyId, secretAccessKey, region: values.S3_REGION };
}

const recordingsOf = (values: Values, dataDir: string): RecordingsConfig => ({
  isOn: values.RECORDING,
  folder: resolve(values.RECORDINGS_DIR ?? `${dataDir}/recordings`),
  keepMs: 86_400_000 * values.RECORDING_KEEP_DAYS,
  segmentMinutes: values.RECORDING_SEGMENT_MINUTES,
  freeBytesMin: 1e9 * values.RECORDING_FREE_GB_MIN,
  s3: s3Of(values),
});

function houseOf(values: Values): House {
  return {
    hostTitle: values.HOST_TITLE,
    seller: {
      name: values.SELLER_NAME,
      statement: values.SELLER_STATEMENT,
      address: values.SELLER_ADDRESS,
      contact: values.SELLER_CONTACT,
      legalMode: values.LEGAL_MODE,
      licence: values.LICENCE === undefined ? null : `${values.LICENCE}（至 ${values.LICENCE_UNTIL}）`,
    },
    freight: values.FREIGHT,
    payBy: values.PAY_BY,
  };
}
