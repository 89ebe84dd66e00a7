import { z } from 'zod';

/** Money: whole fen, within JavaScript's safe integers. There are no floats anywhere in this system. */
export const fen = z
  .int()
  .nonnegative()
  .max(Number.MAX_SAFE_INTEGER)
  .describe('whole fen (1 yuan = 100 fen)');
export const positiveFen = z.int().positive().max(Number.MAX_SAFE_INTEGER).describe('whole fen, above zero');
/** Up to the year 9999: later ones no calendar and no database column here holds. */
export const timeMs = z.int().nonnegative().max(253_402_300_799_999).describe('milliseconds since 1970, UTC');
export const durationMs = z
  .int()
  .nonnegative()
  .max(86_400_000 * 31)
  .describe('milliseconds');
export const unitCount = z.int().positive().max(9_999).describe('units (份)');
export const leafIndex = z.int().nonnegative().describe("index of a leaf in the show's log (账本序号)");

/** A show's public name, as in its address: date and number of the day. */
export const showId = z
  .string()
  .regex(/^[0-9]{8}-[0-9]{2,4}$/)
  .describe('show id, e.g. 20261124-01');
export const lotId = z
  .string()
  .regex(/^L[0-9]{1,6}$/)
  .describe('lot id inside its show, e.g. L23');
export const lotNumber = z
  .string()
  .regex(/^[0-9]{3,6}$/)
  .describe('lot number as printed, e.g. 023');
export const saleId = z
  .string()
  .regex(/^S[0-9]{1,8}$/)
  .describe('sale id inside its show');
export const payoutId = z
  .string()
  .regex(/^P[0-9]{1,8}$/)
  .describe('id of one transfer to one grower, inside its show');
export const offerId = z
  .string()
  .regex(/^O[0-9]{1,8}$/)
  .describe('id of an offer to one person, inside its show');
export const depositId = z
  .string()
  .regex(/^D[0-9]{1,8}$/)
  .describe('id of a deposit inside its show');
/** Chosen by the client: the same id always gets the same answer (RULES §2.9). */
export const bidId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,64}$/)
  .describe('client-chosen id of one bid, 8 to 64 of A-Z a-z 0-9 _ -');
/** base64url(HMAC-SHA256(showKey, memberId)) cut to 16 characters (LEDGER §2, privacy). */
export const pseudonym = z
  .string()
  .regex(/^[A-Za-z0-9_-]{16}$/)
  .describe('per-show pseudonym');
export const hash = z
  .string()
  .regex(/^[A-Za-z0-9+/]{43}=$/)
  .describe('SHA-256, base64');
/** Ed25519 (RFC 8032), 32 bytes. */
export const publicKey = z
  .string()
  .regex(/^[A-Za-z0-9+/]{43}=$/)
  .describe('Ed25519 public key, base64');
/** Ed25519 (RFC 8032), 64 bytes. */
export const signature = z
  .string()
  .regex(/^[A-Za-z0-9+/]{86}==$/)
  .describe('Ed25519 signature, base64');
export const origin = z
  .string()
  .min(3)
  .max(200)
  .regex(/^[^\s+]+$/)
  .describe('name of a log, e.g. market.example/shows/20261124-01');
export const phone = z
  .string()
  .regex(/^1[3-9][0-9]{9}$/)
  .describe('mainland mobile number, 11 digits');
export const nickname = z.string().trim().min(1).max(16).describe('nickname, 1 to 16 characters');

/**
 * Described inside: of a bare nullable text zod writes `type: [string, null]`, which readers of OpenAPI 3.0 take for a
 * list.
 */
export const textOrNull = z.string().describe('text').nullable();
export const booleanOrNull = z.boolean().describe('true or false').nullable();

export const salePhase = z.enum(['awaiting', 'paid', 'voided', 'defaulted', 'refunded']);
export type SalePhase = z.infer<typeof salePhase>;
export const format = z.enum(['english', 'dutch']).describe('english: 升价拍; dutch: 降价拍');
export type Format = z.infer<typeof format>;
export const role = z.enum(['host', 'moderator', 'buyer', 'officer', 'operator']);
export type Role = z.infer<typeof role>;
export const bidderKind = z.enum(['buyer', 'supporter', 'hall', 'host', 'grower']);
export type BidderKind = z.infer<typeof bidderKind>;

/** Offices whose holders sign with a key of their own. */
export const office = z.enum(['host', 'moderator', 'officer']);
export type Office = z.infer<typeof office>;

export const withdrawReason = z.enum(['damaged', 'mislabelled', 'grower-request', 'papers-missing', 'other']);
/** Why the house asks nobody further about a lot. */
export const endOffersReason = z.enum(['show-must-end', 'grower-request', 'other']);
export const voidReason = z.enum(['wrong-lot', 'wrong-price', 'hall-dispute', 'buyer-mistake', 'technical']);
/** Why an officer releases a deposit by hand. */
export const releaseReason = z.enum(['bidder-request', 'held-by-mistake', 'other']);
export type ReleaseReason = z.infer<typeof releaseReason>;
export const takeOverReason = z.enum(['phone-died', 'no-network', 'handover']);
export type TakeOverReason = z.infer<typeof takeOverReason>;
export const unwitnessedReason = z.enum(['none-configured', 'witness-off', 'no-network']);
export type UnwitnessedReason = z.infer<typeof unwitnessedReason>;
/** Why the house gives a buyer longer to pay. */
export const payExtendReason = z.enum(['buyer-asked', 'transfer-under-way', 'no-network', 'house']);
export type PayExtendReason = z.infer<typeof payExtendReason>;

/** Couriers by the codes that Chinese parcel services share; `other`: any that is not here. */
export const courier = z.enum(['sf', 'jd', 'ems', 'zto', 'yto', 'sto', 'yunda', 'jt', 'deppon', 'other']);
export type Courier = z.infer<typeof courier>;
export const claimId = z
  .string()
  .regex(/^C[0-9]{1,8}$/)
  .describe('id of a claim or complaint, inside its show');
/** damaged: 坏损包赔; unwanted: sent back within the days of the law, never living goods; complaint: anything else. */
export const claimKind = z.enum(['damaged', 'unwanted', 'complaint']);
export type ClaimKind = z.infer<typeof claimKind>;
export const complaintCategory = z.enum([
  'not-as-described',
  'not-arrived',
  'refund',
  'bidding',
  'service',
  'other',
]);
export type ComplaintCategory = z.infer<typeof complaintCategory>;
/** Why a claim is not granted. */
export const declineReason = z.enum([
  'not-visible',
  'not-ours',
  'cared-for-wrongly',
  'agreed-otherwise',
  'other',
]);
export type DeclineReason = z.infer<typeof declineReason>;
