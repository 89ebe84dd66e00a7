/**
 * Logs of which a witness holds what we do not: a longer history, or another one. Our database was put back from a copy,
 * or somebody else wrote with our key; whatever we append from here on is a second history.
 */
export class Ahead {
  private readonly logs = new Set<string>();
  /** Resolves when the witnesses that can be reached have been asked once since the start. */
  asked: Promise<unknown> = Promise.resolve();

  add(origin: string): void {
    this.logs.add(origin);
  }

  has(origin: string): boolean {
    return this.logs.has(origin);
  }
}
