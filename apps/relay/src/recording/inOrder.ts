import { type Packet } from '../feed.js';
import { seqStep } from '../rtp/rtp.js';

/** Packets that wait for one before them; more than these are not worth the wait. */
const WAITING_MAX = 1_024;

/** A packet in its turn; `afterLoss`: at least one before it never came. */
export interface InTurn {
  packet: Packet;
  afterLoss: boolean;
}

/** One stream's packets in the order they were sent in, whichever way they came. Pure: time is an argument. */
export class InOrder {
  private next = -1;
  private readonly waiting = new Map<number, Packet>();
  private missingSinceMs = 0;

  /** @param patienceMs how long a missing packet is waited for */
  constructor(private readonly patienceMs: number) {}

  push(packet: Packet, nowMs: number): InTurn[] {
    if (this.next < 0) this.next = packet.seq;
    if (seqStep(this.next, packet.seq) < 0 || this.waiting.has(packet.seq)) return [];
    if (this.waiting.size === 0) this.missingSinceMs = nowMs;
    this.waiting.set(packet.seq, packet);
    const ready = this.take(nowMs, false);
    const isLate = nowMs - this.missingSinceMs > this.patienceMs || this.waiting.size > WAITING_MAX;
    if (this.waiting.size === 0 || !isLate) return ready;
    this.next = this.nearest();
    return [...ready, ...this.take(nowMs, true)];
  }

  private take(nowMs: number, afterLoss: boolean): InTurn[] {
    const ready: InTurn[] = [];
    for (let packet = this.waiting.get(this.next); packet; packet = this.waiting.get(this.next)) {
      this.waiting.delete(this.next);
      this.next = (this.next + 1) & 0xffff;
      this.missingSinceMs = nowMs;
      ready.push({ packet, afterLoss: afterLoss && ready.length === 0 });
    }
    return ready;
  }

  private nearest(): number {
    const steps = [...this.waiting.keys()].map((seq) => seqStep(this.next, seq));
    return (this.next + Math.min(...steps)) & 0xffff;
  }
}
