import { parseWitnesses } from '@qingpai/auction';
import { phone } from '@qingpai/wire';
import { z } from 'zod';

/**
 * Every key of the environment. Each has a default or may be left out, so that `npm start` asks no questions;
 * .env.example shows them all, and a test keeps it equal to this table.
 */
export type Words = { zh: string; en: string };
export interface Key<T> extends Words {
  schema: z.ZodType<T>;
}
/** A key with what a right value looks like, said when a wrong one is found. */
const key = <T>(schema: z.ZodType<T>, zh: string, en: string): Key<T> => ({ schema, zh, en });

const port = (fallback: number) =>
  key(
    z.string().regex(/^\d{1,5}$/).transform(Number).refine((n) => n <= 65_535).default(fallback),
    '应为 0 到 65535 的整数（0：任选一个空闲端口）',
    'must be a whole number from 0 to 65535 (0: any free port)',
  ); // prettier-ignore
/** Below the ports that systems give to clients. */
const mediaPort = (fallback: number) =>
  key(
    z.string().regex(/^\d{1,5}$/).transform(Number).refine((n) => n < 32_768).default(fallback),
    '应为 0 到 32767 的整数（0：任选一个空闲端口）',
    'must be a whole number from 0 to 32767 (0: any free port)',
  ); // prettier-ignore
const count = (fallback: number) =>
  key(
    z.string().regex(/^[1-9]\d{0,4}$/).transform(Number).default(fallback),
    '应为 1 到 99999 的整数',
    'must be a whole number from 1 to 99999',
  ); // prettier-ignore
const words = (fallback: string, max = 80) =>
  key(z.string().max(max).default(fallback), `应为不超过 ${max} 个字`, `must be at most ${max} characters`);
const mobile = (fallback: string) =>
  key(phone.default(fallback), '应为 11 位手机号', 'must be a mobile number of 11 digits');
const yesNo = (fallback: 'yes' | 'no') =>
  key(
    z.enum(['yes', 'no']).transform((said) => said === 'yes').default(fallback === 'yes'),
    '应为 yes 或 no',
    'must be yes or no',
  ); // prettier-ignore
const oneOf = <const T extends string>(names: [T, ...T[]]) =>
  key(
    z.enum(names).default(names[0]),
    `应为下列之一：${names.join('、')}`,
    `must be one of: ${names.join(', ')}`,
  );
const optional = <T>(schema: z.ZodType<T>, zh: string, en: string) => key(schema.optional(), zh, en);
const postgres = optional(
  z.url({ protocol: /^postgres(ql)?$/ }),
  '应为 postgres://用户:密码@主机:端口/库名',
  'must be postgres://user:password@host:port/database',
);
const filePath = optional(z.string(), '应为文件路径', 'must be the path of a file');

export const stripeSecret = /^[sr]k_(test|live)_\w+$/;
export const stripeHookSecret = /^whsec_[\w+/=]+$/;
const stripeKey = optional(
  z.string().regex(stripeSecret),
  '应为 Stripe 的密钥 sk_… 或 rk_…',
  'must be a secret key of Stripe’s, sk_… or rk_…',
);
const stripeHook = optional(
  z.string().regex(stripeHookSecret),
  '应为 Stripe webhook 的签名密钥 whsec_…',
  'must be the signing secret of Stripe’s webhook, whsec_…',
);
const origin = (scheme: 'http' | 'ws') =>
  optional(
    z.url({ protocol: scheme === 'ws' ? /^wss?$/ : /^https?$/ }).refine((text) => /^\w+:\/\/[^/?#]+\/?$/.test(text)),
    `应为 ${scheme}s://主机，后面不带路径`,
    `must be ${scheme}s://host without a path`,
  ); // prettier-ignore
const template = optional(
  z.url({ protocol: /^https?$/ }).refine((text) => text.includes('{show}')),
  '应为 https:// 地址，其中 {show} 代表场次',
  'must be an https:// address with {show} in it',
);
/** HS256 is as strong as its secret is long. */
export const mediaSecretLeast = 32;
const mediaSecret = optional(
  z.string().min(mediaSecretLeast).max(500),
  `应为至少 ${mediaSecretLeast} 个字符的密钥（openssl rand -hex 32）`,
  `must be a secret of at least ${mediaSecretLeast} characters (openssl rand -hex 32)`,
);

/** 《网络交易监督管理办法》 §20: three years from the end of a live sale, a leap day among them. */
const RECORDING_KEEP_DAYS_MIN = 1_096;

export const keys = {
  PORT: port(8020),
  HTTPS_PORT: key(
    z.union([z.literal('off').transform(() => null), port(8021).schema]),
    '应为 0 到 65535 的整数，或 off',
    'must be a whole number from 0 to 65535, or off',
  ),
  HOST: words('0.0.0.0', 60),
  PUBLIC_URL: optional(
    z.url({ protocol: /^https?$/ }).refine((text) => /^https?:\/\/[^/?#]+\/?$/.test(text)),
    '应为 https://域名，后面不带路径',
    'must be https://name without a path',
  ),
  DATA_DIR: words('.data', 400),
  DATABASE_URL: postgres,
  DATABASE_OWNER_URL: postgres,
  VAULT_KEY: optional(
    z.string().regex(/^[A-Za-z0-9+/]{43}=$/),
    '应为 32 个随机字节的 base64（openssl rand -base64 32）',
    'must be the base64 of 32 random bytes (openssl rand -base64 32)',
  ),
  VAULT_KEY_FILE: filePath,
  LOG_HOST: optional(
    z.string().regex(/^[a-z0-9.-]{1,100}$/),
    '应为小写域名（账本名称的前半部分）',
    "must be a host name in lower case (the first part of the logs' names)",
  ),
  OWN_WITNESS: yesNo('yes'),
  WITNESSES: optional(
    z
      .string()
      .transform((text) => parseWitnesses(text))
      .refine((witnesses) => witnesses !== undefined),
    '应为“公钥 地址”，多个用逗号隔开；地址为 - 表示只用文件',
    'must be `<vkey> <url>`, several with commas between; `-` for the url: by file only',
  ),
  LIVE_VIDEO: yesNo('yes'),
  MEDIA_UDP_PORT: mediaPort(8022),
  MEDIA_TCP_PORT: key(
    z.union([z.literal('off').transform(() => null), mediaPort(8023).schema]),
    '应为 0 到 32767 的整数，或 off',
    'must be a whole number from 0 to 32767, or off',
  ),
  MEDIA_PUBLIC_IP: optional(z.ipv4(), '应为 IPv4 地址', 'must be an IPv4 address'),
  MEDIA_RELAY_URL: optional(
    z.url({ protocol: /^http$/ }).refine((text) => /^http:\/\/[^/?#]+\/?$/.test(text)),
    '应为 http://主机:端口，后面不带路径',
    'must be http://host:port without a path',
  ),
  MEDIA_KEY_FILE: filePath,
  LIVEKIT_URL: origin('ws'),
  LIVEKIT_API_URL: origin('http'),
  LIVEKIT_API_KEY: optional(
    z.string().max(100),
    '应为 LiveKit 的 API key',
    'must be an API key of LiveKit’s',
  ),
  LIVEKIT_API_SECRET: mediaSecret,
  LIVEKIT_API_SECRET_FILE: filePath,
  MEDIA_WHIP_URL: template,
  MEDIA_WHEP_URL: template,
  MEDIA_JWT_SECRET: mediaSecret,
  MEDIA_JWT_SECRET_FILE: filePath,
  MEDIA_NEWS_SECRET: mediaSecret,
  MEDIA_NEWS_SECRET_FILE: filePath,
  MEDIA_VIEWERS_MAX: count(300),
  MEDIA_EGRESS_MBIT_MAX: count(300),
  RECORDING: yesNo('yes'),
  RECORDINGS_DIR: filePath,
  RECORDING_KEEP_DAYS: key(
    z.string().regex(/^\d{1,5}$/).transform(Number).refine((days) => days >= RECORDING_KEEP_DAYS_MIN).default(RECORDING_KEEP_DAYS_MIN),
    `录像至少保存三年：应为不小于 ${RECORDING_KEEP_DAYS_MIN} 的整数（天）`,
    `recordings are kept for three years at least: must be a whole number of days, not below ${RECORDING_KEEP_DAYS_MIN}`,
  ), // prettier-ignore
  RECORDING_SEGMENT_MINUTES: count(5),
  RECORDING_FREE_GB_MIN: count(2),
  S3_BUCKET_URL: optional(
    z.url({ protocol: /^https?$/ }),
    '应为桶的地址，如 https://s3.example/recordings',
    'must be the address of a bucket, e.g. https://s3.example/recordings',
  ),
  S3_REGION: words('us-east-1', 40),
  S3_ACCESS_KEY_ID: optional(z.string().max(200), '应为访问密钥的编号', 'must be the id of an access key'),
  S3_SECRET_ACCESS_KEY: optional(z.string().max(400), '应为访问密钥', 'must be the secret access key'),
  LOG_LEVEL: oneOf(['info', 'trace', 'debug', 'warn', 'error', 'silent']),
  SMS: oneOf(['console']),
  RATE_TIMES: count(1),
  DEMO: yesNo('no'),
  SEED_SHOW: yesNo('yes'),
  TOWNSHIP_NAME: words('泗桥乡', 20),
  TOWNSHIP_CODE: key(
    z.string().regex(/^[a-z][a-z0-9-]{1,30}$/).default('siqiao'),
    '应为小写字母、数字和连字符',
    'must be lower-case letters, digits and hyphens',
  ), // prettier-ignore
  HOST_PHONE: mobile('13800000001'),
  HOST_NAME: words('小周', 16),
  HOST_TITLE: words('驻村干部', 20),
  OFFICER_PHONE: mobile('13800000002'),
  OFFICER_NAME: words('老郑', 16),
  MODERATOR_PHONE: mobile('13800000004'),
  MODERATOR_NAME: words('阿敏', 16),
  SELLER_NAME: words('周宁县泗桥乡花卉专业合作社'),
  SELLER_STATEMENT: words('自产农副产品'),
  SELLER_ADDRESS: words('福建省宁德市周宁县泗桥乡'),
  SELLER_CONTACT: words('乡便民服务中心'),
  FREIGHT: words('每位买家一个包裹，运费合并只收一次；省内 8 元，省外 12 元', 120),
  PAY_BY: words('次日中午 12 点前付款', 80),
  OFFLINE_PAYMENT: words('转账、微信、支付宝或现金付给合作社，备注号牌；收到后由两个人经手确认', 160),
  STRIPE_SECRET_KEY: stripeKey,
  STRIPE_SECRET_KEY_FILE: filePath,
  STRIPE_WEBHOOK_SECRET: stripeHook,
  STRIPE_WEBHOOK_SECRET_FILE: filePath,
  STRIPE_API: key(
    z.url({ protocol: /^https?$/ }).default('https://api.stripe.com'),
    '应为 Stripe 接口的地址',
    'must be the address of Stripe’s API',
  ),
  LEGAL_MODE: oneOf(['seller-priced', 'licensed']),
  LICENCE: optional(
    z.string().max(120),
    '应为拍卖机构和批准证书号',
    "must name the agency and its certificate's number",
  ),
  LICENCE_UNTIL: optional(
    z.iso.date(),
    '应为批准证书的有效期，如 2027-12-31',
    'must be the last day of the licence, e.g. 2027-12-31',
  ),
} satisfies Record<string, Key<unknown>>;

export type Values = { [K in keyof typeof keys]: z.output<(typeof keys)[K]['schema']> };
