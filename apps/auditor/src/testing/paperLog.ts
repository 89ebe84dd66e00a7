import {
  consistencyProof,
  ED25519,
  formatVkey,
  formatWitnessRequest,
  leafHash,
  publicKeyOf,
  rootOfLeaves,
  signCheckpoint,
  signEd25519,
  utf8,
  verifierKey,
  type Signer,
} from '@qingpai/ledger/rules';

/** A log on paper: it signs whatever it is asked to, also two histories. */
export function paperLog(origin: string, seedByte = 1) {
  const seed = new Uint8Array(32).fill(seedByte);
  const key = verifierKey(origin, ED25519, publicKeyOf(seed));
  const signer: Signer = { key, sign: (message) => signEd25519(seed, message) };
  /** Leaves of one of its histories; all begin with the same three. */
  const leaves = (history: string, size: number) =>
    Array.from({ length: size }, (_, i) => leafHash(utf8(i < 3 ? `leaf ${i}` : `${history} leaf ${i}`)));
  const note = (size: number, history = 'a') =>
    signCheckpoint({ origin, size, root: rootOfLeaves(leaves(history, size)) }, signer);
  const request = (oldSize: number, size: number, history = 'a') =>
    formatWitnessRequest({
      oldSize,
      proof: oldSize < size ? consistencyProof(leaves(history, size), oldSize) : [],
      checkpoint: note(size, history),
    });
  return { origin, key, vkey: formatVkey(key), note, request };
}
