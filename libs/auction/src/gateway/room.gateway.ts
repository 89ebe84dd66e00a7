import { Inject, type OnApplicationShutdown } from '@nestjs/common';
import { type OnGatewayConnection, type OnGatewayInit, WebSocketGateway } from '@nestjs/websockets';
import { MEMBERS_OPTIONS, type MembersOptions, MembersService, type SessionEnded } from '@qingpai/members';
import { refusalOf } from '@qingpai/platform';
import { type Reason } from '@qingpai/wire';
import { type Server, type Socket } from 'socket.io';
import { DESK_OPTIONS, type DeskParts } from '../desk.module.js';
import * as max from '../room/limits.js';
import { RateLimits } from '../room/rateLimits.js';
import { Rooms } from '../room/rooms.js';
import { authenticate, connectError, forgetRequest, mayUpgrade } from './handshake.js';
import { Loudspeaker } from './loudspeaker.js';
import { isClientMessage, parse, type Parsed, reasonOf, refusalTo } from './messages.js';
import { SocketVisitor } from './socketVisitor.js';
import { answerStraight } from './straight.js';

/** Short questions with long answers. */
const isLong = (name: string): boolean => name === 'join' || name === 'since';

/**
 * The door for sockets. Every message is answered with an object through its acknowledgement, malformed and unknown
 * ones too; handlers are raw because the decorated ones leave a failed message without an answer. Order is taken in
 * the desk: two messages of one socket run at the same time.
 */
@WebSocketGateway({
  transports: ['websocket'],
  maxHttpBufferSize: max.MESSAGE_BYTES_MAX,
  perMessageDeflate: false,
  serveClient: false,
  connectTimeout: max.CONNECT_MS_MAX,
  pingInterval: max.PING_EVERY_MS,
  pingTimeout: max.PING_WAIT_MS,
})
export class RoomGateway
  implements OnGatewayInit<Server>, OnGatewayConnection<Socket>, OnApplicationShutdown
{
  private readonly visitors = new Map<string, SocketVisitor>();
  /** Sessions that ended lately: one may have been read in a handshake just before it ended. */
  private readonly ended = new Set<string>();
  private longAnswers: Promise<void> = Promise.resolve();
  private readonly stopListening: () => void;
  private readonly sweeper: NodeJS.Timeout;

  constructor(
    private readonly rooms: Rooms,
    private readonly limits: RateLimits,
    private readonly members: MembersService,
    private readonly loudspeaker: Loudspeaker,
    @Inject(MEMBERS_OPTIONS) private readonly options: MembersOptions,
    @Inject(DESK_OPTIONS) private readonly parts: DeskParts,
  ) {
    this.stopListening = members.onSessionEnded((ended) => this.handleSessionEnded(ended));
    this.sweeper = setInterval(() => this.cutExpired(), max.EXPIRED_CUT_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    this.stopListening();
    clearInterval(this.sweeper);
  }

  // ---------------------------------------------------------------- coming in

  afterInit(server: Server): void {
    this.loudspeaker.plugIn(server);
    server.engine.opts.allowRequest = (request, answer) => {
      if (this.visitors.size >= max.SOCKETS_MAX) return answer('too-busy', false);
      mayUpgrade(request, this.options.publicOrigins, this.limits).then(
        (reason) => answer(reason, reason === null),
        () => answer('internal', false),
      );
    };
    server.use((socket, next) => {
      this.enter(socket).then(
        (reason) => (reason === null ? next() : next(connectError(reason))),
        (error: unknown) => next(connectError(reasonOf(error))),
      );
    });
  }

  private async enter(socket: Socket): Promise<Reason | null> {
    const entrant = await authenticate(socket, this.members);
    if (!entrant.ok) return entrant.reason;
    const { member } = entrant;
    if (member && this.socketsOf(member.memberId).length >= max.SOCKETS_PER_PERSON_MAX) return 'slow-down';
    (socket.data as { visitor: SocketVisitor }).visitor = new SocketVisitor(socket, member);
    return null;
  }

  handleConnection(socket: Socket): void {
    const { visitor } = socket.data as { visitor: SocketVisitor };
    this.visitors.set(visitor.id, visitor);
    forgetRequest(socket);
    answerStraight(socket);
    socket.onAny((name: string, ...args: unknown[]) => void this.handleMessage(visitor, name, args));
    socket.once('disconnect', () => {
      this.visitors.delete(visitor.id);
      visitor.room?.leave(visitor);
    });
    if (visitor.member && this.ended.has(visitor.member.sessionId)) visitor.sendAway('not-signed-in');
  }

  // ---------------------------------------------------------------- messages

  private async handleMessage(visitor: SocketVisitor, name: string, args: unknown[]): Promise<void> {
    const ack = args.at(-1);
    if (typeof ack !== 'function') return void (await this.isFlood(visitor)); // nobody would hear the answer
    const answer = await this.answerTo(visitor, name, args.slice(0, -1));
    // Looked at once more: others of his questions have been answered meanwhile.
    (ack as (answer: object) => void)(
      this.takes(visitor, name) ? answer : refusalTo(name, 'slow-down', args[0]),
    );
  }

  /** One long answer in a turn of the loop, however many ask at once: bids are read in between. */
  private turn(): Promise<void> {
    this.longAnswers = this.longAnswers.then(() => new Promise((resolve) => setImmediate(resolve)));
    return this.longAnswers;
  }

  /** Who does not read is not sent pages of the log on top of what waits for him already. */
  private takes(visitor: SocketVisitor, name: string): boolean {
    return !isLong(name) || (visitor.room?.keepsUp(visitor) ?? true);
  }

  private async answerTo(visitor: SocketVisitor, name: string, args: unknown[]): Promise<object> {
    try {
      if (await this.isFlood(visitor)) return refusalTo(name, 'slow-down', args[0]);
      if (!isClientMessage(name)) return refusalOf('unknown-event');
      const [message, allowed] = [parse(name, args), await this.allows(visitor, name)];
      if (isLong(name) && allowed) await this.turn();
      if (Array.isArray(message)) return refusalTo(name, 'malformed', args[0], message);
      if (!allowed || !this.takes(visitor, name)) return refusalTo(name, 'slow-down', args[0]);
      // Until its socket is cut, too: the other doors ask for the session with every request.
      if (this.hasRunOut(visitor)) return refusalTo(name, 'not-signed-in', args[0]);
      return await this.answer(visitor, message);
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === 'internal') this.parts.warn('gateway.message-failed', { name, error: String(error) });
      return refusalTo(name, reason, args[0]);
    }
  }

  /** Counts every message, also one that is no known one or asks for no answer; who sends far too many is cut. */
  private async isFlood(visitor: SocketVisitor): Promise<boolean> {
    if (await this.limits.allows('flood', visitor.id)) return false;
    visitor.sendAway('slow-down');
    return true;
  }

  /** Persons first; what a flooder sends is answered with `slow-down`, and at last not at all. */
  private async allows(visitor: SocketVisitor, name: string): Promise<boolean> {
    if (!(await this.limits.allows('message', visitor.id))) return false;
    return !isLong(name) || this.limits.allows('read', visitor.person);
  }

  private async answer(visitor: SocketVisitor, message: Parsed): Promise<object> {
    // A page counts down to the close of a lot: by the clock that closes it.
    if (message.name === 'time') {
      const { room } = visitor;
      return { ok: true, serverNowMs: room ? await room.nowMs() : this.parts.clock.nowMs() };
    }
    if (message.name === 'join') return this.join(visitor, message.payload);
    const { room, member } = visitor;
    if (!room) return refusalTo(message.name, 'unknown-show', message.payload);
    switch (message.name) {
      case 'since':
        return { ok: true, ...(await room.since(message.payload.from)) };
      case 'bid':
        return room.bid(member, message.payload);
      case 'proxy':
        return room.proxy(member, message.payload);
      case 'withdrawProxy':
        return room.withdrawProxy(member, message.payload);
      case 'answerOffer':
        return room.answerOffer(member, message.payload);
      case 'answerChance':
        return room.answerChance(member, message.payload);
      case 'command':
        return room.command(member, message.payload);
      case 'chat':
        return room.say(member, message.payload.text);
      case 'moderate':
        return room.moderate(member, message.payload);
    }
  }

  private async join(visitor: SocketVisitor, { showId, from }: { showId: string; from?: number }) {
    const room = await this.rooms.of(showId);
    if (visitor.room && visitor.room !== room) visitor.room.leave(visitor);
    visitor.room = room;
    const answer = await room.join(visitor, from);
    // The socket may have gone, or joined another show, while the room was being read.
    if (!visitor.isOpen || visitor.room !== room) room.leave(visitor);
    return answer;
  }

  // ---------------------------------------------------------------- being sent out

  private handleSessionEnded({ memberId, sessionIds }: SessionEnded): void {
    for (const sessionId of sessionIds) {
      this.ended.add(sessionId);
      setTimeout(() => this.ended.delete(sessionId), max.SESSION_ENDED_KEPT_MS).unref();
    }
    for (const visitor of this.socketsOf(memberId)) {
      if (visitor.member && sessionIds.includes(visitor.member.sessionId)) visitor.sendAway('not-signed-in');
    }
  }

  private cutExpired(): void {
    for (const visitor of this.visitors.values()) {
      if (this.hasRunOut(visitor)) visitor.sendAway('not-signed-in');
    }
  }

  private hasRunOut({ member }: SocketVisitor): boolean {
    return member !== null && member.expiresAtMs <= this.parts.clock.nowMs();
  }

  private socketsOf(memberId: string): SocketVisitor[] {
    return [...this.visitors.values()].filter(({ member }) => member?.memberId === memberId);
  }
}
