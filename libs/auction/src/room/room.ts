import { type Action, type SessionMember, type ShowPlace, refusalOn } from '@qingpai/members';
import { Refused, refusalOf } from '@qingpai/platform';
import {
  type Bid,
  type BidAnswer,
  type chatFrame,
  type CommandAnswer,
  type ConsentWaiver,
  type commandMessage,
  type EventBody,
  type EventsFrame,
  type HostCommand,
  type JoinAnswer,
  type LotCard,
  type Moderation,
  type ChanceAnswer,
  type OfferAnswer,
  type OfferAnswered,
  type Office,
  type ProxyAnswer,
  type ProxyAsk,
  type proxyWithdrawal,
  type Reason,
  type Receipt,
  type Refusal,
  type RoomMe,
  type ServerMessage,
  type ShowCard,
  type ShowEnd,
  type ShowState,
  type Snapshot,
  type Stage,
  type TakeOverReason,
  type WitnessState,
} from '@qingpai/wire';
import { type z } from 'zod';
import { refusedBid } from '../desk/answers.js';
import { type Desk } from '../desk/desk.js';
import { type Desks } from '../desk/desks.js';
import { reasonOfEnd } from '../registry/entities.js';
import { approvalNote, approvalStatement, payByOf, saleTotalFen } from '../rules/index.js';
import { type SealConsents } from '../consent/sealConsents.js';
import { Chat, type TalkAct } from '../talk/chat.js';
import { type KeptTalk } from '../talk/keptTalk.js';
import { Fanout, type FanoutPort, type Watcher } from './fanout.js';
import { FACE_LIFE_MS, PRESENCE_EVERY_MS } from './limits.js';
import { type RateLimits } from './rateLimits.js';
import { type Seats } from './seats.js';
import { type Witnessing } from '../witness/witnessing.js';

/** An open socket and who is behind it; null: a guest, who may watch. */
export interface Visitor extends Watcher {
  member: SessionMember | null;
  send(name: ServerMessage, payload: unknown): void;
  /** Says why, and closes. */
  sendAway(reason: Reason): void;
}

/** What a room shows beside the auction: kept beside the log. */
export interface Face {
  card: ShowCard;
  cards: LotCard[];
  code: string | null;
  /** Its log takes nothing more although it was not closed. */
  ended?: ShowEnd;
}

export interface RoomParts {
  desks: Desks;
  seats: Seats;
  limits: RateLimits;
  fanout: FanoutPort;
  faceOf(showId: string): Promise<Face>;
  /** How many wait to be admitted. */
  waitingFor(showId: string): Promise<number>;
  talk: Pick<KeptTalk, 'of' | 'keep'>;
  onBid?: BidListener;
  witnessing: Pick<Witnessing, 'stateOf' | 'mayOpen' | 'onChange'>;
  /** Who knows what growers have agreed to; left out: nobody is asked. */
  consents?: Pick<SealConsents, 'missingOf' | 'isWaived' | 'waive'>;
  /** Null or left out: no live video. */
  stages?: Stages | null;
}

/** What is on stage, told by whoever carries live video. No deadline and no bid depends on it. */
export interface Stages {
  stageOf(showId: string): Stage;
  onStage(listener: (showId: string, stage: Stage) => void): () => void;
}

/** Told of every bid's answer, and how long it took: for counters. */
export type BidListener = (answer: BidAnswer, tookMs: number) => void;

type CommandMessage = z.infer<typeof commandMessage>;
type ProxyWithdrawal = z.infer<typeof proxyWithdrawal>;
type OkAnswer = { ok: true } | Refusal;

/**
 * One show's room: whoever is in it, what they may do, and the talk. Bids and commands go on to the desk; nothing
 * here decides an auction.
 */
export class Room {
  private readonly chat: Chat;
  private readonly visitors: Fanout<Visitor>;
  /** The desk whose frames are passed on. */
  private attached: { desk: Desk; stop: () => void } | null = null;
  private face: { value: Promise<Face>; untilMs: number } | null = null;
  private toldWatching = 0;
  private presenceWaits = false;

  constructor(
    readonly showId: string,
    private readonly place: ShowPlace,
    private readonly parts: RoomParts,
    talk: readonly TalkAct[] = [],
  ) {
    this.visitors = new Fanout(parts.fanout);
    this.chat = new Chat(talk);
  }

  get watching(): number {
    return this.visitors.size;
  }

  close(): void {
    this.visitors.close();
    this.detach();
  }

  // ---------------------------------------------------------------- coming and going

  /** With `from`: the events since; without, or when those are too many for one page, the snapshot. */
  async join(visitor: Visitor, from?: number): Promise<JoinAnswer> {
    const [face, me, witness] = await Promise.all([
      this.faceNow(),
      this.me(visitor.member),
      this.parts.witnessing.stateOf(this.showId),
    ]);
    const desk = await this.desk();
    this.visitors.add(visitor);
    this.listenTo(desk);
    this.presence();
    void this.tellWaiting([visitor]);
    const page = from !== undefined && from <= desk.state.next ? desk.since(from) : null;
    const news =
      page && !page.more ? { since: page.since } : { snapshot: this.snapshotOf(desk, face, witness) };
    const { size, root, note } = desk.head;
    const now = { serverNowMs: desk.nowMs(), watching: this.watching };
    const ended = face.ended && { ended: face.ended };
    const stage = this.stageNow();
    return { ok: true, me, ...now, head: { size, root, note }, witness, ...ended, ...stage, ...news };
  }

  leave(visitor: Visitor): void {
    this.visitors.remove(visitor);
    if (this.watching === 0) this.detach();
    else this.presence();
  }

  /** Whether there is room in its queue for a long answer. */
  keepsUp(visitor: Visitor): boolean {
    return this.visitors.keepsUp(visitor);
  }

  async since(from: number): Promise<{ since: EventsFrame; more: boolean }> {
    return (await this.desk()).since(from);
  }

  async snapshot(): Promise<Snapshot> {
    const [face, witness] = await Promise.all([this.faceNow(), this.parts.witnessing.stateOf(this.showId)]);
    return this.snapshotOf(await this.desk(), face, witness);
  }

  /** Short code of the sealed list. */
  async code(): Promise<string | null> {
    return (await this.faceNow()).code;
  }

  private snapshotOf({ state }: Desk, face: Face, witness: WitnessState): Snapshot {
    return { state, ...face, chat: [...this.chat.lines], slowMs: this.chat.slowMs, witness };
  }

  /** Clock of the stamps. */
  async nowMs(): Promise<number> {
    return (await this.desk()).nowMs();
  }

  // ---------------------------------------------------------------- who one is

  async me(member: SessionMember | null): Promise<RoomMe> {
    if (!member) return guest;
    const desk = await this.desk();
    const bidder = await this.bidderOf(member);
    const paddle = bidder === null ? null : desk.paddleOf(bidder);
    const seated = bidder !== null && paddle !== null;
    return {
      role: member.role,
      nickname: member.nickname,
      bidder: seated ? bidder : null,
      paddle,
      nth: seated ? desk.nthOf(bidder) : null,
      waiting: member.state === 'waiting',
      muted: this.chat.isMuted(bidder),
      ...(this.mayModerate(member) && {
        mutes: this.chat.mutes.map((one) => ({ bidder: one, paddle: desk.paddleOf(one) })),
      }),
      proxies: seated ? desk.proxiesOf(bidder) : [],
      ...owedBy(desk.state, bidder),
    };
  }

  private mayModerate(member: SessionMember | null): boolean {
    return this.refusal(member, 'chat.moderate') === null;
  }

  /** Only buyers bid, so only they have a name for it. */
  private async bidderOf(member: SessionMember): Promise<string | null> {
    return member.role === 'buyer' ? this.parts.seats.bidderOf(this.showId, member.memberId) : null;
  }

  /** Tells a member, on every screen he has open here, what changed about him. */
  async tellMe(memberId: string, change: (member: SessionMember) => void = () => {}): Promise<void> {
    const his = [...this.visitors].filter(({ member }) => member?.memberId === memberId);
    for (const visitor of his) {
      if (visitor.member) change(visitor.member);
      visitor.send('me', { me: await this.me(visitor.member) });
    }
  }

  /** Tells a buyer, on every screen he has open here, what he has to pay and until when; nothing where he owes nothing. */
  async remindToPay(bidder: string): Promise<void> {
    for (const visitor of [...this.visitors]) {
      if (!visitor.member || (await this.bidderOf(visitor.member)) !== bidder) continue;
      const me = await this.me(visitor.member);
      if (me.owes) visitor.send('me', { me, remind: true });
    }
  }

  /** Tells everybody how far the log is witnessed. */
  async tellWitness(): Promise<void> {
    if (this.watching > 0)
      await this.visitors.tell('witness', await this.parts.witnessing.stateOf(this.showId));
  }

  /** Until somebody has sent, pages need not fetch what shows it. */
  private stageNow(): { stage: Stage } | null {
    const stage = this.parts.stages?.stageOf(this.showId);
    return stage && stage.state !== 'idle' ? { stage } : null;
  }

  tellStage(stage: Stage): void {
    if (this.watching > 0) void this.visitors.tell('stage', stage);
  }

  /** Null: he may send picture and sound, since he holds the console or has taken it over. */
  async refusalToPublish(member: SessionMember): Promise<Reason | null> {
    return this.refusalToCommand(member, 'offer', await this.desk());
  }

  /** The log was taken for good: everybody is told why, and sent away; who comes again is shown where to go. */
  async end(): Promise<void> {
    this.face = null;
    const { ended } = await this.faceNow();
    if (!ended) throw new Error(`bug: ${this.showId} was retired and has not ended`);
    for (const visitor of [...this.visitors]) visitor.sendAway(reasonOfEnd(ended));
  }

  /** Tells hosts and moderators how many wait. */
  async tellWaiting(visitors: Iterable<Visitor> = this.visitors): Promise<void> {
    const staff = [...visitors].filter(({ member }) => this.refusal(member, 'waiting.admit') === null);
    if (staff.length === 0) return;
    const waiting = await this.parts.waitingFor(this.showId);
    for (const visitor of staff) visitor.send('waiting', { waiting });
  }

  // ---------------------------------------------------------------- bids and commands

  /** By plain form (`form`), whoever has no paddle yet takes one with his first bid. */
  async bid(
    member: SessionMember | null,
    bid: Bid,
    { form = false }: { form?: boolean } = {},
  ): Promise<BidAnswer> {
    const askedAtMs = performance.now();
    const answer = await this.answerTo(member, bid, form);
    this.parts.onBid?.(answer, performance.now() - askedAtMs);
    return answer;
  }

  private async answerTo(member: SessionMember | null, bid: Bid, form: boolean): Promise<BidAnswer> {
    const reason = this.refusal(member, 'bid.place');
    if (reason || !member) return refusedBid(bid.bidId, reason ?? 'not-signed-in');
    const [desk, bidder] = await Promise.all([
      this.desk(),
      this.parts.seats.bidderOf(this.showId, member.memberId),
    ]);
    // Too fast: what has its answer already gets that again, whole.
    const answer = (await this.parts.limits.allows('bid', member.memberId))
      ? await this.placed(desk, member, bid, bidder, form)
      : await desk.refuse(bid, { bidder }, 'slow-down');
    if (answer.i === undefined) return answer;
    const receipt = desk.receipt(answer.i, bid.seen?.[0]);
    return receipt ? { ...answer, receipt } : answer;
  }

  private async placed(desk: Desk, member: SessionMember, bid: Bid, bidder: string, form: boolean) {
    if (form && desk.paddleOf(bidder) === null) await this.parts.seats.take(this.showId, member.memberId);
    return desk.bid(bid, { bidder }, { form });
  }

  /** A maximum bid; what it goes up to is kept beside its leaf, sealed. */
  async proxy(member: SessionMember | null, ask: ProxyAsk): Promise<ProxyAnswer> {
    const refused = (reason: Reason): ProxyAnswer => ({
      ...{ ...refusalOf(reason), bidId: ask.bidId, verdict: 'refused' },
    });
    const reason = this.refusal(member, 'bid.place');
    if (reason || !member) return refused(reason ?? 'not-signed-in');
    if (!(await this.parts.limits.allows('bid', member.memberId))) return refused('slow-down');
    const desk = await this.desk();
    const bidder = await this.parts.seats.bidderOf(this.showId, member.memberId);
    const answer = await desk.proxy(ask, bidder, (secret) =>
      this.parts.seats.sealProxy(this.showId, ask.bidId, secret),
    );
    if (!answer.ok) return answer;
    await this.tellMe(member.memberId);
    const receipt = desk.receipt(answer.i, ask.seen?.[0]);
    return receipt ? { ...answer, receipt } : answer;
  }

  async withdrawProxy(member: SessionMember | null, { lot, sig }: ProxyWithdrawal): Promise<OkAnswer> {
    const reason = this.refusal(member, 'bid.place');
    if (reason || !member) return refusalOf(reason ?? 'not-signed-in');
    if (!(await this.parts.limits.allows('bid', member.memberId))) return refusalOf('slow-down');
    const bidder = await this.parts.seats.bidderOf(this.showId, member.memberId);
    const signed = sig !== undefined && { sig };
    const answer = await (
      await this.desk()
    ).command({ by: bidder, name: 'withdrawProxy', bidder, lot, ...signed });
    if (!answer.ok) return answer;
    await this.tellMe(member.memberId);
    return { ok: true };
  }

  /** What is offered to him alone, accepted or declined. */
  async answerOffer(
    member: SessionMember | null,
    ask: OfferAnswer,
    { form = false }: { form?: boolean } = {},
  ): Promise<OfferAnswered> {
    const reason = this.refusal(member, 'bid.place');
    if (reason || !member) return refusalOf(reason ?? 'not-signed-in');
    if (!(await this.parts.limits.allows('bid', member.memberId))) return refusalOf('slow-down');
    const desk = await this.desk();
    const bidder = await this.parts.seats.bidderOf(this.showId, member.memberId);
    const answer = await desk.answerOffer(ask, bidder, { form });
    const receipt = answer.ok && desk.receipt(answer.i);
    return receipt ? { ...answer, receipt } : answer;
  }

  /** 顺位成交: what somebody else did not pay for, accepted or declined by who came next. */
  async answerChance(member: SessionMember | null, ask: ChanceAnswer): Promise<OfferAnswered> {
    const reason = this.refusal(member, 'bid.place');
    if (reason || !member) return refusalOf(reason ?? 'not-signed-in');
    if (!(await this.parts.limits.allows('bid', member.memberId))) return refusalOf('slow-down');
    const desk = await this.desk();
    const bidder = await this.parts.seats.bidderOf(this.showId, member.memberId);
    const answer = await desk.answerChance(ask, bidder);
    const receipt = answer.ok && desk.receipt(answer.i);
    return receipt ? { ...answer, receipt } : answer;
  }

  async command(
    member: SessionMember | null,
    { command, commandId, sig }: CommandMessage,
  ): Promise<CommandAnswer> {
    const desk = await this.desk();
    const reason = await this.refusalToCommand(member, command.name, desk);
    if (reason || !member) return refusalOf(reason ?? 'not-signed-in');
    if (!(await this.parts.limits.allows('command', member.memberId))) return refusalOf('slow-down');
    if (command.name === 'seal') {
      const missing = await this.refusalToSeal(member, desk, command.withoutConsent);
      if (missing) return refusalOf(missing);
    }
    if (command.name === 'hallPaddle') return desk.command(await this.parts.seats.hallAsked(this.showId));
    if (command.name === 'bidFor') return this.bidFor(desk, officeOf(member), command, commandId);
    if (command.name === 'offerAll') return this.offerAll(desk, member, command.lots, commandId);
    if (command.name === 'limit' && !command.banned) {
      const refusal = await this.parts.seats.refusalToFree(this.showId, command.bidder);
      if (refusal !== null) return refusalOf(refusal);
    }
    const asked = { by: officeOf(member), ...command, ...(sig !== undefined && { sig }) };
    const witnessed = command.name === 'open' ? await this.parts.witnessing.mayOpen(this.showId) : undefined;
    return desk.command(
      { ...asked, ...(witnessed !== undefined && { witnessed }) },
      undefined,
      `${member.memberId}/${commandId}`,
    );
  }

  /** Several lots of a timed show, in this order: each is a leaf of its own, and all of them are written or none. */
  private offerAll(
    desk: Desk,
    member: SessionMember,
    lots: readonly string[],
    commandId: string,
  ): Promise<CommandAnswer> {
    const by = officeOf(member);
    const asked = lots.map((lot) => ({ by, name: 'offer' as const, lot }));
    return desk.command(asked, undefined, `${member.memberId}/${commandId}`);
  }

  /** No floor is sealed without its grower, unless somebody says why; that is kept before. */
  private async refusalToSeal(
    member: SessionMember,
    { state }: Desk,
    reason: ConsentWaiver | undefined,
  ): Promise<Reason | null> {
    const { consents } = this.parts;
    if (!consents || (await consents.missingOf(this.showId, state)).length === 0) return null;
    if (reason !== undefined) await consents.waive(this.showId, reason, member.memberId);
    return (await consents.isWaived(this.showId, state)) ? null : 'consent-missing';
  }

  /** Who took the show over commands it as its host does. */
  private async refusalToCommand(
    member: SessionMember | null,
    name: HostCommand['name'],
    desk: Desk,
  ): Promise<Reason | null> {
    const reason = this.refusal(member, name === 'seal' ? 'show.seal' : 'show.command');
    if (reason === null || !member || this.refusal(member, 'show.takeOver') !== null) return reason;
    const person = await this.parts.seats.bidderOf(this.showId, member.memberId);
    return desk.state.coHosts.includes(person) ? null : reason;
  }

  private bidFor(
    desk: Desk,
    by: Office,
    { bidder, ...bid }: Omit<Extract<HostCommand, { name: 'bidFor' }>, 'name'>,
    commandId: string,
  ): Promise<CommandAnswer> {
    const { lot, offering, amountFen, units, confirmed } = bid;
    const asked = {
      ...{ bidId: `hall-${commandId}`.slice(0, 64), lot, offering, amountFen },
      ...(units !== undefined && { units }),
      ...(confirmed && { confirmed }),
    };
    return desk.command({ by, name: 'bidFor', bidder, bid: asked }, undefined, `hall/${commandId}`);
  }

  /** The code that the host's page shows, for whoever is to take over. */
  async takeOverCode(): Promise<string> {
    const { coHosts } = (await this.desk()).state;
    return this.parts.seats.takeOverCode(this.showId, coHosts.length);
  }

  /** The lot stands still until the new console lets it go on. Refuses: `wrong-code`, `slow-down`, `wrong-phase`. */
  async takeOver(member: SessionMember, code: string, reason: TakeOverReason): Promise<CommandAnswer> {
    if (!(await this.parts.limits.allows('takeOver', member.memberId))) return refusalOf('slow-down');
    if (code !== (await this.takeOverCode())) return refusalOf('wrong-code');
    const person = await this.parts.seats.bidderOf(this.showId, member.memberId);
    return (await this.desk()).command({ by: 'platform', name: 'takeOver', person, reason });
  }

  // ---------------------------------------------------------------- what people sign

  /** A host, moderator or officer brings a key of his own. Refuses: `key-taken`, `wrong-phase`. */
  async enrol(member: SessionMember, key: string): Promise<CommandAnswer> {
    const asked = await this.enrolment(member, key);
    return (await this.desk()).command(asked);
  }

  private async enrolment(member: SessionMember, key: string) {
    const person = await this.parts.seats.bidderOf(this.showId, member.memberId);
    return { by: 'platform', name: 'enrol', person, office: officeOf(member), key } as const;
  }

  /** What the seal would fix now. Refuses: `nothing-to-seal`. */
  async sealDraft(): Promise<EventBody<'show.sealed'>> {
    const draft = await (await this.desk()).sealDraft();
    if (!draft) throw new Refused('nothing-to-seal');
    return draft;
  }

  /** What an officer signs for a list, by default the newest. Refuses: `not-sealed`. */
  async approvalDraft(wanted?: number) {
    const { origin, seals, approvals } = (await this.desk()).state;
    const seal = wanted === undefined ? seals.at(-1) : seals.find((one) => one.list === wanted);
    if (!seal) throw new Refused('not-sealed');
    const statement = approvalStatement({ origin, ...seal });
    const approved = approvals.some((one) => one.list === seal.list);
    return { list: seal.list, statement, note: approvalNote(statement), approved };
  }

  /** The officer's signature under that statement; his key is registered with it. */
  async approve(
    member: SessionMember,
    ask: { list: number; key: string; sig: string },
  ): Promise<CommandAnswer> {
    const { list, note } = await this.approvalDraft(ask.list);
    const desk = await this.desk();
    const isKnown = desk.state.staff.some((one) => one.key === ask.key && one.office === 'officer');
    const approval = { by: 'officer', name: 'approve', list, note, key: ask.key, sig: ask.sig } as const;
    return desk.command([...(isKnown ? [] : [await this.enrolment(member, ask.key)]), approval]);
  }

  /** The receipt of any leaf. Refuses: `not-found`. */
  async receipt(i: number, from?: number): Promise<Receipt> {
    const receipt = (await this.desk()).receipt(i, from);
    if (!receipt) throw new Refused('not-found');
    return receipt;
  }

  private refusal(member: SessionMember | null, action: Action): Reason | null {
    const memberId = member?.memberId;
    return refusalOn(member, action, { ...this.place, ...(memberId !== undefined && { memberId }) });
  }

  // ---------------------------------------------------------------- the talk

  async say(member: SessionMember | null, text: string): Promise<OkAnswer> {
    const reason = this.refusal(member, 'chat.say');
    if (reason || !member) return refusalOf(reason ?? 'not-signed-in');
    if (!(await this.parts.limits.allows('chat', member.memberId))) return refusalOf('slow-down');
    const bidder = await this.bidderOf(member);
    const desk = await this.desk();
    const paddle = bidder === null ? null : desk.paddleOf(bidder);
    const speaker = { key: member.memberId, role: member.role, bidder, paddle };
    const said = this.chat.say(speaker, text, desk.nowMs());
    if (!said.ok) return refusalOf(said.reason);
    this.keepTalk(member, { act: 'line', line: said.value });
    this.tellChat({ kind: 'line', line: said.value });
    return { ok: true };
  }

  async moderate(member: SessionMember | null, act: Moderation): Promise<OkAnswer> {
    const reason = this.refusal(member, 'chat.moderate');
    if (reason || !member) return refusalOf(reason ?? 'not-signed-in');
    const refused = await this.whyNot(act);
    if (refused) return refusalOf(refused);
    this.chat.take(act);
    this.keepTalk(member, act);
    if (act.act === 'slow') this.tellChat({ kind: 'slow', slowMs: act.everyMs });
    else if (act.act === 'remove') this.tellChat({ kind: 'removed', id: act.id });
    else await this.tellMuted(act.bidder);
    return { ok: true };
  }

  private async whyNot(act: Moderation): Promise<Reason | null> {
    if (act.act === 'slow') return null;
    if (act.act === 'remove') return this.chat.has(act.id) ? null : 'not-found';
    const { bidders } = (await this.desk()).state;
    const kind = Object.hasOwn(bidders, act.bidder) ? bidders[act.bidder]!.kind : null;
    if (kind === 'host') return 'own-role';
    const isHere =
      kind !== null ||
      this.chat.isMuted(act.bidder) ||
      this.chat.lines.some((line) => line.bidder === act.bidder);
    return isHere ? null : 'not-found';
  }

  /** Him, and all who may change it. */
  private async tellMuted(bidder: string): Promise<void> {
    for (const visitor of [...this.visitors]) {
      if (!visitor.member) continue;
      const isHe = (await this.bidderOf(visitor.member)) === bidder;
      if (!isHe && !this.mayModerate(visitor.member)) continue;
      visitor.send('me', { me: await this.me(visitor.member) });
    }
  }

  private keepTalk({ memberId }: SessionMember, act: TalkAct): void {
    this.parts.talk.keep(this.showId, memberId, act);
  }

  private tellChat(frame: z.infer<typeof chatFrame>): void {
    void this.visitors.tell('chat', frame);
  }

  // ---------------------------------------------------------------- news

  private async desk(): Promise<Desk> {
    const desk = await this.parts.desks.of(this.showId);
    if (this.watching > 0) this.listenTo(desk);
    return desk;
  }

  /** After another owner had the log, the desk is another one. */
  private listenTo(desk: Desk): void {
    if (this.attached?.desk === desk) return;
    this.detach();
    this.attached = { desk, stop: desk.onFrame((frame) => this.visitors.frame(frame)) };
  }

  private detach(): void {
    this.attached?.stop();
    this.attached = null;
  }

  private faceNow(): Promise<Face> {
    const nowMs = this.parts.fanout.nowMs();
    if (!this.face || this.face.untilMs < nowMs) {
      const value = this.parts.faceOf(this.showId);
      value.catch(() => (this.face = null));
      this.face = { value, untilMs: nowMs + FACE_LIFE_MS };
    }
    return this.face.value;
  }

  /** True, never inflated: the number of open sockets. At once when nothing was told lately. */
  private presence(): void {
    if (this.presenceWaits) return;
    this.presenceWaits = true;
    this.parts.fanout.timers.later(() => {
      this.presenceWaits = false;
      if (this.toldWatching === this.watching) return;
      this.toldWatching = this.watching;
      void this.visitors.tell('presence', { watching: this.watching });
    }, PRESENCE_EVERY_MS);
  }
}

/** Once the show is closed: what his unpaid lots come to, without freight, and until when he may pay. */
function owedBy(state: ShowState, bidder: string | null): Pick<RoomMe, 'owes'> {
  const his = Object.values(state.sales).filter(
    (sale) => sale.bidder === bidder && sale.phase === 'awaiting' && state.closedAt !== null,
  );
  const [first] = his;
  if (!first) return {};
  const dueFen = his.reduce((sum, sale) => sum + saleTotalFen(sale), 0);
  return { owes: { dueFen, lots: his.length, payByMs: payByOf(state, first) } };
}

const guest: RoomMe = {
  role: null,
  nickname: null,
  bidder: null,
  paddle: null,
  nth: null,
  waiting: false,
  muted: false,
  proxies: [],
};

/** Under whose office a command's leaves are written. */
function officeOf({ role }: SessionMember): Office {
  if (role === 'host' || role === 'moderator' || role === 'officer') return role;
  throw new Refused('not-allowed');
}
