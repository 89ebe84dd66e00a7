import { z } from 'zod';
import { channel, onlineMethod } from './api.js';
import { depositState } from './state.js';
import {
  depositId,
  fen,
  lotNumber,
  positiveFen,
  pseudonym,
  releaseReason,
  saleId,
  textOrNull,
  timeMs,
} from './units.js';

/** 保证金 as people see it: the buyer his own, host and officer all of a show. */

/** none: not given · recorded: one person saw it come, a second confirms · held · releasing: his again, on its way back */
export const depositStanding = z.enum(['none', 'recorded', 'held', 'releasing', 'returned', 'forfeited']);
export type DepositStanding = z.infer<typeof depositStanding>;

/** For which sale some of it went to the lot's grower. */
export const depositForfeit = z.object({
  sale: saleId,
  number: lotNumber,
  title: z.string(),
  amountFen: positiveFen,
});
export type DepositForfeit = z.infer<typeof depositForfeit>;
export const shownDeposit = depositState.extend({
  isOnline: z.boolean().describe('came online, and goes back that way by itself'),
  paddle: z.int().nonnegative(),
  forfeits: z.array(depositForfeit),
});
export type ShownDeposit = z.infer<typeof shownDeposit>;

/** The deposit of a bidder came in, or what was let go of a deposit went back; the amount follows from the rules and the log. */
export const depositRecord = z.strictObject({
  bidder: pseudonym.optional().describe('whose deposit came in'),
  deposit: depositId.optional().describe('in place of it: the deposit that went back'),
  channel,
  reference: z.string().trim().min(1).max(64),
});
export const depositMove = z.object({
  id: z.string(),
  kind: z.enum(['in', 'out']),
  bidder: pseudonym,
  paddle: z.int().nonnegative(),
  deposit: textOrNull,
  amountFen: positiveFen,
  channel,
  reference: z.string().describe('empty: its buyer asked to be erased'),
  photo: textOrNull,
  state: z.enum(['recorded', 'confirmed', 'rejected']),
  recordedBy: z.string(),
  recordedAtMs: timeMs,
  decidedBy: textOrNull,
  mine: z.boolean().describe('recorded by you: a second person must confirm it'),
});
export type DepositMove = z.infer<typeof depositMove>;

/** Somebody with a paddle, and where his deposit stands. */
export const depositHolder = z.object({
  bidder: pseudonym,
  paddle: z.int().positive(),
  nickname: z.string(),
  phone: textOrNull.describe('with stars'),
  standing: depositStanding,
  owedBackFen: fen.describe('let go, and not back with him yet'),
});
export type DepositHolder = z.infer<typeof depositHolder>;

export const depositList = z.object({
  askedFen: positiveFen.nullable().describe('null: this show asks for none'),
  abovePriceFen: fen.describe('only for bids that come to more; 0: for every bid'),
  isTaken: z.boolean().describe('one can still be given: the show is sealed or open'),
  owedBackFen: fen.describe('of all, let go and not back yet'),
  holders: z.array(depositHolder).describe('everybody with a paddle, by paddle'),
  deposits: z.array(shownDeposit),
  moves: z.array(depositMove),
});
export type DepositList = z.infer<typeof depositList>;
export const depositRelease = z.strictObject({ reason: releaseReason });

export const myDeposit = z.object({
  askedFen: positiveFen.nullable().describe('null: this show asks for none'),
  abovePriceFen: fen.describe('only for bids that come to more, and for maximum bids; 0: for every bid'),
  isTaken: z.boolean().describe('it can still be given'),
  paddle: z.int().positive(),
  standing: depositStanding,
  deposits: z.array(shownDeposit).describe('yours, newest first'),
  payee: z.string(),
  contact: z.string(),
  byHand: z.string().describe('how to pay without the internet'),
  online: z.array(onlineMethod).describe('empty: not on offer here'),
  isUnderway: z.boolean().describe('paid online, and the bank is at work'),
});
export type MyDeposit = z.infer<typeof myDeposit>;
/** The page of the provider's on which it is paid. */
export const payingDeposit = z.object({ payUrl: z.string() });
export type PayingDeposit = z.infer<typeof payingDeposit>;
