import { createSocket, type RemoteInfo } from 'node:dgram';
import { createConnection, type Socket } from 'node:net';
import { type AddressInfo } from 'node:net';

/** A network that lets no UDP through: what a client sends by UDP goes on as frames over TCP (RFC 4571), and back. */
export class TcpLine {
  private readonly near = createSocket('udp4');
  private socket: Socket | null = null;
  packets = 0;
  port = 0;

  static async open(to: number): Promise<TcpLine> {
    const line = new TcpLine();
    line.near.on('message', (packet, from) => line.up(packet, from, to));
    await new Promise<void>((resolve) => line.near.bind(0, '127.0.0.1', resolve));
    line.port = (line.near.address() as AddressInfo).port;
    return line;
  }

  private up(packet: Buffer, from: RemoteInfo, to: number): void {
    this.socket ??= this.connect(from, to);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(packet.length, 0);
    this.socket.write(Buffer.concat([length, packet]));
  }

  private connect({ address, port }: RemoteInfo, to: number): Socket {
    let waiting = Buffer.alloc(0);
    const socket = createConnection(to, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      waiting = Buffer.concat([waiting, bytes]);
      while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
        const end = 2 + waiting.readUInt16BE(0);
        this.packets += 1;
        this.near.send(waiting.subarray(2, end), port, address);
        waiting = waiting.subarray(end);
      }
    });
    return socket;
  }

  /** An answer without its UDP address. */
  by = (sdp: string): string =>
    sdp
      .split('\r\n')
      .filter((line) => !/^a=candidate:.* TCP /.test(line))
      .map((line) => line.replace(/ \d+ typ host$/, ` ${this.port} typ host`))
      .join('\r\n');

  close(): void {
    this.near.close();
    this.socket?.destroy();
  }
}
