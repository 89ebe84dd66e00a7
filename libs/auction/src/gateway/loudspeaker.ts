import { type ServerMessage } from '@qingpai/wire';
import { type Server } from 'socket.io';
import { processTimers } from '../desk/timers.js';
import { type FanoutPort } from '../room/fanout.js';

/** Speaks to many sockets at once; each message is encoded once. Silent until the server of sockets is there. */
export class Loudspeaker implements FanoutPort {
  private server: Server | null = null;
  readonly timers = processTimers;

  plugIn(server: Server): void {
    this.server = server;
  }

  send(ids: readonly string[], name: ServerMessage, payload: unknown): void {
    this.server?.to([...ids]).emit(name, payload); // each socket is a room of its own name
  }

  nowMs(): number {
    return performance.now();
  }
}
