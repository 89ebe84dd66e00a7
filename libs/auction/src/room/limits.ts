/** Every limit of rooms and sockets, in one place. Persons are counted first: an address may be a whole village. */

/** Pseudonyms kept so that a bid does not wait for a hash. */
export const NAMES_KEPT_MAX = 20_000;
/** Chat lines kept and shown to who comes in. */
export const CHAT_LINES_MAX = 50;
/** Cards, code and show card of a room are read again after this long. */
export const FACE_LIFE_MS = 1_000;
/** Watchers are told how many they are at most this often. */
export const PRESENCE_EVERY_MS = 1_000;

/** Sockets served in one turn of the loop; answers go out in between. */
export const SLICE_SOCKETS = 100;
/** A socket with more than this queued skips frames and catches up later. */
export const QUEUED_BYTES_MAX = 64 * 1024;
/** A socket that does not drain for so long is cut. */
export const STUCK_MS = 10_000;
export const NURSE_EVERY_MS = 250;

/** Points per person (or per guest's socket) and seconds. */
export const rates = {
  bid: { points: 20, duration: 2 },
  command: { points: 30, duration: 3 },
  chat: { points: 8, duration: 8 },
  /** A code of six digits is not to be guessed. */
  takeOver: { points: 5, duration: 60 },
  /** Snapshots and pages of events: long answers to short questions. */
  read: { points: 20, duration: 10 },
  /** Every message of one socket, whatever it is. */
  message: { points: 100, duration: 2 },
  /** A socket that sends so much more is not slow to understand but hostile: it is cut. */
  flood: { points: 2_000, duration: 10 },
  /** Sockets opened from one address: a village that comes back after a restart. */
  handshake: { points: 1_000, duration: 10 },
} as const;
export type Rated = keyof typeof rates;

export const MESSAGE_BYTES_MAX = 16 * 1024;
export const SOCKETS_PER_PERSON_MAX = 20;
export const SOCKETS_MAX = 10_000;
/** Raw connections must enter the room's namespace within this time. */
export const CONNECT_MS_MAX = 10_000;
export const PING_EVERY_MS = 10_000;
export const PING_WAIT_MS = 8_000;
/** Sockets of sessions that have run out are looked for this often, so that they are cut within a second. */
export const EXPIRED_CUT_EVERY_MS = 500;
/** A session that ended is remembered so long: a handshake may have read it just before. */
export const SESSION_ENDED_KEPT_MS = 30_000;
