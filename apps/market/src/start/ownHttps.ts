import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { type KeyAndCertificate } from './ownCertificate.js';

export interface OwnHttps {
  port: number;
  close(): Promise<void>;
}

/**
 * A second port that speaks TLS and hands what it decrypts to the one http server, so that pages, API and sockets
 * are there too, with nothing wired twice. (Node documents 'connection' as the way to inject a duplex stream.)
 */
export async function openOwnHttps(
  http: Server,
  { key, cert }: KeyAndCertificate,
  host: string,
  port: number,
): Promise<OwnHttps> {
  const open = new Set<TLSSocket>();
  const server = createServer({ key, cert, ALPNProtocols: ['http/1.1'] }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    http.emit('connection', socket);
  });
  // A phone that does not trust the certificate breaks off: nothing is wrong here.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of open) socket.destroy();
      return closed;
    },
  };
}
