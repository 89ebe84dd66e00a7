import { type EventEmitter } from 'node:events';
import { type Client } from 'pg';
import { giveUp, silentForMs } from './databaseClient.js';

/** A line that is lost is lost for all who use it: who has waited this long when one of them gives up will wait in vain. */
const IN_VAIN_MS = 2_000;

/**
 * When one client of the pool gives up, those that lie idle are thrown away and those that wait are cut: each would
 * cost another query its whole limit, one after the other.
 */
export function cutTheSilent(pool: EventEmitter): void {
  const clients = new Set<Client>();
  const idle = new Set<Client>();
  // Some were connected before this one looks.
  pool.on('acquire', (client: Client) => {
    idle.delete(client);
    if (clients.has(client)) return;
    clients.add(client);
    client.once('silent', () => cutOthers(client));
  });
  pool.on('release', (_: unknown, client: Client) => void idle.add(client));
  pool.on('remove', (client: Client) => {
    idle.delete(client);
    clients.delete(client);
  });

  function cutOthers(silent: Client): void {
    clients.delete(silent);
    for (const client of [...clients]) {
      // The pool listens to its idle clients and drops one with an error.
      if (idle.has(client)) client.emit('error', new Error('another connection to the database fell silent'));
      else if (silentForMs(client) > IN_VAIN_MS) giveUp(client);
    }
  }
}
