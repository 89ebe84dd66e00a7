import { networkInterfaces } from 'node:os';
import { isIP } from 'node:net';

/** Where the pages are reached. All are origins, e.g. http://192.168.1.5:8020. */
export interface Addresses {
  /** For this machine, or the proxy's for everybody. */
  main: string;
  /** For phones on the network, plain and (where switched on) with our own certificate. */
  network: { plain: string; secure: string | null }[];
  /** Every origin a page of ours can have: no other may act in a member's name. */
  origins: string[];
}

export interface Served {
  publicUrl: string | null;
  /** The address that was bound, e.g. 0.0.0.0. */
  host: string;
  port: number;
  httpsPort: number | null;
  /** IPv4 addresses of this machine on its networks. */
  networkIps: readonly string[];
}

export function addressesOf(served: Served): Addresses {
  if (served.publicUrl !== null) {
    return { main: served.publicUrl, network: [], origins: [served.publicUrl] };
  }
  const { port, httpsPort } = served;
  const isLocal = isLoopback(served.host);
  const everywhere = isAnywhere(served.host);
  const hosts = everywhere ? served.networkIps : isLocal ? [] : [served.host];
  const local = everywhere || isLocal ? ['localhost', '127.0.0.1'] : [];
  const plainly = (host: string) => originOf('http', host, port);
  const securely = (host: string) => (httpsPort === null ? null : originOf('https', host, httpsPort));
  const all = [...local, ...hosts].flatMap((host) => [plainly(host), securely(host)]);
  return {
    main: plainly(local[0] ?? served.host),
    network: hosts.map((host) => ({ plain: plainly(host), secure: securely(host) })),
    origins: [...new Set(all.filter((origin) => origin !== null))],
  };
}

/** As browsers write it: without the port that goes without saying. */
function originOf(scheme: 'http' | 'https', host: string, port: number): string {
  return new URL(`${scheme}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`).origin;
}

const isAnywhere = (host: string) => host === '0.0.0.0' || host === '::';
const isLoopback = (host: string) => host === 'localhost' || host === '::1' || host.startsWith('127.');

/** This machine's addresses on its networks; none that only it can reach. */
export function networkIps(interfaces = networkInterfaces()): string[] {
  return Object.values(interfaces)
    .flatMap((entries) => entries ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
}
