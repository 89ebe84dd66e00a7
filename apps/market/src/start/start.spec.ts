import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressesOf, networkIps } from './addresses.js';
import { hangDoorbell, ring } from './doorbell.js';
import { ownCertificate } from './ownCertificate.js';
import { vaultKeyIn } from './vaultKey.js';
import { welcome } from './welcome.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'qingpai-start-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe("the vault's key", () => {
  it('is made at first start, readable by us alone, and stays', () => {
    const file = join(folder, 'deeper', 'vault.key');
    const key = vaultKeyIn(file);
    expect(key).toHaveLength(32);
    expect(modeOf(file)).toBe(0o600);
    expect(vaultKeyIn(file)).toEqual(key);
  });

  it('is never replaced when its file is damaged', () => {
    const file = join(folder, 'vault.key');
    writeFileSync(file, 'short');
    expect(() => vaultKeyIn(file)).toThrow('32');
  });
});

describe('the certificate of our own', () => {
  const now = Date.UTC(2026, 10, 24);
  it('names this machine and its addresses, and is kept', async () => {
    const made = await ownCertificate(folder, ['192.168.1.5'], now);
    const certificate = new X509Certificate(made.cert);
    expect([certificate.checkHost('localhost'), certificate.checkIP('192.168.1.5')]).toEqual(['localhost', '192.168.1.5']); // prettier-ignore
    expect(modeOf(join(folder, 'https.pem'))).toBe(0o600);
    expect(await ownCertificate(folder, ['192.168.1.5'], now)).toEqual(made);
  });

  it('is made anew for a new address, and before it ends', async () => {
    const first = await ownCertificate(folder, [], now);
    const second = await ownCertificate(folder, ['10.0.0.7'], now);
    const third = await ownCertificate(folder, ['10.0.0.7'], now + 720 * 86_400_000);
    expect(new Set([first.cert, second.cert, third.cert]).size).toBe(3);
  });
});

describe('addresses', () => {
  const served = {
    publicUrl: null,
    host: '0.0.0.0',
    port: 8020,
    httpsPort: 8021,
    networkIps: ['192.168.1.5'],
  };

  it('allows exactly the origins that are served', () => {
    expect(addressesOf(served).origins).toEqual([
      'http://localhost:8020',
      'https://localhost:8021',
      'http://127.0.0.1:8020',
      'https://127.0.0.1:8021',
      'http://192.168.1.5:8020',
      'https://192.168.1.5:8021',
    ]);
    expect(addressesOf({ ...served, host: '127.0.0.1', httpsPort: null })).toEqual({
      main: 'http://localhost:8020',
      network: [],
      origins: ['http://localhost:8020', 'http://127.0.0.1:8020'],
    });
  });

  it('writes an origin as browsers do: without the port that goes without saying', () => {
    expect(addressesOf({ ...served, port: 80, httpsPort: 443 }).origins.slice(0, 2)).toEqual([
      'http://localhost',
      'https://localhost',
    ]);
  });

  it('behind a proxy there is one address, its own', () => {
    const addresses = addressesOf({ ...served, publicUrl: 'https://market.example' });
    expect(addresses).toEqual({
      main: 'https://market.example',
      network: [],
      origins: ['https://market.example'],
    });
  });

  it('finds the networks and leaves loopback out', () => {
    const entry = { netmask: '', mac: '', cidr: null };
    const found = networkIps({
      lo: [{ ...entry, address: '127.0.0.1', family: 'IPv4', internal: true }],
      wlan0: [
        { ...entry, address: '192.168.1.5', family: 'IPv4', internal: false },
        { ...entry, address: 'fe80::1', family: 'IPv6', internal: false, scopeid: 1 },
      ],
    });
    expect(found).toEqual(['192.168.1.5']);
  });
});

describe('the doorbell', () => {
  it('gives fresh links to whoever holds the note, and to nobody else', async () => {
    let times = 0;
    const doorbell = await hangDoorbell(async () => `links ${++times}`);
    const wrong = JSON.stringify({ ...(JSON.parse(doorbell.note) as object), token: 'guess' });
    expect(await ring(doorbell.note)).toBe('links 1');
    expect(await ring(doorbell.note)).toBe('links 2');
    expect(await ring(wrong)).toBeNull();
    await doorbell.close();
    expect(await ring(doorbell.note)).toBeNull();
  });
});

describe('the welcome', () => {
  const addresses = addressesOf({
    publicUrl: null,
    host: '0.0.0.0',
    port: 8020,
    httpsPort: 8021,
    networkIps: ['192.168.1.5'],
  });
  const paths = {
    township: '泗桥乡',
    room: '/r/20261124-01',
    host: '/host#link=h',
    officer: '/township#link=o',
    moderator: '/host#link=m',
  };

  it('shows three links, a secure one for the phone of the host, and a QR', () => {
    const said = welcome(addresses, paths);
    for (const line of [
      'http://localhost:8020/r/20261124-01',
      'http://localhost:8020/host#link=h',
      'http://localhost:8020/township#link=o',
      'http://192.168.1.5:8020/r/20261124-01',
      'https://192.168.1.5:8021/host#link=h',
      '继续访问',
      '██ ▄▄▄▄▄ █',
    ]) {
      expect(said).toContain(line);
    }
  });

  it('has no room to show before there is a show', () => {
    expect(welcome(addresses, { ...paths, room: null })).not.toContain('/r/');
  });
});
