/** Runs what concerns the same thing one after the other, so that looking and then writing is one act. */
export class OneByOne {
  private readonly last = new Map<string, Promise<unknown>>();

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const next = (this.last.get(key) ?? Promise.resolve()).then(work, work);
    this.last.set(key, next);
    try {
      return await next;
    } finally {
      if (this.last.get(key) === next) this.last.delete(key);
    }
  }
}
