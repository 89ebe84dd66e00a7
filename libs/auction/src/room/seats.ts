import { EventEmitter } from 'node:events';
import { Refused } from '@qingpai/platform';
import { type Reason } from '@qingpai/wire';
import { type Desks } from '../desk/desks.js';
import { type ProxySecret } from '../rules/index.js';
import { NAMES_KEPT_MAX } from './limits.js';
import { type Beside, type ShowStore } from '../store/showStore.js';

export interface Seat {
  bidder: string;
  paddle: number;
}

/** What somebody comes with: a key that signs his bids, and the number in the cookie of his browser. */
export interface Browser {
  key?: string | undefined;
  cookie?: string | undefined;
}

/** Who may not bid whatever the show says of him; each answers why, or null. */
export interface Standing {
  refusalToSeat(showId: string, memberId: string): Promise<Reason | null>;
  refusalToFree(showId: string, bidder: string): Promise<Reason | null>;
}

/** Paddle numbers (号牌): who takes one in which show, and under which pseudonym. */
export class Seats {
  private readonly names = new Map<string, Promise<string>>();
  private standing: Standing | null = null;
  private readonly events = new EventEmitter<{ taken: [{ showId: string; memberId: string }] }>();

  constructor(
    private readonly desks: Desks,
    private readonly store: Pick<
      ShowStore,
      'deviceOf' | 'hallPerson' | 'newcomer' | 'pseudonymOf' | 'seat' | 'sealProxy' | 'takeOverCode'
    >,
  ) {}

  /** From now on nobody is seated, nor let bid again, whom this refuses. */
  judgeBy(standing: Standing): void {
    this.standing = standing;
  }

  /** Why the house cannot let this bidder bid again; null: it can. */
  async refusalToFree(showId: string, bidder: string): Promise<Reason | null> {
    return (await this.standing?.refusalToFree(showId, bidder)) ?? null;
  }

  /** How this member is called in this show, seated or not; always the same, so it is not made anew for every bid. */
  bidderOf(showId: string, memberId: string): Promise<string> {
    const key = `${showId} ${memberId}`;
    const known = this.names.get(key);
    if (known) return known;
    if (this.names.size >= NAMES_KEPT_MAX) this.names.clear();
    const name = this.store.pseudonymOf(showId, memberId);
    this.names.set(key, name);
    name.catch(() => this.names.delete(key));
    return name;
  }

  /**
   * Who has a paddle keeps it; with a key that is new, this device signs from now on. Refuses: `key-taken`,
   * `two-defaults`, `unknown-show`, `wrong-phase` (the show is over), `too-busy`, `not-ready`.
   */
  async take(showId: string, memberId: string, { key, cookie }: Browser = {}): Promise<Seat> {
    const desk = await this.desks.of(showId);
    const newcomer = await this.store.newcomer(showId, memberId);
    if (desk.paddleOf(newcomer.bidder) === null) {
      const refusal = (await this.standing?.refusalToSeat(showId, memberId)) ?? null;
      if (refusal !== null) throw new Refused(refusal);
    }
    const device = cookie && (await this.store.deviceOf(showId, cookie));
    const buyer = { ...newcomer, ...(key && { key }), ...(device && { device }), kind: 'buyer' as const };
    const registered = await desk.register(buyer, this.store.seat(showId, memberId));
    if (!registered.ok) throw new Refused(registered.reason);
    this.events.emit('taken', { showId, memberId });
    return registered;
  }

  /** The next paddle of the hall: for whom the house will bid. */
  async hallAsked(showId: string) {
    const { bidders } = (await this.desks.of(showId)).state;
    const n = Object.values(bidders).filter(({ kind }) => kind === 'hall').length + 1;
    const person = await this.store.hallPerson(showId, n);
    return { by: 'platform', name: 'register', ...person, kind: 'hall' } as const;
  }

  takeOverCode(showId: string, times: number): Promise<string> {
    return this.store.takeOverCode(showId, times);
  }

  /** What a maximum bid goes up to, to be written beside its leaf. */
  sealProxy(showId: string, bid: string, secret: ProxySecret): Beside {
    return this.store.sealProxy(showId, bid, secret);
  }

  /** Told after the commit, also when somebody asks again for the seat he has. */
  onTaken(listener: (taken: { showId: string; memberId: string }) => void): () => void {
    this.events.on('taken', listener);
    return () => void this.events.off('taken', listener);
  }
}
