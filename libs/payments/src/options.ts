import { type DynamicModule } from '@nestjs/common';
import { type CaseKind } from '@qingpai/wire';
import { type PaymentProvider } from './online/provider.js';

export const PAYMENTS_OPTIONS = Symbol('payments options');

/** What the pay page says of paying without the internet, in the words of the house. */
export interface Counter {
  payBy: string;
  freight: string;
  payee: string;
  contact: string;
  byHand: string;
}

export interface PaymentsOptions {
  /** Where files are kept; photos of receipts go into its folder `receipts`. */
  dataDir: string;
  /** Modules that provide `SHOW_SALES`. */
  imports: NonNullable<DynamicModule['imports']>;
  counter: Counter;
  /** Left out: nothing is paid online. */
  provider?: PaymentProvider | null;
  /** Origin to which a buyer comes back whose request does not say its own. */
  origin?: () => string;
  /** Told of every case for people. */
  tell?: (kind: CaseKind, details: Record<string, unknown>) => void;
  /** Told of what an operator should see; default: nobody. */
  warn?: (event: string, details: Record<string, unknown>) => void;
  /** Milliseconds since 1970, UTC; default: the wall clock. */
  nowMs?: () => number;
}
