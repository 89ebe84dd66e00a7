import { EventEmitter } from 'node:events';
import { Refused } from '@qingpai/platform';
import { type Me } from '@qingpai/wire';
import { type DataSource, type EntityManager } from 'typeorm';
import { Codes } from './codes.js';
import { Member, Township } from './entities.js';
import * as erasure from './erasure.js';
import { type LockedMember } from './erasure.js';
import * as passes from './oneTimeTokens.js';
import { type OneTimePass } from './oneTimeTokens.js';
import {
  addMember,
  memberOfPhone,
  openedMember,
  openedMembers,
  rename,
  sealAnew,
  sealsOf,
} from './people.js';
import { maskPhone } from './rules/mask.js';
import { type KeptRecord, lockedUntilMs } from './rules/retention.js';
import * as sessions from './sessions.js';
import { type SessionEnded, type SessionMember } from './sessions.js';
import { type SignInLimits } from './signInLimits.js';
import { type Seed, type SeededPerson, seed } from './seed.js';
import { type SmsSender } from './sms.js';
import { type Seal, type Vault } from './vault.js';
import * as waitingRoom from './waitingRoom.js';
import { type WaitingBuyer } from './waitingRoom.js';

/** What sign-in must know of a show; whoever keeps the shows tells it (`findShowsBy`). */
export interface ShowPlace {
  townshipId: string;
  /** Member who hosts it. */
  hostId: string;
  /** Page of its room, where a slip leads, e.g. /shows/20261124-01. */
  roomPath: string;
}
export type FindShow = (showId: string) => Promise<ShowPlace | null>;

/** What others keep of a member, and must; and whether he still owes or is owed something. */
export interface KeptOfMember {
  records: KeptRecord[];
  /** A deal of his is not done: until it is, he cannot leave. */
  dealsOpen: boolean;
}
export type FindKept = (memberId: string) => Promise<KeptOfMember>;

/** A locked member, and what keeps him. */
export interface LockedWithRecords extends LockedMember {
  records: KeptRecord[];
}

export interface SignedInMember {
  memberId: string;
  /** The session's token: into the cookie, or to a client without cookies. */
  token: string;
  /** Page the link or slip was made for. */
  goTo: string | null;
}

export interface MembersParts {
  db: DataSource;
  vault: Vault;
  sms: SmsSender;
  limits: SignInLimits;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
}

export interface IdentityOpening {
  /** 32 bytes. */
  salt: Buffer;
  identity: { member: string; phone: string | null };
}

interface MembersEvents {
  sessionEnded: [SessionEnded];
  waitingChanged: [string];
  admitted: [{ memberId: string; showId: string }];
}

/**
 * People: how they sign in, who they are, when they are sent out. What is expected to fail throws `Refused`.
 * Whatever others are told by `on…` has been committed, and is told inside this process only.
 */
export class MembersService {
  private readonly codes: Codes;
  private readonly events = new EventEmitter<MembersEvents>();
  private findShow: FindShow = async () => null;
  private findKept: FindKept = async () => ({ records: [], dealsOpen: false });

  constructor(private readonly parts: MembersParts) {
    this.codes = new Codes(parts.db, parts.vault, parts.sms, parts.limits);
  }

  // ------------------------------------------------------------ ways in

  /** Sends a code by SMS; the answer is the same whether the phone is known or not. Refuses: `slow-down`. */
  requestCode(phone: string): Promise<{ expiresAtMs: number; again: number }> {
    return this.codes.send(phone, this.parts.nowMs());
  }

  /** Signs in by code; an unknown phone becomes a buyer. Refuses: `wrong-code`, `not-allowed` (banned). */
  async verifyCode(phone: string, code: string, nickname?: string): Promise<SignedInMember> {
    const nowMs = this.parts.nowMs();
    if (!(await this.codes.use(phone, code, nowMs))) throw new Refused('wrong-code');
    return this.parts.db.transaction(async (manager) => {
      const buyer = { role: 'buyer' as const, nickname: nickname ?? '买家', phone };
      const member = await memberOfPhone(manager, this.parts.vault, buyer, nowMs);
      if (nickname !== undefined) await rename(manager, this.parts.vault, member.id, nickname);
      return this.start(manager, member.id, null);
    });
  }

  /** Signs in by a one-use link or slip. Refuses: `wrong-token`, `not-allowed` (banned). */
  exchangeToken(token: string, nickname?: string): Promise<SignedInMember> {
    const nowMs = this.parts.nowMs();
    return this.parts.db.transaction(async (manager) => {
      const used = await passes.useToken(manager, token, nowMs);
      if (used === null) throw new Refused('wrong-token');
      const memberId =
        used.kind === 'link'
          ? used.memberId
          : await addMember(
              manager,
              this.parts.vault,
              { role: 'buyer', nickname: nickname ?? '买家' },
              nowMs,
            );
      return this.start(manager, memberId, used.goTo);
    });
  }

  /** A one-use sign-in link to one of our pages, for one day. */
  makeLink(memberId: string, goTo: string): Promise<OneTimePass> {
    return passes.makeLink(this.parts.db.manager, { memberId, goTo }, this.parts.nowMs());
  }

  /** One-use slips, each of which lets one buyer into a show; for printing. Refuses: `unknown-show`. */
  async makeSlips(showId: string, count: number): Promise<OneTimePass[]> {
    const { roomPath } = await this.placeOf(showId);
    return passes.makeSlips(this.parts.db.manager, { showId, goTo: roomPath, count }, this.parts.nowMs());
  }

  // ------------------------------------------------------------ waiting to be admitted

  /** A buyer without phone or slip waits for the host. Refuses: `unknown-show`, `too-busy`. */
  async waitFor(nickname: string, showId: string): Promise<SignedInMember> {
    await this.placeOf(showId);
    const nowMs = this.parts.nowMs();
    const waiting = await this.parts.db.transaction(async (manager) => {
      const person = { role: 'buyer' as const, nickname, state: 'waiting' as const };
      const memberId = await addMember(manager, this.parts.vault, person, nowMs);
      await waitingRoom.startWaiting(manager, memberId, showId, nowMs);
      return this.start(manager, memberId, null);
    });
    this.events.emit('waitingChanged', showId);
    return waiting;
  }

  /** Somebody who waits already comes to another show too. */
  async alsoWaitFor(memberId: string, showId: string): Promise<void> {
    await this.placeOf(showId);
    await waitingRoom.startWaiting(this.parts.db.manager, memberId, showId, this.parts.nowMs());
    this.events.emit('waitingChanged', showId);
  }

  waitingFor(showId: string): Promise<WaitingBuyer[]> {
    return waitingRoom.waitingFor(this.parts.db.manager, this.parts.vault, showId);
  }

  /** Lets a waiting buyer in. Refuses: `not-found` when he does not wait for this show. */
  async admit(memberId: string, showId: string): Promise<void> {
    const admitted = await this.parts.db.transaction((manager) =>
      waitingRoom.letIn(manager, memberId, showId),
    );
    if (!admitted) throw new Refused('not-found');
    this.events.emit('admitted', { memberId, showId });
    this.events.emit('waitingChanged', showId);
  }

  // ------------------------------------------------------------ sessions

  /** Who sends this request or opens this socket: a bearer token counts before the cookie. */
  async sessionOf(
    cookieHeader: string | undefined,
    authorization?: string | undefined,
  ): Promise<SessionMember | null> {
    const token = sessions.tokenOf(cookieHeader, authorization);
    if (token === null) return null;
    return sessions.sessionOfToken(this.parts.db, this.parts.vault, token, this.parts.nowMs());
  }

  async signOut(token: string): Promise<void> {
    this.announceEnded(await sessions.deleteSessions(this.parts.db.manager, { token }));
  }

  /** Signs a member out everywhere; listeners cut his sockets. */
  async endSessions(memberId: string): Promise<void> {
    this.announceEnded(await sessions.deleteSessions(this.parts.db.manager, { memberId }));
  }

  /** Ends a member's sessions for good: no code or link opens another. */
  async ban(memberId: string): Promise<void> {
    const ended = await this.parts.db.transaction(async (manager) => {
      await manager.update(Member, { id: memberId }, { state: 'banned' });
      return sessions.deleteSessions(manager, { memberId });
    });
    this.announceEnded(ended);
  }

  /** Forgets what has expired, and who is to be forgotten. To be called now and then; nothing depends on it. */
  async sweep(): Promise<void> {
    for (const table of ['sessions', 'one_time_tokens', 'codes']) {
      await this.parts.db.query(`DELETE FROM ${table} WHERE expires_at < $1`, [
        new Date(this.parts.nowMs() - 86_400_000),
      ]);
    }
    await this.eraseDue();
  }

  // ------------------------------------------------------------ being forgotten

  /**
   * A member asks to be erased. At once when no retention period runs (null); otherwise he is locked, which means that
   * nothing of his is shown any more, until the day answered, on which the sweep erases him. Either way he is signed
   * out everywhere. Refuses: `sales-open` (a deal of his is not done; nothing is changed).
   */
  async askToBeErased(memberId: string): Promise<number | null> {
    const nowMs = this.parts.nowMs();
    const kept = await this.findKept(memberId);
    if (kept.dealsOpen) throw new Refused('sales-open');
    const { untilMs, ended } = await this.parts.db.transaction(async (manager) => {
      const seen = networkRecord(await erasure.lastSeenMs(manager, memberId));
      const untilMs = lockedUntilMs([...kept.records, ...seen], nowMs);
      if (untilMs === null) await erasure.erase(manager, memberId);
      else await erasure.lock(manager, memberId, untilMs, nowMs);
      return { untilMs, ended: await sessions.deleteSessions(manager, { memberId }) };
    });
    this.announceEnded(ended);
    return untilMs;
  }

  /** Who is locked, and by which records; the first to be erased first. */
  async lockedMembers(): Promise<LockedWithRecords[]> {
    const locked = await erasure.lockedMembers(this.parts.db.manager);
    return Promise.all(
      locked.map(async (member) => ({ ...member, records: await this.recordsOfLocked(member) })),
    );
  }

  /** A period may run longer than it seemed when he asked: the records are looked at again. */
  private async eraseDue(): Promise<void> {
    const { manager } = this.parts.db;
    const nowMs = this.parts.nowMs();
    for (const member of await erasure.dueToBeErased(manager, nowMs)) {
      const untilMs = lockedUntilMs(await this.recordsOfLocked(member), nowMs);
      if (untilMs !== null) await erasure.keepLocked(manager, member.memberId, untilMs);
      else await this.parts.db.transaction((inside) => erasure.erase(inside, member.memberId));
    }
  }

  private async recordsOfLocked({ memberId, lockedAtMs }: LockedMember): Promise<KeptRecord[]> {
    return [...(await this.findKept(memberId)).records, ...networkRecord(lockedAtMs)];
  }

  /** Seals what lies under the vault's own key, from before persons had keys, under theirs. */
  sealAnew(): Promise<number> {
    return this.parts.db.transaction((manager) => sealAnew(manager, this.parts.vault, this.parts.nowMs()));
  }

  // ------------------------------------------------------------ what others may know

  /** What a member sees of himself, the phone masked. */
  async meOf(memberId: string | null): Promise<Me> {
    const found = memberId === null ? null : await this.opened(memberId);
    if (!found?.personal) return nobody;
    const { member, personal } = found;
    const township = member.townshipId === null ? null : await this.townshipOf(member.townshipId);
    return {
      signedIn: true,
      role: member.role,
      nickname: personal.nickname,
      phone: masked(personal.phone),
      township: township?.name ?? null,
      townshipCode: township?.code ?? null,
    };
  }

  /** Nickname and masked phone, for bills; of who asked to be erased, neither. Unknown ids are left out. */
  async contactsOf(memberIds: string[]): Promise<Map<string, { nickname: string; phone: string | null }>> {
    const found = await openedMembers(this.parts.db.manager, this.parts.vault, memberIds);
    return new Map(
      [...found].map(([id, { member, personal }]) => {
        if (personal === null || member.state === 'locked') return [id, { nickname: GONE, phone: null }];
        return [id, { nickname: personal.nickname, phone: masked(personal.phone) }];
      }),
    );
  }

  /** The seals of members under which others keep what is theirs. Who asked to be erased is left out: his is closed. */
  async sealsOf(memberIds: string[]): Promise<Map<string, Seal>> {
    return sealsOf(this.parts.db.manager, this.parts.vault, memberIds);
  }

  townshipOf(townshipId: string): Promise<Township | null> {
    return this.parts.db.manager.findOneBy(Township, { id: townshipId });
  }

  /**
   * What a member's identity commitment commits to: `commitment = identityCommitment(salt, identity)` by the
   * ledger's rules. Only the commitment may be published; the opening is for those who may see the phone.
   * Refuses: `not-found` when the member is erased, for then there is no opening any more.
   */
  async identityOpening(memberId: string): Promise<IdentityOpening> {
    const found = await this.opened(memberId);
    if (!found) throw new Error('bug: the identity of nobody');
    if (!found.personal) throw new Refused('not-found');
    const { salt, phone } = found.personal;
    return { salt, identity: { member: memberId, phone } };
  }

  /** Township, show and host of a show. Refuses: `unknown-show`. */
  async placeOf(showId: string): Promise<ShowPlace> {
    const place = await this.findShow(showId);
    if (!place) throw new Refused('unknown-show');
    return place;
  }

  // ------------------------------------------------------------ wiring

  /** Tells where shows are looked up; until then there are none. */
  findShowsBy(findShow: FindShow): void {
    this.findShow = findShow;
  }

  /** Tells where to look for what must be kept of a member; until then nothing is. */
  findKeptBy(findKept: FindKept): void {
    this.findKept = findKept;
  }

  /** Makes the township and its people when they are not there yet; fresh one-use links in the order given. */
  ensureSeed(wanted: Seed): Promise<{ townshipId: string; people: SeededPerson[] }> {
    return seed(this.parts.db, this.parts.vault, wanted, this.parts.nowMs());
  }

  /** Sessions that are over: their sockets are to be cut. Answers how to stop listening. */
  onSessionEnded(listener: (ended: SessionEnded) => void): () => void {
    return this.on('sessionEnded', listener);
  }

  /** The line before a show has changed. */
  onWaitingChanged(listener: (showId: string) => void): () => void {
    return this.on('waitingChanged', listener);
  }

  onAdmitted(listener: (admitted: { memberId: string; showId: string }) => void): () => void {
    return this.on('admitted', listener);
  }

  private on<Name extends keyof MembersEvents>(
    name: Name,
    listener: (...args: MembersEvents[Name]) => void,
  ): () => void {
    const events: EventEmitter = this.events;
    events.on(name, listener as (...args: unknown[]) => void);
    return () => void events.off(name, listener as (...args: unknown[]) => void);
  }

  private announceEnded(all: SessionEnded[]): void {
    for (const ended of all) this.events.emit('sessionEnded', ended);
  }

  private opened(memberId: string) {
    return openedMember(this.parts.db.manager, this.parts.vault, memberId);
  }

  /** Inside the caller's transaction: refused here, the one-use token is still unused. */
  private async start(
    manager: EntityManager,
    memberId: string,
    goTo: string | null,
  ): Promise<SignedInMember> {
    const member = await manager.findOneByOrFail(Member, { id: memberId });
    if (!['active', 'waiting'].includes(member.state)) throw new Refused('not-allowed');
    const token = await sessions.startSession(manager, memberId, this.parts.nowMs());
    return { memberId, token, goTo };
  }
}

/** What stands in place of the nickname of somebody who asked to be erased. */
const GONE = '已注销';

const masked = (phone: string | null): string | null => (phone === null ? null : maskPhone(phone));

/** Being signed in leaves a network log, whose period runs from the last time. */
function networkRecord(lastSeenMs: number | null): KeptRecord[] {
  if (lastSeenMs === null) return [];
  return [{ kind: 'network', endedAtMs: lastSeenMs, showId: null, townshipId: null }];
}

const nobody: Me = {
  signedIn: false,
  role: null,
  nickname: null,
  phone: null,
  township: null,
  townshipCode: null,
};
