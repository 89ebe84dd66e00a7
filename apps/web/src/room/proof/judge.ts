import { bidMessage, signedBid, signedBidOf, type SignedBid } from '@qingpai/auction/rules';
import {
  canonical,
  formatVkey,
  fromBase64,
  leafHash,
  openCheckpoint,
  parseLeaf,
  parsePolicy,
  parseProof,
  parseVkey,
  toBase64,
  utf8,
  verifyConsistency,
  verifyEd25519,
  verifyInclusion,
  type RawLeaf,
} from '@qingpai/ledger/rules';
import type { Bid, BidAnswer, Receipt, SignedHead } from '@qingpai/wire';

/**
 * Whether what a server handed out holds, judged on the phone (LEDGER §2 and §4): pure, so it runs in a worker, and in
 * the page where there are no workers. Nothing here trusts an answer; only the key that was pinned.
 */
export interface Pin {
  origin: string;
  /** The log's key, as in the policy file that was fetched first. */
  vkey: string;
}
/** A bid as it went out. */
export interface Sent {
  bid: Bid;
  bidder: string;
  isClock: boolean;
}

/**
 * `not-ours`: the leaf is not what was pressed and signed here, or the answer says otherwise than the leaf ·
 * `not-in-log`: the leaf does not lead to the root · `not-signed`: the pinned key did not sign that root ·
 * `rewritten`: the log does not extend a head that this phone holds · `shorter`: it has fewer leaves than that ·
 * `unknown-head`: the server says it never signed that head · `other-key`: the log's key has changed.
 */
export type ProofFault =
  'not-ours' | 'not-in-log' | 'not-signed' | 'rewritten' | 'shorter' | 'unknown-head' | 'other-key';

export type Judged = { ok: true; head: SignedHead } | { ok: false; fault: ProofFault };
const fault = (of: ProofFault): Judged => ({ ok: false, fault: of });

/** The key of this log in a policy file; null: there is none, or the file cannot be read. */
export function logKey(policyText: string, origin: string): string | null {
  const policy = parsePolicy(policyText);
  const key = policy.ok ? policy.value.logs.find(({ name }) => name === origin) : undefined;
  return key ? formatVkey(key) : null;
}

/** The receipt that came with an answer, against the bid that was sent. The head is the one it rests on. */
export function judgeReceipt(pin: Pin, sent: Sent, answer: BidAnswer, receipt: Receipt): Judged {
  const leaf = parseLeaf(utf8(receipt.leaf));
  if (!leaf.ok || !isOurs(pin, sent, answer, leaf.value)) return fault('not-ours');
  const included = judgeInclusion(pin, receipt, leaf.value.i);
  if (!included.ok || sent.bid.seen === undefined) return included;
  const [size, root] = sent.bid.seen;
  return extendsHead({ size, root }, included.head, receipt) ? included : fault('rewritten');
}

/** A bid of ours whose answer this phone never had: from another phone, by plain form, or lost on the way. */
export interface Elsewhere {
  bidder: string;
  /** Ours, as the log registered them. */
  keys: string[];
  i: number;
  bidId: string;
  amountFen: number;
  isClock: boolean;
}
export type Adopted =
  { ok: true; head: SignedHead; sent: Sent; answer: BidAnswer } | (Judged & { ok: false });

/** Rebuilt from its leaf: the room told its amount, and where it is signed a key of ours made the signature. */
export function judgeElsewhere(pin: Pin, told: Elsewhere, receipt: Receipt): Adopted {
  const notOurs = { ok: false, fault: 'not-ours' } as const;
  const leaf = parseLeaf(utf8(receipt.leaf));
  if (!leaf.ok || leaf.value.type !== 'bid.accepted' || leaf.value.show !== pin.origin) return notOurs;
  const { sig, t } = leaf.value;
  const { bid: bidId, ...asked } = signedBidOf(leaf.value as unknown as BidLeaf, told.isClock);
  const amountFen = Number(leaf.value.body['amountFen']);
  const isTold = bidId === told.bidId && asked.bidder === told.bidder && amountFen === told.amountFen;
  if (!isTold || leaf.value.i !== told.i) return notOurs;
  if (sig !== undefined && !isSignedBy(told.keys, { bid: bidId, ...asked }, pin.origin, sig)) return notOurs;
  const included = judgeInclusion(pin, receipt, told.i);
  if (!included.ok) return included;
  const { bidder, ...rest } = asked;
  const sent = { bid: { bidId, ...rest, ...(sig && { sig }) }, bidder, isClock: told.isClock };
  const answer = {
    ok: true,
    verdict: 'accepted',
    bidId,
    i: told.i,
    t,
    amountFen,
    nth: asked.nth + 1,
  } as const;
  return { ok: true, head: included.head, sent, answer };
}

type BidLeaf = Parameters<typeof signedBidOf>[0];
const isSignedBy = (keys: string[], body: SignedBid, origin: string, sig: string): boolean =>
  keys.some((key) => verifyEd25519(bytes(key), bidMessage(body, origin), bytes(sig)));

/** The same amount, count and signature as went out, and the verdict that was told. */
function isOurs(pin: Pin, { bid, bidder, isClock }: Sent, answer: BidAnswer, leaf: RawLeaf): boolean {
  const { body } = leaf;
  const type = answer.ok ? 'bid.accepted' : 'bid.refused';
  if (leaf.type !== type || leaf.show !== pin.origin || leaf.i !== answer.i || leaf.sig !== bid.sig)
    return false;
  const told = answer.ok
    ? body['amountFen'] === answer.amountFen && answer.amountFen <= bid.amountFen && leaf.t === answer.t
    : body['reason'] === answer.reason;
  const asked = signedBid(bid, bidder, bid.nth ?? Number(body['nth']), isClock);
  const logged = signedBidOf(leaf as unknown as BidLeaf, isClock);
  return told && canonical(asked) === canonical(logged);
}

/** Any leaf's receipt: that it stands at its place under a root which the pinned key signed. */
export function judgeInclusion(pin: Pin, receipt: Receipt, i: number): Judged {
  const proof = parseProof(receipt.proof);
  if (!proof.ok || proof.value.index !== i) return fault('not-in-log');
  const head = headOf(pin, proof.value.checkpoint);
  if (!head.ok) return head;
  const { size, root } = head.head;
  const hash = leafHash(utf8(receipt.leaf));
  return verifyInclusion(hash, i, size, proof.value.path, bytes(root)) ? head : fault('not-in-log');
}

/** A head as the server names it on joining: signed, and what its note says. */
export function judgeHead(pin: Pin, named: SignedHead): Judged {
  const head = headOf(pin, named.note);
  if (!head.ok) return head;
  return head.head.size === named.size && head.head.root === named.root ? head : fault('not-signed');
}

/** @param receipt of the last leaf under the newer head, asked for with `from` the size of the older one */
export function judgeLink(
  pin: Pin,
  older: SignedHead,
  newer: Pick<SignedHead, 'size' | 'root'>,
  receipt: Receipt,
): Judged {
  const linked = judgeInclusion(pin, receipt, newer.size - 1);
  if (!linked.ok) return linked;
  const { head } = linked;
  const isNewer = head.size === newer.size && head.root === newer.root;
  return isNewer && extendsHead(older, head, receipt) ? linked : fault('rewritten');
}

function headOf({ origin, vkey }: Pin, note: string): Judged {
  const key = parseVkey(vkey);
  if (!key.ok) throw new Error(`bug: pinned ${vkey}`);
  const opened = openCheckpoint(note, [key.value], verifyEd25519);
  if (!opened.ok || opened.value.checkpoint.origin !== origin) return fault('not-signed');
  const { size, root } = opened.value.checkpoint;
  return { ok: true, head: { size, root: toBase64(root), note } };
}

function extendsHead(
  older: Pick<SignedHead, 'size' | 'root'>,
  newer: SignedHead,
  { consistency = [] }: Receipt,
): boolean {
  const proof = consistency.map(fromBase64);
  return (
    proof.every((hash) => hash?.length === 32) &&
    verifyConsistency(older.size, newer.size, proof as Uint8Array[], bytes(older.root), bytes(newer.root))
  );
}

/** Of a text that is no base64: nothing, which fits no hash. */
const bytes = (base64: string): Uint8Array => fromBase64(base64) ?? new Uint8Array();
