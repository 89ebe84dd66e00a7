import { type ServerMessage } from '@qingpai/wire';
import { type Server } from 'socket.io';
import { processTimers } from '../desk/timers.js';
import { type FanoutPort } from '../room/fanout.js';
import { eventFrame, idleSender } from './straight.js';

/**
 * Speaks to many sockets at once. Each message is made into one frame, and those bytes are written to every socket that
 * has nothing else to send: the way by socket.io's rooms costs half as much again, with thousands of watchers most of
 * what the server does. Silent until the server of sockets is there.
 */
export class Loudspeaker implements FanoutPort {
  private server: Server | null = null;
  /** Of the newest message: it goes out in slices. */
  private newest: { name: ServerMessage; payload: unknown; frame: readonly Buffer[] } | null = null;
  readonly timers = processTimers;

  plugIn(server: Server): void {
    this.server = server;
  }

  send(ids: readonly string[], name: ServerMessage, payload: unknown): void {
    const { server } = this;
    if (!server) return;
    const frame = this.frameOf(name, payload);
    const others: string[] = [];
    for (const id of ids) {
      const socket = server.sockets.sockets.get(id);
      const sender = socket && idleSender(socket);
      if (sender) sender.sendFrame(frame);
      else if (socket) others.push(id);
    }
    if (others.length > 0) server.to(others).emit(name, payload); // each socket is a room of its own name
  }

  nowMs(): number {
    return performance.now();
  }

  private frameOf(name: ServerMessage, payload: unknown): readonly Buffer[] {
    const { newest } = this;
    if (newest?.name === name && newest.payload === payload) return newest.frame;
    const frame = [eventFrame(name, payload)];
    this.newest = { name, payload, frame };
    return frame;
  }
}
