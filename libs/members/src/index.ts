export { membersEntities, Township } from './entities.js';
export { membersMigrations } from './migrations/1795500100000-members.js';
export { MembersModule } from './members.module.js';
export {
  type FindShow,
  type IdentityOpening,
  MembersService,
  type ShowPlace,
  type SignedInMember,
} from './members.service.js';
export { MEMBERS_OPTIONS, type MembersOptions } from './options.js';
export { type OneTimePass } from './oneTimeTokens.js';
export { type Seed, type SeededPerson } from './seed.js';
export { type SessionEnded, type SessionMember } from './sessions.js';
export { type WaitingBuyer } from './waitingRoom.js';
export { SessionAnswer } from './sessionAnswer.js';
export { SignInLimits } from './signInLimits.js';
export { ConsoleSms, type SmsSender } from './sms.js';
export { SESSION_COOKIE } from './cookie.js';
export { assertMay, assertSameTownship, CurrentMember, May, type MemberRequest, Public } from './guards.js';
export { ApiProblems } from './apiProblems.js';
export { WirePipe } from './bodyPipe.js';
export { mayOpenSocket } from './rules/origins.js';
export {
  type Action,
  grants,
  may,
  refusalOfAction,
  refusalOn,
  roleTable,
  type Scope,
  type Target,
} from './rules/roles.js';
export { rowsOf } from './sql.js';
export { Vault } from './vault.js';
