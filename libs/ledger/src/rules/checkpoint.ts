import { fromBase64, toBase64 } from './bytes.js';
import { type Hash } from './merkle.js';
import { encodeNote, signNote, verifyNote, type Signer, type VerifiedSignature } from './note.js';
import { failed, passed, type Result } from './result.js';
import { ED25519, isKeyName, type VerifierKey, type VerifyEd25519 } from './vkey.js';

/** The head of a log: how many leaves it has and what they hash to (c2sp.org/tlog-checkpoint). */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

/** Exactly three lines, never an extension line. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  if (!isKeyName(origin) || !Number.isSafeInteger(size) || size < 0 || root.length !== 32) {
    throw new Error(`bug: no checkpoint of ${origin} at ${size}`);
  }
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Reads a note's body. */
export function parseCheckpoint(body: string): Result<Checkpoint> {
  const [origin, digits, base64, end, ...rest] = body.split('\n');
  if (end !== '' || rest.length > 0 || !origin || !isKeyName(origin)) return failed('checkpoint-malformed');
  const size = parseCount(digits ?? '');
  const root = fromBase64(base64 ?? '');
  if (size === undefined || root?.length !== 32) return failed('checkpoint-malformed');
  return passed({ origin, size, root });
}

/** ASCII decimal without leading zeros, a safe integer. */
export function parseCount(digits: string): number | undefined {
  const count = /^(?:0|[1-9][0-9]*)$/.test(digits) ? Number(digits) : NaN;
  return Number.isSafeInteger(count) ? count : undefined;
}

/** The log's own signed note. */
export function signCheckpoint(checkpoint: Checkpoint, signer: Signer): string {
  if (signer.key.name !== checkpoint.origin)
    throw new Error(`bug: ${signer.key.name} signs ${checkpoint.origin}`);
  const body = formatCheckpoint(checkpoint);
  return encodeNote({ body, signatures: [signNote(body, signer)] });
}

export interface OpenedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** Every known key that signed, the log's among them. */
  readonly signatures: readonly VerifiedSignature[];
}

/**
 * Reads a signed checkpoint with the keys the caller trusts, logs and witnesses together. One of them must be the
 * log's own, named like the origin.
 */
export function openCheckpoint(
  text: string,
  keys: readonly VerifierKey[],
  verify: VerifyEd25519,
): Result<OpenedCheckpoint> {
  const opened = verifyNote(text, keys, verify);
  if (!opened.ok) return opened;
  const checkpoint = parseCheckpoint(opened.value.note.body);
  if (!checkpoint.ok) return checkpoint;
  const { origin } = checkpoint.value;
  const isByLog = opened.value.verified.some(({ key }) => key.type === ED25519 && key.name === origin);
  if (!isByLog) return failed('checkpoint-not-by-log');
  return passed({ checkpoint: checkpoint.value, signatures: opened.value.verified });
}
