import { Client, type ClientConfig, types } from 'pg';
import { safeInteger } from './safeInteger.js';

type Query = (this: Client, ...args: unknown[]) => unknown;
const query = Client.prototype.query as unknown as Query;

/** Statements that every connection keeps planned, by their text. */
const planned = new Map<string, string>();

/**
 * Has each connection parse and plan this statement once and keep it under `name` (a prepared statement), instead of
 * every time anew. For the few that stand on a bid's way; answers the same text.
 */
export function keepPlanned(name: string, text: string): string {
  planned.set(text, name);
  return text;
}

/** As `pg` takes it: what is to be kept planned goes under its name. */
function named([text, values, ...rest]: unknown[]): unknown[] {
  const name = typeof text === 'string' ? planned.get(text) : undefined;
  return name === undefined ? [text, values, ...rest] : [{ name, text, values }, ...rest];
}

/**
 * A client that dies with a query that timed out. `pg` would hand it back to the pool, where the next query
 * waits behind the one that never ends.
 */
export class MortalClient extends Client {
  constructor(config?: ClientConfig) {
    super(config);
    // Between the pool and whoever takes a client nobody listens: a server that goes away just then would end our
    // process. The next query on the client fails all the same.
    this.on('error', () => undefined);
  }
}

const askedAtMs = new WeakMap<Client, number>();

MortalClient.prototype.query = function (this: Client, ...args: unknown[]) {
  askedAtMs.set(this, performance.now());
  const answer = query.apply(this, named(args));
  if (answer instanceof Promise) {
    answer.then(
      () => askedAtMs.delete(this),
      (error: Error) => {
        askedAtMs.delete(this);
        if (error.message === 'Query read timeout') giveUp(this);
      },
    );
  }
  return answer;
} as unknown as Client['query'];

/** How long this client has waited for an answer; 0: it does not. */
export function silentForMs(client: Client): number {
  const sinceMs = askedAtMs.get(client);
  return sinceMs === undefined ? 0 : performance.now() - sinceMs;
}

/**
 * Nothing was heard from the server for too long. With a query in flight, end() cuts the connection; the pool sees that
 * it ends and drops it, and looks at its other clients.
 */
export function giveUp(client: Client): void {
  client.emit('silent');
  void client.end().catch(() => undefined);
}

const INT8 = 20;

/** int8 (also count(*) and sum of int4) comes as a number, checked; everything else as `pg` gives it. */
export const safeTypes = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
    if (oid === INT8 && format !== 'binary') return safeInteger;
    return types.getTypeParser(oid, format as 'text');
  },
};
