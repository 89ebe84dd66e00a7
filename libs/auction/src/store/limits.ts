/** Shows whose folded log is kept for certificates; an older one is folded again when somebody asks. */
export const READINGS_KEPT_MAX = 8;
/** While a show is open, its certificate may be this old: nobody's reloading may cost the bidders their time. */
export const READING_OPEN_MS_MAX = 5_000;
/** The same for the verdict, which costs some hundred times more. */
export const VERDICT_OPEN_MS_MAX = 60_000;
/** A verification that takes longer than this has failed (goal: 100 000 bids in 60 s). */
export const VERIFY_MS_MAX = 120_000;
