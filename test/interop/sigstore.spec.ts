import { createPublicKey, type KeyObject } from 'node:crypto';
import { parsePolicy, parseProof } from '@qingpai/ledger/rules';
import { type Certificate, type Receipt } from '@qingpai/wire';
import { Market, pot } from '../stories/kit/market.js';

/** The reader of transparency logs in @sigstore/verify 3.1.0: the part that judges notes and inclusion, by its own name. */
interface Entry {
  inclusionProof: { logIndex: string; hashes: Buffer[]; checkpoint: { envelope: string } };
  canonicalizedBody: Buffer;
}
interface Authority {
  logID: Buffer;
  baseURL: string;
  publicKey: KeyObject;
}
const { verifyTLogInclusion } = jest.requireActual<{
  verifyTLogInclusion(entry: Entry, authorities: Authority[]): void;
}>('@sigstore/verify/dist/tlog');

let market: Market;
let receipts: Receipt[];
let authority: Authority;
let size: number;
beforeAll(async () => {
  market = await Market.open();
  const { showId, host } = await market.openShow([pot(), pot({ title: '君子兰' })]);
  const buyer = await market.signer(showId, '小林');
  const hammered = host.event('lot.hammered', 'L1');
  await host.offers('L1', buyer);
  for (const amountFen of [3_600, 3_600, 3_700]) await buyer.bid('L1', amountFen);
  await hammered;
  ({ size } = (await market.must<Certificate>('GET', `/api/shows/${showId}/certificate`)).head);
  const indexes = Array.from({ length: size }, (_, i) => i);
  receipts = await Promise.all(
    indexes.map((i) => market.must<Receipt>('GET', `/api/shows/${showId}/receipts/${i}`)),
  );
  const policy = parsePolicy(await market.must<string>('GET', `/api/shows/${showId}/policy`));
  if (!policy.ok) throw new Error(policy.reason);
  const [{ keyId, name, publicKey }] = policy.value.logs as [(typeof policy.value.logs)[number]];
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(publicKey).toString('base64url') };
  authority = {
    logID: Buffer.from(keyId),
    baseURL: name,
    publicKey: createPublicKey({ key: jwk, format: 'jwk' }),
  };
}, 60_000);
afterAll(() => market.close());

/** A receipt of ours in their words. */
function entryOf({ leaf, proof }: Receipt): Entry {
  const read = parseProof(proof);
  if (!read.ok) throw new Error(read.reason);
  const { index, path, checkpoint } = read.value;
  const hashes = path.map((hash) => Buffer.from(hash));
  return {
    inclusionProof: { logIndex: String(index), hashes, checkpoint: { envelope: checkpoint } },
    canonicalizedBody: Buffer.from(leaf),
  };
}
const refuses = (entry: Entry, by = authority) => expect(() => verifyTLogInclusion(entry, [by])).toThrow();

it('@sigstore/verify finds every leaf of a show in the tree that was signed, by the receipts of its phones', () => {
  expect(receipts).toHaveLength(size);
  for (const receipt of receipts) verifyTLogInclusion(entryOf(receipt), [authority]);
});

it('@sigstore/verify refuses another leaf, another place, another root and another key', () => {
  const receipt = receipts.find(({ leaf }) => leaf.includes('bid.accepted'))!;
  const changed = entryOf(receipt);
  changed.canonicalizedBody = Buffer.from(receipt.leaf.replace('"amountFen":3600', '"amountFen":3601'));
  refuses(changed);
  const elsewhere = entryOf(receipt);
  elsewhere.inclusionProof.logIndex = String(Number(elsewhere.inclusionProof.logIndex) + 1);
  refuses(elsewhere);
  const rooted = entryOf(receipt);
  const { envelope } = rooted.inclusionProof.checkpoint;
  const [origin, n, root] = envelope.split('\n') as [string, string, string];
  const other = Buffer.from(root, 'base64');
  other[0] = other[0]! ^ 1;
  rooted.inclusionProof.checkpoint.envelope = envelope.replace(
    `${origin}\n${n}\n${root}`,
    `${origin}\n${n}\n${other.toString('base64')}`,
  );
  refuses(rooted);
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.alloc(32, 9).toString('base64url') };
  refuses(entryOf(receipt), { ...authority, publicKey: createPublicKey({ key: jwk, format: 'jwk' }) });
});
