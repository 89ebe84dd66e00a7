import { concat, equal, fromBase64, fromU64be, isWellFormed, toBase64, u64be, utf8 } from './bytes.js';
import { NOTE_BYTES_MAX, NOTE_LINES_MAX } from './limits.js';
import { failed, passed, type Result } from './result.js';
import {
  COSIGNATURE_V1,
  ED25519,
  isKeyName,
  type SignEd25519,
  type VerifierKey,
  type VerifyEd25519,
} from './vkey.js';

/** A C2SP signed note (c2sp.org/signed-note): a text and who signed it. Unverified until `verifyNote`. */
export interface Note {
  /** The signed text, with its last newline. */
  readonly body: string;
  readonly signatures: readonly NoteSignature[];
}
export interface NoteSignature {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Uint8Array;
  /** Ed25519: the 64 bytes; cosignature/v1: u64be(time) before them. */
  readonly blob: Uint8Array;
}
export interface Signer {
  readonly key: VerifierKey;
  readonly sign: SignEd25519;
}
export interface VerifiedSignature {
  readonly key: VerifierKey;
  /** When the witness signed, in seconds since 1970 UTC; cosignatures only. */
  readonly timeSeconds?: number;
}

export function parseNote(text: string): Result<Note> {
  if (isTooLarge(text)) return failed('note-too-large');
  const end = text.lastIndexOf('\n\n');
  if (end < 0 || !isNoteText(text)) return failed('note-malformed');
  const signatures = parseSignatures(text.slice(end + 2));
  return signatures.ok ? passed({ body: text.slice(0, end + 1), signatures: signatures.value }) : signatures;
}

/** Signature lines alone, at least one: the end of a note, and what a witness answers (C2SP tlog-witness). */
export function parseSignatures(lines: string): Result<NoteSignature[]> {
  if (isTooLarge(lines)) return failed('note-too-large');
  if (!lines.endsWith('\n')) return failed('note-malformed');
  const signatures = lines.slice(0, -1).split('\n').map(parseSignature);
  return signatures.every((signature) => signature !== undefined)
    ? passed(signatures)
    : failed('note-malformed');
}

function parseSignature(line: string): NoteSignature | undefined {
  const [dash, name, base64, ...rest] = line.split(' ');
  const bytes = fromBase64(base64 ?? '');
  if (dash !== '—' || !name || !isKeyName(name) || rest.length > 0) return undefined;
  // Four bytes are the key id; a signature of nothing is none.
  if (!bytes || bytes.length < 5) return undefined;
  return { name, keyId: bytes.slice(0, 4), blob: bytes.slice(4) };
}

export function encodeNote(note: Note): string {
  if (!note.body.endsWith('\n') || !isNoteText(note.body)) throw new Error('bug: this text cannot be a note');
  return `${note.body}\n${note.signatures.map(formatSignature).join('')}`;
}

export const formatSignature = (signature: NoteSignature): string =>
  `— ${signature.name} ${toBase64(concat(signature.keyId, signature.blob))}\n`;

/** Signs the body with an Ed25519 key (type 0x01). */
export function signNote(body: string, { key, sign }: Signer): NoteSignature {
  if (key.type !== ED25519) throw new Error(`bug: ${key.name} is no key for notes`);
  return { name: key.name, keyId: key.keyId, blob: sign(utf8(body)) };
}

/** Cosigns a checkpoint's body as a witness (type 0x04, c2sp.org/tlog-cosignature). */
export function cosignNote(body: string, { key, sign }: Signer, timeSeconds: number): NoteSignature {
  if (key.type !== COSIGNATURE_V1) throw new Error(`bug: ${key.name} is no witness key`);
  const signature = sign(cosignedMessage(body, timeSeconds));
  return { name: key.name, keyId: key.keyId, blob: concat(u64be(timeSeconds), signature) };
}

const cosignedMessage = (body: string, timeSeconds: number): Uint8Array =>
  utf8(`cosignature/v1\ntime ${timeSeconds}\n${body}`);

/**
 * Reads a note with the keys the caller trusts. Signatures of other keys are ignored; one bad signature of a
 * known key refuses the note, and so does the lack of any known one.
 */
export function verifyNote(
  text: string,
  keys: readonly VerifierKey[],
  verify: VerifyEd25519,
): Result<{ note: Note; verified: VerifiedSignature[] }> {
  const note = parseNote(text);
  if (!note.ok) return note;
  const verified = new Map<VerifierKey, VerifiedSignature>();
  for (const signature of note.value.signatures) {
    const key = keys.find((known) => known.name === signature.name && equal(known.keyId, signature.keyId));
    if (!key) continue;
    const good = verifySignature(note.value.body, key, signature.blob, verify);
    if (!good) return failed('note-bad-signature');
    if (!verified.has(key)) verified.set(key, good);
  }
  if (verified.size === 0) return failed('note-not-signed');
  return passed({ note: note.value, verified: [...verified.values()] });
}

function verifySignature(
  body: string,
  key: VerifierKey,
  blob: Uint8Array,
  verify: VerifyEd25519,
): VerifiedSignature | undefined {
  if (key.type === ED25519) return isSigned(key, utf8(body), blob, verify) ? { key } : undefined;
  const timeSeconds = fromU64be(blob);
  if (timeSeconds === undefined) return undefined;
  const message = cosignedMessage(body, timeSeconds);
  return isSigned(key, message, blob.slice(8), verify) ? { key, timeSeconds } : undefined;
}

const isSigned = (
  key: VerifierKey,
  message: Uint8Array,
  signature: Uint8Array,
  verify: VerifyEd25519,
): boolean => signature.length === 64 && verify(key.publicKey, message, signature);

// The characters first: bytes are never fewer, and counting them costs a copy.
const isTooLarge = (text: string): boolean =>
  text.length > NOTE_BYTES_MAX ||
  utf8(text).length > NOTE_BYTES_MAX ||
  text.split('\n').length - 1 > NOTE_LINES_MAX;

const isNoteText = (text: string): boolean =>
  isWellFormed(text) && !/[\u0000-\u0009\u000b-\u001f]/.test(text);
