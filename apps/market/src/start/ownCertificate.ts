import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate, type SubjectAltNameEntry } from 'selfsigned';

/** PEM. */
export interface KeyAndCertificate {
  key: string;
  cert: string;
}

const YEARS = 2;
const DAY_MS = 86_400_000;
/** A certificate about to end is replaced at start, not in the middle of a show. */
const LEFT_DAYS_MIN = 30;

/**
 * A certificate of our own for phones on the network, kept in `folder` (0600) so that a phone which accepted it
 * once is not asked again; made anew when it ends soon or an address is not in it.
 */
export async function ownCertificate(
  folder: string,
  addresses: readonly string[],
  nowMs: number,
): Promise<KeyAndCertificate> {
  const file = join(folder, 'https.pem');
  const kept = existsSync(file) ? apart(readFileSync(file, 'utf8')) : null;
  if (kept !== null && fits(kept, addresses, nowMs)) return kept;
  const made = await make(addresses, nowMs);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(file, made.key + made.cert, { mode: 0o600 });
  return made;
}

async function make(addresses: readonly string[], nowMs: number): Promise<KeyAndCertificate> {
  const names: SubjectAltNameEntry[] = [
    { type: 2, value: 'localhost' },
    ...['127.0.0.1', ...addresses].map((ip) => ({ type: 7 as const, ip })),
  ];
  const made = await generate([{ name: 'commonName', value: 'Qingpai' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - DAY_MS),
    notAfterDate: new Date(nowMs + YEARS * 365 * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: names },
    ],
  });
  return { key: endingInNewline(made.private), cert: endingInNewline(made.cert) };
}

const endingInNewline = (pem: string) => `${pem.trim()}\n`;

function apart(pem: string): KeyAndCertificate | null {
  const at = pem.indexOf('-----BEGIN CERTIFICATE-----');
  return at > 0 ? { key: pem.slice(0, at), cert: pem.slice(at) } : null;
}

function fits({ cert }: KeyAndCertificate, addresses: readonly string[], nowMs: number): boolean {
  const certificate = new X509Certificate(cert);
  const endsAtMs = Date.parse(certificate.validTo);
  return (
    endsAtMs - nowMs > LEFT_DAYS_MIN * DAY_MS &&
    addresses.every((ip) => certificate.checkIP(ip) !== undefined)
  );
}
