import { type ServerMessage } from '@qingpai/wire';
import { type Server, type Socket } from 'socket.io';
import { processTimers } from '../desk/timers.js';
import { type FanoutPort } from '../room/fanout.js';

/** Parts of an engine.io connection over `ws` that say whether bytes may go out past its queue. */
interface Line {
  readyState: string;
  writeBuffer: unknown[];
  transport: { name: string; writable: boolean; socket?: { readyState: number; _sender?: Partial<Sender> } };
}
interface Sender {
  /** Buffers that hold one whole frame. */
  sendFrame(frame: readonly Buffer[]): void;
}
const WS_OPEN = 1;

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
    const frame = [textFrame(`${EVENT}${JSON.stringify([name, payload])}`)];
    this.newest = { name, payload, frame };
    return frame;
  }
}

/** An engine.io message (4) that holds a socket.io event (2) of the main namespace. */
const EVENT = '42';

/** Null when the connection has something queued, which must go first, or is none that we know the insides of. */
function idleSender(socket: Socket): Sender | null {
  const { readyState, writeBuffer, transport } = socket.conn as unknown as Line;
  if (readyState !== 'open' || writeBuffer.length > 0 || !transport.writable) return null;
  if (transport.name !== 'websocket' || transport.socket?.readyState !== WS_OPEN) return null;
  const { _sender: sender } = transport.socket;
  return typeof sender?.sendFrame === 'function' ? (sender as Sender) : null;
}

/** One unfragmented text frame as a server sends it, unmasked (RFC 6455 §5.2). */
function textFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const short = body.length < 126;
  const medium = !short && body.length < 65_536;
  const head = Buffer.alloc(short ? 2 : medium ? 4 : 10);
  head[0] = 0x81;
  head[1] = short ? body.length : medium ? 126 : 127;
  if (medium) head.writeUInt16BE(body.length, 2);
  else if (!short) head.writeBigUInt64BE(BigInt(body.length), 2);
  return Buffer.concat([head, body]);
}
