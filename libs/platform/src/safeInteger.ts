import { type ValueTransformer } from 'typeorm';

/**
 * A bigint of the database as a number. Ours (fen, milliseconds, leaf indexes) all fit; one that does not would
 * be wrong silently.
 * @throws bug: when it is no whole number up to 2^53 − 1
 */
export function safeInteger(value: string | number | bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || String(number) !== String(value)) {
    throw new Error(`bug: ${value} is not a safe integer`);
  }
  return number;
}

/** For entity columns: `@Column('bigint', { transformer: bigintColumn }) priceFen!: number`. */
export const bigintColumn: ValueTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | number | null) => (value === null ? null : safeInteger(value)),
};
