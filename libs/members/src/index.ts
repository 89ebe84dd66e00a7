export { membersEntities, Township } from './entities.js';
export { membersMigrations } from './migrations/index.js';
export { MembersModule } from './members.module.js';
export {
  type FindKept,
  type FindShow,
  type IdentityOpening,
  type KeptOfMember,
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
export { DEVICE_COOKIE, SESSION_COOKIE } from './cookie.js';
export {
  assertMay,
  assertSameTownship,
  CurrentDevice,
  CurrentMember,
  May,
  type MemberRequest,
  Public,
} from './guards.js';
export { ApiFile, ApiPhoto, photoFile } from './apiFiles.js';
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
export { maskPhone } from './rules/mask.js';
export { type KeptRecord } from './rules/retention.js';
export { rowsOf } from './sql.js';
export { type Seal, Vault } from './vault.js';
