import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { type AddressInfo } from 'node:net';

/** A UDP line between a client and the relay: it loses what it is told to lose, takes its time, and can be cut. */
export class LossyLine {
  private readonly near = createSocket('udp4');
  private readonly far = new Map<string, Socket>();
  /** Whether this packet from the relay is lost on its way. */
  losesDown: (packet: Buffer) => boolean = () => false;
  losesUp: (packet: Buffer) => boolean = () => false;
  /** One way. */
  delayMs = 0;
  /** Nothing at all gets through, either way. */
  isCut = false;
  lost = 0;
  port = 0;

  static async open(to: number): Promise<LossyLine> {
    const line = new LossyLine();
    line.near.on('message', (packet, from) => line.up(packet, from, to));
    await new Promise<void>((resolve) => line.near.bind(0, '127.0.0.1', resolve));
    line.port = (line.near.address() as AddressInfo).port;
    return line;
  }

  private up(packet: Buffer, from: RemoteInfo, to: number): void {
    const key = `${from.address}:${from.port}`;
    let socket = this.far.get(key);
    if (!socket) {
      socket = createSocket('udp4');
      socket.on('message', (back) =>
        this.pass(back, this.losesDown, (kept) => send(this.near, kept, from.port, from.address)),
      );
      this.far.set(key, socket);
    }
    this.pass(packet, this.losesUp, (kept) => send(socket, kept, to, '127.0.0.1'));
  }

  private pass(packet: Buffer, loses: (packet: Buffer) => boolean, hand: (packet: Buffer) => void): void {
    // Media alone: its first byte tells it from STUN and DTLS (RFC 7983).
    const isMedia = packet[0]! >= 128 && packet[0]! <= 191;
    if (this.isCut || (isMedia && loses(packet))) this.lost += 1;
    else if (this.delayMs === 0) hand(packet);
    else setTimeout(hand, this.delayMs, packet);
  }

  /** The client is in another network now: what it sends comes from other ports, and what went to the old ones is lost. */
  move(): void {
    for (const socket of this.far.values()) socket.close();
    this.far.clear();
  }

  /** An answer whose packets go by this line. */
  by = (sdp: string): string =>
    sdp.replace(/ \d+ typ host/g, ` ${this.port} typ host`).replace(/^(m=\w+) \d+/gm, `$1 ${this.port}`);

  close(): void {
    this.near.close();
    for (const socket of this.far.values()) socket.close();
  }
}

function send(socket: Socket, packet: Buffer, port: number, address: string): void {
  try {
    socket.send(packet, port, address);
  } catch {
    // closed while the packet was on its way
  }
}
