import { isDeepStrictEqual } from 'node:util';
import { evolveFrame } from '@qingpai/auction/rules';
import { type TestKey } from '@qingpai/auction/testing';
import {
  type Bid,
  type BidAnswer,
  type CommandAnswer,
  type EventsFrame,
  type HostCommand,
  type JoinAnswer,
  type LoggedEvent,
  type Reason,
  type Refusal,
  type RoomMe,
  type ShowState,
} from '@qingpai/wire';
import { io, type Socket } from 'socket.io-client';

const WITHIN_MS = 15_000;
let made = 0;
export const newId = (): string => `story-${process.pid}-${String(++made).padStart(6, '0')}`;

type SinceAnswer = { ok: true; since: EventsFrame; more: boolean } | Refusal;
/** As a page does, which never gives up a room. */
const mayAskAgain: ReadonlySet<Reason> = new Set<Reason>(['not-ready', 'too-busy', 'slow-down']);

/** Somebody in a room, as a page is: one socket, events folded by the shared rules, gaps healed. */
export class Person {
  state!: ShowState;
  me!: RoomMe;
  /** The newest signed head this person holds. */
  head!: [number, string];
  readonly frames: EventsFrame[] = [];
  private readonly lookers = new Set<(event: LoggedEvent) => void>();
  private healing: Promise<void> | null = null;

  constructor(
    private readonly socket: Socket,
    readonly showId: string,
    readonly token: string | undefined,
    /** Registered: whoever has one signs. */
    readonly key?: TestKey,
  ) {
    socket.on('events', (frame: EventsFrame) => {
      this.frames.push(frame);
      if (this.state && !this.fold(frame)) void this.healAlone();
    });
  }

  ask<T>(name: string, payload: unknown): Promise<T> {
    return this.socket.timeout(WITHIN_MS).emitWithAck(name, payload) as Promise<T>;
  }

  /** To messages beside the log. */
  listen<T>(name: string, listener: (payload: T) => void): void {
    this.socket.on(name, listener);
  }

  async join(): Promise<void> {
    const answer = await this.ask<JoinAnswer>('join', {
      showId: this.showId,
      ...(this.state && { from: this.state.next }),
    });
    if (!answer.ok) throw new Error(`join: ${answer.reason}`);
    if (answer.snapshot) this.state = answer.snapshot.state;
    if (answer.since) this.fold(answer.since);
    this.me = answer.me;
    this.head = [answer.head.size, answer.head.root];
    await (this.healing ??= this.heal());
  }

  private fold(frame: EventsFrame): boolean {
    return evolveFrame(this.state, frame, (event) => {
      for (const look of this.lookers) look(event);
    });
  }
  /** Nobody waits for it, and whoever has gone needs it no more. */
  private async healAlone(): Promise<void> {
    try {
      await (this.healing ??= this.heal());
    } catch (error) {
      this.healing = null;
      if (this.isConnected) throw error;
    }
  }
  private async heal(): Promise<void> {
    for (let more = true; more;) {
      const answer = await this.ask<SinceAnswer>('since', { from: this.state.next });
      if (answer.ok) {
        this.fold(answer.since);
        more = answer.more;
      } else if (mayAskAgain.has(answer.reason)) await new Promise((resolve) => setTimeout(resolve, 200));
      else throw new Error(`since: ${answer.reason}`);
    }
    this.healing = null;
  }

  /** The next folded event of a type (and of a lot). */
  event<T extends LoggedEvent['type']>(type: T, lot?: string): Promise<Extract<LoggedEvent, { type: T }>> {
    return new Promise((resolve, reject) => {
      const end = setTimeout(() => {
        this.lookers.delete(look);
        reject(new Error(`no ${type} within ${WITHIN_MS} ms`));
      }, WITHIN_MS);
      const look = (event: LoggedEvent) => {
        if (event.type !== type || (lot !== undefined && (event.body as { lot?: string }).lot !== lot))
          return;
        clearTimeout(end);
        this.lookers.delete(look);
        resolve(event as Extract<LoggedEvent, { type: T }>);
      };
      this.lookers.add(look);
    });
  }

  bid(lot: string, amountFen: number, more: Partial<Bid> = {}): Promise<BidAnswer> {
    const offering = this.state.lots[lot]?.offerings.length || 1;
    return this.sends(this.signed({ bidId: newId(), lot, offering, amountFen, ...more }));
  }
  /** The bid as a page sends it: with its count, the head that was seen, and the signature. */
  signed(bid: Bid): Bid {
    if (!this.key) return bid;
    const isClock = (this.state.lots[bid.lot]?.offerings[bid.offering - 1]?.clock ?? null) !== null;
    const { origin } = this.state;
    return this.key.bid(
      { ...bid, nth: this.me.nth!, seen: this.head },
      { bidder: this.me.bidder!, origin, isClock },
    );
  }
  async sends(bid: Bid): Promise<BidAnswer> {
    const answer = await this.ask<BidAnswer>('bid', bid);
    if (answer.nth !== undefined) this.me = { ...this.me, nth: answer.nth };
    return answer;
  }
  command = (command: HostCommand): Promise<CommandAnswer> =>
    this.ask('command', { commandId: newId(), command });
  /** Commands what must be granted. */
  async does(command: HostCommand): Promise<LoggedEvent[]> {
    const answer = await this.command(command);
    if (!answer.ok) throw new Error(`${command.name}: ${answer.reason}`);
    await this.reached((answer.events.at(-1)?.i ?? -1) + 1);
    return answer.events;
  }

  /** Offers a lot and waits until everybody named has seen it. */
  async offers(lot: string, ...seenBy: Person[]): Promise<void> {
    const seen = seenBy.map((one) => one.event('lot.offered', lot));
    await this.does({ name: 'offer', lot });
    await Promise.all(seen);
  }

  /** Resolves when all leaves below `next` are folded. */
  async reached(next: number): Promise<void> {
    for (const until = Date.now() + WITHIN_MS; this.state.next < next;) {
      if (Date.now() > until) throw new Error(`leaf ${next - 1} did not come`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** What is sent without a connection waits for one, and here none comes by itself. */
  get isConnected(): boolean {
    return this.socket.connected;
  }
  drop(): void {
    this.socket.disconnect();
  }
  /** Back on the same or another address' server, catching up from what is known. */
  async back(): Promise<void> {
    this.socket.connect();
    await connected(this.socket);
    await this.join();
  }
  sees = (state: ShowState): boolean => isDeepStrictEqual(this.state, state);
}

const connected = (socket: Socket) =>
  new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });

/** Enters a room; without a token as a guest. */
export async function enter(origin: string, showId: string, token?: string, key?: TestKey): Promise<Person> {
  const socket = io(origin, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    ...(token ? { auth: { token } } : { extraHeaders: { origin } }),
  });
  const person = new Person(socket, showId, token, key);
  await connected(socket);
  await person.join();
  return person;
}
