import { fromUtf8, isWellFormed, utf8 } from './bytes.js';
import { type Fault } from './faults.js';
import { JSON_DEPTH_MAX } from './limits.js';
import { failed, passed, type Result } from './result.js';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * Canonical JSON (RFC 8785) in the profile of LEDGER §2: numbers are integers within ±(2^53−1), texts hold no lone
 * surrogates, nothing is undefined.
 * @throws `bug: …` on anything else: what we are about to hash is our own.
 */
export function canonical(value: unknown): string {
  const fault = faultOf(value);
  if (fault) throw new Error(`bug: cannot be canonical JSON: ${fault}`);
  return print(value as Json);
}

export const canonicalBytes = (value: unknown): Uint8Array => utf8(canonical(value));

/**
 * Reads bytes that must be canonical. Printing what was parsed and comparing refuses at one stroke duplicate keys,
 * `1.0`, `1e2`, `-0`, spaces, unsorted keys and needless escapes.
 */
export function parseCanonical(bytes: Uint8Array): Result<Json> {
  const text = fromUtf8(bytes);
  if (text === undefined) return failed('not-utf8');
  const parsed = parseJson(text);
  if (!parsed.ok) return parsed;
  const fault = faultOf(parsed.value);
  if (fault) return failed(fault);
  return print(parsed.value) === text ? parsed : failed('not-canonical');
}

function parseJson(text: string): Result<Json> {
  try {
    return passed(JSON.parse(text) as Json);
  } catch {
    return failed('not-json');
  }
}

function faultOf(value: unknown, depth = 0): Fault | undefined {
  if (depth > JSON_DEPTH_MAX) return 'too-deep';
  if (value === null || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? undefined : 'not-integer';
  if (typeof value === 'string') return isWellFormed(value) ? undefined : 'lone-surrogate';
  if (Array.isArray(value)) return firstFault(value, depth);
  if (!isPlainObject(value)) return 'not-json';
  for (const key of Object.keys(value)) {
    const fault = faultOf(key, depth + 1) ?? faultOf((value as Record<string, unknown>)[key], depth + 1);
    if (fault) return fault;
  }
  return undefined;
}

function firstFault(values: readonly unknown[], depth: number): Fault | undefined {
  for (const value of values) {
    const fault = faultOf(value, depth + 1);
    if (fault) return fault;
  }
  return undefined;
}

// By tag and not by prototype: a value may come from another realm (a frame, a test's sandbox).
const isPlainObject = (value: unknown): value is object =>
  Object.prototype.toString.call(value) === '[object Object]';

/** Names as they are printed, the first thousand: there are few, and each comes with every leaf. */
const names = new Map<string, string>();
const NAMES_MAX = 1_000;

function name(key: string): string {
  const known = names.get(key);
  if (known !== undefined) return known;
  const printed = `${JSON.stringify(key)}:`;
  if (names.size < NAMES_MAX) names.set(key, printed);
  return printed;
}

function print(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(print).join(',')}]`;
  // The default order of sort() is that of UTF-16 code units, as RFC 8785 §3.2.3 asks.
  const keys = Object.keys(value).sort();
  let [text, comma] = ['{', ''];
  for (const key of keys) {
    text += comma + name(key) + print(value[key]!);
    comma = ',';
  }
  return `${text}}`;
}
