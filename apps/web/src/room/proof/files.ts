import {
  formatEssence,
  fromBase64,
  leafHash,
  parseNote,
  parseProof,
  shortCode,
  utf8,
} from '@qingpai/ledger/rules';
import type { Receipt } from '@qingpai/wire';
import type { Evidence } from './view';

/** Receipts and evidence as they leave the phone: a file, or a square to scan. */

/** What `verify --receipts` reads. */
export const receiptsFile = (origin: string, receipts: readonly Receipt[]): string =>
  `${JSON.stringify({ format: 'qingpai/receipts/v1', origin, receipts }, null, 1)}\n`;

/** What did not hold, with all that shows it. Its notes and receipts are whole, so that others can judge them. */
export const evidenceFile = (evidence: readonly Evidence[]): string =>
  `${JSON.stringify({ format: 'qingpai/evidence/v1', evidence }, null, 1)}\n`;

/** Bytes that a phone still scans well from another phone's screen: a square of 117 modules (version 25, ecc L). */
const QR_BYTES_MAX = 1_273;

/** A receipt for a QR code: all of it, or what is essential when that would be too dense to scan. Null: it cannot be read. */
export function receiptQr(origin: string, receipt: Receipt): { text: string; whole: boolean } | null {
  const { leaf, proof } = receipt;
  const text = JSON.stringify({ format: 'qingpai/receipts/v1', origin, receipts: [{ leaf, proof }] });
  if (utf8(text).length <= QR_BYTES_MAX) return { text, whole: true };
  const essential = essence(receipt);
  return essential === null ? null : { text: essential, whole: false };
}

/** What `verify --receipts` reads too. */
function essence({ leaf, proof }: Receipt): string | null {
  const parsed = parseProof(proof);
  return parsed.ok ? formatEssence({ ...parsed.value, leaf: leafHash(utf8(leaf)) }) : null;
}

/** Short code of the root that the receipt rests on; null: it cannot be read. */
export function codeOf(receipt: Receipt): string | null {
  const proof = parseProof(receipt.proof);
  const note = proof.ok ? parseNote(proof.value.checkpoint) : proof;
  return note.ok ? codeOfRoot(note.value.body.split('\n')[2] ?? '') : null;
}

export function codeOfRoot(root: string): string | null {
  const bytes = fromBase64(root);
  return bytes?.length === 32 ? shortCode(bytes) : null;
}

/** Hands a text over as a file. */
export function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Through the phone's own sharing sheet, where it takes files; answers whether it does. */
export async function share(name: string, text: string): Promise<boolean> {
  const files = [new File([text], name, { type: 'application/json' })];
  if (!('canShare' in navigator) || !navigator.canShare({ files })) return false;
  await navigator.share({ files, title: name }).catch(() => undefined); // put away by the reader
  return true;
}
