import { createHash } from 'node:crypto';

/** One way a secret could stand in what we hand out. */
interface Needle {
  secret: string;
  how: string;
  bytes: Buffer;
}

/**
 * Every form in which a text could leak without being seen: in clear, escaped, encoded, or as a hash that anybody
 * could find by trying (eleven digits are soon tried).
 */
export function needlesOf(secret: string): Needle[] {
  const plain = Buffer.from(secret);
  const hex = plain.toString('hex');
  const escaped = [...secret].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  const hash = createHash('sha256').update(plain).digest();
  const texts: [string, string][] = [
    ['hex', hex],
    ['hex, upper case', hex.toUpperCase()],
    [
      'url-encoded',
      [...plain].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
    ],
    ['encodeURIComponent', encodeURIComponent(secret)],
    ['JSON escape', escaped],
    ['HTML escape', [...secret].map((one) => `&#${one.codePointAt(0)};`).join('')],
    ['bare SHA-256, hex', hash.toString('hex')],
    ['bare SHA-256, base64', hash.toString('base64')],
    ['bare SHA-256, base64url', hash.toString('base64url')],
    ...[0, 1, 2].flatMap((shift): [string, string][] => [
      [`base64 at ${shift}`, base64Within(plain, shift)],
      [`base64url at ${shift}`, base64Within(plain, shift).replaceAll('+', '-').replaceAll('/', '_')],
    ]),
  ];
  return [
    { secret, how: 'in clear', bytes: plain },
    { secret, how: 'UTF-16', bytes: Buffer.from(secret, 'utf16le') },
    ...texts.map(([how, text]) => ({ secret, how, bytes: Buffer.from(text) })),
  ];
}

/** How these bytes look inside longer base64 when `shift` bytes (mod 3) stand before them. */
function base64Within(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replaceAll('=', '');
  const isWhole = (shift + bytes.length) % 3 === 0;
  // The first characters carry bits of what stands before, the last one bits of what follows.
  return text.slice(Math.ceil((shift * 8) / 6), isWhole ? undefined : -1);
}

/** What of these secrets stands in the text or bytes, as `secret (how)`; nothing is what one hopes for. */
export function leaksIn(found: string | Uint8Array, secrets: readonly string[]): string[] {
  const bytes = typeof found === 'string' ? Buffer.from(found) : Buffer.from(found);
  return secrets.flatMap(needlesOf).flatMap((needle) => {
    return bytes.includes(needle.bytes) ? [`${needle.secret} (${needle.how})`] : [];
  });
}
