import { createSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';

/** Connections at once; each has a UDP socket of its own behind it. */
const CONNECTIONS_MAX = 200;
const IDLE_MS_MAX = 30_000;
const QUEUED_BYTES_MAX = 512 * 1024;
/** Length and packet (RFC 4571 §2); a media packet fits into an Ethernet frame. */
const PACKET_BYTES_MAX = 2_048;

/**
 * Where UDP is blocked: packets come over TCP in frames of RFC 4571 and go on to the UDP port, and back. To the library
 * this is one more address; it learns it from the first check that comes from there (RFC 8445 §7.3.1.3).
 */
export function openTcp(
  bind: { address: string; port: number },
  udp: { address: string; port: number },
): Promise<Server> {
  const server = createServer({ noDelay: true }, (socket) => pass(socket, udp));
  server.maxConnections = CONNECTIONS_MAX;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(bind.port, bind.address, () => resolve(server));
  });
}

function pass(socket: Socket, to: { address: string; port: number }): void {
  const udp = createSocket('udp4');
  let waiting = Buffer.alloc(0);
  const end = () => {
    socket.destroy();
    try {
      udp.close();
    } catch {
      // closed already
    }
  };
  socket.setTimeout(IDLE_MS_MAX, end).on('error', end).on('close', end);
  udp.on('error', end);
  udp.on('message', (packet) => {
    // Late media is worth nothing: what the line does not take now is dropped, as UDP would.
    if (socket.destroyed || socket.writableLength > QUEUED_BYTES_MAX) return;
    const frame = Buffer.allocUnsafe(2 + packet.length);
    frame.writeUInt16BE(packet.length, 0);
    packet.copy(frame, 2);
    socket.write(frame);
  });
  socket.on('data', (bytes) => {
    waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
    while (waiting.length >= 2) {
      const length = waiting.readUInt16BE(0);
      if (length === 0 || length > PACKET_BYTES_MAX) return end();
      if (waiting.length < 2 + length) break;
      udp.send(waiting.subarray(2, 2 + length), to.port, to.address);
      waiting = waiting.subarray(2 + length);
    }
  });
}
