import { equal, fromBase64, toBase64 } from './bytes.js';
import { parseCheckpoint, parseCount } from './checkpoint.js';
import { NOTE_BYTES_MAX, PROOF_HASHES_MAX } from './limits.js';
import { emptyRoot, verifyConsistency, type Hash } from './merkle.js';
import { encodeNote, formatSignature, parseNote, parseSignatures, verifyNote } from './note.js';
import { failed, passed, type Result } from './result.js';
import { ED25519, type VerifierKey, type VerifyEd25519 } from './vkey.js';

/** What a log asks a witness (c2sp.org/tlog-witness, `add-checkpoint`): cosign this head, it extends what you have. */
export interface WitnessRequest {
  /** Size of the head this witness cosigned last; 0: none yet. */
  readonly oldSize: number;
  /** RFC 6962 consistency proof from there to the checkpoint. */
  readonly proof: readonly Hash[];
  /** The log's signed note, verbatim. */
  readonly checkpoint: string;
}

/** What a witness remembers of a log: the head it cosigned last. */
export interface WitnessedHead {
  readonly size: number;
  readonly root: Hash;
}

/** A log that a witness knows; its operator told it the key, since a request carries none. */
export interface WitnessedLog {
  readonly key: VerifierKey;
  /** Null: nothing cosigned yet. */
  readonly head: WitnessedHead | null;
}

/**
 * The statuses of c2sp.org/tlog-witness. 200: remember `head`, then cosign `body`. 400: malformed · 403: not signed by
 * the key we know · 404: unknown log · 409: not where we stand (`size`) · 422: the proof does not hold.
 */
export type WitnessDecision =
  | { status: 200; origin: string; head: WitnessedHead; body: string }
  | { status: 400 | 403 | 404 | 422 }
  | { status: 409; size: number };

export const formatWitnessRequest = ({ oldSize, proof, checkpoint }: WitnessRequest): string =>
  [`old ${oldSize}`, ...proof.map(toBase64), '', checkpoint].join('\n');

export function parseWitnessRequest(text: string): Result<WitnessRequest> {
  if (text.length > NOTE_BYTES_MAX) return failed('note-too-large');
  const end = text.indexOf('\n\n');
  const [old = '', ...lines] = text.slice(0, Math.max(end, 0)).split('\n');
  const oldSize = old.startsWith('old ') ? parseCount(old.slice('old '.length)) : undefined;
  const proof = lines.map(fromBase64);
  if (oldSize === undefined || lines.length > PROOF_HASHES_MAX || !isProof(proof))
    return failed('witness-request-malformed');
  return passed({ oldSize, proof, checkpoint: text.slice(end + 2) });
}

const isProof = (hashes: readonly (Uint8Array | undefined)[]): hashes is Hash[] =>
  hashes.every((hash) => hash?.length === 32);

/**
 * What a witness does with a request. Pure: nothing is remembered or signed yet. Whoever acts on a 200 must make
 * `head` last before the cosignature leaves, and decide nothing in between: two cosigned heads that contradict each
 * other are what a witness exists to prevent.
 */
export function decideWitness(
  text: string,
  logOf: (origin: string) => WitnessedLog | undefined,
  verify: VerifyEd25519,
): WitnessDecision {
  const request = parseWitnessRequest(text);
  if (!request.ok) return { status: 400 };
  const note = parseNote(request.value.checkpoint);
  if (!note.ok) return { status: 400 };
  const checkpoint = parseCheckpoint(note.value.body);
  if (!checkpoint.ok) return { status: 400 };
  const { origin, size, root } = checkpoint.value;
  const log = logOf(origin);
  if (!log) return { status: 404 };
  if (!verifyNote(request.value.checkpoint, [log.key], verify).ok) return { status: 403 };
  const { oldSize, proof } = request.value;
  if (oldSize > size) return { status: 400 };
  const known = log.head ?? { size: 0, root: emptyRoot() };
  if (oldSize !== known.size) return { status: 409, size: known.size };
  // Two roots for one size: no proof could make them one history.
  if (oldSize === size && !equal(root, known.root)) return { status: 409, size: known.size };
  if (!verifyConsistency(oldSize, size, proof, known.root, root)) return { status: 422 };
  return { status: 200, origin, head: { size, root }, body: note.value.body };
}

/** One witness's good signature on a head, as a line of the note. */
export interface Cosignature {
  readonly key: VerifierKey;
  /** When it was given, by the witness's clock: seconds since 1970 UTC. */
  readonly timeSeconds: number;
  /** `— name base64\n`. */
  readonly line: string;
}

/**
 * The cosignatures among these lines that known witnesses gave on this note's body. Lines of others are left out; a
 * known witness's bad one refuses them all.
 */
export function readCosignatures(
  body: string,
  lines: string,
  witnesses: readonly VerifierKey[],
  verify: VerifyEd25519,
): Result<Cosignature[]> {
  const signatures = parseSignatures(lines);
  if (!signatures.ok) return signatures;
  const found: Cosignature[] = [];
  for (const signature of signatures.value) {
    const verified = verifyNote(encodeNote({ body, signatures: [signature] }), witnesses, verify);
    if (!verified.ok && verified.reason === 'note-not-signed') continue;
    if (!verified.ok) return verified;
    const { key, timeSeconds } = verified.value.verified[0]!;
    if (key.type === ED25519 || timeSeconds === undefined) continue;
    found.push({ key, timeSeconds, line: formatSignature(signature) });
  }
  return passed(found);
}

/** The same note with more signatures under it. @param lines each with its line end */
export const withSignatures = (note: string, lines: readonly string[]): string => note + lines.join('');
