import { toBase64 } from '@qingpai/ledger/rules';
import { drawer, type Drawer } from './drawer';

/**
 * A device's own Ed25519 key (RFC 8032). It is made here and never leaves: by WebCrypto, not exportable, where the page
 * is secure and the browser knows Ed25519; else by @noble/curves, its seed kept on this phone.
 */
export interface OwnKey {
  /** 32 bytes, base64, as it is registered. */
  readonly key: string;
  /** 64 bytes, base64. */
  sign(message: Uint8Array): Promise<string>;
}

/** What lies in the drawer: the secret is either a key that only WebCrypto can use, or the seed of 32 bytes. */
export interface KeptKey {
  key: string;
  secret: CryptoKey | Uint8Array;
}

const inUse = new Map<string, Promise<OwnKey>>();

/** The key kept under this name (`bids/<show>`, `office/<show>`), made when there is none yet. */
export function ownKey(name: string, kept: Drawer<KeptKey> = drawer('keys')): Promise<OwnKey> {
  const known = inUse.get(name);
  if (known) return known;
  const found = findOrMake(name, kept);
  inUse.set(name, found);
  found.catch(() => inUse.delete(name));
  return found;
}

/** Another key in place of the one under this name: that one is registered to somebody else who uses this phone. */
export async function renewKey(name: string, kept: Drawer<KeptKey> = drawer('keys')): Promise<OwnKey> {
  inUse.delete(name);
  await kept.remove(name);
  return ownKey(name, kept);
}

async function findOrMake(name: string, kept: Drawer<KeptKey>): Promise<OwnKey> {
  const found = (await kept.get(name)) ?? (await keepFirst(name, kept));
  return { key: found.key, sign: (message) => signWith(found.secret, message) };
}

/** Some browsers make such keys and cannot keep them: those get a seed. */
async function keepFirst(name: string, kept: Drawer<KeptKey>): Promise<KeptKey> {
  const native = await nativeKey();
  const stored = native && (await kept.putFirst(name, native).catch(() => null));
  return stored ?? kept.putFirst(name, await plainKey());
}

/** Null over plain http (no `subtle` there), and where Ed25519 is unknown. */
async function nativeKey(): Promise<KeptKey | null> {
  try {
    const pair = (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair;
    const raw = await crypto.subtle.exportKey('raw', pair.publicKey);
    return { key: toBase64(new Uint8Array(raw)), secret: pair.privateKey };
  } catch {
    return null;
  }
}

const curves = () => import('@noble/curves/ed25519.js');

async function plainKey(): Promise<KeptKey> {
  const seed = crypto.getRandomValues(new Uint8Array(32));
  return { key: toBase64((await curves()).ed25519.getPublicKey(seed)), secret: seed };
}

async function signWith(secret: CryptoKey | Uint8Array, message: Uint8Array): Promise<string> {
  if (secret instanceof Uint8Array) return toBase64((await curves()).ed25519.sign(message, secret));
  const signature = await crypto.subtle.sign('Ed25519', secret, message as Uint8Array<ArrayBuffer>);
  return toBase64(new Uint8Array(signature));
}
