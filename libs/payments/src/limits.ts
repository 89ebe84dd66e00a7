/** Payments kept for one show; a show has fewer sales than that. */
export const PAYMENTS_PER_SHOW_MAX = 5_000;
export const ORDERS_PER_SHOW_MAX = 5_000;
export const PAYMENT_CASES_PER_SHOW_MAX = 1_000;
/** How long the provider's page may be paid on. Stripe takes 30 minutes to 24 hours. */
export const ORDER_OPEN_MS = 60 * 60_000;
/** A page that closes sooner than this is not handed out again. */
export const ORDER_LEFT_MS_MIN = 5 * 60_000;
/** What nobody has told us of for so long is asked for. */
export const ASK_AGAIN_AFTER_MS = 60_000;
/** Asked for in one round, so that the other parts of the house get their turn. */
export const ASKED_PER_ROUND_MAX = 100;
/** Money that may be on its way when the time to pay is over: it is looked at again after this. */
export const PAY_WINDOW_RETRY_MS = 10 * 60_000;
/** Before the deadline the buyer is reminded, by name of the job. */
export const REMIND_BEFORE_MS = { '2h': 2 * 3_600_000, '15min': 15 * 60_000 } as const;
