/** Every limit of sign-in, in one place. */
export const CODE_LIFE_MS = 5 * 60_000;
export const CODE_TRIES_MAX = 5;
export const CODE_AGAIN_MS = 60_000;
export const SESSION_LIFE_MS = 30 * 86_400_000;
export const DEVICE_LIFE_MS = 365 * 86_400_000;
/** A session is written to at most this often, however often its owner comes. */
export const SESSION_TOUCH_MS = 3_600_000;
export const LINK_LIFE_MS = 86_400_000;
/** Slips are printed some days before the show. */
export const SLIP_LIFE_MS = 7 * 86_400_000;
export const WAITING_PER_SHOW_MAX = 500;

/** One phone: ten codes a day, so guessing stays hopeless: 10 × 5 tries of a million. */
export const CODES_PER_PHONE_MAX = 10;
export const CODES_PER_PHONE_SECONDS = 86_400;
/** One address may be a whole village behind one NAT. */
export const SIGN_INS_PER_ADDRESS_MAX = 600;
export const SIGN_INS_PER_ADDRESS_SECONDS = 600;
