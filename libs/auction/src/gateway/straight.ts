import { type Socket } from 'socket.io';

/**
 * Bytes written past the queues of socket.io and engine.io, where nothing waits in them: their way makes several objects
 * and two buffers of each message.
 */

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

/** Null when the connection has something queued, which must go first, or is none that we know the insides of. */
export function idleSender(socket: Socket): Sender | null {
  const { readyState, writeBuffer, transport } = socket.conn as unknown as Line;
  if (readyState !== 'open' || writeBuffer.length > 0 || !transport.writable) return null;
  if (transport.name !== 'websocket' || transport.socket?.readyState !== WS_OPEN) return null;
  const { _sender: sender } = transport.socket;
  return typeof sender?.sendFrame === 'function' ? (sender as Sender) : null;
}

/** An engine.io message (4) of socket.io's main namespace: 2 is an event, 3 an answer. */
const EVENT = '42';
const ANSWER = '43';

/** The frame of an event with one argument, whoever gets it. */
export const eventFrame = (name: string, payload: unknown): Buffer =>
  textFrame(`${EVENT}${JSON.stringify([name, payload])}`);

/** A packet as socket.io hands it to the connection; an answer has the number of its question. */
interface Packet {
  type: number;
  id?: number;
  data?: unknown;
}
interface Talking {
  packet(this: Socket, packet: Packet, options?: object): void;
}
const ACK = 3;

/** From here on the answers of this socket go straight; they hold plain JSON alone. Everything else goes its usual way. */
export function answerStraight(socket: Socket): void {
  (socket as unknown as Talking).packet = packetStraight; // one function for all: thousands of sockets hold nothing more
}

function packetStraight(this: Socket, packet: Packet, options?: object): void {
  const sender = packet.type === ACK ? idleSender(this) : null;
  if (sender) return sender.sendFrame([textFrame(`${ANSWER}${packet.id}${JSON.stringify(packet.data)}`)]);
  const usual = Object.getPrototypeOf(this) as Talking;
  usual.packet.call(this, packet, options);
}

/** One unfragmented text frame as a server sends it, unmasked (RFC 6455 §5.2). */
function textFrame(text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const short = bytes < 126;
  const medium = !short && bytes < 65_536;
  const head = short ? 2 : medium ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + bytes);
  frame[0] = 0x81;
  frame[1] = short ? bytes : medium ? 126 : 127;
  if (medium) frame.writeUInt16BE(bytes, 2);
  else if (!short) frame.writeBigUInt64BE(BigInt(bytes), 2);
  frame.write(text, head);
  return frame;
}
