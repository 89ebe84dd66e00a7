/** One answer per show, made once for all who ask at the same time, and kept as long as it is good. */
export class Kept<T> {
  private readonly entries = new Map<string, { size: number; atMs: number; value: Promise<T> }>();

  constructor(
    private readonly entriesMax: number,
    private readonly nowMs: () => number,
  ) {}

  /**
   * @param size of the log now: an answer about another size is kept only while it is not older than `staleMs`
   */
  get(
    showId: string,
    { size, staleMs }: { size: number; staleMs: number },
    make: () => Promise<T>,
  ): Promise<T> {
    const known = this.entries.get(showId);
    if (known && (known.size === size || this.nowMs() - known.atMs < staleMs)) return known.value;
    const entry = { size, atMs: this.nowMs(), value: make() };
    this.entries.delete(showId);
    this.entries.set(showId, entry);
    if (this.entries.size > this.entriesMax) this.entries.delete(this.entries.keys().next().value!);
    entry.value.catch(() => {
      if (this.entries.get(showId) === entry) this.entries.delete(showId);
    });
    return entry.value;
  }
}
