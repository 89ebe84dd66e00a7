import { readFileSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { httpServer } from './http/server.js';
import { loadLibrary } from './library.js';
import { RelayCounters } from './metrics.js';
import { udpPort } from './ports.js';
import { Relay } from './relay.js';
import { openTcp } from './tcp.js';

const help = `Qingpai live video: WHIP in, WHEP out.
  --listen 127.0.0.1:8030   where the market asks it, plain HTTP
  --key-file FILE           the key that signs tokens, base64 of 32 bytes
  --address 127.0.0.1       the address that packets come to
  --udp-port 8022           0: any free one below 32768
  --tcp-port 8023           for networks without UDP; off: none
  --public-ip IP            announced to clients in place of the address by which they asked
  --viewers-max 300 --egress-mbit-max 300
  --with-parent             end when standard input ends`;

/** Says `RELAY <url>` when it listens, or `NO-VIDEO <why>` where the library cannot run. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      listen: { type: 'string', default: '127.0.0.1:0' },
      'key-file': { type: 'string' },
      address: { type: 'string', default: '127.0.0.1' },
      'udp-port': { type: 'string', default: '0' },
      'tcp-port': { type: 'string', default: 'off' },
      'public-ip': { type: 'string' },
      'viewers-max': { type: 'string', default: '300' },
      'egress-mbit-max': { type: 'string', default: '300' },
      'with-parent': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || values['key-file'] === undefined) return void console.error(help);
  const loaded = loadLibrary();
  if ('why' in loaded) return void process.stdout.write(`NO-VIDEO ${loaded.why}\n`);
  const key = Buffer.from(readFileSync(values['key-file'], 'utf8').trim(), 'base64');
  if (key.length !== 32) throw new Error('the key file does not hold 32 bytes in base64');
  const { library } = loaded;
  library.initLogger('Error', (level, message) => console.error(level, message));
  const address = values.address;
  const port = await udpPort(address, Number(values['udp-port']));
  // Holds the port also while nobody is connected.
  const holder = new library.IceUdpMuxListener(port, address);
  holder.onUnhandledStunRequest(() => undefined);
  const reached = address === '0.0.0.0' ? '127.0.0.1' : address;
  const tcpPort = values['tcp-port'] === 'off' ? null : Number(values['tcp-port']);
  const tcp = tcpPort === null ? null : await openTcp({ address, port: tcpPort }, { address: reached, port });
  const counters = new RelayCounters();
  const relay = new Relay(
    library,
    {
      bind: { address, udpPort: port },
      tcpPort: tcp ? (tcp.address() as AddressInfo).port : null,
      viewersMax: Number(values['viewers-max']),
      egressBitsPerSecondMax: 1e6 * Number(values['egress-mbit-max']),
    },
    counters,
  );
  const server = httpServer({ relay, counters, key, address: values['public-ip'] ?? reached });
  const { hostname, port: httpPort } = new URL(`http://${values.listen}`);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(httpPort), hostname, resolve);
  });
  const { port: listening } = server.address() as AddressInfo;
  process.stdout.write(`RELAY http://${hostname}:${listening} udp ${port}\n`);
  await stopped(values['with-parent']);
  relay.close();
  // The library's threads would keep the process for a while; nothing here is worth waiting for.
  process.exit(0);
}

function stopped(withParent: boolean): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve).once('SIGINT', resolve);
    if (withParent) process.stdin.once('end', resolve).once('error', resolve).resume();
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
