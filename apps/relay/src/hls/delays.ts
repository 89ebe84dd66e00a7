/** How many may watch a little behind at once: their picture passes the market's own process. */
const WATCHERS_MAX = 40;
const HERE_MS = 15_000;

/** Who has asked for a part within the last seconds. Pure: time is an argument. */
export class Delays {
  private readonly askedAtMs = new Map<string, number>();

  lets(person: string, nowMs: number): boolean {
    for (const [other, atMs] of this.askedAtMs) if (nowMs - atMs > HERE_MS) this.askedAtMs.delete(other);
    if (!this.askedAtMs.has(person) && this.askedAtMs.size >= WATCHERS_MAX) return false;
    this.askedAtMs.set(person, nowMs);
    return true;
  }
}
