/**
 * What a screen reader is told: at most one polite message in 2 s, the newest (a burst of bids is one
 * message); outbid, won and a lost connection at once.
 */
export interface AnnouncePort {
  monotonicMs(): number;
  later(run: () => void, afterMs: number): () => void;
  polite(text: string): void;
  assertive(text: string): void;
}

const POLITE_EVERY_MS = 2_000;

export function announcer(port: AnnouncePort) {
  let lastMs = -Infinity;
  let waiting: string | null = null;

  function flush(): void {
    if (waiting === null) return;
    lastMs = port.monotonicMs();
    port.polite(waiting);
    waiting = null;
  }
  return {
    polite(text: string): void {
      const first = waiting === null;
      waiting = text;
      if (first) port.later(flush, Math.max(0, lastMs + POLITE_EVERY_MS - port.monotonicMs()));
    },
    assertive: (text: string): void => port.assertive(text),
  };
}
export type Announcer = ReturnType<typeof announcer>;
