/** Sizes of heads, as a witness and we know them. */
export interface Standing {
  /** Where the witness stands. */
  at: number;
  /** The newest of which we hold its cosignature. */
  given: number;
  /** The heads that are cosigned each by itself, oldest first. */
  moments: readonly number[];
  newest: number;
}

/**
 * Which head the witness is to cosign next; null: it has all. It cannot go back, so the moments come in their order,
 * and only then the newest. An answer that was lost on its way is asked for again first.
 */
export function nextHead({ at, given, moments, newest }: Standing): number | null {
  if (at > given && at <= newest) return at;
  return moments.find((size) => size > at) ?? (newest > at ? newest : null);
}
