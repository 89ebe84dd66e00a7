import { createSocket, type RemoteInfo } from 'node:dgram';
import { type AddressInfo } from 'node:net';

/** A UDP line between a client and the relay that loses what it is told to lose. */
export class LossyLine {
  private readonly near = createSocket('udp4');
  private readonly far = new Map<string, ReturnType<typeof createSocket>>();
  /** Whether this packet from the relay is lost on its way. */
  losesDown: (packet: Buffer) => boolean = () => false;
  losesUp: (packet: Buffer) => boolean = () => false;
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
        this.pass(back, this.losesDown, (kept) => this.near.send(kept, from.port, from.address)),
      );
      this.far.set(key, socket);
    }
    this.pass(packet, this.losesUp, (kept) => socket.send(kept, to, '127.0.0.1'));
  }

  private pass(packet: Buffer, loses: (packet: Buffer) => boolean, send: (packet: Buffer) => void): void {
    // Media alone: its first byte tells it from STUN and DTLS (RFC 7983).
    const isMedia = packet[0]! >= 128 && packet[0]! <= 191;
    if (isMedia && loses(packet)) this.lost += 1;
    else send(packet);
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
