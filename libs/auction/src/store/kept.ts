/** One answer per show, made once for all who ask at the same time, and kept as long as it is good. */
export class Kept<T> {
  private readonly entries = new Map<string, { version: string; atMs: number; value: Promise<T> }>();

  constructor(
    private readonly entriesMax: number,
    private readonly nowMs: () => number,
  ) {}

  /**
   * @param version of what it is about, now: an answer about another one is kept only while it is not older than `staleMs`
   */
  get(
    showId: string,
    { version, staleMs }: { version: string; staleMs: number },
    make: () => Promise<T>,
  ): Promise<T> {
    const known = this.entries.get(showId);
    if (known && (known.version === version || this.nowMs() - known.atMs < staleMs)) return known.value;
    const entry = { version, atMs: this.nowMs(), value: make() };
    this.entries.delete(showId);
    this.entries.set(showId, entry);
    if (this.entries.size > this.entriesMax) this.entries.delete(this.entries.keys().next().value!);
    entry.value.catch(() => {
      if (this.entries.get(showId) === entry) this.entries.delete(showId);
    });
    return entry.value;
  }
}
