import { fromBase64, toBase64 } from './bytes.js';
import { parseCount } from './checkpoint.js';
import { type Hash } from './merkle.js';

const HEADER = 'qingpai/receipt/v1 essence';

/**
 * What is essential of a receipt, where all of it would be too much for a square that phones can scan: the signed head it
 * rests on, and which leaf stands where. The head proves itself; that the leaf is under it, it does not.
 */
export interface ReceiptEssence {
  readonly leaf: Hash;
  readonly index: number;
  /** The signed note, verbatim. */
  readonly checkpoint: string;
}

export const formatEssence = ({ leaf, index, checkpoint }: ReceiptEssence): string =>
  `${HEADER}\nleaf ${toBase64(leaf)}\nindex ${index}\n\n${checkpoint}`;

export function parseEssence(text: string): ReceiptEssence | undefined {
  const end = text.indexOf('\n\n');
  const [header, leafLine = '', indexLine = '', ...more] = text.slice(0, Math.max(end, 0)).split('\n');
  const leaf = fromBase64(leafLine.replace(/^leaf /, ''));
  const index = parseCount(indexLine.replace(/^index /, ''));
  if (header !== HEADER || leaf?.length !== 32 || index === undefined || more.length > 0) return undefined;
  return { leaf, index, checkpoint: text.slice(end + 2) };
}
