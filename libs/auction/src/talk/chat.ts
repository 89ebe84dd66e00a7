import { type ChatLine, type Moderation, type Reason } from '@qingpai/wire';
import { CHAT_LINES_MAX } from '../room/limits.js';

type Result<T> = { ok: true; value: T } | { ok: false; reason: Reason };
const refuse = (reason: Reason): { ok: false; reason: Reason } => ({ ok: false, reason });

/** Who speaks: `key` tells people apart for muting and slow mode; hosts and moderators are never slowed. */
export interface Speaker extends Pick<ChatLine, 'role' | 'paddle' | 'bidder'> {
  key: string;
}

/** Something said, or done to the talk. */
export type TalkAct = { act: 'line'; line: ChatLine } | Moderation;

/** The talk of one room: its last lines, who is muted, and how slow it is. Text stays text. */
export class Chat {
  private recent: ChatLine[] = [];
  private readonly muted = new Set<string>();
  private readonly lastAtMs = new Map<string, number>();
  private count = 0;
  slowMs = 0;

  /** @param acts what was said and done before, in order */
  constructor(acts: readonly TalkAct[] = []) {
    for (const act of acts) this.take(act);
  }

  get lines(): readonly ChatLine[] {
    return this.recent;
  }

  /** A line as it would be; nothing is said yet. Refuses: `muted`, `slow-mode`. */
  say(speaker: Speaker, text: string, nowMs: number): Result<ChatLine> {
    const { key, ...who } = speaker;
    const isBuyer = who.role === 'buyer';
    if (isBuyer && this.isMuted(who.bidder)) return refuse('muted');
    const againAtMs = (this.lastAtMs.get(key) ?? -Infinity) + this.slowMs;
    if (isBuyer && nowMs < againAtMs) return refuse('slow-mode');
    this.lastAtMs.set(key, nowMs);
    const line: ChatLine = { id: `c${this.count + 1}`, atMs: nowMs, ...who, text };
    this.take({ act: 'line', line });
    return { ok: true, value: line };
  }

  has(id: string): boolean {
    return this.recent.some((line) => line.id === id);
  }

  /** Bidders, in the order in which they were muted. */
  get mutes(): readonly string[] {
    return [...this.muted];
  }

  isMuted(bidder: string | null): boolean {
    return bidder !== null && this.muted.has(bidder);
  }

  take(act: TalkAct): void {
    switch (act.act) {
      case 'line':
        this.count = Math.max(this.count, Number(act.line.id.slice(1)));
        this.recent = [...this.recent, act.line].slice(-CHAT_LINES_MAX);
        return;
      case 'remove':
        this.recent = this.recent.filter((line) => line.id !== act.id);
        return;
      case 'mute':
        this.muted.add(act.bidder);
        return;
      case 'unmute':
        this.muted.delete(act.bidder);
        return;
      case 'slow':
        this.slowMs = act.everyMs;
    }
  }
}
