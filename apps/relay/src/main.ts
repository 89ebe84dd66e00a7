import { readFileSync } from 'node:fs';
import { type AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { httpServer } from './http/server.js';
import { loadLibrary } from './library.js';
import { RelayCounters } from './metrics.js';
import { udpPort } from './ports.js';
import { Recordings } from './recording/keeping.js';
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
  --recordings FOLDER       keeps what cameras send; left out: nothing is recorded
  --segment-minutes 5 --keyframe-seconds 2
  --free-gb-min 2           recording stops when less is free on that disk
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
      recordings: { type: 'string' },
      'segment-minutes': { type: 'string', default: '5' },
      'keyframe-seconds': { type: 'string', default: '2' },
      'free-gb-min': { type: 'string', default: '2' },
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
  const recordings = await openRecordings(values.recordings, 1e9 * Number(values['free-gb-min']));
  const relay = new Relay(
    library,
    {
      bind: { address, udpPort: port },
      tcpPort: tcp ? (tcp.address() as AddressInfo).port : null,
      viewersMax: Number(values['viewers-max']),
      egressBitsPerSecondMax: 1e6 * Number(values['egress-mbit-max']),
      recording: recordings && {
        recordings,
        segmentMs: 60_000 * Number(values['segment-minutes']),
        keyframeEveryMs: 1_000 * Number(values['keyframe-seconds']),
      },
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
  // What does not lie in its place by then is closed at the next start.
  await Promise.race([recordings?.close(), new Promise((resolve) => setTimeout(resolve, CLOSE_MS_MAX))]);
  // The library's threads would keep the process for a while; nothing else here is worth waiting for.
  process.exit(0);
}

const CLOSE_MS_MAX = 3_000;

async function openRecordings(folder: string | undefined, freeBytesMin: number): Promise<Recordings | null> {
  if (folder === undefined) return null;
  const recordings = new Recordings(folder, freeBytesMin, (what, error) =>
    console.error('recording', what, error),
  );
  await recordings.start();
  return recordings;
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
