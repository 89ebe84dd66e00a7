import { bidMessage, signedBid } from '@qingpai/auction/rules';
import {
  consistencyProof,
  ED25519,
  formatPolicy,
  formatProof,
  formatVkey,
  grow,
  inclusionProof,
  leafBytes,
  leafHash,
  publicKeyOf,
  rootOfLeaves,
  signCheckpoint,
  signEd25519,
  toBase64,
  verifierKey,
  type Hash,
  type Tree,
} from '@qingpai/ledger/rules';
import type { Bid, BidAnswer, Receipt, SignedHead } from '@qingpai/wire';
import type { Sent } from '../judge';

/** A log as a server keeps it, made from the same rules; and a phone that signs. For the proofs' own tests. */
export const ORIGIN = 'market.example/shows/20261124-01';
export const LIN = 'lin-aaaaaaaaaaaa';
const phoneSeed = new Uint8Array(32).fill(3);
export const phoneKey = toBase64(publicKeyOf(phoneSeed));

export class TestLog {
  readonly tree: Tree = { levels: [[]] };
  readonly leaves: string[] = [];
  private readonly signer;

  /** @param seed another one: a log with the same name by another key */
  constructor(seed = 1) {
    const secret = new Uint8Array(32).fill(seed);
    const key = verifierKey(ORIGIN, ED25519, publicKeyOf(secret));
    this.signer = { key, sign: (message: Uint8Array) => signEd25519(secret, message) };
  }

  get vkey(): string {
    return formatVkey(this.signer.key);
  }
  get policy(): string {
    return formatPolicy({ logs: [this.signer.key], witnesses: [], groups: [], quorum: 'none' });
  }
  get size(): number {
    return this.leaves.length;
  }
  private get hashes(): readonly Hash[] {
    return this.tree.levels[0]!;
  }

  /** A leaf of any type; answers its index. */
  add(type: string, body: object, sig?: string): number {
    const i = this.size;
    const envelope = { by: 'platform', i, show: ORIGIN, t: 1_000 + i, v: 2, ...(sig && { sig }) };
    const bytes = leafBytes({ ...envelope, type, body } as Parameters<typeof leafBytes>[0]);
    this.leaves.push(new TextDecoder().decode(bytes));
    grow(this.tree, leafHash(bytes));
    return i;
  }
  fill(count: number): this {
    for (let k = 0; k < count; k++) this.add('lot.lastCall', { lot: 'L1', offering: 1, closesAt: this.size });
    return this;
  }
  head(size = this.size): SignedHead {
    const root = rootOfLeaves(this.hashes.slice(0, size));
    const note = signCheckpoint({ origin: ORIGIN, size, root }, this.signer);
    return { size, root: toBase64(root), note };
  }
  receipt(i: number, from?: number, size = this.size): Receipt {
    const path = inclusionProof(this.tree, i, size);
    const proof = formatProof({ index: i, path, checkpoint: this.head(size).note });
    const leaf = this.leaves[i]!;
    if (from === undefined) return { leaf, proof };
    return { leaf, proof, consistency: consistencyProof(this.tree, from, size).map(toBase64) };
  }
  /** Takes a bid in and answers it, as the desk does. */
  takes({ bid, bidder }: Sent): BidAnswer & { receipt: Receipt } {
    const { bidId, sig, lot, offering, amountFen, nth = 1, confirmed, seen } = bid;
    const body = { bid: bidId, bidder, lot, offering, amountFen, nth };
    const i = this.add(
      'bid.accepted',
      { ...body, ...(confirmed && { confirmed }), ...(seen && { seen }) },
      sig,
    );
    const receipt = this.receipt(i, seen?.[0]);
    return { ok: true, verdict: 'accepted', bidId, i, t: 1_000 + i, amountFen, nth: nth + 1, receipt };
  }
}

let ids = 0;
/** What was pressed, signed by this phone. */
export function sent(differs: Partial<Bid> = {}, isClock = false): Sent {
  const bidId = `bid-${String(ids++).padStart(6, '0')}`;
  const bid: Bid = { bidId, lot: 'L1', offering: 1, amountFen: 3_600, nth: 1, ...differs };
  const message = bidMessage(signedBid(bid, LIN, bid.nth ?? 1, isClock), ORIGIN);
  return {
    bid: { ...bid, sig: toBase64(signEd25519(phoneSeed, message)) },
    bidder: LIN,
    isClock,
  };
}
