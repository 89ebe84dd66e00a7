import { pino, type DestinationStream, type Logger, type LoggerOptions, stdSerializers } from 'pino';

export type Log = Logger;

/** Whatever they hold, it stays out of the log: a log is read by more people than the database. */
const secret = /^(phone|code|token|cookie|set-cookie|authorization|password|secret|link)$/i;
const DEPTH_MAX = 6;

/** One JSON line per entry. `level` 'silent' writes nothing. */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options: LoggerOptions = {
    level,
    base: null,
    serializers: { err: toldOf },
    formatters: { log: (entry: object) => redacted(entry) as Record<string, unknown> },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Of an error. A database's also carries the values that it was asked with, and the row it tripped on. */
const kept = ['type', 'message', 'stack', 'code', 'query', 'table', 'constraint'];
function toldOf(error: Error): object {
  const told = stdSerializers.err(error) as unknown as Record<string, unknown>;
  if (!(error instanceof Error)) return told;
  return Object.fromEntries(kept.flatMap((key) => (told[key] === undefined ? [] : [[key, told[key]]])));
}

function redacted(value: unknown, depth = 0): unknown {
  if (Array.isArray(value))
    return depth < DEPTH_MAX ? value.map((one) => redacted(one, depth + 1)) : '[deep]';
  if (!isPlain(value)) return value;
  if (depth === DEPTH_MAX) return '[deep]';
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    secret.test(key) ? '[redacted]' : redacted(inner, depth + 1),
  ]);
  return Object.fromEntries(entries) as object;
}

/** Errors, requests, dates and the like have serializers of their own. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
