import { type VerifyEd25519 } from '@qingpai/ledger/rules';

/** One signature that the verifier asks about. */
export interface Asked {
  publicKey: Uint8Array;
  message: Uint8Array;
  signature: Uint8Array;
}
export type CheckSignature = (asked: Asked) => Promise<boolean>;

/** So many are under way at once: enough to keep a browser's threads busy. */
const AT_ONCE = 256;
/** Answers that come without end would keep a page without a worker from drawing. */
const AWAKE_MS = 50;

/**
 * Judges with a verifier that answers later, as browsers' do, although the rules ask at once: a first pass takes every
 * signature for good and notes what it asked; then all of them are checked; then it is judged again by the true
 * answers. A bad signature may lead to other questions, so this goes on until none is left.
 * @param judge always the same of the same answers
 */
export async function judgeTwice<V>(
  judge: (verify: VerifyEd25519) => V,
  check: CheckSignature,
  onProgress: (done: number, of: number) => void = () => {},
): Promise<V> {
  const answers = new Map<string, boolean>();
  let restedAtMs = Date.now();
  for (;;) {
    const open = new Map<string, Asked>();
    const verdict = judge((publicKey, message, signature) => {
      const name = nameOf(publicKey, message, signature);
      const answer = answers.get(name);
      if (answer === undefined) open.set(name, { publicKey, message, signature });
      return answer ?? true;
    });
    if (open.size === 0) return verdict;
    const asked = [...open];
    for (let at = 0; at < asked.length; at += AT_ONCE) {
      onProgress(at, asked.length);
      if (Date.now() - restedAtMs > AWAKE_MS) {
        await new Promise((resume) => setTimeout(resume));
        restedAtMs = Date.now();
      }
      const some = asked.slice(at, at + AT_ONCE);
      const good = await Promise.all(some.map(([, one]) => check(one)));
      some.forEach(([name], k) => answers.set(name, good[k]!));
    }
    onProgress(asked.length, asked.length);
  }
}

/** All bytes of the question, so that no other has this name. */
function nameOf(...parts: Uint8Array[]): string {
  return parts.map((bytes) => String.fromCharCode(bytes.length & 0xff, bytes.length >> 8, ...bytes)).join('');
}
