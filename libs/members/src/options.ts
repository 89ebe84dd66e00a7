import { type SmsSender } from './sms.js';

export const MEMBERS_OPTIONS = Symbol('members options');

export interface MembersOptions {
  /** 32 bytes, kept outside the database. */
  vaultKey: Buffer;
  /** Exact origins of our own pages, e.g. https://market.example; they may grow while the server starts. */
  publicOrigins: readonly string[];
  /** True behind an https proxy. Otherwise the cookie is Secure when the request itself came by https. */
  secureCookies: boolean;
  /** Default: the console (`ConsoleSms`). */
  smsSender?: SmsSender;
  /** Rate limits of sign-in; default on. */
  limits?: boolean;
  /** Milliseconds since 1970, UTC; default: the wall clock. */
  nowMs?: () => number;
}
