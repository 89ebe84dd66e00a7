import { createPrivateKey, sign } from 'node:crypto';
import { type Bundle } from '@qingpai/wire';
import { signerOf } from '../../libs/auction/src/rules/testing/paperBundle.js';
import { paperKey } from '../../libs/auction/src/rules/testing/paperShow.js';
import { canonicalText, sha256 } from './naive/json.js';
import { rootOf } from './naive/tree.js';
import { type Chance } from './chance.js';

/** A leaf as somebody without scruples sees it: fields to write into. */
export interface LooseLeaf {
  body: Record<string, unknown>;
  by: string;
  i: number;
  show: string;
  sig?: string;
  t: number;
  type: string;
  v: number;
}
type Loose = Omit<Bundle, 'digest'>;

const { key } = signerOf();
const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 1)]);
const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });

/** The log's own note over the first `size` leaves, signed by OpenSSL: thousands are needed. */
export function noteOf(leaves: readonly string[], size = leaves.length): string {
  const body = `${key.name}\n${size}\n${rootOf(leaves.slice(0, size)).toString('base64')}\n`;
  const blob = Buffer.concat([key.keyId, sign(null, Buffer.from(body), privateKey)]);
  return `${body}\n— ${key.name} ${blob.toString('base64')}\n`;
}

/** All notes an operator owes over these leaves. */
export function notesOver(leaves: readonly string[]): string[] {
  const ends = leaves.flatMap((text, i) =>
    /"type":"show\.(sealed|closed|settled)"/.test(text) ? [i + 1] : [],
  );
  return [...new Set([...ends, leaves.length])].map((size) => noteOf(leaves, size));
}

export const textOf = (bundle: Loose): string => {
  const digest = sha256(canonicalText(bundle)!).toString('hex');
  return JSON.stringify({ ...bundle, digest });
};

/** Numbers the leaves as they now stand, and writes them. */
export const written = (leaves: readonly LooseLeaf[]): string[] =>
  leaves.map((leaf, i) => canonicalText({ ...leaf, i }) ?? JSON.stringify({ ...leaf, i }));

export const readLeaves = (bundle: Loose): LooseLeaf[] =>
  bundle.leaves.map((leaf) => JSON.parse(leaf) as LooseLeaf);

/** What somebody with the keys would put right after a change: counts of bids, numbers of sales, totals. */
function repair(leaves: LooseLeaf[]): void {
  const nths: Record<string, number> = {};
  let sales = 0;
  for (const { type, body } of leaves) {
    const bidder = String(body.bidder);
    if (type.startsWith('bid.')) body.nth = nths[bidder] = (nths[bidder] ?? 0) + 1;
    if (type === 'lot.hammered') body.sale = `S${(sales += 1)}`;
  }
  const closed = leaves.find(({ type }) => type === 'show.closed');
  const hammered = leaves.filter(({ type }) => type === 'lot.hammered');
  if (closed)
    closed.body.hammerFen = hammered.reduce(
      (sum, { body }) => sum + Number(body.unitPriceFen) * Number(body.units),
      0,
    );
}

export const changes: Record<string, (chance: Chance, leaves: LooseLeaf[], at: number) => void> = {
  none: () => undefined,
  amount: (chance, leaves, at) => {
    const { body } = leaves[at]!;
    const numbers = Object.keys(body).filter((name) => typeof body[name] === 'number');
    if (numbers.length === 0) return;
    const name = chance.one(numbers);
    body[name] = Math.max(0, Number(body[name]) + chance.one([1, -1, 100, -100, 200, 1_000, 15_000]));
  },
  person: (chance, leaves, at) => {
    const { body } = leaves[at]!;
    const people = leaves.filter(({ type }) => type === 'bidder.registered').map((leaf) => leaf.body.bidder);
    if ('bidder' in body) body.bidder = chance.one(people);
    if (chance.maybe(0.5) && /^(bid|offer|sale)\./.test(leaves[at]!.type)) leaves[at]!.by = String(body.bidder);
  },
  author: (chance, leaves, at) => {
    leaves[at]!.by = chance.one(['host', 'moderator', 'platform', 'officer']);
  },
  time: (chance, leaves, at) => {
    leaves[at]!.t = Math.max(0, leaves[at]!.t + chance.one([-60_000, -1_500, -100, -1, 1, 100, 1_500, 60_000]));
  },
  lateness: (chance, leaves, at) => {
    const byMs = chance.one([1, 100, 1_500, 15_000, 3_600_000]);
    for (const leaf of leaves.slice(at)) leaf.t += byMs;
  },
  lot: (chance, leaves, at) => {
    if ('lot' in leaves[at]!.body) leaves[at]!.body.lot = chance.one(['L1', 'L2', 'L3', 'L9']);
  },
  floorMet: (_chance, leaves, at) => {
    const { type, body } = leaves[at]!;
    if (type !== 'bid.accepted') return;
    if (body.floorMet) delete body.floorMet;
    else body.floorMet = true;
  },
  reason: (chance, leaves, at) => {
    const { body } = leaves[at]!;
    if ('reason' in body) body.reason = chance.one(['too-late', 'off-grid', 'not-above-price', 'below-start', 'own-lot']);
  },
  verdict: (_chance, leaves, at) => {
    const leaf = leaves[at]!;
    const { bid, bidder, lot, offering, amountFen, nth } = leaf.body;
    const body = { bid, bidder, lot, offering, amountFen, nth };
    if (leaf.type === 'bid.accepted') Object.assign(leaf, { type: 'bid.refused', body: { ...body, reason: 'not-above-price' } });
    else if (leaf.type === 'bid.refused') Object.assign(leaf, { type: 'bid.accepted', body });
  },
  end: (chance, leaves, at) => {
    const leaf = leaves[at]!;
    const { lot, units } = leaf.body;
    if (leaf.type === 'sale.lapsed') Object.assign(leaf, { type: 'lot.carried', body: { lot, units: 1, sale: 'S1' } });
    if (leaf.type === 'lot.passed' || leaf.type === 'lot.withdrawn') {
      Object.assign(leaf, chance.maybe(0.5)
        ? { type: 'lot.carried', body: { lot, units } }
        : { type: 'lot.withdrawn', body: { lot, units, reason: 'other' } });
    }
  },
  delete: (_chance, leaves, at) => void leaves.splice(at, 1),
  duplicate: (_chance, leaves, at) => void leaves.splice(at, 0, structuredClone(leaves[at]!)),
  swap: (_chance, leaves, at) => {
    const [one, other] = [leaves[at]!, leaves[at + 1]];
    if (!other) return;
    [one.t, other.t] = [other.t, one.t];
    leaves.splice(at, 2, other, one);
  },
  insert: (chance, leaves, at) => {
    const other = structuredClone(chance.one(leaves));
    leaves.splice(at, 0, { ...other, t: leaves[at]!.t });
  },
  cut: (_chance, leaves, at) => void leaves.splice(at + 1),
  field: (chance, leaves, at) => {
    const { body } = leaves[at]!;
    if (chance.maybe(0.5)) body.note = 'x';
    else delete body[chance.one(Object.keys(body))];
  },
}; // prettier-ignore
export const changeNames = Object.keys(changes);

/** Mostly among what followed a default, where something did. */
function lately(chance: Chance, leaves: readonly LooseLeaf[]): number | null {
  const first = leaves.findIndex(({ type }) => type === 'sale.offered' || type === 'deposit.forfeited');
  return first < 0 || chance.maybe(0.3) ? null : first + chance.below(leaves.length - first);
}

/** One bundle out of an honest one, and how it was made: what an operator, or a stranger, could put on the table. */
export function mutate(chance: Chance, honest: Loose): { text: string; how: string } {
  const name = chance.one(changeNames);
  const leaves = readLeaves(honest);
  // Mostly where the bidding is: what lies before is the same in every show.
  const from = chance.maybe(0.8) ? leaves.findIndex(({ type }) => type === 'show.opened') : 0;
  const at = Math.max(0, from) + chance.below(leaves.length - Math.max(0, from));
  changes[name]!(chance, leaves, lately(chance, leaves) ?? at);
  const repaired = chance.maybe(0.5);
  if (repaired) repair(leaves);
  const texts = written(leaves);
  const hand = chance.next();
  const bundle = { ...honest, leaves: texts };
  const how = `${name} at ${at}${repaired ? ', repaired' : ''}`;
  if (hand < 0.8) return { text: textOf({ ...bundle, checkpoints: notesOver(texts) }), how };
  if (hand < 0.87) return { text: textOf(bundle), how: `${how}, unsigned` };
  if (hand < 0.94) {
    const checkpoints = notesOver(texts);
    checkpoints.splice(chance.below(checkpoints.length), 1);
    return { text: textOf({ ...bundle, checkpoints }), how: `${how}, a note less` };
  }
  const checkpoints = [...honest.checkpoints, ...notesOver(texts)];
  return { text: textOf({ ...bundle, checkpoints }), how: `${how}, both histories` };
}

/** The signature of whoever is called so on paper under a leaf of his own. */
export const signedBody = (name: string, { body, show, type }: LooseLeaf): string =>
  paperKey(name).sign(Buffer.from(`qingpai/event/v1\n${canonicalText({ body, show, type })}`));
