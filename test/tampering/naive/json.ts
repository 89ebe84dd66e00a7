import { createHash } from 'node:crypto';

/**
 * A second, deliberately naive judge of a bundle, written from the published rules alone. It shares nothing with the
 * verifier but the schemas of the wire: no Merkle code, no canonical JSON, no rules. Simple loops, everything counted
 * anew at every leaf; slow, and easy to believe.
 */
export const sha256 = (...parts: (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** RFC 8785 for what a log may hold; undefined for anything else: fractions, halves of characters, deep nests. */
export function canonicalText(value: unknown, depth = 0): string | undefined {
  if (depth > 32) return undefined;
  if (value === null || value === true || value === false) return String(value);
  if (typeof value === 'number') {
    return Number.isInteger(value) && Math.abs(value) <= 2 ** 53 - 1 ? JSON.stringify(value) : undefined;
  }
  if (typeof value === 'string') {
    return Buffer.from(value, 'utf8').toString('utf8') === value ? JSON.stringify(value) : undefined;
  }
  if (typeof value !== 'object') return undefined;
  const parts: string[] = [];
  if (Array.isArray(value)) {
    for (const one of value) {
      const text = canonicalText(one, depth + 1);
      if (text === undefined) return undefined;
      parts.push(text);
    }
    return `[${parts.join(',')}]`;
  }
  for (const key of Object.keys(value).sort()) {
    const name = canonicalText(key, depth + 1);
    const text = canonicalText((value as Record<string, unknown>)[key], depth + 1);
    if (name === undefined || text === undefined) return undefined;
    parts.push(`${name}:${text}`);
  }
  return `{${parts.join(',')}}`;
}

/** The value behind a text that is canonical; undefined when it is not. */
export function readCanonical(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return canonicalText(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes behind base64 in its only form; undefined for any other. */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
