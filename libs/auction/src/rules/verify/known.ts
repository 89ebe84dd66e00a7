import {
  equal,
  keysOf,
  leafHash,
  openCheckpoint,
  parseEssence,
  type Policy,
  type ReceiptEssence,
  utf8,
  type VerifyEd25519,
  verifyProof,
} from '@qingpai/ledger/rules';
import { evidenceFile, type EvidenceFile, type Receipt, receiptsFile } from '@qingpai/wire';
import { finding, type Stop } from './finding.js';
import { note, type VerifyNote } from './notes.js';
import { parseJson, type ReadLog } from './parse.js';
import { equivocation, rootsAt } from './roots.js';
import { type Head } from './signatures.js';

/**
 * What the auditor holds from elsewhere: signed notes, and what phones hand out, as files of receipts
 * (`qingpai/receipts/v1`) or of evidence (`qingpai/evidence/v1`), or as a square that held only the essence of one.
 */
export interface Kept {
  known: readonly string[];
  receipts: readonly string[];
}

/**
 * Gate 4: what was signed before must still be so. A receipt is a signed head and the proof that a leaf is under it:
 * a history without that leaf has another root. What bears no trusted signature, or does not fit its own leaf, is
 * ignored, so that a forged one frames nobody.
 */
export function checkKnown(
  read: ReadLog,
  kept: Kept,
  { policy, newest, verify }: { policy: Policy; newest: Head; verify: VerifyEd25519 },
): { stop: Stop | null; notes: VerifyNote[] } {
  const notes: VerifyNote[] = [];
  const { origin } = read.bundle;
  const heads: Head[] = [];
  for (const text of kept.known) {
    const head = headOf(text, origin, policy, verify);
    if (head) heads.push(head);
    else notes.push(note('known-ignored'));
  }
  const leavesElsewhere: VerifyNote[] = [];
  for (const held of kept.receipts.flatMap(heldIn)) {
    const head = held && headOfHeld(held, origin, policy, verify);
    if (!head) notes.push(note('receipt-ignored'));
    else heads.push(head);
    if (head && !isLeafHere(read, held)) leavesElsewhere.push(note('receipt-ignored'));
  }
  const stop = judgeHeads(read, heads, newest);
  // Under the heads of another history other leaves may stand.
  return { stop, notes: stop ? notes : [...notes, ...leavesElsewhere] };
}

function judgeHeads(read: ReadLog, heads: readonly Head[], newest: Head): Stop | null {
  const roots = rootsAt(
    read.bytes,
    heads.map(({ size }) => size),
  );
  const other = heads.find(({ size, root }) => roots.has(size) && !equal(roots.get(size)!, root));
  if (other) return equivocation(other, newest);
  const newer = heads.find(({ size }) => size > read.bytes.length);
  const more = `${read.bytes.length} < ${newer?.size}`;
  return newer ? { verdict: 'STALE', findings: [finding('older-than-known', { more })] } : null;
}

function headOf(text: string, origin: string, policy: Policy, verify: VerifyEd25519): Head | null {
  const opened = openCheckpoint(text, keysOf(policy), verify);
  if (!opened.ok || opened.value.checkpoint.origin !== origin) return null;
  return { ...opened.value.checkpoint, note: text, cosigned: [] };
}

/** A receipt; a head by itself; or the essence of a receipt, whose head counts like one by itself. */
type Held = Receipt | ReceiptEssence | { checkpoint: string };

function headOfHeld(held: Held, origin: string, policy: Policy, verify: VerifyEd25519): Head | null {
  if ('checkpoint' in held) return headOf(held.checkpoint, origin, policy, verify);
  const proved = verifyProof(held.proof, utf8(held.leaf), keysOf(policy), verify);
  if (!proved.ok || proved.value.checkpoint.origin !== origin) return null;
  const checkpoint = held.proof.slice(held.proof.indexOf('\n\n') + 2);
  return { ...proved.value.checkpoint, note: checkpoint, cosigned: [] };
}

/** An essence does not prove its leaf: where the log has another one under the same head, it was made up. */
const isLeafHere = ({ bytes }: ReadLog, held: Held): boolean =>
  !('index' in held) || held.index >= bytes.length || equal(leafHash(bytes[held.index]!), held.leaf);

/** Null: not to be read at all. */
function heldIn(text: string): (Held | null)[] {
  const essence = parseEssence(text);
  if (essence) return [essence];
  const raw = parseJson(text);
  const evidence = evidenceFile.safeParse(raw);
  if (evidence.success) return evidence.data.evidence.flatMap(heldInEvidence);
  const file = receiptsFile.safeParse(raw);
  return file.success ? file.data.receipts : [null];
}

function heldInEvidence({ head, found }: EvidenceFile['evidence'][number]): Held[] {
  const heads = [head, found.head].flatMap((one) => (one ? { checkpoint: one.note } : []));
  return found.receipt ? [...heads, found.receipt] : heads;
}
