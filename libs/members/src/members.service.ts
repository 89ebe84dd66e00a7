import { EventEmitter } from 'node:events';
import { Refused } from '@qingpai/platform';
import { type Me } from '@qingpai/wire';
import { type DataSource, type EntityManager, In } from 'typeorm';
import { Codes } from './codes.js';
import { Member, Township } from './entities.js';
import * as passes from './oneTimeTokens.js';
import { type OneTimePass } from './oneTimeTokens.js';
import { addMember, memberOfPhone, phoneOf } from './people.js';
import { maskPhone } from './rules/mask.js';
import * as sessions from './sessions.js';
import { type SessionEnded, type SessionMember } from './sessions.js';
import { type SignInLimits } from './signInLimits.js';
import { type Seed, type SeededPerson, seed } from './seed.js';
import { type SmsSender } from './sms.js';
import { type Vault } from './vault.js';
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
      if (nickname !== undefined) await manager.update(Member, { id: member.id }, { nickname });
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
    return waitingRoom.waitingFor(this.parts.db.manager, showId);
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
    return token === null ? null : sessions.sessionOfToken(this.parts.db, token, this.parts.nowMs());
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

  /** Forgets what has expired. To be called now and then; nothing depends on it. */
  async sweep(): Promise<void> {
    for (const table of ['sessions', 'one_time_tokens', 'codes']) {
      await this.parts.db.query(`DELETE FROM ${table} WHERE expires_at < $1`, [
        new Date(this.parts.nowMs() - 86_400_000),
      ]);
    }
  }

  // ------------------------------------------------------------ what others may know

  /** What a member sees of himself, the phone masked. */
  async meOf(memberId: string | null): Promise<Me> {
    const member = memberId === null ? null : await this.parts.db.manager.findOneBy(Member, { id: memberId });
    if (!member) return { signedIn: false, role: null, nickname: null, phone: null, township: null };
    const township = member.townshipId === null ? null : await this.townshipOf(member.townshipId);
    const { role, nickname } = member;
    return {
      signedIn: true,
      role,
      nickname,
      phone: this.maskedPhoneOf(member),
      township: township?.name ?? null,
    };
  }

  /** Nickname and masked phone, for bills. Unknown ids are left out. */
  async contactsOf(memberIds: string[]): Promise<Map<string, { nickname: string; phone: string | null }>> {
    const found = await this.parts.db.manager.findBy(Member, { id: In(memberIds) });
    return new Map(
      found.map((member) => [member.id, { nickname: member.nickname, phone: this.maskedPhoneOf(member) }]),
    );
  }

  townshipOf(townshipId: string): Promise<Township | null> {
    return this.parts.db.manager.findOneBy(Township, { id: townshipId });
  }

  /**
   * What a member's identity commitment commits to: `commitment = identityCommitment(salt, identity)` by the
   * ledger's rules. Only the commitment may be published; the opening is for those who may see the phone.
   */
  async identityOpening(memberId: string): Promise<IdentityOpening> {
    const member = await this.parts.db.manager.findOneBy(Member, { id: memberId });
    if (!member) throw new Error('bug: the identity of nobody');
    const salt = this.parts.vault.open(member.identitySalt, member.id);
    return { salt, identity: { member: member.id, phone: phoneOf(this.parts.vault, member) } };
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

  private maskedPhoneOf(member: Member): string | null {
    const phone = phoneOf(this.parts.vault, member);
    return phone === null ? null : maskPhone(phone);
  }

  /** Inside the caller's transaction: refused here, the one-use token is still unused. */
  private async start(
    manager: EntityManager,
    memberId: string,
    goTo: string | null,
  ): Promise<SignedInMember> {
    const member = await manager.findOneByOrFail(Member, { id: memberId });
    if (member.state === 'banned') throw new Refused('not-allowed');
    const token = await sessions.startSession(manager, memberId, this.parts.nowMs());
    return { memberId, token, goTo };
  }
}
