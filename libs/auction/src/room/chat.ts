import { type ChatLine, type Reason } from '@qingpai/wire';
import { CHAT_LINES_MAX } from './limits.js';

type Result<T> = { ok: true; value: T } | { ok: false; reason: Reason };
const refuse = (reason: Reason): { ok: false; reason: Reason } => ({ ok: false, reason });

/** Who speaks: `key` tells people apart for muting and slow mode; hosts and moderators are never slowed. */
export interface Speaker extends Pick<ChatLine, 'role' | 'paddle' | 'bidder'> {
  key: string;
}

/** The talk of one room: its last lines, who is muted, and how slow it is. Text stays text. */
export class Chat {
  private recent: ChatLine[] = [];
  private readonly muted = new Set<string>();
  private readonly lastAtMs = new Map<string, number>();
  private count = 0;
  slowMs = 0;

  get lines(): readonly ChatLine[] {
    return this.recent;
  }

  /** Refuses: `muted`, `slow-mode`. */
  say(speaker: Speaker, text: string, nowMs: number): Result<ChatLine> {
    const { key, ...who } = speaker;
    const isBuyer = who.role === 'buyer';
    if (isBuyer && this.isMuted(who.bidder)) return refuse('muted');
    const againAtMs = (this.lastAtMs.get(key) ?? -Infinity) + this.slowMs;
    if (isBuyer && nowMs < againAtMs) return refuse('slow-mode');
    this.lastAtMs.set(key, nowMs);
    this.count += 1;
    const line: ChatLine = { id: `c${this.count}`, atMs: nowMs, ...who, text };
    this.recent = [...this.recent, line].slice(-CHAT_LINES_MAX);
    return { ok: true, value: line };
  }

  isMuted(bidder: string | null): boolean {
    return bidder !== null && this.muted.has(bidder);
  }

  mute(bidder: string): void {
    this.muted.add(bidder);
  }

  unmute(bidder: string): void {
    this.muted.delete(bidder);
  }

  /** Takes a line away; false when there is none with this id. */
  remove(id: string): boolean {
    const before = this.recent.length;
    this.recent = this.recent.filter((line) => line.id !== id);
    return this.recent.length < before;
  }
}
