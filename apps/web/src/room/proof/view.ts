import type { BidAnswer, Receipt, SignedHead } from '@qingpai/wire';
import type { Elsewhere, Pin, ProofFault, Sent } from './judge';

/** What the phone keeps of a show, and what the page shows of it. */
export interface KeptShow extends Pin {
  head: SignedHead | null;
}
/** pending: not checked yet, e.g. for want of a connection. */
export type ReceiptState = 'pending' | 'verified' | 'differs';
export interface KeptReceipt {
  key: string;
  atMs: number;
  sent: Sent;
  answer: BidAnswer;
  receipt: Receipt | null;
  state: ReceiptState;
  fault: ProofFault | null;
}
/** Whatever shows what did not hold; enough for somebody else to judge. */
export interface Evidence {
  show: string;
  origin: string;
  atMs: number;
  fault: ProofFault;
  /** The pinned key. */
  vkey: string;
  /** The head that this phone held. */
  head: SignedHead | null;
  found: {
    sent?: Sent;
    told?: Elsewhere;
    answer?: BidAnswer;
    receipt?: Receipt;
    head?: SignedHead;
    policy?: string;
  };
}

/** What the page shows of it. */
export interface ProofView {
  /** By bid id. */
  marks: Record<string, ReceiptState>;
  receipts: KeptReceipt[];
  alarms: Evidence[];
  head: SignedHead | null;
  vkey: string | null;
}
export const emptyProof = (): ProofView => ({ marks: {}, receipts: [], alarms: [], head: null, vkey: null });
