import {
  equal,
  openCheckpoint,
  keysOf,
  type Policy,
  utf8,
  type VerifyEd25519,
  verifyProof,
} from '@qingpai/ledger/rules';
import { type Receipt, receiptsFile } from '@qingpai/wire';
import { finding, type Stop } from './finding.js';
import { note, type VerifyNote } from './notes.js';
import { type ReadLog } from './parse.js';
import { equivocation, rootsAt } from './roots.js';
import { type Head } from './signatures.js';

/** What the auditor holds from elsewhere: signed notes, and files of receipts (`qingpai/receipts/v1`). */
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
  for (const receipt of kept.receipts.flatMap(receiptsIn)) {
    const head = receipt && headUnder(receipt, origin, policy, verify);
    if (head) heads.push(head);
    else notes.push(note('receipt-ignored'));
  }
  return { stop: judgeHeads(read, heads, newest), notes };
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

function headUnder(
  { leaf, proof }: Receipt,
  origin: string,
  policy: Policy,
  verify: VerifyEd25519,
): Head | null {
  const proved = verifyProof(proof, utf8(leaf), keysOf(policy), verify);
  if (!proved.ok || proved.value.checkpoint.origin !== origin) return null;
  return { ...proved.value.checkpoint, note: proof.slice(proof.indexOf('\n\n') + 2), cosigned: [] };
}

/** Null: not to be read at all. */
function receiptsIn(text: string): (Receipt | null)[] {
  try {
    const file = receiptsFile.safeParse(JSON.parse(text));
    return file.success ? file.data.receipts : [null];
  } catch {
    return [null];
  }
}
