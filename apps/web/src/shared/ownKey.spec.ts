import { fromBase64, utf8, verifyEd25519 } from '@qingpai/ledger/rules';
import { memoryDrawer, type Drawer } from './drawer';
import { ownKey, renewKey, type KeptKey } from './ownKey';

const message = utf8('qingpai/event/v1\n{}');
const bytes = (text: string) => fromBase64(text)!;
const isGood = (key: string, signature: string) => verifyEd25519(bytes(key), message, bytes(signature));
let names = 0;
const newName = () => `bids/${names++}`;

/** A page over plain http, or a browser that has never heard of Ed25519. */
async function withoutSubtle<T>(run: () => Promise<T>): Promise<T> {
  const { subtle } = crypto;
  Object.defineProperty(crypto, 'subtle', { value: undefined, configurable: true });
  try {
    return await run();
  } finally {
    Object.defineProperty(crypto, 'subtle', { value: subtle, configurable: true });
  }
}

test('a key made by the browser signs, stays the same, and cannot be taken out', async () => {
  const kept = memoryDrawer<KeptKey>();
  const name = newName();
  const own = await ownKey(name, kept);
  expect(isGood(own.key, await own.sign(message))).toBe(true);
  expect((await ownKey(name, kept)).key).toBe(own.key);
  const { secret } = (await kept.get(name))!;
  expect(secret).toMatchObject({ extractable: false, type: 'private' });
});

test('without WebCrypto the same signature is made from a seed that the phone keeps', () =>
  withoutSubtle(async () => {
    const kept = memoryDrawer<KeptKey>();
    const name = newName();
    const own = await ownKey(name, kept);
    expect(isGood(own.key, await own.sign(message))).toBe(true);
    expect((await kept.get(name))!.secret).toHaveLength(32);
  }));

test('a browser that cannot keep its own keys keeps a seed', async () => {
  const kept = memoryDrawer<KeptKey>();
  const picky: Drawer<KeptKey> = {
    ...kept,
    putFirst: (name, value) =>
      value.secret instanceof Uint8Array
        ? kept.putFirst(name, value)
        : Promise.reject(new Error('DataCloneError')),
  };
  const own = await ownKey(newName(), picky);
  expect(isGood(own.key, await own.sign(message))).toBe(true);
});

test('of two tabs that make a key at once both use the one that was kept', async () => {
  const kept = memoryDrawer<KeptKey>();
  const name = newName();
  const other: KeptKey = { key: 'of the other tab', secret: new Uint8Array(32).fill(7) };
  const late: Drawer<KeptKey> = { ...kept, putFirst: async () => kept.putFirst(name, other) };
  expect((await ownKey(name, late)).key).toBe(other.key);
});

test('a key that belongs to somebody else is replaced', async () => {
  const kept = memoryDrawer<KeptKey>();
  const name = newName();
  const first = await ownKey(name, kept);
  const second = await renewKey(name, kept);
  expect(second.key).not.toBe(first.key);
  expect((await ownKey(name, kept)).key).toBe(second.key);
});
