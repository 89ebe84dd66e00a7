import { fromBase64, toBase64, utf8 } from './bytes.js';
import { openCheckpoint, parseCount, type OpenedCheckpoint } from './checkpoint.js';
import { PROOF_BYTES_MAX, PROOF_HASHES_MAX } from './limits.js';
import { leafHash, verifyInclusion, type Hash } from './merkle.js';
import { failed, passed, type Result } from './result.js';
import { type VerifierKey, type VerifyEd25519 } from './vkey.js';

const HEADER = 'c2sp.org/tlog-proof@v1';

/** A receipt (c2sp.org/tlog-proof): where a leaf stands, and the way from it to a signed root. */
export interface TlogProof {
  /** Opaque, not authenticated: nothing may rest on it. */
  readonly extra?: Uint8Array;
  readonly index: number;
  /** From the leaf's sibling up. */
  readonly path: readonly Hash[];
  /** The signed note, verbatim. */
  readonly checkpoint: string;
}

export function formatProof({ extra, index, path, checkpoint }: TlogProof): string {
  const head = extra ? [HEADER, `extra ${toBase64(extra)}`] : [HEADER];
  return [...head, `index ${index}`, ...path.map(toBase64), '', checkpoint].join('\n');
}

export function parseProof(text: string): Result<TlogProof> {
  if (text.length > PROOF_BYTES_MAX || utf8(text).length > PROOF_BYTES_MAX) return failed('proof-too-large');
  const end = text.indexOf('\n\n');
  const [header, ...lines] = text.slice(0, Math.max(end, 0)).split('\n');
  if (header !== HEADER) return failed('proof-malformed');
  const extra = parseExtra(lines);
  const index = parseIndex(lines.shift());
  const path = parsePath(lines);
  if (extra === undefined || index === undefined || path === undefined) return failed('proof-malformed');
  return passed({ ...(extra !== 'none' && { extra }), index, path, checkpoint: text.slice(end + 2) });
}

/** Takes the extra line off, if there is one. */
function parseExtra(lines: string[]): Uint8Array | 'none' | undefined {
  if (!lines[0]?.startsWith('extra ')) return 'none';
  return fromBase64(lines.shift()!.slice('extra '.length));
}

const parseIndex = (line = ''): number | undefined =>
  line.startsWith('index ') ? parseCount(line.slice('index '.length)) : undefined;

function parsePath(lines: readonly string[]): Hash[] | undefined {
  if (lines.length > PROOF_HASHES_MAX) return undefined;
  const path = lines.map(fromBase64);
  return path.every((hash) => hash?.length === 32) ? (path as Hash[]) : undefined;
}

/** Whether this very leaf stands in the log that these keys signed, and where. */
export function verifyProof(
  text: string,
  leafBytes: Uint8Array,
  keys: readonly VerifierKey[],
  verify: VerifyEd25519,
): Result<OpenedCheckpoint & { index: number }> {
  const proof = parseProof(text);
  if (!proof.ok) return proof;
  const opened = openCheckpoint(proof.value.checkpoint, keys, verify);
  if (!opened.ok) return opened;
  const { index, path } = proof.value;
  const { size, root } = opened.value.checkpoint;
  if (!verifyInclusion(leafHash(leafBytes), index, size, path, root)) return failed('proof-wrong');
  return passed({ ...opened.value, index });
}
