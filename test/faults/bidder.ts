import { setTimeout as pause } from 'node:timers/promises';
import { type Bid, type BidAnswer, type LoggedEvent, type Reason } from '@qingpai/wire';
import { type Market } from '../stories/kit/market.js';
import { enter, newId, type Person } from '../stories/kit/person.js';
import { type Try } from './judge.js';

const TRIES_MAX = 100;
const REENTER_MS_MAX = 40_000;
/** After these the same bid is sent again, under the same id. */
const unsettled: ReadonlySet<Reason> = new Set<Reason>(['not-ready', 'too-busy', 'internal']);
export const settles = (answer: BidAnswer): boolean => answer.ok || !unsettled.has(answer.reason);

const reasonOf = (answer: BidAnswer): Reason | null => (answer.ok ? null : answer.reason);

/** A bid in the client's journal. */
export interface Sent {
  by: Bidder;
  bid: Bid;
  sentAtMs: number;
  /** Of the newest try. */
  triedAtMs: number;
  /** The first thing that came back, whatever it was. */
  heardAtMs: number | null;
  tries: Try[];
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
    private market: Market,
    private person: Person,
    /** A line in front of the server; null: he goes there directly. */
    private readonly door: { port: number } | null,
  ) {
    this.heard.push(person);
  }

  /** From now on by another server; what he waits for at this one he asks there. */
  movesTo(market: Market): void {
    this.market = market;
    this.person.drop();
  }
  /** Where he goes when he has to come in again. */
  goesOnAt(market: Market): void {
    this.market = market;
  }
  get here(): Person {
    return this.person;
  }
  leaves(): void {
    this.person.drop();
  }

  get token(): string {
    return this.person.token!;
  }

  async bids(journal: Sent[], pace: Pace): Promise<void> {
    while (!pace.over) {
      await this.places(journal, 'L1', pace.nextFen());
      const waitMs = pace.pauseMs();
      await (waitMs > 0 ? Promise.race([pause(waitMs), pace.rush]) : pause(0));
    }
  }

  /** One bid, until it is settled. */
  async places(journal: Sent[], lot: string, amountFen: number): Promise<Sent> {
    const bid = this.person.signed({ bidId: newId(), lot, offering: 1, amountFen, confirmed: true });
    const now = Date.now();
    const sent: Sent = {
      ...{ by: this, bid, sentAtMs: now, triedAtMs: now, heardAtMs: null, tries: [], settled: null },
    };
    journal.push(sent);
    await this.settle(sent);
    return sent;
  }

  private async settle(sent: Sent): Promise<void> {
    while (sent.settled === null) {
      sent.triedAtMs = Date.now();
      const { pid } = this.market;
      const { isConnected } = this.person;
      const answer = isConnected ? await this.person.sends(sent.bid).catch(() => null) : null;
      sent.tries.push({
        bidId: sent.bid.bidId,
        waitedMs: Date.now() - sent.triedAtMs,
        isCut: answer === null && !this.person.isConnected,
        told: answer && !settles(answer) ? reasonOf(answer) : null,
      });
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
    const { showId, token, key } = this.person;
    for (const until = Date.now() + REENTER_MS_MAX; ;) {
      try {
        this.person = await enter(this.entrance, showId, token, key);
        this.heard.push(this.person);
        return;
      } catch (error) {
        if (Date.now() > until) throw error;
        await pause(50);
      }
    }
  }

  private get entrance(): string {
    return this.door ? `http://localhost:${this.door.port}` : this.market.origin;
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
