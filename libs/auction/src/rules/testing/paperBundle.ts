import { createHash } from 'node:crypto';
import {
  canonical,
  COSIGNATURE_V1,
  cosignNote,
  ED25519,
  floorCommitment,
  formatEssence,
  formatPolicy,
  formatProof,
  formatSignature,
  inclusionProof,
  leafBytes,
  leafHash,
  parseNote,
  parseProof,
  publicKeyOf,
  signCheckpoint,
  signEd25519,
  toBase64,
  utf8,
  verifierKey,
} from '@qingpai/ledger/rules';
import { type Bundle, endsWithCheckpoint, type LoggedEvent, type Opening, type Receipt } from '@qingpai/wire';
import { catalogueLeaves, catalogueRootOf, rootsAt } from '../index.js';
import { type PaperLot, type PaperOptions, PaperShow } from './paperShow.js';

export const ORIGIN = 'market.example/shows/20261124-01';
const SALT = new Uint8Array(32).fill(5);

/** The key of a log; of another log, or another key, for tests of trust. */
export const signerOf = (origin = ORIGIN, fill = 1) => {
  const seed = new Uint8Array(32).fill(fill);
  return {
    key: verifierKey(origin, ED25519, publicKeyOf(seed)),
    sign: (message: Uint8Array) => signEd25519(seed, message),
  };
};
export const policyOf = (signer = signerOf()): string =>
  formatPolicy({ logs: [signer.key], witnesses: [], groups: [], quorum: 'none' });

/** A lot whose floor is committed to, as the server does it. */
export const withFloor = (lot: string, paper: PaperLot & { floorFen: number }): PaperLot => ({
  ...paper,
  floor: floorCommitment(SALT, { floorFen: paper.floorFen, lot }),
});
export const openingOf = (lot: string, floorFen: number): Opening => ({
  lot,
  floorFen,
  salt: toBase64(SALT),
});

/** A show on paper whose list is sealed by its true root. */
export function sealedShow(
  lots: Record<string, PaperLot>,
  options: Pick<PaperOptions, 'rules' | 'signed' | 'opened' | 'takesOver'> & { witnessed?: true } = {},
): PaperShow {
  const { witnessed, ...paper } = options;
  const show = new PaperShow({ draft: true, ...paper });
  // At the beginning, or when the log before stood still.
  const atMs = show.state.t;
  for (const [lot, paper] of Object.entries(lots)) show.describe(atMs, lot, paper);
  const bytes = leavesOf(show.leaves, show.state.origin);
  show.does(atMs, {
    name: 'seal',
    catalogue: catalogueRootOf(catalogueLeaves(show.state, 1).map((i) => bytes[i]!)),
  });
  if (paper.signed) show.approve(atMs);
  show.does(atMs, witnessed ? { name: 'open', witnessed } : { name: 'open', reason: 'none-configured' });
  return show;
}

/** A witness's key; its cosignatures stand under the notes of a bundle. */
export const witnessOf = (name = 'township.example/witness', fill = 21) => {
  const seed = new Uint8Array(32).fill(fill);
  return {
    key: verifierKey(name, COSIGNATURE_V1, publicKeyOf(seed)),
    sign: (message: Uint8Array) => signEd25519(seed, message),
  };
};
export const cosigned = (note: string, timeSeconds: number, witness = witnessOf()): string => {
  const parsed = parseNote(note);
  if (!parsed.ok) throw new Error(parsed.reason);
  return note + formatSignature(cosignNote(parsed.value.body, witness, timeSeconds));
};
/** The policy of an auditor who wants every one of these witnesses. */
export const policyWith = (witnesses = [witnessOf()], signer = signerOf()): string =>
  formatPolicy({
    logs: [signer.key],
    witnesses: witnesses.map(({ key }, at) => ({ name: `w${at + 1}`, key })),
    groups: [
      { name: 'all-of-them', threshold: witnesses.length, members: witnesses.map((_, at) => `w${at + 1}`) },
    ],
    quorum: 'all-of-them',
  });
/** What a phone keeps of leaf `i`, under the note of this size. */
export function receiptOf(
  bytes: readonly Uint8Array[],
  i: number,
  size = bytes.length,
  signer = signerOf(),
): Receipt {
  const path = inclusionProof(bytes.slice(0, size).map(leafHash), i, size);
  const proof = formatProof({ index: i, path, checkpoint: noteAt(bytes, size, signer) });
  return { leaf: new TextDecoder().decode(bytes[i]), proof };
}
export const receiptsOf = (...receipts: Receipt[]): string =>
  JSON.stringify({ format: 'qingpai/receipts/v1', origin: ORIGIN, receipts });

/** What a phone hands out of one in place of the receipt itself: what a square holds of it, and what it calls evidence. */
export const essenceOf = ({ leaf, proof }: Receipt): string => {
  const parsed = parseProof(proof);
  if (!parsed.ok) throw new Error(parsed.reason);
  return formatEssence({ ...parsed.value, leaf: leafHash(utf8(leaf)) });
};
export const evidenceOf = (receipt: Receipt, head: { note: string } | null = null): string =>
  JSON.stringify({
    format: 'qingpai/evidence/v1',
    evidence: [{ origin: ORIGIN, fault: 'not-in-log', head, found: { receipt } }],
  });

export const leavesOf = (events: readonly LoggedEvent[], origin = ORIGIN): Uint8Array[] =>
  events.map((event) => {
    // On paper the host registers people; on the server the platform does.
    const by = event.type === 'log.opened' || event.type === 'bidder.registered' ? 'platform' : event.by;
    return leafBytes({ ...event, by, show: origin, v: 2 } as Parameters<typeof leafBytes>[0]);
  });

/** Everything of a bundle but its digest, so that a test can change it before `digested`. */
export function bundleOf(
  show: PaperShow,
  openings?: Opening[],
  signer = signerOf(show.state.origin),
): Omit<Bundle, 'digest'> {
  const { origin } = show.state;
  const bytes = leavesOf(show.leaves, origin);
  const sizes = show.leaves.filter(endsWithCheckpoint).map(({ i }) => i + 1);
  return {
    format: 'qingpai/bundle/v1',
    origin,
    rules: show.state.rules,
    leaves: bytes.map((leaf) => new TextDecoder().decode(leaf)),
    checkpoints: [...new Set([...sizes, bytes.length])].map((size) => noteAt(bytes, size, signer)),
    ...(openings && { openings }),
  };
}

export const noteAt = (bytes: readonly Uint8Array[], size: number, signer = signerOf()): string =>
  signCheckpoint({ origin: signer.key.name, size, root: rootsAt(bytes, [size]).get(size)! }, signer);

/** The text of a bundle with the digest that fits it: what a forger would write too. */
export const digested = (bundle: object): string => {
  const digest = createHash('sha256').update(canonical(bundle)).digest('hex');
  return JSON.stringify({ ...bundle, digest });
};

/** Signs anew over changed leaves, as an operator with the key could. */
export function resigned(bundle: Omit<Bundle, 'digest'>, leaves: string[], signer = signerOf()): string {
  const bytes = leaves.map(utf8);
  const ends = leaves.flatMap((text, i) =>
    /"type":"show\.(sealed|closed|settled)"/.test(text) ? [i + 1] : [],
  );
  const checkpoints = [...new Set([...ends, leaves.length])].map((size) => noteAt(bytes, size, signer));
  return digested({ ...bundle, leaves, checkpoints });
}
