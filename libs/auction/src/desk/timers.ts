/** Timers of the process, or a test's own. */
export interface Timers {
  /** Answers how to call it off. */
  later(run: () => void, afterMs: number): () => void;
  /** After one turn of the loop, in which the sockets that wait already are read. */
  soon(run: () => void): void;
}

export const processTimers: Timers = {
  later(run, afterMs) {
    const timer = setTimeout(run, afterMs);
    return () => clearTimeout(timer);
  },
  soon: (run) => void setImmediate(run),
};
