import { type DynamicModule } from '@nestjs/common';

export const PAYMENTS_OPTIONS = Symbol('payments options');

export interface PaymentsOptions {
  /** Where files are kept; photos of receipts go into its folder `receipts`. */
  dataDir: string;
  /** Modules that provide `SHOW_SALES`. */
  imports: NonNullable<DynamicModule['imports']>;
  /** Milliseconds since 1970, UTC; default: the wall clock. */
  nowMs?: () => number;
}
