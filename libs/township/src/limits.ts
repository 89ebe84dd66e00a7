/** Lots in one answer of the list; totals and CSV take all. */
export const LOTS_LISTED_MAX = 2_000;
