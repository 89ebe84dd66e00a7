import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { BadConfig, type Environment, readConfig } from './config.js';
import { keys } from './environmentKeys.js';

const example = parseEnv(readFileSync(join(__dirname, '../../../.env.example'), 'utf8')) as Environment;

function badKeysOf(environment: Environment, ours?: string[]): string[] {
  try {
    readConfig(environment, ours);
    return [];
  } catch (error) {
    if (error instanceof BadConfig) return error.badKeys.map((bad) => bad.key);
    throw error;
  }
}

describe('.env.example', () => {
  it('shows every key, and no other', () => {
    expect(Object.keys(example).sort()).toEqual(Object.keys(keys).sort());
  });

  it('shows the defaults', () => {
    expect(readConfig(example, Object.keys(example))).toEqual(readConfig({}));
    for (const [name, { schema }] of Object.entries(keys)) {
      const hasDefault = schema.parse(undefined) !== undefined;
      expect([name, example[name] !== '']).toEqual([name, hasDefault]);
    }
  });
});

describe('a wrong configuration', () => {
  it('names every bad key at once, in both languages, and tells no value', () => {
    const environment = { PORT: '80a', HOST_PHONE: '12345', VAULT_KEY: 'my-secret', LEGAL_MODE: 'free' };
    expect(badKeysOf(environment)).toEqual(['PORT', 'VAULT_KEY', 'HOST_PHONE', 'LEGAL_MODE']);
    expect(() => readConfig(environment)).toThrow(/PORT: 应为 0 到 65535 .* whole number/);
    expect(() => readConfig(environment)).not.toThrow(/my-secret/);
  });

  it('names a key of .env that does not exist', () => {
    expect(badKeysOf({ PROT: '80' }, ['PROT'])).toEqual(['PROT']);
    expect(badKeysOf({ PATH: '/bin' })).toEqual([]);
  });

  it.each([
    ['an owner without a database', { DATABASE_OWNER_URL: 'postgres://a:b@c/d' }, 'DATABASE_OWNER_URL'],
    ['a Stripe key without its webhook', { STRIPE_SECRET_KEY: 'sk_test_1' }, 'STRIPE_WEBHOOK_SECRET'],
    ['a key that is none of Stripe’s', { STRIPE_SECRET_KEY: 'pk_live_1' }, 'STRIPE_SECRET_KEY'],
    [
      'a secret file that is not there',
      { STRIPE_SECRET_KEY_FILE: '/nowhere/key', STRIPE_WEBHOOK_SECRET: 'whsec_1' },
      'STRIPE_SECRET_KEY_FILE',
    ],
    ['LiveKit without its key', { LIVEKIT_URL: 'wss://live.example' }, 'LIVEKIT_URL'],
    [
      'a media secret that is soon guessed',
      { LIVEKIT_URL: 'wss://live.example', LIVEKIT_API_KEY: 'k', LIVEKIT_API_SECRET: 'short' },
      'LIVEKIT_API_SECRET',
    ],
    [
      'a file of a media secret that is not there',
      { MEDIA_NEWS_SECRET_FILE: '/nowhere/secret' },
      'MEDIA_NEWS_SECRET_FILE',
    ],
    [
      'where to send without where to watch',
      { MEDIA_WHIP_URL: 'https://a.example/{show}' },
      'MEDIA_WHEP_URL',
    ],
    ['a media address without its show', { MEDIA_WHIP_URL: 'https://a.example/whip' }, 'MEDIA_WHIP_URL'],
    [
      'two media servers',
      {
        MEDIA_RELAY_URL: 'http://relay:8030',
        MEDIA_WHIP_URL: 'https://a.example/{show}/whip',
        MEDIA_WHEP_URL: 'https://a.example/{show}/whep',
      },
      'MEDIA_RELAY_URL',
    ],
    ['two vault keys', { VAULT_KEY: `${'A'.repeat(43)}=`, VAULT_KEY_FILE: 'k' }, 'VAULT_KEY'],
    ['a licence without its certificate', { LEGAL_MODE: 'licensed' }, 'LICENCE'],
    ['a licence that has ended', { LICENCE: '某行', LICENCE_UNTIL: '2020-01-01' }, 'LICENCE_UNTIL'],
    ['one port for both', { PORT: '8021' }, 'HTTPS_PORT'],
    ['one phone for two offices', { OFFICER_PHONE: '13800000001' }, 'HOST_PHONE'],
    ['a public address with a path', { PUBLIC_URL: 'https://market.example/room' }, 'PUBLIC_URL'],
    ['wider rates where others can come', { RATE_TIMES: '100' }, 'RATE_TIMES'],
    ['a database that is no Postgres', { DATABASE_URL: 'mysql://a:b@c/d' }, 'DATABASE_URL'],
  ])('names %s', (_, environment, key) => {
    expect(badKeysOf(environment)).toEqual([key]);
  });
});

describe('a right one', () => {
  it('leaves https to the proxy where there is one, and names the logs after it', () => {
    const config = readConfig({ PUBLIC_URL: 'https://market.example/' });
    expect(config).toMatchObject({ publicUrl: 'https://market.example', httpsPort: null });
    expect(config.logHost).toBe('market.example');
  });

  it('pays online only when it was given both secrets, from the environment or from files', () => {
    expect(readConfig({}).stripe).toBeNull();
    const folder = mkdtempSync(join(tmpdir(), 'qingpai-config-'));
    const file = join(folder, 'stripe.key');
    writeFileSync(file, 'sk_test_inAFile\n');
    const { stripe } = readConfig({ STRIPE_SECRET_KEY_FILE: file, STRIPE_WEBHOOK_SECRET: 'whsec_1' });
    rmSync(folder, { recursive: true });
    const apiUrl = 'https://api.stripe.com';
    expect(stripe).toEqual({ secretKey: 'sk_test_inAFile', webhookSecret: 'whsec_1', apiUrl });
  });

  it('takes any free ports, or no https at all', () => {
    expect(readConfig({ PORT: '0', HTTPS_PORT: '0' })).toMatchObject({ port: 0, httpsPort: 0 });
    expect(readConfig({ HTTPS_PORT: 'off' }).httpsPort).toBeNull();
  });

  it('shows the certificate of a licensed house', () => {
    const licensed = { LEGAL_MODE: 'licensed', LICENCE: '某拍卖行 第 1 号', LICENCE_UNTIL: '2027-12-31' };
    expect(readConfig(licensed, [], Date.UTC(2026, 10, 24)).house.seller.licence).toBe(
      '某拍卖行 第 1 号（至 2027-12-31）',
    );
  });
});
