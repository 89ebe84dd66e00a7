/** Payments kept for one show; a show has fewer sales than that. */
export const PAYMENTS_PER_SHOW_MAX = 5_000;
