/** Claims shown of one show; a show has fewer sales than that. */
export const CLAIMS_PER_SHOW_MAX = 5_000;
/** Words of both sides on one claim. */
export const CLAIM_WORDS_MAX = 50;
