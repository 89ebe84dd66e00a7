import { isWeakKey, verifyEd25519 } from '@qingpai/ledger/rules';
import { type CheckSignature } from './twoPass.js';

/** RFC 8032 §7.1, test 2: shows whether this browser checks such signatures. */
const publicKey = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
const message = '72';
const signature =
  '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
  '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';

type Subtle = typeof crypto.subtle;
type Key = Awaited<ReturnType<Subtle['importKey']>>;
/** None of them lies in memory that is shared. */
const whole = (bytes: Uint8Array) => bytes as Uint8Array<ArrayBuffer>;

/** By the browser's own Ed25519 (WebCrypto) where it has one, otherwise by plain JavaScript, which takes longer. */
export async function signatureChecker(): Promise<CheckSignature> {
  const asked = { publicKey: bytesOf(publicKey), message: bytesOf(message), signature: bytesOf(signature) };
  const subtle = (globalThis.crypto as typeof crypto | undefined)?.subtle as Subtle | undefined;
  if (!subtle) return inScript();
  const native = byBrowser(subtle);
  return (await native(asked).catch(() => false)) ? native : inScript();
}

/** So long it checks without a pause: where there is no worker either, the page draws and listens in between. */
const AWAKE_MS = 50;

/** One after the other. */
function inScript(): CheckSignature {
  let last: Promise<unknown> = Promise.resolve();
  let restedAtMs = Date.now();
  return ({ publicKey, message, signature }) => {
    const checked = last.then(async () => {
      if (Date.now() - restedAtMs > AWAKE_MS) {
        await new Promise((resume) => setTimeout(resume));
        restedAtMs = Date.now();
      }
      return verifyEd25519(publicKey, message, signature);
    });
    last = checked;
    return checked;
  };
}

/** A show has as many keys as bidders, and many signatures of each. */
function byBrowser(subtle: Subtle): CheckSignature {
  const keys = new Map<string, Promise<Key | null>>();
  const keyOf = (bytes: Uint8Array): Promise<Key | null> => {
    const name = bytes.join();
    let key = keys.get(name);
    if (!key) {
      key = subtle.importKey('raw', whole(bytes), 'Ed25519', false, ['verify']).catch(() => null);
      keys.set(name, key);
    }
    return key;
  };
  return async (asked) => {
    if (asked.publicKey.length !== 32 || asked.signature.length !== 64 || isWeakKey(asked.publicKey))
      return false;
    const key = await keyOf(asked.publicKey);
    if (!key) return false;
    return subtle.verify('Ed25519', key, whole(asked.signature), whole(asked.message));
  };
}

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
