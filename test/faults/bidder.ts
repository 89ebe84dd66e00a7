import { setTimeout as pause } from 'node:timers/promises';
import { type Bid, type BidAnswer, type LoggedEvent, type Reason } from '@qingpai/wire';
import { type Market } from '../stories/kit/market.js';
import { newId, type Person } from '../stories/kit/person.js';

const TRIES_MAX = 100;
const REENTER_MS_MAX = 40_000;
/** After these the same bid is sent again, under the same id. */
const unsettled: ReadonlySet<Reason> = new Set<Reason>(['not-ready', 'too-busy', 'internal']);
export const settles = (answer: BidAnswer): boolean => answer.ok || !unsettled.has(answer.reason);

/** A bid in the client's journal. */
export interface Sent {
  by: Bidder;
  bid: Bid;
  sentAtMs: number;
  /** Of the newest try. */
  triedAtMs: number;
  /** The first thing that came back, whatever it was. */
  heardAtMs: number | null;
  /** What settled it, and which server process said so. */
  settled: { answer: BidAnswer; atMs: number; pid: number } | null;
}

/** What a round asks of its bidders, changed while they bid. */
export interface Pace {
  over: boolean;
  /** Resolves when everybody is to bid at once. */
  rush: Promise<unknown>;
  pauseMs: () => number;
  nextFen: () => number;
}

/** Somebody who bids as a page does: what got no answer is asked again under its id before anything new is bid. */
export class Bidder {
  private readonly heard: Person[] = [];

  constructor(
    private readonly market: Market,
    private person: Person,
  ) {
    this.heard.push(person);
  }

  get token(): string {
    return this.person.token!;
  }

  async bids(journal: Sent[], pace: Pace): Promise<void> {
    while (!pace.over) {
      const amountFen = pace.nextFen();
      const bid = this.person.signed({ bidId: newId(), lot: 'L1', offering: 1, amountFen, confirmed: true });
      const now = Date.now();
      const sent: Sent = {
        ...{ by: this, bid, sentAtMs: now, triedAtMs: now, heardAtMs: null, settled: null },
      };
      journal.push(sent);
      await this.settle(sent);
      const waitMs = pace.pauseMs();
      await (waitMs > 0 ? Promise.race([pause(waitMs), pace.rush]) : pause(0));
    }
  }

  private async settle(sent: Sent): Promise<void> {
    while (sent.settled === null) {
      sent.triedAtMs = Date.now();
      const { pid } = this.market;
      const { isConnected } = this.person;
      const answer = isConnected ? await this.person.sends(sent.bid).catch(() => null) : null;
      if (answer === null) {
        await this.enterAgain();
        continue;
      }
      const atMs = Date.now();
      sent.heardAtMs ??= atMs;
      if (settles(answer)) sent.settled = { answer, atMs, pid };
      else await pause(100);
    }
  }

  /** The next round's events are another list. */
  startsAfresh(): void {
    this.heard.splice(0, this.heard.length, this.person);
    this.person.frames.length = 0;
  }
  /** Every event that came in a frame. */
  get announced(): LoggedEvent[] {
    return this.heard.flatMap(({ frames }) => frames.flatMap(({ events }) => events));
  }

  private async enterAgain(): Promise<void> {
    this.person.drop();
    for (const until = Date.now() + REENTER_MS_MAX; ;) {
      try {
        this.person = await this.market.enter(this.person.showId, this.person.token, this.person.key);
        this.heard.push(this.person);
        return;
      } catch (error) {
        if (Date.now() > until) throw error;
        await pause(50);
      }
    }
  }

  /** The same bid by the other door. */
  async asksAgain(bid: Bid): Promise<BidAnswer> {
    const path = `/api/shows/${this.person.showId}/bids`;
    for (let tries = 1; ; tries += 1) {
      const { answer } = await this.market.ask<BidAnswer>('POST', path, this.token, bid);
      if (settles(answer) || tries === TRIES_MAX) return answer;
      await pause(100);
    }
  }
}
